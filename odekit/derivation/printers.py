"""Printers: a system as LaTeX."""

from __future__ import annotations

import sympy as sp

from odekit.derivation.system import ReducedSystem

__all__ = ["latex"]


def latex(system: ReducedSystem) -> str:
    """An aligned block: definitions, then one equation of motion per line.

    The states' time derivatives are written with a dot; subscripts and Greek letters follow SymPy.
    """
    lines = [
        rf"{sp.latex(symbol)} &= {sp.latex(expression)}" for symbol, expression in system.definitions.items()
    ]
    lines += [
        rf"\dot{{{sp.latex(symbol)}}} &= {sp.latex(expression)}"
        for symbol, expression in system.equations.items()
    ]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
