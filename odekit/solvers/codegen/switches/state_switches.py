"""A field that states switch, each switch held still: a step then follows one smooth formula up to its end.

A switch is a function g of the states at whose zeros the field jumps or bends. Its mode, the sign of g,
stands in the formulas instead of it as a further parameter: ``step(g)`` is ``step(mode)``, and ``abs(g)`` is
``mode*g``.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import unwrap
from itertools import combinations, count

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.solvers.codegen.expressions import Formulas, compile_expressions
from odekit.solvers.codegen.switches.breakpoints import is_sharp, sharp_switches
from odekit.systems import System

__all__ = ["Switching", "switching_of"]

# Each is looked for in every step. A field of more kinks is one of many small ones, which steps follow well.
_MOST = 64

Evaluator = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Switching:
    """A field and its switches as functions of ``t`` (lane,), ``y`` (state, lane) and ``p``.

    Parameters
    ----------
    own: the switches as they are, at ``p`` (parameter, lane), as (switch, lane).
    held: the switches at held modes, below the parameters in ``p`` (parameter + switch,
        lane); (switch, lane).
    each: the same, one by one, as (1, lane) each.
    angles: what sines in the switches are of, at held modes, (angle, lane).
    rhs: writes y' at held modes into its last argument; where that has no value, y' as it is.
    """

    own: Evaluator
    held: Evaluator
    each: tuple[Evaluator, ...]
    angles: Evaluator
    rhs: Callable[[FloatArray, FloatArray, FloatArray, FloatArray], None]

    @property
    def count(self) -> int:
        """Number of switches."""
        return len(self.each)

    def modes(self, t: FloatArray, y: FloatArray, p: FloatArray) -> FloatArray:
        """The signs of the switches, 0 where they have none, (switch, lane)."""
        return np.nan_to_num(np.sign(self.own(t, y, p)))


@functools.lru_cache(maxsize=32)
@bounded("the switches of the vector field", DERIVATION_SECONDS)
def switching_of(system: System) -> Switching | None:
    """The switches of a system's field that depend on states; None where there are none, or more than 64."""
    if system.blocks is not None or not any(map(is_sharp, system.rhs.values())):
        return None
    field = tuple(_in_floors(entry) for entry in system.rhs.values())
    functions = _functions(field, {state.name for state in system.states})
    if not 0 < len(functions) <= _MOST:
        return None
    modes = _symbols(len(functions), {s.name for s in (*system.states, *system.parameters)})
    known = dict(zip(functions, modes, strict=True))
    held = tuple(_held(function, known) for function in functions)
    sines = {part for function in held for part in function.atoms(sp.sin, sp.cos, sp.tan)}
    angles = tuple(sorted({sine.args[0] for sine in sines}, key=str))

    def evaluator(expressions: Sequence[sp.Expr], parameters: Sequence[sp.Symbol]) -> Evaluator:
        formulas = Formulas(tuple(expressions), system.states, (*system.parameters, *parameters))
        return _evaluator(formulas)

    return Switching(
        own=evaluator([_without_noise(function) for function in functions], ()),
        held=evaluator(held, modes),
        each=tuple(evaluator((function,), modes) for function in held),
        angles=evaluator(angles, modes),
        rhs=_with_own(
            evaluator([_held(entry, known) for entry in field], modes), evaluator(field, ()), len(modes)
        ),
    )


def _evaluator(formulas: Formulas) -> Evaluator:
    function = unwrap(compile_expressions(formulas)[0])
    rows = len(formulas.expressions)

    def evaluate(t: FloatArray, y: FloatArray, p: FloatArray) -> FloatArray:
        out = np.empty((rows, len(t)))
        function(t, y, p, out)
        return out

    return evaluate


def _with_own(
    held: Evaluator, own: Evaluator, modes: int
) -> Callable[[FloatArray, FloatArray, FloatArray, FloatArray], None]:
    """The field at held modes, and where that leaves its domain behind a switch the field as it is."""

    def rhs(t: FloatArray, y: FloatArray, p: FloatArray, out: FloatArray) -> None:
        out[...] = held(t, y, p)
        is_finite = np.isfinite(out)
        if not is_finite.all():
            np.copyto(out, own(t, y, p[: len(p) - modes]), where=~is_finite)

    return rhs


def _in_floors(entry: sp.Expr) -> sp.Expr:
    """With every rounding as a floor."""
    replaced = entry.replace(sp.Mod, lambda a, b: a - b * sp.floor(a / b))
    replaced = replaced.replace(sp.frac, lambda a: a - sp.floor(a))
    return replaced.replace(sp.ceiling, lambda a: -sp.floor(-a))


def _functions(field: Sequence[sp.Expr], states: set[str]) -> tuple[sp.Expr, ...]:
    """Switches that depend on states and may change sign, each once."""
    found: dict[sp.Expr, None] = {}
    for entry in field:
        for part in sp.preorder_traversal(entry):
            for function in sharp_switches(part):
                depends = any(symbol.name in states for symbol in function.free_symbols)
                if depends and not _is_definite(function) and -function not in found:
                    found[function] = None
    return tuple(found)


def _without_noise(function: sp.Expr) -> sp.Expr:
    """``sin(pi*n)`` is 0 for a whole number n, which floats don't know."""
    sine = function.as_coeff_Mul()[1]
    if not isinstance(sine, sp.sin):
        return function
    half_turns = sine.args[0] / sp.pi
    return sp.Piecewise((0, sp.Eq(half_turns, sp.floor(half_turns))), (function, True))


def _is_definite(function: sp.Expr) -> bool:
    return bool(function.is_extended_nonnegative or function.is_extended_nonpositive or function.has(sp.I))


def _symbols(number: int, taken: set[str]) -> tuple[sp.Symbol, ...]:
    free = (name for name in (f"mode{i}" for i in count()) if name not in taken)
    return tuple(sp.Symbol(next(free), real=True) for _ in range(number))


def _held(part: sp.Basic, modes: dict[sp.Expr, sp.Symbol]) -> sp.Basic:
    """A formula with the modes of its switches instead of these."""
    if not part.args:
        return part
    arguments = [_held(argument, modes) for argument in part.args]
    switched = {function: _mode(function, modes) for function in sharp_switches(part)}
    if isinstance(part, sp.Max | sp.Min) and any(mode is not None for mode in switched.values()):
        return _extreme(part, arguments, list(switched.values()))
    mode = next(iter(switched.values()), None)
    if mode is None:
        return part.func(*arguments)
    if isinstance(part, sp.Abs):
        return mode * arguments[0]
    if isinstance(part, sp.core.relational.Relational):
        return part.func(mode, 0)
    if isinstance(part, sp.floor):
        return _floor(arguments[0], mode)
    return part.func(mode, *arguments[1:])


def _mode(function: sp.Expr, modes: dict[sp.Expr, sp.Symbol]) -> sp.Expr | None:
    if function in modes:
        return modes[function]
    return -modes[-function] if -function in modes else None


def _extreme(part: sp.Basic, arguments: Sequence[sp.Expr], modes: Sequence[sp.Expr | None]) -> sp.Expr:
    """The largest or least of several, as the modes of their differences say."""
    side = 1 if isinstance(part, sp.Max) else -1
    ahead: dict[tuple[int, int], sp.Basic] = {}
    for (i, j), mode in zip(combinations(range(len(arguments)), 2), modes, strict=True):
        lead = arguments[i] - arguments[j] if mode is None else mode
        ahead[i, j], ahead[j, i] = side * lead >= 0, side * lead <= 0
    pieces = [
        (argument, sp.And(*(ahead[i, j] for j in range(len(arguments)) if j != i)))
        for i, argument in enumerate(arguments[:-1])
    ]
    return sp.Piecewise(*pieces, (arguments[-1], True))


def _floor(argument: sp.Expr, mode: sp.Expr) -> sp.Expr:
    """The whole number, even or odd as ``sin(pi*argument)`` was, also a little beyond the next one."""
    even, odd = 2 * sp.floor((2 * argument + 1) / 4), 2 * sp.floor((2 * argument - 1) / 4) + 1
    return sp.Piecewise((even, mode > 0), (odd, mode < 0), (sp.floor(argument), True))
