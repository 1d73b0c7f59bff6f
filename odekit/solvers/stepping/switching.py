"""Steps end where a state switches the field: none holds in its inside a zero of a switch's function."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.codegen import Switching
from odekit.solvers.problem import Interpolant, crossings, find_times, sign_changes
from odekit.solvers.stepping.attempt import Attempt
from odekit.solvers.stepping.lanes import Lanes
from odekit.solvers.stepping.step_size_control import smallest_step

__all__ = ["MOST_TURNS", "Turns", "cut_at_switches"]

Array = TypeVar("Array", bound=NDArray[Any])

# Shares of a step at which switches are looked at. The first ones tell on which side of a zero at its
# beginning it sets out, and see a pulse that begins there however soon it ends.
_SHARES = np.array([0.0, 2.0**-30, 2.0**-20, 2.0**-10, *(np.arange(1, 9) / 8.0)])
# Between two of them a sine in a switch turns by less than that: no pulse lies between them unseen.
_ANGLE = 0.25 * np.pi
# A step is not cut below this part of the end time only because an angle turns fast.
_LEAST_SHARE = 1e-6
# A step that is cut aims that much of itself beyond the zero, so that it ends on the far side; where a zero
# is that near to a step's end, the interpolant is exact there to rounding.
_BEYOND, _NEAR = 1e-7, 1e-5
# Spacings of the floats within which two times are one.
_ROUNDING = 4.0
# Part of a step's tolerance, of which rtol counts as no less than that, by which rounding may move a switch.
_SLACK, _LEAST_RTOL = 1e-3, 1e-10
# So that the states' parts of it don't cancel.
_IRRATIONAL = 0.5 * (5.0**0.5 - 1.0)
# Turns nearer to each other than this part of the end time make no progress.
_APART = 2.0**-40
# Turns without progress after which a trajectory slides: three for each of the most switches that there are.
MOST_TURNS = 192


@dataclass(frozen=True, eq=False)
class Turns:
    """Which switches turn after an attempt.

    Parameters
    ----------
    turned: (lane,), the lanes in which some do.
    modes: (switch, lane), the modes then.
    """

    turned: BoolArray
    modes: FloatArray

    def idle(self, lanes: Lanes, tried: Attempt) -> FloatArray:
        """Turns of each lane since it last made progress, (lane,)."""
        moved = tried.accepted & (tried.t - lanes.t > _APART * lanes.end)
        return np.where(moved, 0.0, lanes.idle) + self.turned


@dataclass(frozen=True, eq=False)
class _Look:
    """The switches at some points ``t`` (point, lane), ``y`` (point, state, lane) of some lanes' steps."""

    switching: Switching
    inside: Interpolant
    p: FloatArray
    low: FloatArray
    high: FloatArray
    t: FloatArray
    y: FloatArray

    @property
    def modes(self) -> FloatArray:
        """Their modes, (switch, lane)."""
        return self.p[-self.switching.count :]

    @cached_property
    def clipped(self) -> FloatArray:
        """The times at which formulas are asked, on this side of both breakpoints, (point, lane)."""
        return np.clip(self.t, self.low, self.high)

    @cached_property
    def values(self) -> FloatArray:
        """The switches, (point, switch, lane)."""
        return np.stack(
            [self.switching.held(t, y, self.p) for t, y in zip(self.clipped, self.y, strict=True)]
        )

    @cached_property
    def sides(self) -> FloatArray:
        """Each times its mode, negative where it should have turned, (point, switch, lane)."""
        return self.values * self.modes

    def next_modes(self, slack: FloatArray) -> FloatArray:
        """The modes after a turn, (switch, lane): the other sign, or the first one where there was none."""
        known = np.where(np.abs(self.values) > slack, np.sign(self.values), 0.0)
        row = np.argmax(known != 0.0, axis=0)[None]
        return np.where(self.modes == 0.0, np.take_along_axis(known, row, axis=0)[0], -self.modes)

    def first_zero(self, number: int) -> FloatArray:
        """When a switch first leaves its side within each step, infinite where it doesn't; (lane,)."""

        def side(t: FloatArray, lane: IntArray) -> FloatArray:
            at = np.clip(t, self.low[lane], self.high[lane])
            value = self.switching.each[number](at, self.inside.only(lane)(t), self.p[:, lane])
            return np.asarray(value[0] * self.modes[number, lane])

        changes = sign_changes(side, self.t, self.sides[:, number])
        falls = changes.only(crossings(-1, changes.before, changes.after))
        first = falls.only(np.unique(falls.lane, return_index=True)[1])
        when = np.full(self.t.shape[1], np.inf)
        if len(first.lane):
            when[first.lane] = find_times(
                lambda t: side(t, first.lane), first.begin, first.end, first.before, first.after
            )
        return when


def cut_at_switches(switching: Switching, lanes: Lanes, tried: Attempt) -> tuple[Attempt, Turns]:
    """The attempt, cut where a switch leaves its side, and the switches that turn behind it.

    A step that goes far beyond a zero is refused, and one that ends there is tried next; a switch that leaves
    its side at once turns before any step is taken.
    """
    modes = lanes.p[-switching.count :].copy()
    turned = np.zeros_like(tried.accepted)
    chosen = np.flatnonzero(tried.accepted & lanes.live)
    if not len(chosen):
        return tried, Turns(turned, modes)
    begin, end = lanes.t[chosen], tried.t[chosen]
    t = begin + _SHARES[:, None] * (end - begin)
    t[-1] = end
    inside = tried.inside(chosen)
    y = np.stack([lanes.y[:, chosen], *map(inside, t[1:-1]), tried.y[:, chosen]])
    low, high = (edge[chosen] for edge in lanes.window)
    look = _Look(switching, inside, lanes.p[:, chosen], low, high, t, y)
    slack = _slack(look, lanes, chosen)
    leaving, first, flips = _first_flips(look, slack)
    share = _resolved_share(look, lanes.end[chosen])
    is_idle = leaving | (first <= begin + smallest_step(begin))
    is_fast = ~is_idle & (share < 1.0)
    is_near = ~is_idle & ~is_fast & (end - first <= _NEAR * (end - begin))
    is_far = ~is_idle & ~is_fast & ~is_near & (first < np.inf)
    turned[chosen] = is_idle | is_near
    modes[:, chosen] = np.where(flips & turned[chosen], look.next_modes(slack), look.modes)
    before = is_near & (end - first > _ROUNDING * np.spacing(end))
    stop = np.where(before, first, end)
    shorter = np.where(is_fast, share * (end - begin), (first - begin) * (1.0 + _BEYOND))
    h = np.where(is_idle, lanes.h[chosen], np.where(is_fast | is_far, shorter, tried.h[chosen]))
    cut = replace(
        tried,
        t=_with(tried.t, chosen, stop),
        y=_with(tried.y, chosen, np.where(before, inside(stop), tried.y[:, chosen])),
        accepted=_with(tried.accepted, chosen, ~(is_idle | is_fast | is_far)),
        lands=_with(tried.lands, chosen, tried.lands[chosen] & ~(is_idle | is_fast | is_far | before)),
        h=_with(tried.h, chosen, h),
    )
    return cut, Turns(turned, modes)


def _with(values: Array, chosen: IntArray, others: Array) -> Array:
    """A copy with other values in chosen lanes."""
    changed = values.copy()
    changed[..., chosen] = others
    return changed


def _first_flips(look: _Look, slack: FloatArray) -> tuple[BoolArray, FloatArray, BoolArray]:
    """Lanes that leave a side at once, the first zero in each lane, and the switches that then turn."""
    sides = look.sides
    moved = np.abs(sides - sides[0]) > slack
    side = np.take_along_axis(sides, np.argmax(moved, axis=0)[None], axis=0)[0]
    sets_out = np.where(sides[0] < -slack, sides[1] < 0.0, moved.any(axis=0) & (side < 0.0))
    wrong = (sides[0] <= 0.0) & sets_out
    wrong |= (look.modes == 0.0) & (look.next_modes(slack) != 0.0)
    leaving = wrong.any(axis=0)
    when = np.stack([look.first_zero(number) for number in range(len(look.modes))])
    first = when.min(axis=0)
    at_first = (when < np.inf) & (when <= first + _ROUNDING * np.spacing(first))
    return leaving, first, np.where(leaving, wrong, at_first)


def _slack(look: _Look, lanes: Lanes, chosen: IntArray) -> FloatArray:
    """By how much rounding may move each switch at the beginning of the steps, (switch, lane)."""
    y = look.y[0]
    part = 0.5 + (_IRRATIONAL * np.arange(len(y)))[:, None] % 1.0
    moved = y + _SLACK * part * (lanes.atol[chosen] + np.maximum(lanes.rtol[chosen], _LEAST_RTOL) * np.abs(y))
    values = look.switching.held(look.clipped[0], moved, look.p)
    return np.asarray(np.abs(values - look.values[0]))


def _resolved_share(look: _Look, end: FloatArray) -> FloatArray:
    """The share of each step in which no sine of a switch turns too far between two points; at most 1."""
    angles = np.stack(
        [look.switching.angles(t, y, look.p) for t, y in zip(look.clipped, look.y, strict=True)]
    )
    if not angles.shape[1]:
        return np.ones(len(end))
    change = np.abs(np.diff(angles, axis=0)).max(axis=(0, 1))
    share = np.where(change > _ANGLE, 0.9 * _ANGLE / change, 1.0)
    is_least = share * (look.t[-1] - look.t[0]) < _LEAST_SHARE * end
    return np.where(is_least | np.isnan(share), 1.0, share)
