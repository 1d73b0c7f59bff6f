"""Is a refuted trajectory right but for its clock? The factor on its times that brings the ODE closest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.trajectories.experiment import Experiment
from odekit.comparison.trajectories.trajectory import Trajectory

__all__ = ["at_another_speed", "clock_factors"]

# Factors around that of the first velocity that are tried, as exponents.
TRIED = np.log(4.0) * np.linspace(-1.0, 1.0, 25)
# From few records to all: each stretch is so many times longer, and looks around what the last one gave.
LONGER = 2.0
AROUND = np.linspace(-1.0, 1.0, 9)
# What is integrated while looking need not be exact.
ROUGH = 1e-6
# Newton's steps on all records at the end; the slope is a difference over this share.
STEPS, SHARE = 5, 1e-6
# A factor that is meant has few digits; so many are tried before all of them.
DIGITS = (2, 3, 4, 5)
# Of a clock that explains anything, the misfit is below this share of that of the stated one.
LEFT = 0.2


def clock_factors(experiment: Experiment, count: int) -> Iterator[float]:
    """Factors on the times after the first that might be right, by the first ``count`` records, at least 2.

    Those of few digits come first; there are none where no factor is much better than 1.
    """
    factor = _fitted(experiment, count)
    if factor is None:
        return
    rounded = [float(f"{factor:.{digits - 1}e}") for digits in DIGITS]
    yield from dict.fromkeys([*rounded, factor])


def at_another_speed(trajectory: Trajectory, factor: float) -> Iterator[Trajectory]:
    """The trajectory with its times after the first so many times as long.

    Its learning rate is so many times as large; then, since times may count steps, as it was stated, or the
    factor where it wasn't.
    """
    first = trajectory.t[0]
    t, stated = first + factor * (trajectory.t - first), trajectory.meta.get("learning_rate")
    if not stated:
        yield replace(trajectory, t=t)
    for rate in dict.fromkeys([factor * stated, stated]) if stated else [factor]:
        yield replace(trajectory, t=t, meta={**trajectory.meta, "learning_rate": rate})


def _fitted(experiment: Experiment, count: int) -> float | None:
    """The factor of the smallest misfit, or None where none is much better than 1."""
    first = _first_guess(experiment)
    if first is None:
        return None
    length, width = min(3, count), float(TRIED[1] - TRIED[0])
    factor = _best(experiment, first * np.exp(TRIED), length)
    while length < count:
        length = min(int(LONGER * length), count)
        factor = _best(experiment, factor * np.exp(width * AROUND), length)
        width /= LONGER
    factor = _polished(experiment, factor, count)
    stated, fitted = (
        _misfit(residual) for residual in _residuals(experiment, np.array([1.0, factor]), count)
    )
    return factor if fitted < LEFT * stated else None


def _best(experiment: Experiment, factors: FloatArray, length: int) -> float:
    misses = [_misfit(residual) for residual in _residuals(experiment, factors, length, ROUGH)]
    return float(factors[int(np.argmin(misses))])


def _first_guess(experiment: Experiment) -> float | None:
    """How many times as fast as the ODE the record sets out; None where neither moves, or not along it."""
    flow, t = experiment.flow, experiment.trajectory.t
    velocity = flow.velocity(t[:1, None], flow.start[:, None])[:, 0]
    pairs = [
        (experiment.trajectory[name][1] - experiment.trajectory[name][0], speed)
        for name, speed in zip(flow.names, velocity, strict=True)
        if name in experiment.trajectory.values
    ]
    if not pairs:
        return 1.0
    moved = sum(float(np.sum(step * speed)) for step, speed in pairs)
    expected = sum(float(np.sum(speed**2)) for _, speed in pairs) * float(t[1] - t[0])
    ratio = moved / expected if expected > 0 else np.nan
    return ratio if np.isfinite(ratio) and ratio > 0 else None


def _polished(experiment: Experiment, factor: float, count: int) -> float:
    """Gauss and Newton's steps on the factor."""
    for _ in range(STEPS):
        speeds = factor * np.array([1.0, 1.0 + SHARE])
        here, there = _residuals(experiment, speeds, count, experiment.flow.finer)
        with np.errstate(all="ignore"):
            slope = (there - here) / SHARE
            step = -float(np.sum(slope * here) / np.sum(slope**2))
        if not np.isfinite(step) or abs(step) > np.exp(float(TRIED[1] - TRIED[0])) - 1:
            break
        factor *= 1 + step
    return factor


def _misfit(residual: FloatArray) -> float:
    """Root mean square, infinite where something isn't predicted."""
    with np.errstate(over="ignore"):
        value = float(np.sqrt(np.mean(residual**2)))
    return value if np.isfinite(value) else np.inf


def _residuals(
    experiment: Experiment, factors: FloatArray, count: int, rtol: float | None = None
) -> list[FloatArray]:
    """Recorded minus predicted in units of the largest size, (compared, count, batch), one by factor."""
    recorded = [experiment.trajectory[name] for name in experiment.compared]
    sizes = [float(np.abs(values).max()) or 1.0 for values in recorded]
    return [
        np.array(
            [
                (own[:count] - other) / size
                for own, other, size in zip(recorded, found.values(), sizes, strict=True)
            ]
        )
        for found in experiment.at_speeds(factors, count, rtol)
    ]
