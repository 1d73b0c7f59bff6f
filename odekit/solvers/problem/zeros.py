"""Zeros of many functions of time at once, between samples of each: also two that samples step over.

Where a function is undefined (NaN) at one of two neighbouring samples, its domain's end is found first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Bracket", "Function", "crossings", "find_times", "sign_changes"]

# g(t, lane): the functions of chosen lanes, each at a time of its own.
Function = Callable[[FloatArray, IntArray], FloatArray]

# The Illinois method ends long before; this bounds the loop where a user's g jumps.
_MOST_ITERATIONS = 100
# The golden section narrows an interval to 1e-10 of its length, and bisection one to rounding.
_SECTIONS = 48
_HALVINGS = 60
_GOLDEN = 0.5 * (5.0**0.5 - 1.0)
# A parabola dips below its least sample by a quarter of that sample's distance to the larger neighbour at
# most; what is this many times further from zero is not followed.
_REACH = 4.0
# Share of an interval at which the slope at its end is seen.
_NEARBY = 1e-3


@dataclass(frozen=True, eq=False)
class Bracket:
    """Intervals at whose ends functions have different signs, all arrays (interval,)."""

    lane: IntArray
    begin: FloatArray
    end: FloatArray
    before: FloatArray
    after: FloatArray

    def only(self, wanted: BoolArray | IntArray) -> Bracket:
        """Chosen ones."""
        return Bracket(self.lane[wanted], *(part[wanted] for part in self._values))

    @property
    def _values(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        return self.begin, self.end, self.before, self.after

    @staticmethod
    def joined(brackets: list[Bracket]) -> Bracket:
        """All of them, by lane and then by time."""
        lane = np.concatenate([one.lane for one in brackets])
        values = [np.concatenate(part) for part in zip(*(one._values for one in brackets), strict=True)]
        order = np.lexsort((values[0], lane))
        return Bracket(lane[order], *(part[order] for part in values))


def crossings(direction: int, before: FloatArray, after: FloatArray) -> BoolArray:
    """Whether g went through zero in the wanted direction; a zero at the beginning doesn't count."""
    rises = (before < 0.0) & (after >= 0.0) & (direction >= 0)
    falls = (before > 0.0) & (after <= 0.0) & (direction <= 0)
    return rises | falls


def sign_changes(function: Function, t: FloatArray, values: FloatArray) -> Bracket:
    """Where functions change sign: between neighbouring samples, in dips between them, up to a domain's end.

    Parameters
    ----------
    function: ``g(t, lane)``.
    t: (sample, lane) float64, rising along the samples; at least three of them.
    values: (sample, lane) float64, of the function there.
    """
    neighbours = [_pairs(t, values), *_up_to_the_domain(function, t, values)]
    changed = [pair.only(crossings(0, pair.before, pair.after)) for pair in neighbours]
    return Bracket.joined([*changed, *_in_dips(function, t, values)])


def _pairs(t: FloatArray, values: FloatArray) -> Bracket:
    lane: IntArray = np.tile(np.arange(t.shape[1]), len(t) - 1)
    ends = t[:-1], t[1:], values[:-1], values[1:]
    return Bracket(lane, *(part.ravel() for part in ends))


def _up_to_the_domain(function: Function, t: FloatArray, values: FloatArray) -> list[Bracket]:
    """From the defined one of two samples to the last point on the way to the other that is defined."""
    pairs = _pairs(t, values)
    last = pairs.only(~np.isnan(pairs.before) & np.isnan(pairs.after))
    first = pairs.only(np.isnan(pairs.before) & ~np.isnan(pairs.after))
    found = []
    for lane, known, unknown, value, ends in (
        (last.lane, last.begin, last.end, last.before, True),
        (first.lane, first.end, first.begin, first.after, False),
    ):
        edge, at_edge = known.copy(), value.copy()
        for _ in range(_HALVINGS if len(lane) else 0):
            middle = 0.5 * (edge + unknown)
            there = function(middle, lane)
            defined = ~np.isnan(there)
            edge, at_edge = np.where(defined, middle, edge), np.where(defined, there, at_edge)
            unknown = np.where(defined, unknown, middle)
        parts = (known, edge, value, at_edge) if ends else (edge, known, at_edge, value)
        found.append(Bracket(lane, *parts))
    return found


def _in_dips(function: Function, t: FloatArray, values: FloatArray) -> list[Bracket]:
    """Pairs of zeros around a point at which |g| is least, where neighbouring samples have one sign."""
    size, side = np.abs(values), np.sign(values)
    row, lane = np.nonzero(_may_dip(function, t, values, size, side))
    low, high = np.maximum(row - 1, 0), np.minimum(row + 1, len(t) - 1)
    change = np.maximum(size[low, lane], size[high, lane]) - size[row, lane]
    reached = ~(size[row, lane] > _REACH * change)
    row, lane, low, high = row[reached], lane[reached], low[reached], high[reached]
    begin, end, sign = t[low, lane], t[high, lane], side[row, lane]
    least = _least(lambda at, which: sign[which] * function(at, lane[which]), begin, end)
    at_least = function(least, lane) if len(lane) else least
    through = sign * at_least < 0.0
    there = (lane[through], least[through], at_least[through])
    left = Bracket(there[0], begin[through], there[1], values[low, lane][through], there[2])
    right = Bracket(there[0], there[1], end[through], there[2], values[high, lane][through])
    return [left, right]


def _may_dip(
    function: Function, t: FloatArray, values: FloatArray, size: FloatArray, side: FloatArray
) -> BoolArray:
    """Samples next to which |g| may have a minimum: no larger than their neighbours, and on their side."""
    nearer = (side[1:] == side[:-1]) & (side[1:] != 0.0)
    no_larger_left = np.ones(t.shape, dtype=np.bool_)
    no_larger_right = no_larger_left.copy()
    no_larger_left[1:] = nearer & (size[1:] <= size[:-1])
    no_larger_right[:-1] = nearer & (size[:-1] <= size[1:])
    may: BoolArray = no_larger_left & no_larger_right
    for row, inner in ((0, 1), (-1, -2)):
        lane = np.flatnonzero(may[row])
        if len(lane):
            nearby = t[row, lane] + _NEARBY * (t[inner, lane] - t[row, lane])
            may[row, lane] = np.abs(function(nearby, lane)) < size[row, lane]
    return may


def _least(function: Function, begin: FloatArray, end: FloatArray) -> FloatArray:
    """Where functions are least within intervals, by the golden section; one below zero will do."""
    everyone = np.arange(len(begin))
    left, right = end - _GOLDEN * (end - begin), begin + _GOLDEN * (end - begin)
    at_left, at_right = (function(at, everyone) if len(begin) else at for at in (left, right))
    for _ in range(_SECTIONS):
        if not (np.minimum(at_left, at_right) >= 0.0).any():
            break
        goes_left = ~(at_right < at_left)
        begin, end = np.where(goes_left, begin, left), np.where(goes_left, right, end)
        new = np.where(goes_left, end - _GOLDEN * (end - begin), begin + _GOLDEN * (end - begin))
        value = function(new, everyone)
        left, right = np.where(goes_left, new, right), np.where(goes_left, left, new)
        at_left, at_right = np.where(goes_left, value, at_right), np.where(goes_left, at_left, value)
    return np.where(at_right < at_left, right, left)


def find_times(
    function: Callable[[FloatArray], FloatArray],
    begin: FloatArray,
    end: FloatArray,
    before: FloatArray,
    after: FloatArray,
) -> FloatArray:
    """Zeros of many functions at once, each between two times with different signs, to rounding.

    The Illinois variant of the secant method: the bracket's older end counts half each time it stays; a
    bracket with an infinite value is halved. A zero that is found stays, so that none depends on how long
    others take.

    >>> find_times(lambda t: t**2 - 2.0, np.array([1.0]), np.array([2.0]), np.array([-1.0]), np.array([2.0]))
    array([1.41421356])
    """
    settled = np.zeros(end.shape, dtype=np.bool_)
    for _ in range(_MOST_ITERATIONS):
        slope = np.where(after == before, 1.0, after - before)
        secant = end - after * (end - begin) / slope
        usable = np.isfinite(secant) & np.isfinite(after) & np.isfinite(before)
        best = np.where(settled, end, np.where(usable, secant, 0.5 * (begin + end)))
        value = function(best)
        turned = np.sign(value) != np.sign(after)
        begin, before = np.where(turned, end, begin), np.where(turned, after, 0.5 * before)
        settled = settled | (np.abs(best - end) <= 2.0 * np.spacing(np.abs(end)))
        end, after = best, value
        if settled.all():
            break
    return end
