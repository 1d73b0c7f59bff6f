"""Derivatives of formulas, exact: a vector field's by its states and by t as code, and a solution's by t.

The parts of formulas are here too: how a value came about, beside how it goes on.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from inspect import unwrap
from typing import Any

import numpy as np
import sympy

from odekit.arrays import IntArray
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.solvers.codegen.expressions import Formulas, compile_expressions
from odekit.solvers.codegen.families import Family, compile_families, families_of

__all__ = ["Linearisation", "Slopes", "derivatives_of", "linearisation_of", "parts_of", "slopes_of"]

_T = sympy.Symbol("t", real=True)
_ZERO = sympy.S.Zero
_NOWHERE = np.zeros(0, dtype=np.int64)
# Beyond so many states sparse matrices pay, and arrays over few trajectories do not.
_LARGE = 64


@dataclass(frozen=True, eq=False)
class Linearisation:
    """Velocities f(t, y, p) with the Jacobian J = df/dy and, where f holds t, with df/dt.

    Parameters
    ----------
    evaluate: ``evaluate(t, y, p, out)`` writes f, then the entries of J, then df/dt, into ``out``
        (height, batch); what they share is computed once.
    states: number of states.
    rows, columns: (entry,) int64, where the entries of J stand: those that are not 0 identically.
    holds_time: whether there is a df/dt.
    """

    evaluate: Callable[[Any, Any, Any, Any], None]
    states: int
    rows: IntArray
    columns: IntArray
    holds_time: bool

    @property
    def is_large(self) -> bool:
        """Whether there are so many states that a lane alone is work enough for a call."""
        return self.states > _LARGE

    @property
    def height(self) -> int:
        """Number of rows of ``out``."""
        return len(self.rows) + (2 if self.holds_time else 1) * self.states


@dataclass(frozen=True)
class Slopes:
    """Formulas of velocities, then of the Jacobian's entries, then of df/dt where there is one.

    Parameters
    ----------
    formulas: all of them.
    rows, columns: where the entries stand.
    holds_time: whether there is a df/dt.
    """

    formulas: Formulas
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    holds_time: bool


@functools.lru_cache(maxsize=128)
@bounded("the code of the Jacobian", DERIVATION_SECONDS)
def linearisation_of(formulas: Formulas) -> Linearisation:
    """The code of velocities and their derivatives, apart from the places where a step jumps.

    Parameters
    ----------
    formulas: one velocity for each state.

    Raises
    ------
    InputError: an integral, or a function whose derivative has no code.
    """
    families = families_of(formulas)
    if families:
        return _of_families(formulas, families)
    slopes = slopes_of(formulas)
    evaluate, _ = compile_expressions(slopes.formulas)
    return Linearisation(
        evaluate=unwrap(evaluate),
        states=len(formulas.states),
        rows=np.array(slopes.rows, dtype=np.int64),
        columns=np.array(slopes.columns, dtype=np.int64),
        holds_time=slopes.holds_time,
    )


def _of_families(formulas: Formulas, families: Sequence[Family]) -> Linearisation:
    """The same, of formulas in families: each shape is differentiated once."""
    found = [
        slopes_of(Formulas((family.template,), family.states, (*formulas.parameters, *family.numbers)))
        for family in families
    ]
    holds_time = any(slopes.holds_time for slopes in found)
    parts, rows, columns = [], [_NOWHERE], [_NOWHERE]
    height = len(formulas.states)
    for family, slopes in zip(families, found, strict=True):
        entries = height + np.arange(len(slopes.columns) * len(family.rows)).reshape(len(slopes.columns), -1)
        height += entries.size
        rows += [family.rows] * len(entries)
        columns += [family.places[place] for place in slopes.columns]
        parts.append((family, slopes.formulas.expressions, [family.rows, *entries]))
    if holds_time:
        parts = [
            (
                family,
                expressions if slopes.holds_time else (*expressions, _ZERO),
                [*targets, height + family.rows],
            )
            for (family, expressions, targets), slopes in zip(parts, found, strict=True)
        ]
    evaluate, _ = compile_families(formulas, parts)
    return Linearisation(
        unwrap(evaluate), len(formulas.states), np.concatenate(rows), np.concatenate(columns), holds_time
    )


@functools.lru_cache(maxsize=32)
@bounded("the code of the Jacobian", DERIVATION_SECONDS)
def slopes_of(formulas: Formulas) -> Slopes:
    """The derivatives of velocities, apart from the places where a step jumps.

    Parameters
    ----------
    formulas: one velocity for each state.
    """
    velocities = tuple(map(_differentiable, formulas.expressions))
    entries = list(_entries(velocities, formulas.names[0]))
    holds_time = any(symbol.name == "t" for entry in velocities for symbol in entry.free_symbols)
    drift = [_slope(entry, _T) for entry in (velocities if holds_time else ())]
    everything = (*formulas.expressions, *(slope for _, _, slope in entries), *drift)
    return Slopes(
        formulas=Formulas(everything, formulas.states, formulas.parameters),
        rows=tuple(row for row, _, _ in entries),
        columns=tuple(column for _, column, _ in entries),
        holds_time=holds_time,
    )


def _differentiable(expression: sympy.Expr) -> sympy.Expr:
    """The same in real symbols, without a function whose derivative SymPy leaves open."""
    real = expression.xreplace({s: sympy.Symbol(s.name, real=True) for s in expression.free_symbols})
    whole = real.replace(sympy.frac, lambda x: x - sympy.floor(x))
    return whole.replace(sympy.Mod, lambda x, period: x - period * sympy.floor(x / period))


def _entries(
    velocities: Sequence[sympy.Expr], states: Sequence[str]
) -> Iterator[tuple[int, int, sympy.Expr]]:
    """Row, column and formula of each entry of the Jacobian that is not 0 identically."""
    places = {name: column for column, name in enumerate(states)}
    for row, velocity in enumerate(velocities):
        occurring = {places[symbol.name]: symbol for symbol in velocity.free_symbols if symbol.name in places}
        for column in sorted(occurring):
            slope = _slope(velocity, occurring[column])
            if slope != 0:
                yield row, column, slope


def _slope(expression: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """The derivative, apart from the places where a step jumps."""
    flat = {part: sympy.Dummy() for part in expression.atoms(sympy.floor, sympy.ceiling)}
    slope = expression.xreplace(flat).diff(symbol).replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)
    return slope.xreplace({constant: part for part, constant in flat.items()})


def parts_of(formulas: Iterable[sympy.Expr]) -> tuple[sympy.Expr, ...]:
    """Every product, power and function in formulas, and every sum, each once.

    >>> x = sympy.Symbol("x")
    >>> parts_of([sympy.exp(2 * x) + 1])
    (exp(2*x) + 1, exp(2*x), 2*x)
    """
    found = (part for formula in formulas for part in sympy.preorder_traversal(formula))
    return tuple(dict.fromkeys(part for part in found if isinstance(part, sympy.Expr) and part.args))


def derivatives_of(formulas: Iterable[sympy.Expr]) -> tuple[sympy.Expr, ...]:
    """The derivatives of formulas by the symbol t, as code can be made of them."""
    return tuple(sympy.Add(*(f.diff(s) for s in f.free_symbols if s.name == "t")) for f in formulas)
