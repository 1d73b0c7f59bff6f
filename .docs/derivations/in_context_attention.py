"""Heads of softmax attention that learn regression in context."""

import sympy as sp

import odekit
from odekit.derivation import (
    averaged_loss,
    least_slope,
    slow_law,
    valley_floor,
    valley_slope,
    vanishing_powers,
)
from odekit.systems import System
from odekit.systems.printers import latex_block
from tools.formulas import formula


def _heads(second: str) -> System:
    averaged = averaged_loss(2)
    flow = odekit.gradient_flow(
        averaged.loss, [averaged.mu, averaged.omega], parameters=[*averaged.parameters]
    )
    return odekit.reduce(flow, {"mu1": "m", "omega1": "w", "mu2": f"{second}m", "omega2": f"{second}w"})


@formula("odekit.expectation")
def averaged_attention_loss() -> str:
    return rf"L = {sp.latex(averaged_loss(2).loss)}"


@formula("odekit.reduce")
def paired_heads() -> str:
    return latex_block(_heads("-"))


@formula("odekit.reduce")
def slopes_of_heads() -> str:
    paired, (alone, weight) = valley_slope(_heads("-")), least_slope(_heads(""))
    return (
        rf"2 m w \to {sp.latex(paired)} \quad\text{{in pairs}}, \qquad "
        rf"2 m w \to {sp.latex(alone)} \quad\text{{at}}\quad w = {sp.latex(weight)} "
        r"\quad\text{with one sign}"
    )


@formula("odekit.expectation")
def vanishing_sums_of_heads() -> str:
    mu, omega = sp.symbols("mu_h omega_h")
    sums = (rf"\sum_h {sp.latex(mu * omega**power)} \to 0" for power in vanishing_powers(averaged_loss(3)))
    return r", \qquad ".join(sums)


@formula("odekit.reduce")
def slow_law_of_heads() -> str:
    law = slow_law(_heads("-"))
    w, t = sp.Symbol("w"), sp.Symbol("t")
    drift = -law.rate * w**law.power
    solved = ((law.power - 1) * law.rate * t) ** sp.Rational(-1, law.power - 1)
    return rf"w' = {sp.latex(drift)} + \dots, \qquad w \sim {sp.latex(solved)}"


@formula("odekit.reduce")
def heads_of_two_tasks() -> str:
    limits = {}
    for heads, frame in (
        ("two", [["1", "1"], ["-1", "-1"]]),
        ("three", [["sqrt(3)", "1"], ["-sqrt(3)", "1"], ["0", "-2"]]),
    ):
        averaged = averaged_loss(len(frame), 2)
        parts = [averaged.mu, averaged.omega]
        flow = odekit.gradient_flow(averaged.loss, parts, parameters=[*averaged.parameters])
        entries = [entry for row in frame for entry in row]
        reduced = odekit.reduce(
            flow,
            {
                str(state): f"({entry})*{name}"
                for name, part in zip("mw", parts, strict=True)
                for state, entry in zip(part.symbols, entries, strict=True)
            },
        )
        limits[heads] = sp.apart(valley_floor(reduced)[0], averaged.parameters[0])
    shown = (rf"L \to {sp.latex(limit)} \quad\text{{with {heads} heads}}" for heads, limit in limits.items())
    return r", \qquad ".join(shown)
