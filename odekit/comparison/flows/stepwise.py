"""A flow followed so that no number depends on a later snapshot: from checkpoint to checkpoint.

The checkpoints are the first time, and twice the last one from there on. A stretch that is begun is followed
to its end, wherever the requested times in it lie, so that its steps are the same whatever comes later.
"""

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers import CompiledSystem, solve

__all__ = ["follow_stepwise"]


def follow_stepwise(
    compiled: CompiledSystem, start: FloatArray, times: FloatArray, rtol: float
) -> tuple[FloatArray, FloatArray]:
    """States (T, state, batch) at increasing times (T,) from 0 on, and the solver's error up to each.

    Parameters
    ----------
    compiled: without parameters.
    start: (state, batch).
    times, rtol: as for `solve`.

    Returns
    -------
    y: NaN past a blow-up.
    error: (T, batch), the sum of what `solve` estimates up to the next checkpoint.
    """
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
            solved = solve(compiled, now[:, alive], asked - begin, rtol=rtol)
            y[np.ix_(inside, np.arange(len(now)), alive)] = solved.y[: len(inside)]
            now[:, alive] = solved.y[-1]
            spent[alive] += solved.error_estimate
            alive &= np.isfinite(now).all(axis=0)
        error[inside] = spent
        begin, end = end, 2 * end
    return y, error
