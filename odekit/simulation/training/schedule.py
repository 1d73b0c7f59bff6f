"""When a training ends and which of its moments are kept: the options of `simulate`, checked."""

from collections.abc import Sequence

import numpy as np

from odekit.arrays import FloatArray, IntArray
from odekit.errors import InputError, shown
from odekit.numbers import integer, is_integer, positive, real
from odekit.simulation.training.flow import moving_scale, operations
from odekit.simulation.training.integration import has_kink
from odekit.simulation.training.velocity import Velocity

__all__ = [
    "checked_times",
    "denser_times",
    "ends_by_itself",
    "even_times",
    "flow_ends",
    "kept_steps",
    "learning_rate",
    "refuse",
    "step_tolerance",
    "tolerance",
]

# In time scales of the start: where directions have usually aligned, and a stop for those that don't.
SPANS = 30.0
LONGEST = 3000.0
# Each of them holds all weights.
MOST_SNAPSHOTS = 1_000_000
# Relative tolerances of a flow that is smooth, of a dear one that is followed until its loss has fallen, and
# of one whose slope jumps; and operations of a gradient from which it is dear.
SMOOTH, DEAR, KINKED = 1e-8, 1e-6, 1e-3
CHEAP = 1e8


def denser_times(t_end: float, snapshots: int) -> FloatArray:
    """From 0 to ``t_end``, quadratically spaced: a flow on spheres soon comes to rest."""
    return positive(t_end, "t_end") * np.linspace(0.0, 1.0, snapshots) ** 2


def even_times(t_end: float, snapshots: int | Sequence[int]) -> FloatArray:
    """Evenly spaced from 0 to ``t_end``, one for each snapshot."""
    return np.linspace(0.0, positive(t_end, "t_end"), _count(snapshots))


def checked_times(times: Sequence[float] | FloatArray) -> FloatArray:
    """Times given by a user, with the start at 0 before them.

    Raises
    ------
    InputError: not numbers, not finite, or not increasing from 0.
    """
    try:
        wanted = np.asarray(times)
    except ValueError:
        wanted = np.empty(0, dtype=object)
    if wanted.dtype.kind not in "fiu" or wanted.ndim != 1 or not np.isfinite(wanted).all():
        raise InputError("times is not a list of finite numbers", received=shown(times))
    wanted = wanted.astype(np.float64)
    if not len(wanted) or wanted[0] != 0:
        wanted = np.concatenate([[0.0], wanted])
    if len(wanted) < 2 or not (np.diff(wanted) > 0).all():
        raise InputError("times must increase from 0", received=shown(times))
    return wanted


def kept_steps(steps: int | None, snapshots: int | Sequence[int]) -> IntArray:
    """Steps of a descent after which to keep the weights, (T,), the first 0.

    Raises
    ------
    InputError: no number of steps, or snapshots that are none of them.
    """
    steps = integer(steps, "the number of steps of a descent", 1, 2**53, hint="steps=1000")
    if is_integer(snapshots):
        return np.unique(np.linspace(0, steps, min(_count(snapshots), steps + 1)).round().astype(np.int64))
    try:
        kept = np.asarray(snapshots)
    except ValueError:
        kept = np.empty(0, dtype=object)
    if kept.dtype.kind not in "iu" or kept.ndim != 1 or not ((kept >= 0) & (kept <= steps)).all():
        raise InputError(
            "snapshots must be steps of the descent",
            expected=f"integers from 0 to {steps}",
            received=shown(snapshots),
        )
    return np.unique(np.concatenate([[0], kept.astype(np.int64)]))


def learning_rate(value: float | None) -> float:
    """The learning rate of a descent.

    Raises
    ------
    InputError: none, or one that is not positive and finite.
    """
    if value is None:
        raise InputError("descent needs a learning rate", hint="learning_rate=0.1")
    return positive(value, "learning_rate")


def tolerance(rtol: float) -> float:
    """The relative tolerance of an integration: from 1e-13, near which doubles round, to 1e-2.

    Raises
    ------
    InputError: it lies outside.
    """
    return real(rtol, "rtol", 1e-13, 1e-2)


def refuse(method: str, **options: object) -> None:
    """Raise an InputError if an option of another method was given."""
    if given := [name for name, value in options.items() if value is not None]:
        raise InputError(f"{given[0]} is not an option of method {method!r}", hint=f"without {given[0]}")


def _count(snapshots: int | Sequence[int]) -> int:
    return integer(snapshots, "the number of snapshots", 2, MOST_SNAPSHOTS, hint="times=[...]")


def step_tolerance(velocity: Velocity, rtol: float | None, finds_its_end: bool) -> float:
    """The relative tolerance of a flow's steps, checked; by default what activation and size allow."""
    if rtol is not None:
        return tolerance(rtol)
    if not velocity.is_uniform and has_kink(velocity.network.activation):
        return KINKED
    return DEAR if finds_its_end and operations(velocity.network) > CHEAP else SMOOTH


def check_ends(
    t_end: float | None,
    times: Sequence[float] | FloatArray | None,
    until: float | None,
    snapshots: int | Sequence[int],
) -> None:
    """Refuse what says where a flow ends, and what it keeps, if it is none of the numbers that it may be.

    Raises
    ------
    InputError: as `flow_ends`.
    """
    if t_end is not None:
        positive(t_end, "t_end")
    if until is not None:
        real(until, "until", 1e-12, 1.0)
    if times is not None:
        checked_times(times)
    else:
        _count(snapshots)


def ends_by_itself(
    velocity: Velocity, t_end: float | None, times: Sequence[float] | FloatArray | None, until: float | None
) -> bool:
    """Whether a flow has no end but the fall of its loss: a free one of the full loss that was given none."""
    is_free = not (velocity.is_uniform or velocity.spheres)
    return is_free and t_end is None and times is None and until is None


def flow_ends(
    velocity: Velocity,
    start: FloatArray,
    t_end: float | None,
    times: Sequence[float] | FloatArray | None,
    until: float | None,
    snapshots: int | Sequence[int],
) -> tuple[FloatArray, float | None]:
    """Times to keep, and when to stop neurons that have not arrived where the flow goes on after them.

    Raises
    ------
    InputError: no end where one is needed, or options that exclude each other.
    """
    if until is not None:
        _check_until(velocity, until)
        longest = LONGEST * moving_scale(velocity, start) if t_end is None else positive(t_end, "t_end")
        if times is None:
            # The place where the flow ends is a snapshot too.
            kept = denser_times(_settled(velocity, start, longest), _count(snapshots) - 1)
            return kept, longest
        kept = checked_times(times)
        return kept, max(longest, float(kept[-1]))
    if times is None:
        if t_end is not None:
            return even_times(t_end, snapshots), None
        return denser_times(_default_end(velocity, start), _count(snapshots)), None
    if t_end is not None:
        raise InputError("both t_end and times are given", expected="one of them")
    return checked_times(times), None


def _settled(velocity: Velocity, start: FloatArray, longest: float) -> float:
    """When most neurons have settled, at most the longest time; that where none moves."""
    try:
        return min(_default_end(velocity, start), longest)
    except InputError:
        return longest


def _default_end(velocity: Velocity, start: FloatArray) -> float:
    if not velocity.spheres:
        raise InputError(
            "at uniform softmax a free flow blows up, and its end must be given", hint="t_end or times"
        )
    return SPANS * moving_scale(velocity, start)


def _check_until(velocity: Velocity, until: float) -> None:
    real(until, "until", 1e-12, 1.0)
    if not velocity.is_uniform:
        raise InputError(
            "until needs the uniform softmax: with the full loss maxima go on drifting along their orbits",
            hint="softmax='uniform', or t_end",
        )
    if not velocity.spheres:
        raise InputError("without a constraint no neuron comes to rest", hint="constraint='sphere', or t_end")
