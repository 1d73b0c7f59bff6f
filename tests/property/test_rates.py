"""Intervals of rates hold the slowest rate of sums of exponentials, with powers of t and plateaus."""

from __future__ import annotations

import numpy as np
import pytest

from odekit import estimate_rate

SEED, COUNT = 1, 1000
MISSED = 0.02  # of the conclusive ones: sums whose slowest part the data do not show yet
FEWEST = 0.5  # of all; else an estimator that never concludes would pass


def drawn(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Times, a positive sum of one to three exponentials times powers of t, and its slowest rate."""
    parts = int(rng.integers(1, 4))
    rates = 10.0 ** rng.uniform(-1, 1) * np.cumprod([1.0, *rng.uniform(1.05, 4.0, parts - 1)])
    end = rng.uniform(8.0, 30.0) / rates[0]
    count = int(rng.integers(20, 600))
    times = np.linspace(0.0, end, count) if rng.random() < 0.7 else np.sort(rng.uniform(0.0, end, count))
    sizes = 10.0 ** rng.uniform(-1, 1, parts)
    sizes[1:] *= rng.choice((-1.0, 1.0), parts - 1)
    powers = rng.integers(0, 3, parts) * (rng.random(parts) < 0.3)
    waves = (times[:, None] * rates) ** powers * np.exp(-times[:, None] * rates)
    plateau = 10.0 ** rng.uniform(-10, -2) if rng.random() < 0.3 else 0.0
    return times, np.abs(waves @ sizes) + plateau, float(rates[0])


@pytest.mark.slow
def test_conclusive_intervals_hold_the_slowest_rate() -> None:
    rng = np.random.default_rng(SEED)
    held = []
    for _ in range(COUNT):
        times, distance, slowest = drawn(rng)
        estimate = estimate_rate(times, distance)
        if estimate.is_conclusive:
            low, high = estimate.interval
            held.append(low <= slowest * (1 + 1e-9) and slowest * (1 - 1e-9) <= high)
    assert len(held) >= FEWEST * COUNT
    assert held.count(False) <= MISSED * len(held)
