"""What a method reports of a step that it tried, for every lane of a block."""

from collections.abc import Callable
from dataclasses import dataclass

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.problem import Interpolant

__all__ = ["Attempt"]


@dataclass(frozen=True, eq=False)
class Attempt:
    """A step of all lanes, whether or not it is good enough.

    Parameters
    ----------
    t, y, f: time, state and derivative at its end; (lane,) and (state, lane).
    error: local error in units of the tolerance.
    finite, accepted: whether all numbers are finite, and whether the step is taken.
    lands: whether it ends at the lane's last time or at a breakpoint.
    h: step size to try next.
    inside: y(t) within the step, for chosen lanes.
    strain: h rho of chosen lanes, as `stiffness.strain` has it; None where no step is too long for stability.
    """

    t: FloatArray
    y: FloatArray
    f: FloatArray
    error: FloatArray
    finite: BoolArray
    accepted: BoolArray
    lands: BoolArray
    h: FloatArray
    inside: Callable[[IntArray], Interpolant]
    strain: Callable[[IntArray], FloatArray] | None = None
