"""A flow followed through given times."""

from collections.abc import Callable

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.simulation.training.integration.stepper import Stepper

__all__ = ["MAX_EVALUATIONS", "follow", "integrate"]

# No smooth flow takes so many; one that is pinned to the kinks of an activation would never end.
MAX_EVALUATIONS = 100_000


def integrate(
    slope: Callable[[FloatArray], FloatArray],
    start: FloatArray,
    times: FloatArray,
    rtol: float,
    advance: Callable[[float], None],
    is_kinked: bool = False,
) -> FloatArray:
    """Follow dw/dt = slope(w) from ``start``, of any shape, (T, ...) at increasing times (T,).

    Parameters
    ----------
    rtol: relative tolerance of a step; absolute below the start's root mean square.
    advance: called with the share done, in [0, 1].
    is_kinked: whether the slope jumps, see `Stepper`.

    Raises
    ------
    InputError: the slope is not finite, or the step size fell to rounding, before the last time.
    InputError: it took more than 100,000 slopes.
    """
    way = Stepper(slope, times[0], start, times[-1], rtol, is_kinked)

    def is_over(way: Stepper) -> bool:
        advance(float((way.t - times[0]) / (times[-1] - times[0])))
        return way.evaluations > MAX_EVALUATIONS

    snapshots = follow(way, times, is_over)
    if len(snapshots) < len(times):
        raise _unending(way.t)
    return snapshots


def follow(way: Stepper, times: FloatArray, is_over: Callable[[Stepper], bool]) -> FloatArray:
    """Weights at the times (T,) that lie within the way, until its last time or until it is over.

    Parameters
    ----------
    way: at ``times[0]``.
    is_over: asked after every step; where it says so, later times have no weights.

    Returns
    -------
    snapshots: (T', ...) of the start's shape, at the first T' times.
    """
    snapshots = np.empty((len(times), way.y.size))
    snapshots[0] = way.y
    filled = 1
    while way.t < way.last:
        way.step()
        passed = int(np.searchsorted(times, way.t, side="right"))
        if passed > filled:
            snapshots[filled:passed] = way.at(times[filled:passed])
            filled = passed
        if is_over(way):
            break
    return snapshots[:filled].reshape(filled, *way.shape)


def _unending(t: float) -> InputError:
    return InputError(
        f"the gradient flow has come no further than t = {t:.6g}",
        expected=f"at most {MAX_EVALUATIONS:,} gradients",
        received="a flow that is stiff there, or that slides along an activation's kinks",
        hint="descent instead (method sgd with a learning rate), a looser rtol, or an earlier t_end",
    )
