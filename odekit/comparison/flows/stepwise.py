"""A flow in steps from one snapshot to the next, so that no number depends on a later snapshot."""

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers import CompiledSystem, solve

__all__ = ["follow_stepwise"]


def follow_stepwise(
    compiled: CompiledSystem, start: FloatArray, times: FloatArray, rtol: float, atol: float | None = None
) -> tuple[FloatArray, FloatArray]:
    """States (T, state, batch) at increasing times (T,) from 0 on, and the solver's error up to each.

    Parameters
    ----------
    compiled: without parameters.
    start: (state, batch).
    times, rtol, atol: as for `solve`.

    Returns
    -------
    y: NaN past a blow-up.
    error: (T, batch), the sum of what `solve` estimates for each of the stretches.
    """
    y = np.full((len(times), *start.shape), np.nan)
    error = np.zeros((len(times), start.shape[1]))
    now, spent, before = start.copy(), np.zeros(start.shape[1]), 0.0
    alive = np.isfinite(start).all(axis=0)
    for i, t in enumerate(times.tolist()):
        if t > before and alive.any():
            solved = solve(compiled, now[:, alive], t - before, rtol=rtol, atol=atol)
            now[:, alive], before = solved.y[-1], t
            spent[alive] += solved.error_estimate
            alive &= np.isfinite(now).all(axis=0)
        y[i, :, alive], error[i] = now[:, alive].T, spent
    return y, error
