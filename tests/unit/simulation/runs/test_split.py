from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation import LossGradient, draw_split, kinds_of_tuples, logits

NETWORKS = (
    Network("Z5", neurons=3),
    Network("Z5", neurons=3, activation="relu", loss="sum"),
    Network("Z3", neurons=2, task="x+y+z"),
    Network("S3", neurons=2, embedding="unshared", logit_scale=0.5),
)


@pytest.mark.parametrize(("share", "count"), [(0.75, 396), (1e-9, 1), (1.0, 529), (0.999999, 528)])
def test_the_share_of_the_tuples_is_rounded_down_to_at_least_one(share: float, count: int) -> None:
    assert draw_split(Network("Z23"), share, seed=0).sum() == count


def test_another_seed_draws_another_set_and_the_same_the_same() -> None:
    masks = [draw_split(Network("Z7"), 0.5, seed) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(masks[0], masks[1])
    assert (masks[0] != masks[2]).any()


@pytest.mark.slow
def test_every_tuple_is_drawn_equally_often() -> None:
    counts = sum(draw_split(Network("Z5"), 0.4, seed).astype(int) for seed in range(2000))
    # 25 binomial counts of mean 800 and deviation 22: five deviations.
    assert abs(counts - 800).max() < 110


@pytest.mark.parametrize("size", [(4, 4), (3, 3, 3)])
def test_the_kinds_share_out_all_tuples_as_a_loop_finds_them(size: tuple[int, ...]) -> None:
    train = np.random.default_rng(0).random(size) < 0.3
    kinds = kinds_of_tuples(train)
    for place in np.ndindex(size):
        wanted = "seen" if train[place] else "unseen"
        if not train[place] and any(train[order] for order in permutations(place)):
            wanted = "mirror seen"
        assert [name for name, mask in kinds.items() if mask[place]] == [wanted]


@pytest.mark.parametrize("network", NETWORKS)
def test_loss_gradient_and_accuracy_of_some_tuples_are_those_of_a_loop(network: Network) -> None:
    generator = np.random.default_rng(1)
    shape = (network.neurons, network.finite_group.order)
    theta: Any = generator.normal(size=shape)
    if network.embedding == "unshared":
        theta = (theta, generator.normal(size=shape))
    xi = generator.normal(size=shape)
    labels = network.labels()
    chosen = generator.random(labels.shape) < 0.4

    def loss(readout: np.ndarray) -> float:
        found = logits(network, theta, readout)
        each = [np.logaddexp.reduce(found[i]) - found[i][labels[i]] for i in map(tuple, np.argwhere(chosen))]
        return float(np.mean(each) if network.loss == "mean" else np.sum(each))

    gradient = LossGradient(network, chosen=chosen)
    value, _, slope = gradient(theta, xi)
    assert value == pytest.approx(loss(xi), rel=1e-13)
    direction = generator.normal(size=shape)
    numeric = (loss(xi + 1e-6 * direction) - loss(xi - 1e-6 * direction)) / 2e-6
    # Central differences: rounding of 1e-16 over 1e-6.
    assert (slope * direction).sum() == pytest.approx(numeric, rel=1e-7)
    answers = logits(network, theta, xi).argmax(axis=-1)
    assert gradient.accuracy(theta, xi) == pytest.approx((answers == labels)[chosen].mean())


def test_both_parts_of_a_split_add_up_to_the_whole() -> None:
    network = Network("Z7", neurons=5, loss="sum")
    weights = np.random.default_rng(0).normal(size=(2, 7, 5))
    train = draw_split(network, 0.6, 3)
    parts = [LossGradient(network, chosen=mask).evaluate(weights) for mask in (train, ~train)]
    whole = LossGradient(network).evaluate(weights)
    assert parts[0][0] + parts[1][0] == pytest.approx(whole[0], rel=1e-13)
    np.testing.assert_allclose(parts[0][1] + parts[1][1], whole[1], rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    "chosen", [np.zeros((5, 5), dtype=bool), np.ones((5, 4), dtype=bool), np.full((5, 5), -1)]
)
def test_a_choice_that_does_not_fit_is_refused(chosen: np.ndarray) -> None:
    with pytest.raises(InputError, match="no choice of tuples"):
        LossGradient(Network("Z5"), chosen=chosen)


@pytest.mark.slow
def test_another_backend_chooses_the_same_tuples() -> None:
    pytest.importorskip("jax")
    network = Network("Z7", neurons=5)
    weights, train = np.random.default_rng(0).normal(size=(2, 7, 5)), draw_split(network, 0.6, 1)
    found, exact = (
        LossGradient(network, chosen=train, backend=name).evaluate(weights) for name in ("jax", "numpy")
    )
    assert found[0] == pytest.approx(exact[0], rel=1e-13)
    np.testing.assert_allclose(found[1], exact[1], rtol=1e-11, atol=1e-13)
