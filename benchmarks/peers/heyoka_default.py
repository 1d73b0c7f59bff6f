"""Heyoka's Taylor method in batch mode with as many trajectories at once as it recommends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from problem import Problem

from peers.heyoka_batch import follow

__all__ = ["integrate"]


def integrate(problem: Problem, rtol: float) -> NDArray[np.float64]:
    """End states (state, batch)."""
    import heyoka

    return follow(problem, rtol, heyoka.recommended_simd_size(), wide=False)
