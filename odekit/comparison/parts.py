"""What a reduced ODE says of a run, whether it moves modes or blocks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison.accuracy import MeasuredOrbit, neuron_lengths
from odekit.comparison.comparison import Winners
from odekit.comparison.measures import ErrorCurve, Modes
from odekit.comparison.predict import predict
from odekit.errors import ReductionError
from odekit.simulation import Run

__all__ = ["COARSE", "FINE", "Parts", "Weights", "count_winners", "relative_gap", "solver_error"]

# Far enough apart that the difference is the coarse solution's error, which bounds the fine one's.
COARSE, FINE = 1e-7, 1e-9

Weights = Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Parts:
    """What a reduced ODE says of a run.

    Parameters
    ----------
    follow: the ODE's weights, (count, M, n) by weight group, at the first ``count`` times of the run, its
        field multiplied by a factor: ``follow(factor, count)``.
    weights: those at all times and factor 1.
    solver_error: (T, M) bound of their relative error.
    errors: by quantity.
    orbit: how orbits part along the run.
    neglected: (T, M, K + 1) what the reduction neglects.
    winners: predicted against observed.
    modes: the ODE's modes at the run's times, where it moves modes.
    slow: (M,) how many times too slow each neuron is over the first interval, where that can be said.
    """

    follow: Callable[[float, int], Weights]
    weights: Weights
    solver_error: FloatArray
    errors: Mapping[str, ErrorCurve]
    orbit: MeasuredOrbit
    neglected: FloatArray
    winners: Winners | None
    modes: Modes | None = None
    slow: FloatArray | None = None


def relative_gap(run: Run, weights: Weights) -> FloatArray:
    """|w - w_run| / |w_run| of every neuron in the flow's metric, (count, M), at the run's first snapshots.

    Infinite past a blow-up of ``weights``.
    """
    rates, count = run.network.rates, len(weights["xi"])
    size = neuron_lengths(run)[:count]
    with np.errstate(all="ignore"):
        squares = (
            ((weights[name] - w[:count]) ** 2).sum(axis=-1) / rates[name] for name, w in run.weights.items()
        )
        distance = np.nan_to_num(np.sqrt(sum(squares)), nan=np.inf, posinf=np.inf)
        relative: FloatArray = np.divide(
            distance, size, out=np.where(distance == 0, 0.0, np.inf), where=size > 0
        )
    return relative


def solver_error(run: Run, fine: Weights, coarse: Weights) -> FloatArray:
    """Bound of the relative error of a solution at `FINE` by one at `COARSE`, (T, M).

    Their difference, at no time less than before. Past a blow-up there is none to bound, and the last one
    stays: how far the run may be from it is the budget's.
    """
    rates, size = run.network.rates, neuron_lengths(run)
    with np.errstate(all="ignore"):
        squares = sum(((fine[name] - coarse[name]) ** 2).sum(axis=-1) / rates[name] for name in fine)
        error = np.sqrt(squares) / size
    return np.asarray(np.maximum.accumulate(np.nan_to_num(error, nan=0.0, posinf=0.0)))


def count_winners(run: Run, dominant: IndexArray, share: FloatArray) -> Winners | None:
    """Winners predicted from the first snapshot against those observed at the last; None without a forecast.

    Parameters
    ----------
    dominant: (M,) place of the mode, or of the nontrivial real irrep, that dominates at the last snapshot.
    share: (M,) its share of the embedding's power.
    """
    try:
        prediction = predict(run)
    except ReductionError:
        return None
    return Winners.counted((prediction.winner == dominant) & ~np.isinf(prediction.blow_up_time), share)
