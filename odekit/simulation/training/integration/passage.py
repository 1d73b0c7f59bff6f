"""A flow followed through given times."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import FloatArray
from odekit.errors import StoppedEarly
from odekit.simulation.training.integration.journal import current_journal
from odekit.simulation.training.integration.stepper import Stepper

__all__ = ["MAX_EVALUATIONS", "follow", "integrate", "out_of_reach"]

# No smooth flow takes so many; one that is pinned to the kinks of an activation would never end.
MAX_EVALUATIONS = 100_000
# A flow that stops within a smaller share of its way may not be worth going on with.
FAR = 0.1


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
    StoppedEarly: it took more than 100,000 slopes.
    """
    way = Stepper(slope, times[0], start, times[-1], rtol, is_kinked)

    def is_over(way: Stepper) -> bool:
        advance(float((way.t - times[0]) / (times[-1] - times[0])))
        if way.fresh > MAX_EVALUATIONS:
            raise _unending(way.t, float(times[-1]))
        return False

    return follow(way, times, is_over)


def follow(
    way: Stepper, times: FloatArray, is_over: Callable[[Stepper], bool], memory: FloatArray | None = None
) -> FloatArray:
    """Weights at the times (T,) that lie within the way, until its last time or until it is over.

    It is a phase of the training's `Journal`, from which it goes on where that has been here before.

    Parameters
    ----------
    way: at ``times[0]``.
    is_over: asked after every step; where it says so, later times have no weights.
    memory: what ``is_over`` remembers, which it changes in place.

    Returns
    -------
    snapshots: (T', ...) of the start's shape, at the first T' times.
    """
    phase = current_journal().phase()
    snapshots = np.empty((len(times), way.y.size))
    snapshots[0] = way.y
    filled, memory = 1, np.empty(0) if memory is None else memory
    if phase.state:
        way.restore(phase.state)
        filled = len(phase.state["snapshots"])
        snapshots[:filled], memory[:] = phase.state["snapshots"], phase.state["memory"]

    def state() -> dict[str, NDArray[Any]]:
        kept = {"times": times, "snapshots": snapshots[:filled], "memory": memory}
        return {**kept, **way.state}

    while way.t < way.last and not phase.has_ended:
        way.step()
        passed = int(np.searchsorted(times, way.t, side="right"))
        if passed > filled:
            snapshots[filled:passed] = way.at(times[filled:passed])
            filled = passed
        if is_over(way):
            break
        phase.note(state)
    phase.end(state())
    return snapshots[:filled].reshape(filled, *way.shape)


def out_of_reach(t: float, last: float) -> str:
    """What to say of a flow that has used up its steps by ``t``: that a far end will not be reached.

    >>> out_of_reach(3.0, 1e9), out_of_reach(3.0, 4.0)
    ('; at this pace its end, t = 1e+09, will not be reached', '')
    """
    return f"; at this pace its end, t = {last:g}, will not be reached" if t < FAR * last else ""


def _unending(t: float, last: float) -> StoppedEarly:
    return StoppedEarly(
        f"the gradient flow has come no further than t = {t:.6g}{out_of_reach(t, last)}",
        expected=f"at most {MAX_EVALUATIONS:,} gradients",
        received="a flow that is stiff there, or that slides along an activation's kinks",
        hint="descent instead (method sgd with a learning rate), a looser rtol, or an earlier t_end",
    )
