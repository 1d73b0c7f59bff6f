"""The horizon of a comparison: the first snapshot at which the median error budget passes a level."""

import numpy as np

from odekit.comparison.accuracy.budget import Budget

__all__ = ["snapshots_before_horizon"]


def snapshots_before_horizon(budget: Budget, level: float) -> int:
    """Number of snapshots before the horizon, of T; T where the median budget never passes the level."""
    passed = ~(np.median(budget.total, axis=1) <= level)
    return int(np.argmax(passed)) if passed.any() else len(passed)
