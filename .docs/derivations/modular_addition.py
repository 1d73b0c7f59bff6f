"""Addition modulo p: one frequency of one neuron, and what follows from its equations."""

import sympy as sp

import odekit
from derivations._shown import displayed
from odekit.derivation import (
    complex_equations,
    decay_law,
    degree_one_leakage,
    elliptic_curve,
    initial_rates,
    population_logits,
    with_decay,
)
from odekit.systems.printers import latex_block
from tools.formulas import formula


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


@formula("odekit.System.modified")
def modified_flow() -> str:
    return latex_block(odekit.derive(odekit.Network("Zp")).modified("eta"))


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


@formula("odekit.derivation.decay_law")
def threshold_of_decay() -> str:
    found = decay_law(with_decay(odekit.derive(odekit.Network("Zp"))))
    names = {found.rate: r"\lambda"}
    lines = (
        f"{sp.latex(state)} = {sp.latex(value, symbol_names=names)}"
        for state, value in found.threshold.items()
    )
    return r" \qquad ".join(lines)


@formula("odekit.derivation.degree_one_leakage")
def leakage_of_relu() -> str:
    found = degree_one_leakage()
    return _lines(
        {
            r"\xi \text{ at } mk:\quad r_m": found.xi,
            r"\theta \text{ at } (2m+1)k,\ D = 0:\quad r_m": found.aligned,
            r"\theta \text{ at } (2m+1)k,\ D = \pi/2:\quad r_m": found.quarter,
        }
    )


@formula("odekit.derivation.population_logits")
def logits_of_a_population() -> str:
    x, y, j = sp.symbols("x y j")
    wave = sp.Symbol("k") * 2 * sp.pi / sp.Symbol("p")
    return " + ".join(
        sp.latex(each.height * sp.cos(wave * sum(c * s for c, s in zip(each.form, (x, y, j), strict=True))))
        for each in population_logits(odekit.Network("Zp"))
    )
