"""Populations with a symmetry: found to the last digit, and their gradient over orbit classes exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation import LossGradient, SymmetricGradient, orbit_classes

ROUNDING = 1e-12


def population(options: dict[str, Any], units: tuple[int, ...], seeds: int = 2) -> tuple[Network, np.ndarray]:
    """Random neurons on Z_n, moved along ``x -> u x + s`` for all s and the units; unshared by s and -s."""
    network = Network(**options)
    order, summands = network.finite_group.order, network.task.summands
    shared = network.embedding == "shared"
    base = np.random.default_rng(2).normal(size=(len(network.embeddings) + 1, order, seeds)) / 2
    moved = []
    for unit in units:
        for shift in range(order):
            shifts = [shift] * summands if shared else [shift, -shift]
            total = sum(c * s for c, s in zip(network.task.coefficients, shifts, strict=True))
            each = base.copy()
            for part, own, by in zip(each, base, [*shifts[: len(base) - 1], total], strict=True):
                part[(unit * np.arange(order) + by) % order] = own
            moved.append(each)
    stack = np.concatenate(moved, axis=-1)
    return network.replaced(neurons=stack.shape[-1]), stack


CASES: list[tuple[dict[str, Any], tuple[int, ...], int]] = [
    ({"group": "Z5"}, (1,), 5),
    ({"group": "Z7", "loss": "sum"}, (1, 6), 14),
    ({"group": "Z5", "activation": "z**3 + z**2"}, (1, 2, 3, 4), 20),
    ({"group": "Z5", "task": "2*x+3*y"}, (1, 4), 10),
    ({"group": "Z6", "embedding": "unshared"}, (1,), 6),
    ({"group": "Z3", "task": "x+y+z", "activation": "z**3"}, (1,), 3),
]


@pytest.mark.parametrize(("options", "units", "count"), CASES, ids=str)
def test_the_gradient_over_classes_is_the_full_one(
    options: dict[str, Any], units: tuple[int, ...], count: int
) -> None:
    network, stack = population(options, units)
    classes = orbit_classes(network, stack)
    assert classes is not None
    assert len(classes) == count
    tuples = network.labels().size
    assert classes.counts.sum() == tuples
    assert np.count_nonzero(classes.counts) < tuples / (count / 2)
    over = LossGradient(network, chosen=classes.counts)
    loss, slope = SymmetricGradient(over, classes).evaluate(stack)
    full, wanted = LossGradient(network).evaluate(stack)
    assert loss == pytest.approx(full, rel=ROUNDING)
    np.testing.assert_allclose(slope, wanted, rtol=0, atol=ROUNDING * network.labels().size)
    assert over.operations < LossGradient(network).operations
    assert np.abs(over.evaluate(stack)[1] - wanted).max() > 1e-6


def test_neurons_that_are_alike_are_no_hindrance() -> None:
    network, stack = population({"group": "Z5"}, (1, 4))
    twice = np.concatenate([stack, stack[..., ::-1]], axis=-1)
    network = network.replaced(neurons=twice.shape[-1])
    classes = orbit_classes(network, twice)
    assert classes is not None
    _, slope = SymmetricGradient(LossGradient(network, chosen=classes.counts), classes).evaluate(twice)
    np.testing.assert_allclose(slope, LossGradient(network).evaluate(twice)[1], rtol=0, atol=ROUNDING)


def test_a_population_off_by_one_digit_has_none() -> None:
    network, stack = population({"group": "Z5"}, (1,))
    stack[0, 0, 0] = np.nextafter(stack[0, 0, 0], 1.0)
    assert orbit_classes(network, stack) is None
    missing = network.replaced(neurons=network.neurons - 1)
    assert orbit_classes(missing, stack[..., 1:]) is None
    other = Network("S3", neurons=2, embedding="unshared")
    assert orbit_classes(other, np.zeros((3, 6, 2))) is None


def test_counts_weigh_tuples_and_negative_ones_are_refused() -> None:
    network = Network("Z5", neurons=2)
    stack = np.random.default_rng(1).normal(size=(2, 5, 2))
    once = LossGradient(network).evaluate(stack)
    twice = LossGradient(network, chosen=np.full((5, 5), 2)).evaluate(stack)
    assert twice[0] == pytest.approx(once[0])
    np.testing.assert_allclose(twice[1], once[1], rtol=0, atol=ROUNDING)
    with pytest.raises(InputError, match="no choice of tuples"):
        LossGradient(network, chosen=np.full((5, 5), -1))
