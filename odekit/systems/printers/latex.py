"""A system as LaTeX."""

from __future__ import annotations

import re

import sympy as sp

from odekit.derivation.polar.decay import DECAY
from odekit.systems.system import ReducedSystem

__all__ = ["aligned", "reduced_latex"]

_WORDS = {"_plus_": "+", "_minus_": "-", "_over_": "/"}


def reduced_latex(system: ReducedSystem) -> str:
    """The system as an aligned block, below comments that say where it holds.

    The comments name the conditions, and whether the modes are closed or where they leak. In the block come
    energy, definitions and one equation of motion per line, time derivatives written with a dot.

    >>> from odekit.derivation import derive
    >>> from odekit.networks import Network
    >>> print(reduced_latex(derive(Network("Z2"))))
    % closed
    \\begin{aligned}
    E &= 8 u^{2} v \\\\
    \\dot{u} &= 8 u v \\\\
    \\dot{v} &= 4 u^{2}
    \\end{aligned}
    """
    leaks = [f"{name} at {', '.join(labels)}" for name, labels in system.leaks.items() if labels]
    comments = [f"% {condition}" for condition in system.conditions]
    if DECAY in system.parameters:
        comments.append(r"% \lambda: weight decay, in this time")
    if system.direction == "descent":
        constraint = [f"% {name} = 0" for name in system.constraints]
        return "\n".join([*comments, "% gradient descent of E", *constraint, aligned(system)])
    comments.append("% closed" if system.closed else f"% not closed, leaks: {'; '.join(leaks)}")
    return "\n".join([*comments, aligned(system)])


def aligned(system: ReducedSystem) -> str:
    """The block alone: energy, definitions and equations of motion."""
    symbols = {*system.states, *system.parameters, *system.definitions}
    names = {symbol: r"\lambda" if symbol == DECAY else _name(symbol.name) for symbol in symbols}

    def show(expression: sp.Expr) -> str:
        return str(sp.latex(expression, symbol_names=names))

    lines = [] if system.energy is None else [f"E &= {show(system.energy)}"]
    lines += [f"{show(symbol)} &= {show(meaning)}" for symbol, meaning in system.definitions.items()]
    lines += [rf"\dot{{{show(symbol)}}} &= {show(velocity)}" for symbol, velocity in system.equations.items()]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _name(name: str) -> str:
    r"""A state's name with its number and frequency below, such as ``\alpha_{1,2k}`` for ``alpha1_2k``."""
    match = re.fullmatch(r"([A-Za-z]+)(\d*)(?:_(\w+))?", name)
    if match is None:
        return str(sp.latex(sp.Symbol(name)))
    head, number, tail = match[1], match[2], match[3] or ""
    for word, sign in _WORDS.items():
        tail = tail.replace(word, sign)
    parts = [part for part in (number, *tail.split("_")) if part]
    below = ",".join(rf"\mathrm{{{part}}}" if part in ("re", "im") else part for part in parts)
    letter = str(sp.latex(sp.Symbol(head)))
    return f"{letter}_{{{below}}}" if below else letter
