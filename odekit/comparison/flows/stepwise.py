"""A flow followed so that no state depends on a later snapshot: from checkpoint to checkpoint.

The checkpoints are the first time, and twice the last one from there on. The steps of a stretch aim at its
end, wherever the requested times in it lie, so that they are the same whatever comes later; the stretch that
holds the last time is left behind it.

Descent with steps h follows the modified field f - (h/2) Df f, which f(y - h f/2) is up to h^2.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers import CompiledSystem, Event, Rows, solve

__all__ = ["follow_stepwise", "grown"]

# A trajectory ends so far behind the last time, relative to it, that rounding doesn't take the time away.
BEHIND = 1e-9
# What is so much larger than all were at the beginning of a stretch has blown up.
GROWTH = 1e6
# Half a step back the velocity is another by at most this share of it: beyond, no step is a small one.
SHARE = 0.5


def follow_stepwise(
    compiled: CompiledSystem,
    start: FloatArray,
    times: FloatArray,
    rtol: float,
    lengths: FloatArray,
    step: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """States (T, state, batch) at increasing times (T,) from 0 on, and the solver's error up to each.

    Parameters
    ----------
    compiled: without parameters.
    start: (state, batch).
    times, rtol: as for `solve`.
    lengths: (state,) of one unit of each state, in the metric in which the flow is a gradient flow.
    step: of descent, whose modified equation is followed as far as steps are small; 0 for the flow itself,
        negative for ascent.

    Returns
    -------
    y: NaN past a blow-up, or so near to it that the state is a million times as long as the longest one at
        the checkpoint before; and where steps are no longer small.
    error: (T, batch), the sum of what `solve` estimates up to the next checkpoint, or to the step that holds
        the last time.
    """
    compiled, method = (_modified(compiled, step), compiled.method) if step else (compiled, "auto")
    y = np.full((len(times), *start.shape), np.nan)
    error = np.zeros((len(times), start.shape[1]))
    y[times == 0] = start
    now, spent, begin = start.copy(), np.zeros(start.shape[1]), 0.0
    end = float(times[times > 0][0]) if (times > 0).any() else 0.0
    alive = np.isfinite(start).all(axis=0)
    while begin < times[-1]:
        inside = np.flatnonzero((times > begin) & (times <= end))
        if alive.any():
            asked = np.unique(np.append(times[inside], end))
            first = now[:, alive]
            ends = _ends(first, lengths, float(times[-1]) - begin)
            solved = solve(compiled, first, asked - begin, rtol=rtol, method=method, events=ends)
            y[np.ix_(inside, np.arange(len(now)), alive)] = solved.y[: len(inside)]
            now[:, alive] = solved.y[-1]
            spent[alive] += solved.error_estimate
            alive &= np.isfinite(now).all(axis=0)
        error[inside] = spent
        begin, end = end, 2 * end
    return y, error


def grown(metric: FloatArray, factor: float, unit: float = 1.0) -> Event:
    """The end of a trajectory where its length exceeds a factor.

    In the metric of a gradient flow of degree d the speed is at most some constant times |y|^d: what has
    grown by a factor g has some 1/g^(d - 1) of its time left. The degree is 2 or more where anything grows.

    Parameters
    ----------
    metric: (state,) squared length of one unit of each state.
    unit: in which the states are taken, so that squares of large ones are finite.
    """

    def growth(t: FloatArray, y: Rows, p: Rows) -> FloatArray:
        return np.asarray(np.log(metric @ (y.values / unit) ** 2) - 2 * np.log(factor))

    return Event(growth, direction=1, terminal=True, name="grown", crosses_once=True)


def _ends(start: FloatArray, lengths: FloatArray, last: float) -> list[Event]:
    """Of a trajectory: behind the last time, without a step that aims there; or at its blow-up."""
    metric, unit = lengths**2, float(np.abs(start).max()) or 1.0
    longest = float(np.sqrt(metric @ (start / unit) ** 2).max()) or 1.0

    def beyond(t: FloatArray, y: Rows, p: Rows) -> FloatArray:
        return t - last * (1 + BEHIND)

    return [
        Event(beyond, terminal=True, name="beyond", crosses_once=True),
        grown(metric, GROWTH * longest, unit),
    ]


def _modified(compiled: CompiledSystem, step: float) -> CompiledSystem:
    """The same with the field of the modified equation, NaN where a step is no small one."""
    field = compiled.rhs

    def rhs(t: Any, y: FloatArray, p: Any, out: FloatArray) -> None:
        here = np.empty_like(out)
        field(t, y, p, here)
        field(t, y - step / 2 * here, p, out)
        changes = ((out - here) ** 2).sum(axis=0) > SHARE**2 * (here**2).sum(axis=0)
        out[:, changes] = np.nan

    return replace(compiled, rhs=rhs)
