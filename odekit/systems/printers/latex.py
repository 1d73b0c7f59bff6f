"""A system as LaTeX."""

from collections.abc import Mapping
from types import MappingProxyType

import sympy as sp

from odekit.systems.equations import left_out
from odekit.systems.printers.names import name_parts
from odekit.systems.system import System

__all__ = ["latex_block", "latex_comments"]


def latex_comments(system: System) -> list[str]:
    """What stands above a system: its conditions, and what it descends on which constraint."""
    comments = [f"% {text}" for text in (*system.conditions, left_out(system.leaks)) if text]
    if system.direction == "descent" and system.energy is not None:
        return [*comments, "% gradient descent of E", *(f"% {name} = 0" for name in system.constraints)]
    return comments


def latex_block(system: System, names: Mapping[sp.Symbol, str] = MappingProxyType({})) -> str:
    """Energy, definitions and one equation of motion per line, time derivatives written with a dot.

    Parameters
    ----------
    system: any.
    names: LaTeX of symbols that shall not be written by their own names.

    >>> import odekit
    >>> x = sp.Symbol("x")
    >>> print(latex_block(odekit.system({x: -(x**3)})))
    \\begin{aligned}
    \\dot{x} &= - x^{3}
    \\end{aligned}
    """
    symbols = {*system.states, *system.parameters, *system.definitions}
    names = {symbol: names.get(symbol, _name(symbol.name)) for symbol in symbols}

    def show(expression: sp.Expr) -> str:
        return str(sp.latex(expression, symbol_names=names))

    lines = [] if system.energy is None else [f"E &= {show(system.energy)}"]
    lines += [f"{show(symbol)} &= {show(meaning)}" for symbol, meaning in system.definitions.items()]
    lines += [rf"\dot{{{show(symbol)}}} &= {show(velocity)}" for symbol, velocity in system.equations.items()]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _name(name: str) -> str:
    r"""A state's name with its number and frequency below, such as ``\alpha_{1,2k}`` for ``alpha1_2k``."""
    letter, parts = name_parts(name)
    below = ",".join(rf"\mathrm{{{part}}}" if part in ("re", "im") else part for part in parts)
    head = str(sp.latex(sp.Symbol(letter)))
    return f"{head}_{{{below}}}" if below else head
