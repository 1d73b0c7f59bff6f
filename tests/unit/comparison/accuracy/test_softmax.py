"""What the reduction neglects is measured in weight space, mode by mode."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from odekit.comparison.accuracy.softmax import measure_departure
from odekit.networks import Network
from odekit.simulation import Run, simulate

RATES = {"theta": 4.0, "xi": 0.25}


def neglected_in_weight_space(run: Run, index: int) -> np.ndarray:
    """Squared metric length of the neglected velocity of each neuron, by a sum over all pairs."""
    theta, xi = (run.weights[name][index] for name in ("theta", "xi"))
    order = theta.shape[1]
    out = np.zeros((2, *theta.shape))
    for x, y in product(range(order), repeat=2):
        z = theta[:, x] + theta[:, y]
        logits = xi.T @ z**2
        difference = np.exp(logits) / np.exp(logits).sum() - 1 / order
        for place in (x, y):
            out[0, :, place] += 2 * z * (difference @ xi.T) / order**2
        out[1] += z[:, None] ** 2 * difference / order**2
    lengths = [(rate * part**2).sum(axis=1) for part, rate in zip(out, RATES.values(), strict=True)]
    return np.sum(lengths, axis=0)


def test_the_parts_add_up_to_the_softmax_less_uniform_summed_by_brute_force() -> None:
    run = simulate(Network("Z5", neurons=3, rates=RATES), scale=0.5, snapshots=3)
    measured = measure_departure(run)
    assert measured.shape == (3, 3, 3)
    for index in range(3):
        expected = neglected_in_weight_space(run, index)
        assert (measured[index] ** 2).sum(axis=1) == pytest.approx(expected, rel=1e-10)


def test_it_vanishes_faster_than_the_weights() -> None:
    network = Network("Z6", neurons=4)
    large, small = (
        measure_departure(simulate(network, scale=scale, t_end=1e-9, snapshots=2))[0].sum()
        for scale in (0.02, 0.01)
    )
    assert np.log2(large / small) == pytest.approx(5.0, abs=0.01)


def test_weights_that_overflow_the_loss_are_infinitely_far_from_uniform(
    small_run: Run, changed: Callable[..., Run]
) -> None:
    huge = changed(small_run, weights={name: 1e200 * w for name, w in small_run.weights.items()})
    assert not np.isnan(measure_departure(huge)).any()
    assert np.isinf(measure_departure(huge)).any()
