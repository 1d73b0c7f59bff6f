from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.comparison import decay_balance, project
from odekit.derivation import derive, with_decay
from odekit.derivation.polar.decay import DECAY, decay_law
from odekit.errors import InputError, ReductionError
from odekit.networks import Network
from odekit.simulation import loss_and_gradient, simulate

FloatArray = NDArray[np.float64]


def population(order: int, beta: float) -> tuple[FloatArray, FloatArray]:
    """Every frequency at every multiple of 2 pi/n, aligned."""
    k = np.repeat(np.arange(1, (order + 1) // 2), order)[:, None]
    phase = 2 * np.pi * np.tile(np.arange(order), (order - 1) // 2)[:, None] / order
    waves = 2 * np.pi * k * np.arange(order) / order
    return np.sqrt(2) * beta * np.cos(waves + phase), beta * np.cos(waves + 2 * phase)


@pytest.mark.parametrize("loss", ["mean", "sum"])
@pytest.mark.parametrize("order", [5, 7, 11])
def test_the_full_gradient_with_decay_has_no_part_along_the_population(order: int, loss: str) -> None:
    network = Network(f"Z{order}", neurons=order * (order - 1) // 2, loss=loss, logit_scale=0.7)
    decay = 1e-3 * (order**2 if loss == "sum" else 1)
    balance = decay_balance(network, decay)
    for beta in (balance.threshold, balance.held):
        theta, xi = population(order, beta)
        _, slope_theta, slope_xi = loss_and_gradient(network, theta, xi)
        pushes = [float((w * g).sum()) for w, g in ((theta, slope_theta), (xi, slope_xi))]
        pull = decay * float((theta**2).sum() + (xi**2).sum())
        # The root is found to 1e-12; the gradient's part along the ray cancels against the decay.
        assert sum(pushes) == pytest.approx(-pull, rel=1e-9)


def test_the_threshold_is_that_of_the_reduced_ode() -> None:
    network, decay = Network("Z7", neurons=21), 1e-4
    law = decay_law(with_decay(derive(Network("Z7"))))
    assert law is not None
    (wanted,) = [
        float(v.subs(DECAY, decay / network.flow_rate()))
        for s, v in law.threshold.items()
        if s.name == "beta"
    ]
    # Corrections are of the order of the logits, beta^3 M.
    assert decay_balance(network, decay).threshold == pytest.approx(wanted, rel=1e-6)


def test_a_population_above_the_threshold_survives_near_the_predicted_amplitude_and_one_below_dies() -> None:
    network, decay = Network("Z7", neurons=21), 0.01
    balance = decay_balance(network, decay)
    ends = []
    for share in (0.95, 1.05):
        theta, xi = population(7, share * balance.threshold)
        run = simulate(
            network,
            weights={"theta": theta, "xi": xi},
            method="sgd",
            learning_rate=0.5,
            weight_decay=decay,
            steps=3000,
            snapshots=2,
        )
        ends.append(project(run).at(1).beta.max(axis=1).mean())
    assert ends[0] < 1e-3 * balance.threshold
    # The full softmax drives neurons off their frequency, which lowers the amplitude by some 6 %.
    assert ends[1] == pytest.approx(balance.held, rel=0.1)


def test_a_decay_that_beats_the_loss_leaves_nothing() -> None:
    balance = decay_balance(Network("Z7", neurons=21), 1.0)
    assert np.isnan([balance.threshold, balance.held]).all()


def test_more_decay_raises_the_threshold_and_lowers_what_survives() -> None:
    found = [decay_balance(Network("Z7", neurons=21), decay) for decay in (1e-4, 1e-3, 1e-2)]
    assert [b.threshold for b in found] == sorted(b.threshold for b in found)
    assert [b.held for b in found] == sorted((b.held for b in found), reverse=True)


@pytest.mark.parametrize(
    ("network", "missing"),
    [
        (Network("Z6"), "an odd cyclic group"),
        (Network("S3"), "an odd cyclic group"),
        (Network("Z7", activation="relu"), "the quadratic activation"),
        (Network("Z7", embedding="unshared"), "a shared embedding"),
        (Network("Z7", rates={"xi": 2.0}), "equal rates"),
    ],
)
def test_other_networks_are_refused(network: Network, missing: str) -> None:
    with pytest.raises(ReductionError, match=missing):
        decay_balance(network, 0.1)


@pytest.mark.parametrize("decay", [0.0, -1.0, np.nan, np.inf])
def test_a_decay_that_is_none_is_refused(decay: float) -> None:
    with pytest.raises(InputError, match="weight_decay must be positive"):
        decay_balance(Network("Z7"), decay)


def test_fewer_neurons_than_frequencies_are_refused() -> None:
    with pytest.raises(ReductionError, match="at least one neuron for a frequency"):
        decay_balance(Network("Z23", neurons=10), 1e-3)
