"""Addition modulo p: one frequency of one neuron, and what follows from its equations."""

import sympy as sp
from derivations._shown import displayed
from tools.formulas import formula

import odekit
from odekit.derivation import complex_equations, elliptic_curve, initial_rates, with_decay
from odekit.systems.printers import latex_block


def _lines(left_and_right: dict[str, sp.Expr]) -> str:
    """Several equations below one another."""
    rows = (f"{left} &= {sp.latex(right)}" for left, right in left_and_right.items())
    return r"\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}"


@formula("odekit.derive")
def polar_flow() -> str:
    return latex_block(odekit.derive(odekit.Network("Zp")))


@formula("odekit.derive", "odekit.derivation.complex_equations")
def complex_flow() -> str:
    found = complex_equations(odekit.derive(odekit.Network("Zp")))
    return _lines({rf"\dot{{{sp.latex(mode)}}}": velocity for mode, velocity in found.items()})


@formula("odekit.derive", "odekit.System.form")
def polynomial_flow() -> str:
    return latex_block(odekit.derive(odekit.Network("Zp")).form("polynomial"))


@formula("odekit.System.first_integrals")
def first_integrals() -> str:
    found = odekit.derive(odekit.Network("Zp")).first_integrals()
    return _lines(dict(zip("cK", found, strict=True)))


@formula("odekit.System.rates")
def alignment_of_phases() -> str:
    ((point, rate),) = odekit.derive(odekit.Network("Zp")).rates().items()
    return rf"-\frac{{\dot D}}{{D}} \to {sp.latex(rate)} \quad\text{{at}}\quad {point}"


@formula("odekit.derivation.elliptic_curve")
def curve() -> str:
    found = elliptic_curve(odekit.derive(odekit.Network("Zp")))
    velocity = sp.Derivative(found.variable, sp.Symbol("t"))
    meaning = sp.Eq(found.variable, found.meaning)
    return rf"{sp.latex(sp.Eq(velocity**2, found.squared_velocity))} \qquad {sp.latex(meaning)}"


@formula("odekit.derivation.with_decay")
def flow_with_decay() -> str:
    return displayed(with_decay(odekit.derive(odekit.Network("Zp"))))


@formula("odekit.derive")
def quartic_flow() -> str:
    return latex_block(odekit.derive(odekit.Network("Zp", activation="z**4")))


@formula("odekit.derive")
def relu_flow() -> str:
    return latex_block(odekit.derive(odekit.Network("Zp", activation="relu")))


@formula("odekit.derivation.initial_rates")
def relu_rates() -> str:
    found = initial_rates(odekit.derive(odekit.Network("Zp", activation="relu")))
    return r" \qquad ".join(rf"\text{{{name}}}: {sp.latex(rate)}" for name, rate in found.items())
