"""Cells that predict each neuron's winner from a random start: in one row, or with a row for each winner."""

from pathlib import Path

import numpy as np

from odekit.comparison import Prediction, predict
from odekit.simulation import Run, initial_weights
from odekit.sweeps.statistics import share_interval
from odekit.sweeps.tasks.task import Row, Task
from odekit.sweeps.tasks.training import StartSettings

__all__ = ["POPULATION", "PREDICT", "predicted"]


def predicted(settings: StartSettings, seed: int) -> Prediction:
    """What every neuron of a random start will do.

    Parameters
    ----------
    settings, seed: of the start, which is that of a training with them.

    Raises
    ------
    ReductionError: nothing predicts such a network.
    """
    network = settings.network()
    stack = initial_weights(network, settings.init, settings.scale, np.random.default_rng(seed))
    names = (*network.embeddings, "xi")
    weights = {name: each.T[None] for name, each in zip(names, stack, strict=True)}
    return predict(Run(np.zeros(1), weights, network))


def _predict(settings: StartSettings, seed: int, folder: Path) -> list[Row]:
    found = predicted(settings, seed)
    ranking = found.ranking()
    shares = np.array([won for _, won, _ in ranking]) / len(found.winner)
    times = np.where(np.isfinite(found.blow_up_time), found.blow_up_time, np.nan)
    known = times[~np.isnan(times)]
    first, median, last = np.quantile(known, (0.0, 0.5, 1.0)).tolist() if known.size else (None,) * 3
    return [
        {
            "winner": ranking[0][0],
            "winner_share": float(shares[0]),
            "winners": len(ranking),
            "winners_effective": float(np.exp(-(shares * np.log(shares)).sum())),
            "first_blow_up": first,
            "median_blow_up": median,
            "last_blow_up": last,
        }
    ]


def _population(settings: StartSettings, seed: int, folder: Path) -> list[Row]:
    found = predicted(settings, seed)
    total = len(found.winner)
    rows: list[Row] = []
    for mode, won, first in found.ranking():
        low, high = share_interval(won, total)
        rows.append(
            {"mode": mode, "won": won, "share": won / total, "low": low, "high": high, "first_blow_up": first}
        )
    return rows


PREDICT = Task("predict", StartSettings, _predict)
POPULATION = Task("population", StartSettings, _population)
