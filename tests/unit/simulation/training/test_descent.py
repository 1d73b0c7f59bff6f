from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.errors import InputError
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import LossGradient, Run, load_run, simulate
from odekit.simulation.training.descent import gradient_descent
from odekit.simulation.training.flow import gradient_flow
from odekit.simulation.training.spheres import check_unit, normalise, parts
from odekit.simulation.weights import stack_mapping

FloatArray = NDArray[np.float64]
SPHERE_RUNS = (
    "S3_sphere_unshared",
    "A4_sphere_unshared",
    "F21_sphere_unshared",
    "Z12_sphere_shared",
    "Z3xZ5_sphere_shared",
)


def on_spheres(network: Network) -> FloatArray:
    shape = (len(network.embeddings) + 1, network.finite_group.order, network.neurons)
    weights = np.random.default_rng(0).normal(size=shape)
    normalise(parts(network), weights)
    return weights


def recorded(run: Run, index: int) -> FloatArray:
    return stack_mapping(run.network, {name: array[index] for name, array in run.weights.items()})


def test_descent_converges_to_the_flow_at_order_1() -> None:
    network = Network("Z7", neurons=6)
    start = 0.5 * np.random.default_rng(0).normal(size=(2, 7, 6))
    end, rates = 8.0, np.array([0.08, 0.04, 0.02, 0.01])
    flow, _ = gradient_flow(network, start, np.array([0.0, end]), rtol=1e-10, estimate_error=False)
    gaps = [
        np.linalg.norm(
            gradient_descent(network, start, rate, np.array([0, round(end / rate)]))[-1] - flow[-1]
        )
        for rate in rates
    ]
    slope = np.polyfit(np.log(rates), np.log(gaps), 1)[0]
    # Euler's method: order 1, the next term a share of the rate times the flow's own speed.
    assert slope == pytest.approx(1, abs=0.03)


def test_each_weight_group_moves_at_its_own_rate() -> None:
    network = Network("Z5", neurons=3, embedding="unshared", rates={"theta1": 0.5, "xi": 2.0})
    start = np.random.default_rng(0).normal(size=(3, 5, 3))
    moved = gradient_descent(network, start, 0.1, np.array([0, 1]))
    gradient = LossGradient(network).evaluate(start)[1]
    np.testing.assert_array_equal(moved[0], start)
    for index, rate in enumerate([0.05, 0.1, 0.2]):
        np.testing.assert_allclose(moved[1, index], start[index] - rate * gradient[index], rtol=1e-14)


def test_snapshots_are_taken_at_their_steps() -> None:
    network, start = Network("Z5", neurons=3), np.random.default_rng(0).normal(size=(2, 5, 3))
    every = gradient_descent(network, start, 0.1, np.arange(8))
    some = gradient_descent(network, start, 0.1, np.array([0, 3, 7]))
    np.testing.assert_array_equal(some, every[[0, 3, 7]])


def test_descent_that_diverges_says_so_without_a_warning() -> None:
    start = np.random.default_rng(0).normal(size=(2, 5, 3))
    with pytest.raises(InputError, match=r"diverged by step 50.*Try: a smaller learning rate"):
        gradient_descent(Network("Z5", neurons=3, activation="z**4"), start, 1e9, np.array([0, 50]))


@pytest.mark.parametrize(
    ("embedding", "constraint"), [("shared", "sphere"), ("unshared", "sphere"), ("unshared", "joint_sphere")]
)
def test_descent_on_spheres_converges_to_the_projected_flow_at_order_1(
    s3: FiniteGroup, embedding: str, constraint: str
) -> None:
    network = Network(s3, 6, "quadratic", embedding, constraint, loss="sum", rates={"theta": 0.5})
    start, end, rates = on_spheres(network), 0.4, np.array([0.02, 0.01, 0.005])
    flow, _ = gradient_flow(network, start, np.array([0.0, end]), rtol=1e-11, estimate_error=False)
    gaps = [
        np.linalg.norm(
            gradient_descent(network, start, rate, np.array([0, round(end / rate)]))[-1] - flow[-1]
        )
        for rate in rates
    ]
    assert np.polyfit(np.log(rates), np.log(gaps), 1)[0] == pytest.approx(1, abs=0.15)


def test_one_step_projects_then_moves_then_renormalises(s3: FiniteGroup) -> None:
    network = Network(s3, 2, "quadratic", "unshared", "joint_sphere", rates={"theta": 0.5})
    start = on_spheres(network)
    gradient = LossGradient(network).evaluate(start)[1]
    moved = gradient_descent(network, start, 0.3, np.array([0, 1]))[1]
    for neuron in range(2):
        for planes, rate in (([0, 1], 0.5), ([2], 1.0)):
            weights, slope = (array[planes, :, neuron].ravel() for array in (start, gradient))
            ahead = weights - 0.3 * rate * (slope - weights * (weights @ slope))
            found = moved[planes, :, neuron].ravel()
            np.testing.assert_allclose(found, ahead / np.linalg.norm(ahead), rtol=1e-13, atol=1e-15)


def test_descent_at_uniform_softmax_forgets_loss_and_logit_scale(s3: FiniteGroup) -> None:
    ends = []
    for loss, scale in (("mean", 0.1), ("sum", 3.0)):
        network = Network(s3, 3, embedding="unshared", constraint="sphere", loss=loss, logit_scale=scale)
        steps = np.array([0, 20])
        ends.append(gradient_descent(network, on_spheres(network), 0.01, steps, softmax="uniform")[-1])
    np.testing.assert_array_equal(*ends)
    # In the time of the summed loss at logit scale 1 that is the small-scale limit of the full descent.
    tiny = Network(s3, 3, embedding="unshared", constraint="sphere", loss="sum", logit_scale=1e-6)
    full = gradient_descent(tiny, on_spheres(tiny), 0.01 / 1e-6, np.array([0, 20]))[-1]
    np.testing.assert_allclose(full, ends[0], atol=1e-4)


@pytest.mark.reference
@pytest.mark.parametrize("name", SPHERE_RUNS)
def test_it_repeats_another_programs_training_in_single_precision(reference: Path, name: str) -> None:
    run = load_run(reference / f"{name}.npz")
    assert run.steps is not None
    last = int(np.flatnonzero(run.steps <= 400)[-1])
    start = check_unit(run.network, recorded(run, 0))
    steps, rate = run.steps[: last + 1], run.meta["learning_rate"]
    found = gradient_descent(run.network, start, rate, steps)
    gaps = [np.abs(found[index] - recorded(run, index)) for index in range(last + 1)]
    # Rounding to 24 bits at each of 400 steps: 3e-8 * 20 if it were random; it is not where a step of some
    # 1e-4 falls on few bits, where up to 2e-8 a step adds up.
    assert max(gap.max() for gap in gaps) < 1e-5
    assert np.median(gaps[-1]) < 6e-7
    assert np.abs(recorded(run, last) - start).max() > 0.05


@pytest.mark.reference
def test_without_the_projection_that_training_is_missed(reference: Path) -> None:
    # Negative control: renormalising alone agrees to first order in the step, and is seen to be off.
    run = load_run(reference / "S3_sphere_unshared.npz")
    weights, gradient = recorded(run, 0), LossGradient(run.network)
    for _ in range(400):
        weights -= run.meta["learning_rate"] * gradient.evaluate(weights)[1]
        normalise(parts(run.network), weights)
    gap = np.abs(weights - recorded(run, 4))
    assert run.steps is not None
    assert run.steps[4] == 400
    assert gap.max() > 1e-4
    assert np.median(gap) > 5e-6


def test_a_huge_decay_is_a_divergence_and_no_warning() -> None:
    network = Network("Z5", neurons=4)
    start = np.full((2, 5, 4), 0.1)
    with pytest.raises(InputError, match="descent has diverged"):
        gradient_descent(network, start, 0.01, np.array([0, 5]), optimiser="adamw", weight_decay=1e300)


@pytest.mark.parametrize(
    ("method", "rate", "decay", "is_blamed"),
    [
        ("sgd", 0.1, 1e300, True),
        ("adamw", 0.1, 1e300, True),
        ("sgd", 0.5, 1e4, True),
        ("sgd", 1e9, 0.0, False),
    ],
)
def test_a_decay_that_takes_more_than_a_weight_away_is_blamed_for_a_divergence(
    method: str, rate: float, decay: float, is_blamed: bool
) -> None:
    options = {"method": method, "learning_rate": rate, "weight_decay": decay, "steps": 200, "snapshots": 101}
    with pytest.raises(InputError, match="diverged") as raised:
        simulate(Network("Z5", neurons=2), scale=0.1, **options)  # type: ignore[arg-type]
    assert ("learning rate times weight decay at most 1" in str(raised.value)) is is_blamed
    assert ("Try: a smaller weight decay" in str(raised.value)) is is_blamed
    assert ("Try: a smaller learning rate" in str(raised.value)) is not is_blamed
