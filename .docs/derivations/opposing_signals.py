"""Opposing signals."""

import sympy as sp

import odekit
from odekit.systems.printers import latex_block
from tools.formulas import formula


@formula("odekit.expectation")
def opposing_loss() -> str:
    loss = odekit.expectation(
        "(beta*x - c*(b*x + d*o))**2/2", gaussian={"x": (0, 1), "o": (0, "k")}, parameters="beta b c d k"
    )
    return rf"\mathbb{{E}}\, \tfrac12 (\beta x - c (b x + d o))^2 = {sp.latex(loss)}"


@formula("odekit.reduce", "odekit.System.modified")
def opposing_valley() -> str:
    loss = odekit.expectation(
        "(beta*x - c*(b*x + d*o))**2/2", gaussian={"x": (0, 1), "o": (0, "k")}, parameters="beta b c d k"
    )
    flow = odekit.gradient_flow(loss, "b c d", parameters="beta k")
    return latex_block(odekit.reduce(flow, {"d": "0"}).modified("eta"))
