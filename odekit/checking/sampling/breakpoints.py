"""Where does a formula break? Zeros of the arguments of what jumps, bends, ends or is steep."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.checking.flow import Flow
from odekit.checking.sampling.conditions import Condition, resolved
from odekit.checking.sampling.evaluation import measure
from odekit.expressions import Call, Expression, Number, Power, Product, Root, Sum, Symbol, children, names_in

__all__ = ["Break", "breaks", "sides"]

LINES = 2  # start points along which each variable is run through
MOST_SOURCES, MOST_VARIABLES = 12, 16  # a formula with more is looked at along the first ones
MOST_ZEROS = 6  # of one source along one line; more are an oscillation, of which a few show all
GRID, FINE, ROUNDS = 400, 17, 13  # sixteenfold narrower each round: down to the rounding of a float64
SMALLEST, LARGEST, LARGEST_ORDER, FARTHEST_TURN = 1e-9, 1e12, 1e6, 50.0
TOUCHING = 1e-3  # relative to its surroundings, a smallest absolute value that is looked at like a zero
APART = (1e-2, 1e-7)  # relative distances at which both sides are looked at
SMOOTH = ("sin", "cos", "sinh", "cosh")


@dataclass(frozen=True)
class Break:
    """A point at which the argument of something that may break is zero.

    Parameters
    ----------
    source: the argument.
    variable: along which it was found.
    values: of states, parameters and t there, before conditions.
    """

    source: Expression
    variable: str
    values: Mapping[str, float]

    def at(self, position: Any) -> dict[str, Any]:
        """The values with the variable elsewhere."""
        return {**self.values, self.variable: position}

    @property
    def position(self) -> float:
        """Of the variable."""
        return self.values[self.variable]


def breaks(
    formula: Expression, flow: Flow, conditions: tuple[Condition, ...], starts: Mapping[str, FloatArray]
) -> list[Break]:
    """The breaks of a formula along lines through the first start points.

    Parameters
    ----------
    formula: as it was written, in coordinates, parameters and t.
    starts: (points,) values of states, parameters and t.
    """
    found = []
    for source in _sources(formula, flow):
        for name in _variables(source, flow, conditions, starts):
            line = _Line(source, name, flow, conditions, starts)
            found += line.breaks()
    return found


def sides(found: list[Break], flow: Flow) -> Iterator[dict[str, float]]:
    """Points on both sides of each break, near and a little apart, and midway between two on one line."""
    lines: dict[tuple[object, ...], list[Break]] = {}
    for each in found:
        lines.setdefault((each.variable, *each.at(0.0).values()), []).append(each)
        if each.variable in flow.order_names:
            yield from (each.at(float(order)) for order in flow.orders_near(each.position))
        else:
            size = abs(each.position) or 1.0
            yield from (each.at(each.position + sign * far * size) for far in APART for sign in (-1, 1))
    for line in lines.values():
        ordered = sorted(line, key=lambda each: each.position)
        if line[0].variable not in flow.order_names:
            yield from (a.at((a.position + b.position) / 2) for a, b in pairwise(ordered))


def _sources(formula: Expression, flow: Flow) -> list[Expression]:
    """What is zero where a part of the formula may break, without what never is."""
    found: dict[Expression, None] = {}
    seen: set[int] = set()
    waiting = [formula]
    while waiting and len(found) < MOST_SOURCES:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        waiting += children(part)
        source = _source(part)
        if source is not None and names_in(source) and not _is_positive(source, flow):
            found[source] = None
    return list(found)


def _source(part: Expression) -> Expression | None:
    if isinstance(part, Root) or (isinstance(part, Power) and part.exponent < 0):
        return part.base
    if not isinstance(part, Call) or part.function in SMOOTH:
        return None
    if part.function == "tan":
        return Call("cos", part.argument)
    if part.function in ("asin", "acos"):
        return Sum(Number(Fraction(1)), Product(Number(Fraction(-1)), Power(part.argument, 2)))
    return part.argument


def _is_positive(tree: Expression, flow: Flow) -> bool:
    """Whether a tree is a product of powers of magnitudes and orders."""
    if isinstance(tree, Symbol):
        return tree.name in flow.positive or tree.name in flow.order_names
    if isinstance(tree, Number):
        return tree.value != 0
    return isinstance(tree, Product | Power | Root) and all(
        _is_positive(part, flow) for part in children(tree)
    )


def _variables(
    source: Expression, flow: Flow, conditions: tuple[Condition, ...], starts: Mapping[str, FloatArray]
) -> list[str]:
    """What the source depends on, through definitions and conditions."""
    names = set(names_in(source))
    for _ in range(1 + len(conditions)):
        for name, meaning in flow.definitions.items():
            names |= names_in(meaning) if name in names else set()
        for condition in conditions:
            names |= names_in(condition.value) if condition.name in names else set()
    return [name for name in starts if name in names][:MOST_VARIABLES]


def _grid(name: str, flow: Flow) -> FloatArray:
    """Where a variable is run through: a few turns, all scales, all orders."""
    if name in flow.angles:
        return np.linspace(-FARTHEST_TURN, FARTHEST_TURN, 2 * GRID) + 1e-3
    if name in flow.order_names:
        return np.geomspace(2.0, LARGEST_ORDER, GRID)
    positive = np.geomspace(SMALLEST, LARGEST, GRID)
    return positive if name in flow.positive or name == "t" else np.concatenate([-positive[::-1], positive])


@dataclass(frozen=True)
class _Line:
    """A source along a variable, from the first start points."""

    source: Expression
    name: str
    flow: Flow
    conditions: tuple[Condition, ...]
    starts: Mapping[str, FloatArray]

    def breaks(self) -> list[Break]:
        """The zeros, narrowed down, and what almost is one."""
        grid = np.broadcast_to(_grid(self.name, self.flow), (LINES, len(_grid(self.name, self.flow))))
        lines = np.arange(LINES)
        values = self._values(lines, grid)
        rows, places = self._suspects(values)
        if not rows.size:
            return []
        low, high = grid[rows, places - 1], grid[rows, places + 1]
        around = np.fmax(np.abs(values[rows, places - 1]), np.abs(values[rows, places + 1]))
        for _ in range(ROUNDS):
            low, high = self._narrowed(rows, low, high)
        ends = np.stack([low, (low + high) / 2, high], axis=1)
        last = self._values(rows, ends)
        is_zero = (np.sign(last[:, :1]) != np.sign(last[:, 1:])).any(axis=1)
        kept = is_zero | (np.abs(last[:, 1]) <= TOUCHING * around)
        return [self._break(int(rows[i]), float(ends[i, 1])) for i in np.flatnonzero(kept)]

    def _values(self, lines: np.ndarray, positions: FloatArray) -> FloatArray:
        """The source at positions (lines, points)."""
        raw = {name: np.broadcast_to(v[lines][:, None], positions.shape) for name, v in self.starts.items()}
        found = resolved(
            {**raw, self.name: positions},
            self.flow,
            self.conditions,
            lambda tree, known: measure(tree, known)[0],
        )
        return np.broadcast_to(measure(self.source, found)[0], positions.shape)

    def _suspects(self, values: FloatArray) -> tuple[np.ndarray, np.ndarray]:
        """Lines and inner places next to which the sign changes or the absolute value is smallest."""
        size, sign = np.abs(values), np.sign(values)
        changes = (sign[:, 1:-1] != sign[:, 2:]) & np.isfinite(size[:, 1:-1] + size[:, 2:])
        lowest = (size[:, 1:-1] < size[:, :-2]) & (size[:, 1:-1] <= size[:, 2:])
        rows: list[int] = []
        places: list[int] = []
        for row, marked in enumerate(changes | lowest):
            at = np.flatnonzero(marked)
            at = at[np.linspace(0, len(at) - 1, min(len(at), MOST_ZEROS)).astype(int)] if at.size else at
            rows += [row] * len(at)
            places += (at + 1).tolist()
        return np.array(rows, dtype=int), np.array(places, dtype=int)

    def _narrowed(self, rows: np.ndarray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The part of each interval with a change of sign, or else around the smallest absolute value."""
        positions = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, FINE)
        values = self._values(rows, positions)
        changes = np.sign(values[:, 1:]) != np.sign(values[:, :-1])
        lowest = np.nan_to_num(np.abs(values), nan=np.inf).argmin(axis=1).clip(1, FINE - 2)
        has_change = changes.any(axis=1)
        first = np.where(has_change, changes.argmax(axis=1), lowest - 1)
        last = np.where(has_change, first + 1, lowest + 1)
        each = np.arange(len(rows))
        return positions[each, first], positions[each, last]

    def _break(self, row: int, position: float) -> Break:
        values = {name: float(value[row]) for name, value in self.starts.items()}
        return Break(self.source, self.name, {**values, self.name: position})
