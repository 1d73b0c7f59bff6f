from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import accuracy, load_run, loss_and_gradient, simulate

NETWORK = Network("Z7", neurons=8)


def test_the_flow_is_reproducible_and_records_loss_accuracy_and_error() -> None:
    first, second = (simulate(NETWORK, seed=4, scale=0.3, t_end=5.0, snapshots=4) for _ in range(2))
    np.testing.assert_array_equal(first.weights["theta"], second.weights["theta"])
    np.testing.assert_allclose(first.t, [0, 5 / 3, 10 / 3, 5])
    for index in range(4):
        loss, *_ = loss_and_gradient(NETWORK, *first.snapshot(index))
        assert first.records["loss"][index] == pytest.approx(loss, rel=1e-14)
        assert first.records["acc"][index] == accuracy(NETWORK, *first.snapshot(index))
    assert first.integrator_error is not None
    assert first.integrator_error.max() < 1e-5
    assert first.meta["optimiser"] == "gradient flow"
    assert (first.meta["seed"], first.meta["init"], first.meta["init_scale"]) == (4, "iid", 0.3)


def test_the_start_is_kept_as_the_first_snapshot() -> None:
    run = simulate(NETWORK, times=[1.0, 2.5])
    assert run.t.tolist() == [0.0, 1.0, 2.5]


def test_given_weights_start_where_another_run_stopped() -> None:
    whole = simulate(NETWORK, scale=0.3, t_end=6.0, snapshots=3, rtol=1e-10)
    middle = {name: array[1] for name, array in whole.weights.items()}
    rest = simulate(NETWORK, weights=middle, t_end=3.0, snapshots=2, rtol=1e-10)
    assert rest.meta["init"] == "given"
    # Both halves at rtol 1e-10, errors growing with the flow.
    np.testing.assert_allclose(rest.weights["xi"][-1], whole.weights["xi"][-1], rtol=1e-7, atol=1e-8)


def test_descent_has_the_sum_of_learning_rates_as_its_time() -> None:
    run = simulate(NETWORK, method="sgd", learning_rate=0.25, steps=10, snapshots=[4, 10, 4], scale=0.3)
    assert run.steps is not None
    assert run.steps.tolist() == [0, 4, 10]
    assert run.t.tolist() == [0.0, 1.0, 2.5]
    assert (run.meta["optimiser"], run.meta["learning_rate"]) == ("SGD", 0.25)
    assert run.integrator_error is None


@pytest.mark.slow
def test_the_default_end_is_where_quadratic_neurons_have_grown() -> None:
    run = simulate(Network("Z7", neurons=4), init="single_frequency", scale=1e-3, snapshots=2)
    assert np.abs(run.weights["xi"][-1]).max() > 3e-3


def test_a_simulated_run_survives_its_file(tmp_path: Path) -> None:
    run = simulate(NETWORK, t_end=1.0, snapshots=3)
    back = load_run(run.save(tmp_path / "run.npz"))
    np.testing.assert_array_equal(back.records["integrator_error"], run.records["integrator_error"])
    assert back.file_meta() == run.file_meta()


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    simulate(NETWORK, t_end=1.0, snapshots=2, progress=True)
    simulate(NETWORK, method="sgd", learning_rate=0.1, steps=2, snapshots=2, progress=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"scale": -1.0}, "scale of the initial weights must be positive"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"seed": None}, "seed must be a whole number from 0"),
        ({"seed": 1.5}, "seed must be a whole number from 0"),
        ({"init": "uniform"}, "unknown initialisation"),
        ({"method": "adam"}, "unknown method 'adam'"),
        ({"t_end": 0.0}, "t_end must be positive and finite"),
        ({"t_end": float("inf")}, "t_end must be positive and finite"),
        ({"t_end": 1.0, "times": [1.0]}, "both t_end and times are given"),
        ({"times": [2.0, 1.0]}, "times must increase from 0"),
        ({"times": [-1.0, 1.0]}, "times must increase from 0"),
        ({"times": []}, "times must increase from 0|not a list of finite numbers"),
        ({"times": [0.0]}, "times must increase from 0"),
        ({"times": [float("nan")]}, "not a list of finite numbers"),
        ({"times": "soon"}, "not a list of finite numbers"),
        ({"snapshots": 1}, "number of snapshots must be a whole number from 2"),
        ({"snapshots": [0, 5]}, "number of snapshots must be a whole number from 2.*times="),
        ({"rtol": 0.0}, "rtol must be a finite number from 1e-13 to 0.01"),
        ({"learning_rate": 0.1}, "learning_rate is not an option of method 'flow'"),
        ({"steps": 5}, "steps is not an option of method 'flow'"),
        (
            {"method": "sgd", "learning_rate": 0.1, "steps": 5, "rtol": 1e-3},
            "rtol is not an option of method 'sgd'",
        ),
        (
            {"method": "adamw", "learning_rate": 0.1, "steps": 5, "rtol": 1e-3},
            "rtol is not an option of method 'adamw'",
        ),
        ({"method": "sgd", "steps": 5}, "descent needs a learning rate"),
        ({"method": "sgd", "steps": 5, "learning_rate": 0.0}, "learning_rate must be positive"),
        ({"method": "sgd", "steps": 5, "learning_rate": -0.1}, "learning_rate must be positive"),
        ({"method": "sgd", "learning_rate": 0.1}, "the number of steps of a descent"),
        ({"method": "sgd", "learning_rate": 0.1, "steps": 0}, "the number of steps of a descent"),
        ({"method": "sgd", "learning_rate": 0.1, "steps": 5, "snapshots": [6]}, "integers from 0 to 5"),
        ({"method": "sgd", "learning_rate": 0.1, "steps": 5, "t_end": 1.0}, "t_end is not an option"),
        ({"weights": {"theta": np.ones((8, 7))}}, "don't fit the shared embedding.*theta, xi"),
        ({"weights": {"theta": np.ones((2, 7)), "xi": np.ones((2, 7))}}, "8 neurons.*Received: 2"),
        ({"weights": {"theta": np.zeros((8, 7)), "xi": np.zeros((8, 7))}}, "no neuron moves"),
    ],
)
def test_options_that_make_no_training_say_why(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        simulate(NETWORK, **options)


def test_a_symbolic_order_can_t_be_trained() -> None:
    with pytest.raises(InputError, match="order of Zp is a symbol"):
        simulate(Network("Zp"))


def sphere_network(**options: Any) -> Network:
    return Network("Z7", neurons=8, embedding="unshared", constraint="sphere", **options)


@pytest.mark.parametrize("constraint", ["sphere", "joint_sphere"])
@pytest.mark.parametrize(
    "options",
    [
        {"t_end": 2.0, "snapshots": 3},
        {"method": "sgd", "learning_rate": 0.1, "steps": 20, "snapshots": 3},
        {"softmax": "uniform", "t_end": 2.0, "snapshots": 3},
        {"softmax": "uniform", "until": 1e-6},
    ],
    ids=["flow", "sgd", "uniform", "until"],
)
def test_a_run_on_spheres_survives_its_file(
    tmp_path: Path, s3: FiniteGroup, constraint: str, options: dict[str, Any]
) -> None:
    rates = {"theta": 0.5}
    network = Network(s3, 5, embedding="unshared", constraint=constraint, rates=rates, loss="sum")
    run = simulate(network, seed=3, **options)
    back = load_run(run.save(tmp_path / "run.npz"))
    assert back.file_meta() == run.file_meta()
    assert (back.network.constraint, back.network.rates) == (constraint, network.rates)
    np.testing.assert_array_equal(back.network.finite_group.table, s3.table)
    for name, array in run.weights.items():
        np.testing.assert_array_equal(back.weights[name], array)
    for name, array in run.records.items():
        np.testing.assert_array_equal(back.records[name], array)
    assert (back.meta["init"], back.meta["init_scale"], back.meta["seed"]) == ("iid", None, 3)
    assert "renormalised" in back.meta["retraction"]
    squares = sum((array**2).sum(axis=2) for array in back.weights.values())
    np.testing.assert_allclose(squares, 3 if constraint == "sphere" else 2, rtol=1e-13)


def test_a_uniform_run_is_in_the_time_of_the_summed_loss_at_scale_1() -> None:
    # Mean loss at logit scale 1e-5: the same flow, 49 / 1e-5 times slower.
    full = simulate(sphere_network(logit_scale=1e-5), t_end=0.5 * 49e5, snapshots=2, seed=2)
    uniform = simulate(sphere_network(logit_scale=1e-5), softmax="uniform", t_end=0.5, snapshots=2, seed=2)
    assert (uniform.network.loss, uniform.network.logit_scale) == ("sum", 1.0)
    assert uniform.meta["softmax"] == "uniform"
    assert uniform.meta["time"] == "gradient flow of the summed loss at logit scale 1"
    assert full.meta["softmax"] == "full"
    for name, array in uniform.weights.items():
        # Logits of up to 1e-4 shift the gradient by that share.
        np.testing.assert_allclose(full.weights[name][-1], array[-1], atol=1e-3)
    assert uniform.records["loss"][0] == pytest.approx(49 * np.log(7), rel=0.2)
    assert (np.diff(uniform.records["loss"]) < 0).all()


def test_until_brings_every_neuron_to_rest() -> None:
    run = simulate(sphere_network(), softmax="uniform", until=1e-9, times=[1.0, 2.0])
    assert run.t[:3].tolist() == [0.0, 1.0, 2.0]
    assert len(run) == 4
    assert run.records["residual"][-1] <= 1e-9 < run.records["residual"][2]
    assert (run.meta["until"], run.meta["unconverged"]) == (1e-9, 0)
    assert run.integrator_error is not None
    assert run.integrator_error.max() < 1e-5
    short = simulate(sphere_network(), softmax="uniform", until=1e-9, t_end=0.5, snapshots=4)
    assert short.t.tolist() == [0.0, 0.125, 0.5]
    assert short.meta["unconverged"] == 8
    assert "first_arrival" not in short.meta


def test_until_keeps_snapshots_up_to_the_first_arrival_and_the_end() -> None:
    run = simulate(sphere_network(), softmax="uniform", until=1e-9, snapshots=21)
    arrived = run.meta["first_arrival"]
    assert run.t[-2] < arrived < run.t[-1]
    assert 5 < len(run) < 21
    np.testing.assert_allclose(np.diff(np.sqrt(run.t[:-1]), 2), 0, atol=1e-12)
    moving = run.records["residual"][:-1]
    assert (moving > 1e-9).all()
    both = simulate(sphere_network(), softmax="uniform", until=1e-9, snapshots=2)
    assert both.t.tolist() == [0.0, pytest.approx(run.t[-1], rel=0.2)]


def test_until_at_a_point_of_rest_ends_at_once() -> None:
    resting = simulate(sphere_network(), softmax="uniform", until=1e-9, snapshots=2)
    start = {name: values[-1] for name, values in resting.weights.items()}
    again = simulate(sphere_network(), weights=start, softmax="uniform", until=1e-6)
    assert again.t.tolist() == [0.0]
    assert again.meta["first_arrival"] == 0.0


def test_on_spheres_the_flow_by_default_goes_on_until_most_neurons_rest() -> None:
    run = simulate(sphere_network(logit_scale=1e-3), snapshots=2)
    assert run.records["residual"][-1] < 0.1


def test_a_uniform_run_without_a_constraint_grows() -> None:
    run = simulate(Network("Z7", neurons=4), softmax="uniform", scale=0.1, snapshots=3, t_end=0.4)
    assert "residual" not in run.records
    assert np.linalg.norm(run.weights["xi"][-1]) > np.linalg.norm(run.weights["xi"][0])


@pytest.mark.parametrize(
    ("constraint", "options", "complaint"),
    [
        ("sphere", {"softmax": "flat"}, "unknown softmax 'flat'"),
        ("sphere", {"until": 1e-9}, "until needs the uniform softmax"),
        ("none", {"until": 1e-9, "softmax": "uniform"}, "without a constraint no neuron comes to rest"),
        ("none", {"softmax": "uniform"}, "blows up.*t_end or times"),
        ("sphere", {"until": 0.0, "softmax": "uniform"}, "until must be a finite number from 1e-12 to 1"),
        ("sphere", {"until": 1e-9, "softmax": "uniform", "t_end": -1.0}, "t_end must be positive"),
        (
            "sphere",
            {"method": "sgd", "until": 1e-9, "learning_rate": 0.1, "steps": 3},
            "until is not an option of method 'sgd'",
        ),
    ],
)
def test_options_that_fit_no_sphere_say_why(constraint: str, options: dict[str, Any], complaint: str) -> None:
    network = Network("Z7", neurons=8, embedding="unshared", constraint=constraint)
    with pytest.raises(InputError, match=complaint):
        simulate(network, **options)


def test_given_weights_off_their_sphere_are_refused_by_row() -> None:
    start = {name: array[0].copy() for name, array in simulate(sphere_network(), t_end=0.1).weights.items()}
    simulate(sphere_network(), weights=start, t_end=0.1)
    start["theta2"][5] = 0
    with pytest.raises(InputError, match="row 5 of theta2 is zero"):
        simulate(sphere_network(), weights=start, t_end=0.1)


@pytest.mark.reference
def test_the_projected_flow_follows_another_programs_descent_on_spheres(reference: Path) -> None:
    theirs = load_run(reference / "F21_sphere_unshared.npz")
    start = {name: array[0] for name, array in theirs.weights.items()}
    flow = simulate(theirs.network, weights=start, times=theirs.t[1:11], rtol=1e-6, estimate_error=False)
    for name, array in flow.weights.items():
        # Steps of 1/4 at rates up to 3 * 6.5 / 512: errors of a share of .005 of the way.
        moved = np.linalg.norm(theirs.weights[name][10] - start[name])
        assert np.linalg.norm(array[-1] - theirs.weights[name][10]) < 5e-3 * moved


@pytest.mark.reference
def test_the_flow_follows_what_another_program_trained_by_descent(reference: Path) -> None:
    # Its dense record holds the first 32 neurons in float64; t there grows by the learning rates used.
    theirs = load_run(reference / "Z15_quadratic_random_sgd_small.npz")
    start = {"theta": theirs.records["theta0"], "xi": theirs.records["xi0"]}
    times = theirs.records["dense_t"]
    flow = simulate(theirs.network, weights=start, times=times[times < 500], estimate_error=False)
    reached = {name: array[-1, :32] for name, array in flow.weights.items()}
    last = len(times[times < 500]) - 1
    for name, array in reached.items():
        recorded = theirs.records[f"dense_{name}"][last]
        moved = np.linalg.norm(recorded - theirs.records[f"{name}0"][:32])
        # Descent at learning rate 1/4 is off the flow by a share of lr times the growth rate, near 1e-3.
        assert np.linalg.norm(array - recorded) < 5e-3 * moved


@pytest.mark.parametrize("method", ["flow", "sgd", "adamw"])
def test_an_activation_that_is_not_real_is_named_at_the_start(method: str) -> None:
    how: dict[str, Any] = {} if method == "flow" else {"learning_rate": 0.1, "steps": 3}
    with pytest.raises(InputError, match=r"loss is not finite at the start.*Received: log\(z\)"):
        simulate(Network("Z5", neurons=4, activation="log(z)"), method=method, **how)
