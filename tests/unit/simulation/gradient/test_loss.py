from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from odekit.errors import InputError, UnknownNameError
from odekit.groups import FiniteGroup, from_table
from odekit.networks import Network
from odekit.simulation import LossGradient, accuracy, load_run, logits, loss_and_gradient, uniform_gradient
from odekit.simulation.gradient.plan import lanes
from odekit.simulation.weights import stack

FloatArray = NDArray[np.float64]
EPS = np.finfo(float).eps


def symmetric_group() -> FiniteGroup:
    elements = list(itertools.permutations(range(3)))
    table = [[elements.index(tuple(g[i] for i in h)) for h in elements] for g in elements]
    return from_table(table, name="S3")


ACTIVATIONS = {
    "quadratic": (lambda z: z**2, lambda z: 2 * z),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "z**3 - z/2": (lambda z: z**3 - z / 2, lambda z: 3 * z**2 - 0.5),
    "tanh(z)": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    "2": (lambda z: 2.0, lambda z: 0.0),
    "z": (lambda z: z, lambda z: 1.0),
}


def brute_force(
    network: Network, label: Any, embeddings: Sequence[FloatArray], xi: FloatArray, uniform: bool = False
) -> tuple[float, list[FloatArray], FloatArray]:
    """The loss and its gradient, term by term, by loops that share nothing with the code under test."""
    act, slope = ACTIVATIONS[network.activation_name]
    summands = network.task.summands
    thetas = list(embeddings) * (summands if len(embeddings) == 1 else 1)
    grads, grad_xi = [np.zeros_like(theta) for theta in thetas], np.zeros_like(xi)
    n, loss, a = xi.shape[1], 0.0, network.logit_scale
    for xs in itertools.product(range(n), repeat=summands):
        z = [sum(thetas[i][m, x] for i, x in enumerate(xs)) for m in range(len(xi))]
        f = [a * sum(xi[m, h] * act(z[m]) for m in range(len(xi))) for h in range(n)]
        total = sum(math.exp(value) for value in f)
        loss += math.log(total) - f[label(*xs)]
        p = [(1 / n if uniform else math.exp(f[h]) / total) - (h == label(*xs)) for h in range(n)]
        for m in range(len(xi)):
            back = a * slope(z[m]) * sum(p[h] * xi[m, h] for h in range(n))
            for i, x in enumerate(xs):
                grads[i][m, x] += back
            for h in range(n):
                grad_xi[m, h] += a * p[h] * act(z[m])
    if len(embeddings) == 1:
        grads = [sum(grads[1:], grads[0])]
    share = 1 / n**summands if network.loss == "mean" else 1.0
    return loss * share, [share * grad for grad in grads], share * grad_xi


CASES = [
    ("Z5", "x+y", "shared", "quadratic", "mean", lambda n, x, y: (x + y) % n),
    ("Z6", "x+y", "shared", "quadratic", "sum", lambda n, x, y: (x + y) % n),
    ("Z5", "x-y", "shared", "relu", "mean", lambda n, x, y: (x - y) % n),
    ("Z4", "2*x+3*y", "shared", "z**3 - z/2", "sum", lambda n, x, y: (2 * x + 3 * y) % n),
    ("Z5", "x-2*y", "unshared", "tanh(z)", "mean", lambda n, x, y: (x - 2 * y) % n),
    ("Z2xZ2", "x+y", "shared", "quadratic", "mean", lambda n, x, y: x ^ y),
    ("Z3", "x+y+z", "shared", "z**3 - z/2", "mean", lambda n, x, y, z: (x + y + z) % n),
    ("Z4", "x+y-z", "shared", "quadratic", "sum", lambda n, x, y, z: (x + y - z) % n),
    ("Z3", "x+2*y+z", "unshared", "z**3 - z/2", "mean", lambda n, x, y, z: (x + 2 * y + z) % n),
    ("S3", "x*y", "shared", "quadratic", "sum", None),
    ("S3", "x*y", "unshared", "quadratic", "mean", None),
    ("Z3", "x+y", "shared", "2", "mean", lambda n, x, y: (x + y) % n),
    ("Z3", "x+y", "shared", "z", "mean", lambda n, x, y: (x + y) % n),
]


def build(
    group: str, task: str, embedding: str, activation: str, loss: str, label: Any, seed: int = 0
) -> tuple[Network, Any, list[FloatArray], FloatArray]:
    G: FiniteGroup | str = symmetric_group() if group == "S3" else group
    network = Network(
        G, neurons=3, activation=activation, embedding=embedding, task=task, loss=loss, logit_scale=0.7
    )
    n, table = network.finite_group.order, network.finite_group.table
    answer = (lambda x, y: int(table[x, y])) if label is None else (lambda *xs: label(n, *xs))
    draw = np.random.default_rng(seed).normal(size=(len(network.embeddings) + 1, 3, n))
    return network, answer, list(draw[:-1]), draw[-1]


def theta_of(network: Network, embeddings: Sequence[FloatArray]) -> Any:
    return embeddings[0] if network.embedding == "shared" else tuple(embeddings)


@pytest.mark.parametrize("rows", [None, 1, 4])
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case[:5])))
def test_loss_and_gradient_are_those_of_a_loop_over_all_tuples(case: Any, rows: int | None) -> None:
    network, label, embeddings, xi = build(*case)
    expected_loss, expected_thetas, expected_xi = brute_force(network, label, embeddings, xi)
    loss, grad_theta, grad_xi = LossGradient(network, rows)(theta_of(network, embeddings), xi)
    # Sums of fewer than 1e3 terms of order 1: rounding below 1e3 eps times the largest partial sum, 1e2.
    assert loss == pytest.approx(expected_loss, rel=1e-11)
    np.testing.assert_allclose(grad_xi, expected_xi, rtol=0, atol=1e-11)
    grads = grad_theta if isinstance(grad_theta, tuple) else (grad_theta,)
    for found, expected in zip(grads, expected_thetas, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case[:5])))
def test_the_uniform_gradient_is_that_of_a_loop_over_all_tuples(case: Any) -> None:
    network, label, embeddings, xi = build(*case)
    _, expected_thetas, expected_xi = brute_force(network, label, embeddings, xi, uniform=True)
    grad_theta, grad_xi = uniform_gradient(network, theta_of(network, embeddings), xi)
    np.testing.assert_allclose(grad_xi, expected_xi, rtol=0, atol=1e-11)
    grads = grad_theta if isinstance(grad_theta, tuple) else (grad_theta,)
    for found, expected in zip(grads, expected_thetas, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11)


def worst_complex_step_gap(gradient: LossGradient, weights: FloatArray, factor: float = 1.0) -> float:
    """Largest |complex step of the loss - factor * gradient| over some weights, relative to the gradient."""
    found = factor * gradient.evaluate(weights)[1]
    gaps = []
    for index in np.random.default_rng(1).choice(weights.size, size=12, replace=False):
        stepped = weights.astype(complex)
        stepped.flat[index] += 1e-30j
        gaps.append(abs(gradient.evaluate(stepped)[0].imag / 1e-30 - found.flat[index]))
    return float(max(gaps) / np.abs(found).max())


@pytest.mark.parametrize("activation", ["quadratic", "cubic", "z**4 + z", "tanh(z)", "exp(z)"])
@pytest.mark.parametrize(("group", "task"), [("Z7", "x+y"), ("Z8", "x-y"), ("Z5", "x+y+z")])
@pytest.mark.parametrize("embedding", ["shared", "unshared"])
def test_the_gradient_is_the_complex_step_of_the_loss(
    group: str, task: str, activation: str, embedding: str
) -> None:
    network = Network(group, neurons=6, activation=activation, task=task, embedding=embedding)
    n, count = network.finite_group.order, len(network.embeddings) + 1
    weights = 0.5 * np.random.default_rng(3).normal(size=(count, n, 6))
    # Rounding only: sums of n**s terms.
    assert worst_complex_step_gap(LossGradient(network), weights) < n**network.task.summands * 10 * EPS


def test_a_gradient_that_is_off_by_a_thousandth_is_noticed_by_the_complex_step() -> None:
    network = Network("Z7", neurons=6)
    weights = 0.5 * np.random.default_rng(3).normal(size=(2, 7, 6))
    assert worst_complex_step_gap(LossGradient(network), weights, factor=1.001) > 1e-4


@pytest.mark.parametrize("activation", ["relu", "abs"])
def test_the_gradient_at_a_kinked_activation_is_the_central_difference(activation: str) -> None:
    network = Network("Z7", neurons=4, activation=activation)
    weights = np.random.default_rng(5).normal(size=(2, 7, 4))
    gradient, step = LossGradient(network), 1e-6
    found = gradient.evaluate(weights)[1]
    for index in range(0, weights.size, 5):
        up, down = weights.copy(), weights.copy()
        up.flat[index] += step
        down.flat[index] -= step
        difference = (gradient.evaluate(up)[0] - gradient.evaluate(down)[0]) / (2 * step)
        # Central differences: eps / step + step**2, times values of order 10.
        assert difference == pytest.approx(found.flat[index], abs=1e-8)


def as_list(gradient: Any) -> list[FloatArray]:
    return list(gradient) if isinstance(gradient, tuple) else [gradient]


def worst_gap(found: Sequence[Any], exact: Sequence[Any]) -> float:
    """Largest difference of two losses and gradients, each part relative to its largest entry or 1."""
    return max(
        float(np.abs(np.asarray(a) - b).max() / max(1.0, np.abs(b).max()))
        for a, b in zip(found, exact, strict=True)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case[:5])))
def test_single_precision_agrees_with_double_to_its_rounding(case: Any) -> None:
    network, _, embeddings, xi = build(*case)
    theta = theta_of(network, embeddings)
    loss, grad_theta, grad_xi = loss_and_gradient(network, theta, xi, dtype=np.float32)
    exact = loss_and_gradient(network, theta, xi)
    assert {part.dtype for part in (*as_list(grad_theta), grad_xi)} == {np.dtype(np.float32)}
    gap = worst_gap([loss, *as_list(grad_theta), grad_xi], [exact[0], *as_list(exact[1]), exact[2]])
    # Logits of up to 1e2 rounded to 6e-8 each are what the softmax sees; a hundred of these errors.
    assert 0 <= gap < 1e3 * float(np.finfo(np.float32).eps)


def test_double_precision_would_not_pass_for_single() -> None:
    network, _, (theta,), xi = build(*CASES[0])
    single = loss_and_gradient(network, theta, xi, dtype=np.float32)
    assert worst_gap(single, loss_and_gradient(network, theta, xi)) > 1e-10


def test_lanes_side_by_side_add_up_to_one_lane_whatever_the_number_of_threads() -> None:
    network, weights = Network("Z53", neurons=512), 0.2 * np.random.default_rng(6).normal(size=(2, 53, 512))
    several, one = LossGradient(network), LossGradient(Network("Z53", neurons=1))
    assert (len(lanes(network)), len(lanes(one.network))) == (2, 1)
    found = several.evaluate(weights)
    with threadpool_limits(limits=1, user_api="blas"):
        alone = several.evaluate(weights)
    assert found[0] == alone[0]
    np.testing.assert_array_equal(found[1], alone[1])
    exact = one.evaluate(weights)
    # Another order of the same sums, of some thousand terms.
    assert worst_gap(found, exact) < 1e3 * EPS


def test_one_object_serves_other_numbers_of_neurons() -> None:
    gradient, rng = LossGradient(Network("Z5", neurons=3)), np.random.default_rng(8)
    for neurons in (3, 40, 2):
        theta, xi = rng.normal(size=(2, neurons, 5))
        exact = loss_and_gradient(Network("Z5", neurons=neurons), theta, xi)
        assert worst_gap(gradient(theta, xi), exact) < 1e2 * EPS


@pytest.mark.parametrize("rows", [0, -1])
def test_a_block_without_rows_is_refused(rows: int) -> None:
    with pytest.raises(InputError, match=r"rows must be a whole number from 1"):
        LossGradient(Network("Z5", neurons=2), rows)


@pytest.mark.parametrize("dtype", ["float16", "int64", "complex128", "no type", None.__class__])
def test_other_types_are_refused(dtype: Any) -> None:
    with pytest.raises(InputError, match=r"no such type. Expected: float64 or float32"):
        LossGradient(Network("Z5"), dtype=dtype)


def test_an_unknown_backend_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown backend 'jaxx'\. Expected: one of numpy, jax"):
        loss_and_gradient(Network("Z5"), np.zeros((2, 5)), np.zeros((2, 5)), backend="jaxx")


def test_the_uniform_gradient_is_linear_in_xi() -> None:
    network, _, (theta,), xi = build(*CASES[0])
    grad_theta, grad_xi = uniform_gradient(network, theta, xi)
    doubled_theta, same_xi = uniform_gradient(network, theta, 2 * xi)
    np.testing.assert_allclose(doubled_theta, 2 * np.asarray(grad_theta), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(same_xi, grad_xi, rtol=1e-13, atol=1e-15)


def test_at_small_scale_the_gradient_approaches_the_uniform_one_at_the_order_of_the_logits() -> None:
    network = Network("Z7", neurons=8)
    weights = np.random.default_rng(2).normal(size=(2, 7, 8))
    gradient, gaps, scales = LossGradient(network), [], np.array([0.1, 0.05, 0.025])
    for scale in scales:
        full, uniform = gradient.evaluate(scale * weights)[1], gradient.evaluate_uniform(scale * weights)
        gaps.append(np.linalg.norm(full - uniform) / np.linalg.norm(uniform))
    slope = np.polyfit(np.log(scales), np.log(gaps), 1)[0]
    # Logits are cubic in the scale; the next order is a share of .1**3 of it.
    assert slope == pytest.approx(3, abs=0.02)


def test_the_quadratic_gradient_has_eulers_relation_of_a_homogeneous_function() -> None:
    network, _, (theta,), xi = build(*CASES[0])
    _, grad_theta, grad_xi = loss_and_gradient(network, theta, xi)
    # f is of degree 2 in theta and 1 in xi of each neuron, so theta.grad = 2 xi.grad for any softmax.
    left, right = (theta * grad_theta).sum(axis=1), 2 * (xi * grad_xi).sum(axis=1)
    np.testing.assert_allclose(left, right, rtol=0, atol=1e-13)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case[:5])))
def test_logits_give_the_loss_and_the_accuracy(case: Any) -> None:
    network, label, embeddings, xi = build(*case)
    f = logits(network, theta_of(network, embeddings), xi)
    n, losses, right = xi.shape[1], 0.0, 0
    assert f.shape == (n,) * (network.task.summands + 1)
    for xs in itertools.product(range(n), repeat=network.task.summands):
        losses += np.log(np.exp(f[xs]).sum()) - f[xs][label(*xs)]
        right += int(f[xs].argmax() == label(*xs))
    pairs = n**network.task.summands
    share = 1 / pairs if network.loss == "mean" else 1
    loss, *_ = loss_and_gradient(network, theta_of(network, embeddings), xi)
    assert loss == pytest.approx(losses * share, rel=1e-12)
    assert accuracy(network, theta_of(network, embeddings), xi) == pytest.approx(right / pairs, rel=1e-12)


def test_zero_weights_have_the_loss_of_a_guess() -> None:
    loss, grad_theta, grad_xi = loss_and_gradient(Network("Z23"), np.zeros((2, 23)), np.zeros((2, 23)))
    assert loss == pytest.approx(math.log(23), rel=1e-14)
    assert not np.any(grad_theta)
    assert not np.any(grad_xi)


def test_huge_logits_don_t_overflow() -> None:
    network = Network("Z5")
    theta = np.cos(2 * np.pi * np.arange(5) / 5)[None] * 100
    loss, _, grad_xi = loss_and_gradient(network, theta, theta)
    assert np.isfinite(loss)
    assert np.isfinite(grad_xi).all()


def test_weights_that_overflow_warn_nobody() -> None:
    theta, xi = np.full((2, 5), 1e200), np.full((2, 5), 1e200)
    assert not np.isfinite(loss_and_gradient(Network("Z5"), theta, xi)[0])
    assert 0 <= accuracy(Network("Z5"), theta, xi) <= 1


@pytest.mark.parametrize(
    ("theta", "xi", "complaint"),
    [
        (np.zeros((2, 4)), np.zeros((2, 5)), r"theta is not a set of weights.*\(M, 5\).*\(2, 4\)"),
        (np.zeros((2, 5)), np.zeros((3, 5)), "differ in their number of neurons"),
        (np.zeros((0, 5)), np.zeros((0, 5)), "theta is not a set of weights"),
        (np.zeros(5), np.zeros((1, 5)), "theta is not a set of weights"),
        (np.zeros((2, 5)), np.zeros((2, 5), complex), "xi is not a set of weights.*complex128"),
        ([[1, 2], [3]], np.zeros((2, 5)), "theta is not a set of weights"),
        (np.full((2, 5), np.nan), np.zeros((2, 5)), "not finite.*nan at neuron 0, element 0"),
    ],
)
def test_weights_that_are_no_weights_say_why(theta: Any, xi: Any, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        loss_and_gradient(Network("Z5"), theta, xi)


@pytest.mark.parametrize("theta", [np.zeros((2, 5)), (np.zeros((2, 5)),), [np.zeros((2, 5))] * 3, None])
def test_an_unshared_embedding_needs_one_theta_for_each_input(theta: Any) -> None:
    with pytest.raises(InputError, match=r"needs one theta for each input.*theta1, theta2"):
        loss_and_gradient(Network("Z5", embedding="unshared"), theta, np.zeros((2, 5)))


def test_a_symbolic_order_can_t_be_simulated() -> None:
    with pytest.raises(InputError, match="the order of Zp is a symbol"):
        loss_and_gradient(Network("Zp"), np.zeros((2, 5)), np.zeros((2, 5)))


def test_the_stack_is_a_copy_with_the_neuron_fastest() -> None:
    theta, xi = np.ones((3, 5)), np.zeros((3, 5))
    stacked = stack(Network("Z5"), theta, xi)
    stacked[...] = 7
    assert stacked.shape == (2, 5, 3)
    assert theta.max() == 1


RECORDED = {
    "S3_sphere_unshared.npz": "loss",
    "F21_sphere_unshared.npz": "loss",
    "Z15_quadratic_random_sgd_small.npz": "train_loss",
    "Z23_relu_singlefreq_sgd_dense.npz": "train_loss",
}


@pytest.mark.reference
@pytest.mark.parametrize(("name", "key"), RECORDED.items())
def test_the_loss_that_another_program_recorded_is_found_again(reference: Path, name: str, key: str) -> None:
    run = load_run(reference / name)
    assert run.steps is not None
    recorded = dict(zip(run.records["loss_step"].tolist(), run.records[key].tolist(), strict=True))
    common = [i for i, step in enumerate(run.steps.tolist()) if step in recorded]
    assert len(common) >= 3
    gradient = LossGradient(run.network)
    for index in common:
        # Weights stored in float32: relative 6e-8 each, some ten times that in a loss near 0.
        loss = gradient(*run.snapshot(index))[0]
        assert loss == pytest.approx(recorded[int(run.steps[index])], rel=2e-6)
