"""ODEs and energies of one's own."""

import sympy as sp

import odekit
from odekit.systems.printers import latex_block
from tools.formulas import formula


@formula("odekit.system")
def lotka_volterra() -> str:
    return latex_block(odekit.system("x' = x*(1 - y); y' = r*y*(x - 1)", "r"))


@formula("odekit.System.first_integrals")
def lotka_volterra_integral() -> str:
    (found,) = odekit.system("x' = x*(1 - y); y' = r*y*(x - 1)", "r").first_integrals()
    return rf"H = {sp.latex(found)}"


@formula("odekit.gradient_flow")
def linear_network() -> str:
    return latex_block(odekit.gradient_flow("(s - a*b - c*d)**2/2", "a b c d", parameters="s"))


@formula("odekit.reduce")
def reduced_linear_network() -> str:
    energy = odekit.gradient_flow("(s - a*b - c*d)**2/2", "a b c d", parameters="s")
    wanted = {"z": "a*b + c*d", "u": "a**2 + b**2 + c**2 + d**2"}
    return latex_block(odekit.reduce(energy, observables=wanted))


@formula("odekit.expectation")
def mean_over_data() -> str:
    loss = odekit.expectation("(a*x - b*x**3)**2/2", gaussian={"x": (0, "s")}, parameters="a b s")
    return rf"\mathbb{{E}}\, \tfrac12 (a x - b x^3)^2 = {sp.latex(loss)}"


@formula("odekit.System.modified")
def steps_of_a_blow_up() -> str:
    return latex_block(odekit.system("x' = x**2").modified("eta", order=4))


@formula("odekit.System.modified")
def heavy_ball() -> str:
    return latex_block(odekit.system("x' = -k*x", "k").modified("eta", momentum="mu"))
