"""When a flow ends that its loss doesn't end, which of its moments are kept, and how exact its steps are."""

from collections.abc import Sequence

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.numbers import positive, real
from odekit.simulation.training.flow import time_scale
from odekit.simulation.training.integration import has_kink
from odekit.simulation.training.schedule import checked_times, even_times, tolerance
from odekit.simulation.training.velocity import Velocity

__all__ = ["ends_by_itself", "flow_ends", "step_tolerance"]

# In time scales of the start: where directions have usually aligned, and a stop for those that don't.
SPANS = 30.0
LONGEST = 3000.0
# Relative tolerances of a flow that is smooth, and of one whose slope jumps.
SMOOTH, KINKED = 1e-8, 1e-3


def step_tolerance(velocity: Velocity, rtol: float | None) -> float:
    """The relative tolerance of a flow's steps, checked; by default the one that the activation allows."""
    if rtol is not None:
        return tolerance(rtol)
    return KINKED if not velocity.is_uniform and has_kink(velocity.network.activation) else SMOOTH


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
        kept = np.zeros(1) if times is None else checked_times(times)
        longest = LONGEST * time_scale(velocity.network, start) if t_end is None else positive(t_end, "t_end")
        return kept, max(longest, float(kept[-1]))
    if times is None:
        end = _default_end(velocity, start) if t_end is None else t_end
        return even_times(end, snapshots), None
    if t_end is not None:
        raise InputError("both t_end and times are given", expected="one of them")
    return checked_times(times), None


def _default_end(velocity: Velocity, start: FloatArray) -> float:
    if not velocity.spheres:
        raise InputError(
            "at uniform softmax a free flow blows up, and its end must be given", hint="t_end or times"
        )
    return SPANS * time_scale(velocity.network, start)


def _check_until(velocity: Velocity, until: float) -> None:
    real(until, "until", 1e-12, 1.0)
    if not velocity.is_uniform:
        raise InputError(
            "until needs the uniform softmax: with the full loss maxima go on drifting along their orbits",
            hint="softmax='uniform', or t_end",
        )
    if not velocity.spheres:
        raise InputError("without a constraint no neuron comes to rest", hint="constraint='sphere', or t_end")
