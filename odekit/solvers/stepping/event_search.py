"""The first zero of an event's function within a step of many trajectories."""

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.problem import (
    BoundEvent,
    Bracket,
    Function,
    Interpolant,
    crossings,
    find_times,
    sign_changes,
)

__all__ = ["first_zeros"]

# Points of a step at which an event's function is looked at, its ends among them.
_SAMPLES = 9
# A function is smaller at a zero than at the samples beside it, and at a pole larger by far more than this.
_POLE = 1e3


def first_zeros(
    event: BoundEvent,
    inside: Interpolant,
    p: FloatArray,
    ends: tuple[FloatArray, FloatArray],
    values: tuple[FloatArray, FloatArray],
) -> tuple[IntArray, FloatArray]:
    """The lanes in which the event happens within the step, and when it first does.

    Parameters
    ----------
    event: with g and its direction.
    inside: the states within the step.
    p: (parameter, lane) float64.
    ends: times at which the step begins and ends, (lane,) each.
    values: g there, (lane,) each.
    """

    def g(t: FloatArray, lane: IntArray) -> FloatArray:
        return event(t, inside.only(lane)(t), p[:, lane])

    begin, end = ends
    lanes = np.arange(len(begin))
    shares = np.linspace(0.0, 1.0, _SAMPLES)[:, None]
    t = begin + shares * (end - begin)
    t[-1] = end
    between = [event(at, inside(at), p) for at in t[1:-1]]
    changes = sign_changes(g, t, np.stack([values[0], *between, values[1]]))
    left = changes.only(crossings(event.event.direction, changes.before, changes.after))
    when = np.full(len(lanes), np.inf)
    while len(left.lane):
        first = np.concatenate([[True], left.lane[1:] != left.lane[:-1]])
        tried = left.only(first)
        zero = _zero(g, tried)
        found = _is_zero(g, tried, zero)
        when[tried.lane[found]] = zero[found]
        left = left.only(~first & ~np.isin(left.lane, tried.lane[found]))
    hit = np.flatnonzero(when < np.inf)
    return hit, when[hit]


def _zero(g: Function, bracket: Bracket) -> FloatArray:
    return find_times(lambda t: g(t, bracket.lane), bracket.begin, bracket.end, bracket.before, bracket.after)


def _is_zero(g: Function, bracket: Bracket, zero: FloatArray) -> BoolArray:
    """Whether g is not much larger there than beside it, as it is at a pole."""
    size = np.abs(g(zero, bracket.lane))
    is_zero: BoolArray = size <= _POLE * np.maximum(np.abs(bracket.before), np.abs(bracket.after))
    return is_zero
