"""Torchdiffeq's dopri8 on all trajectories as one system, in units of each end time, in double precision.

Its last step is told to end at the end time: its interpolant, the default, is of lower order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from problem import RATE, Problem

__all__ = ["integrate"]


def integrate(problem: Problem, rtol: float) -> NDArray[np.float64]:
    """End states (state, batch)."""
    import torch
    from torchdiffeq import odeint

    rate, start = torch.from_numpy(RATE * problem.end), torch.from_numpy(problem.y0)
    atol = 1e-3 * rtol * float(np.abs(problem.y0).max(axis=0).mean())

    def field(t: Any, y: Any) -> Any:
        return torch.stack(problem.flow.field(rate, y, torch))

    times = torch.tensor([0.0, 1.0], dtype=torch.float64)
    at_the_end = {"step_t": times[1:]}
    with torch.no_grad():
        y = odeint(field, start, times, rtol=rtol, atol=atol, method="dopri8", options=at_the_end)
    end: NDArray[np.float64] = y[-1].numpy()
    return end
