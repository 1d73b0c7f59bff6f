from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from odekit.errors import InputError
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import accuracy, loss_and_gradient, simulate, train_scales
from odekit.simulation.scales import scale_loss
from odekit.simulation.weights import stack_mapping

FloatArray = NDArray[np.float64]


def directions(network: Network, seed: int = 0) -> dict[str, FloatArray]:
    generator = np.random.default_rng(seed)
    shape = (network.neurons, network.finite_group.order)
    return {name: generator.normal(size=shape) for name in (*network.embeddings, "xi")}


def naive_loss(network: Network, weights: dict[str, FloatArray], scales: FloatArray) -> float:
    """Mean cross-entropy of the scaled network on the group's product, pair by pair."""
    table = network.finite_group.table
    first, second = weights[network.embedding_of(0)], weights[network.embedding_of(1)]
    outputs = network.logit_scale * scales[:, None] * weights["xi"]
    losses = []
    for g in range(len(table)):
        for h in range(len(table)):
            logits = (first[:, g] + second[:, h]) ** 2 @ outputs
            losses.append(np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[table[g, h]])
    return float(np.mean(losses))


@pytest.mark.parametrize("embedding", ["shared", "unshared"])
@pytest.mark.parametrize("tied", [True, False])
def test_loss_and_gradient_agree_with_naive_sums_and_differences(
    s3: FiniteGroup, embedding: str, tied: bool
) -> None:
    network = Network(s3, 4, embedding=embedding, logit_scale=0.3)
    weights = directions(network)
    scales = np.array([0.7]) if tied else np.array([0.7, -0.2, 1.1, 0.4])
    loss, gradient = scale_loss(network, stack_mapping(network, weights), tied)(scales)

    def naive(values: FloatArray) -> float:
        return naive_loss(network, weights, np.broadcast_to(values, 4))

    assert loss == pytest.approx(naive(scales), rel=1e-13)
    steps = 1e-5 * np.eye(len(scales))
    slopes = [(naive(scales + step) - naive(scales - step)) / 2e-5 for step in steps]
    np.testing.assert_allclose(gradient, slopes, rtol=1e-7, atol=1e-9)


def test_the_flow_of_free_scales_ends_at_the_convex_minimum(s3: FiniteGroup) -> None:
    network = Network(s3, 3, embedding="unshared")
    weights = directions(network)
    run = train_scales(network, weights, t_end=4000.0, snapshots=4)
    best = minimize(lambda s: naive_loss(network, weights, s), np.zeros(3), tol=1e-12)
    # A quasi-Newton minimum by differences of the loss is good to the root of rounding.
    np.testing.assert_allclose(run.scales[-1], best.x, atol=1e-5)
    assert run.loss[1] < run.loss[0]
    assert (np.diff(run.loss) <= 0).all()


def test_a_tied_scale_ends_at_its_own_minimum_and_leaves_the_accuracy(s3: FiniteGroup) -> None:
    network = Network(s3, 12, embedding="unshared", logit_scale=0.1)
    weights = directions(network, seed=4)
    run = train_scales(network, weights, tied=True, t_end=1e4, snapshots=5)
    best = minimize(lambda s: naive_loss(network, weights, np.full(12, s[0])), [1.0], tol=1e-12)
    assert run.scales.shape == (5, 1)
    assert run.scales[-1, 0] == pytest.approx(best.x[0], abs=1e-5)
    assert run.scales[-1, 0] > 0
    assert np.ptp(run.accuracy) == 0


def test_descent_converges_to_the_flow_at_order_1(s3: FiniteGroup) -> None:
    network = Network(s3, 5, embedding="unshared", logit_scale=0.1)
    weights, rates = directions(network), np.array([0.4, 0.2, 0.1])
    flow = train_scales(network, weights, times=[8.0], rtol=1e-11)
    gaps = []
    for rate in rates:
        run = train_scales(
            network, weights, method="sgd", learning_rate=float(rate), steps=round(8 / rate), snapshots=2
        )
        assert run.t[-1] == pytest.approx(8.0)
        gaps.append(np.linalg.norm(run.scales[-1] - flow.scales[-1]))
    assert np.polyfit(np.log(rates), np.log(gaps), 1)[0] == pytest.approx(1, abs=0.1)


def test_what_is_recorded_belongs_to_the_scaled_network(s3: FiniteGroup) -> None:
    network = Network(s3, 6, embedding="unshared")
    weights = directions(network)
    run = train_scales(network, weights, start=np.linspace(-1, 1, 6), t_end=5.0, snapshots=3)
    np.testing.assert_array_equal(run.scales[0], np.linspace(-1, 1, 6))
    for index in range(3):
        theta, xi = run.snapshot(index)
        np.testing.assert_array_equal(theta, (weights["theta1"], weights["theta2"]))
        np.testing.assert_allclose(xi, run.scales[index][:, None] * weights["xi"], rtol=1e-15)
        assert loss_and_gradient(network, theta, xi)[0] == pytest.approx(run.loss[index], rel=1e-13)
        assert accuracy(network, theta, xi) == run.accuracy[index]
    assert dict(run.meta) == {"optimiser": "gradient flow", "rtol": 1e-8, "tied": False}
    assert not run.scales.flags.writeable
    assert repr(run).startswith("ScaleRun(S3, 6 scales, 3 snapshots, loss ")


@pytest.mark.parametrize("tied", [True, False])
def test_trained_directions_learn_s3_in_their_second_stage(s3: FiniteGroup, tied: bool) -> None:
    network = Network(s3, 150, embedding="unshared", constraint="sphere", logit_scale=1 / 150)
    first = simulate(network, softmax="uniform", until=1e-6, seed=1)
    weights = {name: array[-1] for name, array in first.weights.items()}
    # A tied scale is driven by the sum over neurons, one of many by its own share.
    end = 1e5 if tied else 150e5
    second = train_scales(network, weights, tied=tied, t_end=end, snapshots=3)
    assert second.accuracy[-1] == 1
    assert second.loss[-1] < 0.01 < 1 < second.loss[0]
    # Negative control: the directions of the start.
    start = {name: array[0] for name, array in first.weights.items()}
    assert train_scales(network, start, tied=True, t_end=1e5, snapshots=2).accuracy[-1] < 1


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({}, "needs an end.*t_end or times, one of them"),
        ({"t_end": 1.0, "times": [1.0]}, "needs an end"),
        ({"t_end": 0.0}, "t_end must be positive"),
        ({"t_end": 1.0, "start": [1.0, 2.0]}, r"start is not a set of scales.*shape \(4,\)"),
        (
            {"t_end": 1.0, "start": [1.0, 2.0], "tied": True},
            "start is not a set of scales.*one finite number",
        ),
        ({"t_end": 1.0, "start": float("nan")}, "start is not a set of scales"),
        ({"t_end": 1.0, "start": "one"}, "start is not a set of scales"),
        ({"t_end": 1.0, "rtol": 1.0}, "rtol must be a finite number from"),
        ({"t_end": 1.0, "steps": 3}, "steps is not an option of method 'flow'"),
        ({"method": "sgd", "t_end": 1.0}, "t_end is not an option of method 'sgd'"),
        ({"method": "sgd", "steps": 3}, "needs a learning rate"),
        ({"method": "newton", "t_end": 1.0}, "unknown method 'newton'"),
    ],
)
def test_options_that_make_no_second_stage_say_why(options: dict[str, Any], complaint: str) -> None:
    network = Network("Z5", neurons=4)
    with pytest.raises(InputError, match=complaint):
        train_scales(network, directions(network), **options)


def test_descent_that_leaves_the_numbers_says_so_without_a_warning() -> None:
    network = Network("Z5", neurons=4, logit_scale=1e10)
    with pytest.raises(InputError, match=r"diverged by step 9.*smaller learning rate"):
        train_scales(network, directions(network), method="sgd", learning_rate=1e300, steps=9, snapshots=2)


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="don't fit the shared embedding"):
        train_scales(Network("Z5", neurons=4), {"xi": np.ones((4, 5))}, t_end=1.0)
