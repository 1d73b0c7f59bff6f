"""What a reduced ODE says of a run, whether it moves modes or blocks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison.accuracy import Budget, neuron_lengths
from odekit.comparison.comparison import FollowAt, Winners
from odekit.comparison.measures import ErrorCurve, Modes
from odekit.comparison.predict import Prediction, predict
from odekit.errors import ReductionError
from odekit.simulation import Run

__all__ = [
    "COARSE",
    "FINE",
    "Follow",
    "Parts",
    "Weights",
    "count_winners",
    "distance",
    "evolve_at_speed",
    "relative",
    "relative_gap",
    "solver_error",
]

# Far enough apart that the difference is the coarse solution's error, which bounds the fine one's.
COARSE, FINE = 1e-7, 1e-9

Weights = Mapping[str, FloatArray]
Follow = Callable[[float, int], Weights]
Values = TypeVar("Values", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Parts:
    """What a reduced ODE says of a run.

    Parameters
    ----------
    follow: the ODE's weights, (count, M, n) by weight group, at the first ``count`` times of the run, its
        field multiplied by a factor: ``follow(factor, count)``.
    weights: those at all times and factor 1.
    errors: by quantity.
    budget: what network and ODE may be apart.
    neglected: (T, M, K + 1) what uniform softmax neglects.
    winners: counts predicted against observed ones, of a prediction or, for None, of one that is made, which
        takes a race of all modes.
    at: the ODE's weights (K, len(neurons), n) of some neurons at any increasing times (K,) of the run's,
        from its first on: ``at(times, neurons)``; NaN past a blow-up.
    modes: the ODE's modes at the run's times, where it moves modes.
    slow: (M,) how many times too slow each neuron is over the first interval, where that can be said.
    order: of the last cumulant of the logits that the ODE keeps.
    """

    follow: Follow
    weights: Weights
    errors: Mapping[str, ErrorCurve]
    budget: Budget
    neglected: FloatArray
    winners: Callable[[Prediction | None], Winners | None]
    at: FollowAt
    modes: Modes | None = None
    slow: FloatArray | None = None
    order: int = 1


def evolve_at_speed(
    evolve: Callable[[dict[str, NDArray[Values]], FloatArray], dict[str, NDArray[Values]]],
    start: Mapping[str, NDArray[Values]],
    elapsed: FloatArray,
    speed: float,
) -> dict[str, NDArray[Values]]:
    """Where a flow is after some times, its field multiplied by a speed, not 0.

    The energy is linear in xi, so that the opposite flow from (theta, xi) mirrors the flow from (theta, -xi).

    Parameters
    ----------
    evolve: the flow itself, ``evolve(start, elapsed)``.
    """
    sign = np.sign(speed)
    moved = evolve({**start, "xi": sign * start["xi"]}, elapsed * abs(speed))
    return {**moved, "xi": sign * moved["xi"]}


def relative_gap(run: Run, weights: Weights) -> FloatArray:
    """|w - w_run| / |w_run| of every neuron in the flow's metric, (count, M), at the run's first snapshots.

    Infinite past a blow-up of ``weights``.
    """
    count = len(weights["xi"])
    with np.errstate(all="ignore"):
        measured = {name: w[:count] for name, w in run.weights.items()}
        return relative(distance(run, weights, measured), neuron_lengths(run)[:count])


def relative(apart: FloatArray, size: FloatArray) -> FloatArray:
    """Distances over lengths, in one shape: infinite past a blow-up, where they are NaN, and 0 for 0/0."""
    apart = np.nan_to_num(apart, nan=np.inf, posinf=np.inf)
    with np.errstate(all="ignore"):
        return np.divide(apart, size, out=np.where(apart == 0, 0.0, np.inf), where=size > 0)


def solver_error(run: Run, fine: Weights, coarse: Weights) -> FloatArray:
    """Bound of the relative error of a solution at `FINE` by one at `COARSE`, (T, M).

    Their difference, at no time less than before. Past a blow-up there is none to bound, and the last one
    stays: how far the run may be from it is the budget's.
    """
    with np.errstate(all="ignore"):
        error = distance(run, fine, coarse) / neuron_lengths(run)
    return np.asarray(np.maximum.accumulate(np.nan_to_num(error, nan=0.0, posinf=0.0)))


def distance(run: Run, first: Weights, second: Weights) -> FloatArray:
    """Distance of every neuron's weights in the metric of the flow, (count, M)."""
    rates = run.network.rates
    squares = (((first[name] - second[name]) ** 2).sum(axis=-1) / rates[name] for name in rates)
    return np.asarray(np.sqrt(sum(squares)))


def count_winners(
    run: Run, dominant: IndexArray, share: FloatArray, prediction: Prediction | None
) -> Winners | None:
    """Winners predicted from the first snapshot against those observed at the last; None without a forecast.

    Parameters
    ----------
    dominant: (M,) place of the mode, or of the nontrivial real irrep, that dominates at the last snapshot.
    share: (M,) its share of the embedding's power.
    prediction: of the first snapshot; None where it is to be made.
    """
    try:
        prediction = prediction or predict(run)
    except ReductionError:
        return None
    return Winners.counted((prediction.winner == dominant) & ~np.isinf(prediction.blow_up_time), share)
