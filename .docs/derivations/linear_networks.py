"""Deep linear networks."""

import odekit
from odekit.systems.printers import latex_block
from tools.formulas import formula


@formula("odekit.gradient_flow")
def mode_of_two_layers() -> str:
    return latex_block(odekit.gradient_flow("(s - a*b)**2/2", "a b", parameters="s"))


@formula("odekit.reduce")
def strength_and_kernel() -> str:
    mode = odekit.gradient_flow("(s - a*b)**2/2", "a b", parameters="s")
    return latex_block(odekit.reduce(mode, observables={"u": "a*b", "q": "a**2 + b**2"}))


@formula("odekit.reduce")
def balanced_sheet() -> str:
    mode = odekit.gradient_flow("(s - a*b)**2/2", "a b", parameters="s l")
    return latex_block(odekit.reduce(mode, {"a": "(z - l/z)/2", "b": "(z + l/z)/2"}))


@formula("odekit.reduce")
def mode_of_three_layers() -> str:
    mode = odekit.gradient_flow("(s - a*b*c)**2/2", "a b c", parameters="s c1 c2")
    return latex_block(odekit.reduce(mode, {"a": "sqrt(x)", "b": "sqrt(x + c1)", "c": "sqrt(x + c2)"}))
