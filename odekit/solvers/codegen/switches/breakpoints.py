"""Times at which formulas jump, bend or have a narrow peak, as far as they show it in t and parameters alone.

Steps have to end there: a pulse between two steps' points would be stepped over with an error estimate of 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray, IntArray
from odekit.errors import InputError
from odekit.expressions import parse
from odekit.solvers.codegen.expressions import Formulas, compile_expressions
from odekit.solvers.problem import find_times, sign_changes
from odekit.systems import System
from odekit.systems.algebra import to_symbolic

__all__ = ["Switch", "breakpoints_of", "is_sharp", "sharp_switches", "switches_of"]

# More of them, a trajectory, would cost more than anybody waits for.
MOST = 100_000
# Points at which a switch that isn't linear in t is looked at: the least, and for each turn of its sines.
_POINTS = 2049
_POINTS_PER_TURN = 16
# Points, over all trajectories, that are looked at together.
_AT_ONCE = 1 << 20
# Breakpoints nearer to each other than this part of their time are one.
_APART = 2.0**-40

_T = sp.Symbol("t")
_SHARP = (
    *(sp.Heaviside, sp.sign, sp.Abs, sp.Max, sp.Min, sp.core.relational.Relational),
    *(sp.floor, sp.ceiling, sp.frac, sp.Mod),
)


@dataclass(frozen=True)
class Switch:
    """A function of t and parameters at whose zeros a formula is not smooth, or turns fast though it is.

    Parameters
    ----------
    function: in the symbol ``t`` and parameters.
    is_sharp: whether the formula jumps or bends there.
    """

    function: sp.Expr
    is_sharp: bool


def switches_of(
    system: System, texts: Sequence[str] = (), clock: sp.Expr | None = None
) -> tuple[Switch, ...]:
    """The switches of a system's vector field, and of further formulas in its names.

    ``clock`` is what t means in the formulas, where it isn't the system's own time.

    Sharp are the arguments of step, sign, abs, relu, Min and Max (their differences), the conditions of
    Piecewise and the whole numbers in floor and its kin; smooth but perhaps narrow are the extremes of what
    stands in an exponential or in a denominator, and the zeros of what stands in one that levels off.
    """
    known = {symbol.name: symbol for symbol in system.parameters} | {"t": _T}
    found: dict[sp.Expr, bool] = {}
    names = {symbol.name: symbol for symbol in system.states} | known
    meanings = names if clock is None else names | {"t": clock}
    formulas = [to_symbolic(parse(text, names), meanings) for text in texts]
    for entry in (*(system.rhs.values() if system.time is not None else ()), *formulas):
        for part in sp.preorder_traversal(entry):
            for function, is_sharp in _switches(part):
                occurring = {symbol.name for symbol in function.free_symbols}
                if "t" in occurring and occurring <= known.keys():
                    renamed = function.xreplace({s: known[s.name] for s in function.free_symbols})
                    found[renamed] = found.get(renamed, False) or is_sharp
    return tuple(Switch(function, is_sharp) for function, is_sharp in found.items())


def is_sharp(formula: sp.Expr) -> bool:
    """Whether a formula jumps or bends anywhere."""
    return bool(formula.has(*_SHARP))


def sharp_switches(part: sp.Basic) -> Iterator[sp.Expr]:
    """Functions at whose zeros a part of a formula jumps or bends: of Max and Min one for each pair."""
    if isinstance(part, sp.Heaviside | sp.sign | sp.Abs):
        yield part.args[0]
    elif isinstance(part, sp.Max | sp.Min):
        yield from (a - b for a, b in combinations(part.args, 2))
    elif isinstance(part, sp.core.relational.Relational):
        yield part.lhs - part.rhs
    elif isinstance(part, sp.floor | sp.ceiling | sp.frac):
        yield sp.sin(sp.pi * part.args[0])
    elif isinstance(part, sp.Mod):
        yield sp.sin(sp.pi * part.args[0] / part.args[1])


def _switches(part: sp.Basic) -> Iterator[tuple[sp.Expr, bool]]:
    yield from ((function, True) for function in sharp_switches(part))
    if isinstance(part, sp.exp | sp.cosh | sp.sinh | sp.tanh | sp.atan | sp.erf | sp.erfc):
        yield part.args[0], False
        yield from _extremes(part.args[0])
    elif isinstance(part, sp.Pow) and not (part.exp.is_Integer and part.exp > 0):
        yield from _extremes(part.base)


def _extremes(expression: sp.Expr) -> Iterator[tuple[sp.Expr, bool]]:
    """Where an expression is stationary, if it has a slope that code can be made of."""
    for time in (symbol for symbol in expression.free_symbols if symbol.name == "t"):
        slope = expression.diff(time)
        if not slope.has(sp.DiracDelta, sp.Derivative, sp.Subs):
            yield slope, False


def breakpoints_of(
    switches: Sequence[Switch], parameters: Sequence[sp.Symbol], p: FloatArray, end: FloatArray
) -> FloatArray:
    """Zeros of switches up to each trajectory's end, (count, batch), or (count, 1) where all agree.

    They are later than 0, or where a formula jumps or bends, from 0 on: at a breakpoint itself the field is
    never asked for, and at the start it shall be, since it may have a pole there.

    They rise, and are infinite where a trajectory has fewer than others.

    Parameters
    ----------
    switches: of the system.
    parameters: in the order of the rows of ``p``.
    p: (parameter, batch) float64.
    end: (batch,) float64, last time of each trajectory.

    Raises
    ------
    InputError: a formula that jumps because of a sine of more than 100,000 turns up to the end.
    """
    if not switches:
        return np.zeros((0, 1))
    if p.strides[1] == 0 or (p == p[:, :1]).all():
        p, end = p[:, :1], end.max(keepdims=True)
    columns = [_merged(zeros) for zeros in _zeros_by_trajectory(switches, tuple(parameters), p, end)]
    table = np.full((max(map(len, columns)), len(columns)), np.inf)
    for column, zeros in zip(table.T, columns, strict=True):
        column[: len(zeros)] = zeros
    return table


def _zeros_by_trajectory(
    switches: Sequence[Switch], parameters: tuple[sp.Symbol, ...], p: FloatArray, end: FloatArray
) -> list[FloatArray]:
    lanes, times = [], []
    for switch in switches:
        lane, zero = _zeros(switch, parameters, p, end)
        begun = zero >= 0.0 if switch.is_sharp else zero > 0.0
        known = begun & (zero <= end[lane])
        lanes.append(lane[known])
        times.append(zero[known])
    lane, time = np.concatenate([*lanes, np.zeros(0, np.int64)]), np.concatenate([*times, np.zeros(0)])
    order = np.lexsort((time, lane))
    return np.split(time[order], np.searchsorted(lane[order], np.arange(1, len(end))))


def _merged(times: FloatArray) -> FloatArray:
    """Rising times without those that are all but the one before."""
    apart = np.diff(times, prepend=-np.inf) > _APART * times
    return times[apart]


def _zeros(
    switch: Switch, parameters: tuple[sp.Symbol, ...], p: FloatArray, end: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Lanes and times of a switch's zeros up to each lane's end."""
    slope = switch.function.diff(_T)
    if "t" not in {symbol.name for symbol in slope.free_symbols}:
        values = np.empty((2, len(end)))
        evaluate, _ = compile_expressions(Formulas((switch.function.subs(_T, 0), slope), (), parameters))
        with np.errstate(all="ignore"):
            evaluate(np.zeros(len(end)), values, p, values)
            root = -values[0] / values[1]
        lane = np.flatnonzero(np.isfinite(root))
        return lane, root[lane]
    turns = _turns(switch.function, parameters, p, end)
    if turns > MOST:
        return _too_many(switch, turns)
    points = _POINTS + int(_POINTS_PER_TURN * turns)
    size = max(1, _AT_ONCE // points)
    found = [
        _searched(switch.function, parameters, p[:, first : first + size], end[first : first + size], points)
        for first in range(0, len(end), size)
    ]
    lanes = [lane + first * size for first, (lane, _) in enumerate(found)]
    return np.concatenate(lanes), np.concatenate([zero for _, zero in found])


def _too_many(switch: Switch, turns: float) -> tuple[IntArray, FloatArray]:
    """No zeros, where the formula is smooth: its error estimate will do."""
    if switch.is_sharp:
        raise InputError(
            f"the formula jumps too often before the end, wherever {switch.function} is 0",
            expected=f"at most {MOST} turns",
            received=f"about {turns:.3g}",
            hint="end earlier, or follow it in several parts",
        )
    return np.zeros(0, np.int64), np.zeros(0)


def _turns(function: sp.Expr, parameters: tuple[sp.Symbol, ...], p: FloatArray, end: FloatArray) -> float:
    """How often the fastest sine of a function turns, none of which may lie between two points."""
    angles = {part.args[0] for part in function.atoms(sp.sin, sp.cos, sp.tan)}
    if not angles:
        return 0.0
    speeds = tuple(angle.diff(_T) for angle in sorted(angles, key=str))
    evaluate, _ = compile_expressions(Formulas(speeds, (), parameters))
    turns = 0.0
    for share in np.linspace(0.0, 1.0, 5):
        values = np.empty((len(speeds), len(end)))
        with np.errstate(all="ignore"):
            evaluate(share * end, values, p, values)
            turns = max(turns, float(np.nanmax(np.abs(values) * end / (2.0 * np.pi), initial=0.0)))
    return turns


def _searched(
    function: sp.Expr, parameters: tuple[sp.Symbol, ...], p: FloatArray, end: FloatArray, points: int
) -> tuple[IntArray, FloatArray]:
    evaluate, _ = compile_expressions(Formulas((function,), (), parameters))

    def g(t: FloatArray, lane: IntArray) -> FloatArray:
        out = np.empty((1, len(t)))
        evaluate(t, out, p[:, lane], out)
        return np.asarray(out[0])

    lanes = np.arange(len(end))
    # Points at equal distances would meet a periodic function at the same place of each period.
    shares = np.concatenate([[0.0], (np.arange(1, points - 1) + _jitter(points - 2)) / (points - 1), [1.0]])
    t = shares[:, None] * end
    with np.errstate(all="ignore"):
        values = g(t.ravel(), np.tile(lanes, points)).reshape(t.shape)
        changes = sign_changes(g, t, values)
        zeros = find_times(
            lambda at: g(at, changes.lane), changes.begin, changes.end, changes.before, changes.after
        )
    row, lane = np.nonzero(values == 0.0)
    return np.concatenate([changes.lane, lane]), np.concatenate([zeros, t[row, lane]])


def _jitter(count: int) -> FloatArray:
    return np.random.default_rng(0).uniform(-0.3, 0.3, count)
