"""The budget is an upper bound of deviations that are made on purpose, and not a wild one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.comparison import Budget, ReducedFlow, predict, project
from odekit.comparison.accuracy.budget import MeasuredOrbit, error_budget, neuron_lengths
from odekit.comparison.flows.linearisation import Linearisation
from odekit.comparison.measures.modes import lengths_by_mode
from odekit.groups import mean_mode, to_modes
from odekit.networks import Network
from odekit.simulation import Run

FloatArray = NDArray[np.float64]
NEURONS, ORDER = 12, 6
FLOW = {"optimiser": "gradient flow"}


def budget_of(run: Run, neglected: FloatArray) -> Budget:
    linear, modes = Linearisation(ReducedFlow(run.network)), project(run)
    orbit = MeasuredOrbit.of_modes(run, modes, linear)
    return error_budget(run, orbit, neglected, np.zeros((len(run), run.network.neurons)))


def pushed_run(decoupled_flow: Any, rates: dict[str, float], snapshots: int, push: float) -> tuple[Any, ...]:
    """A run off its reduced flow by a constant push, its deviation, and the push's lengths by mode."""
    network = Network(f"Z{ORDER}", NEURONS, rates=rates, loss="sum")
    oracle = decoupled_flow(ORDER, rates=rates, loss="sum")
    generator = np.random.default_rng(7)
    start = {name: 0.1 * generator.standard_normal((NEURONS, ORDER)) for name in ("theta", "xi")}
    begun = Run(np.zeros(1), {name: w[None] for name, w in start.items()}, network)
    times = np.linspace(0.0, 0.8 * predict(begun).blow_up_time.min(), snapshots)
    velocity = oracle.velocity(np.stack(list(start.values())))
    constant = push * np.abs(velocity).max() * generator.standard_normal(velocity.shape)
    run = Run(times, oracle.solve(start, times, constant), network, meta=FLOW)
    exact = oracle.solve(start, times)
    deviation = np.sqrt(
        sum(((run.weights[name] - exact[name]) ** 2).sum(axis=-1) / network.rates[name] for name in exact)
    )
    scaled = {n: c / np.sqrt(network.rates[n]) for n, c in zip(("theta", "xi"), constant, strict=True)}
    group = network.finite_group
    lengths = lengths_by_mode(
        group,
        {name: to_modes(w, group) for name, w in scaled.items()},
        {name: mean_mode(w) for name, w in scaled.items()},
    )
    return run, deviation, np.broadcast_to(lengths, (snapshots, *lengths.shape))


@pytest.mark.parametrize("rates", [{}, {"theta": 0.3, "xi": 5.0}], ids=["equal rates", "unequal rates"])
@pytest.mark.parametrize("snapshots", [2, 3, 5, 9, 33])
@pytest.mark.parametrize("push", [1e-6, 1e-2])
def test_a_constant_push_never_leads_further_than_the_budget(
    rates: dict[str, float], snapshots: int, push: float, decoupled_flow: Any
) -> None:
    run, deviation, lengths = pushed_run(decoupled_flow, rates, snapshots, push)
    allowed = budget_of(run, lengths).reduction * neuron_lengths(run)
    assert (deviation <= allowed * (1 + 1e-6)).all()


def test_with_enough_snapshots_the_budget_is_within_a_few_times_the_deviation(decoupled_flow: Any) -> None:
    run, deviation, lengths = pushed_run(decoupled_flow, {}, 65, 1e-4)
    ratio = budget_of(run, lengths).reduction[1:] * neuron_lengths(run)[1:] / deviation[1:]
    assert np.median(ratio) < 2.0


def test_a_budget_made_without_the_push_is_exceeded(decoupled_flow: Any) -> None:
    run, deviation, lengths = pushed_run(decoupled_flow, {}, 33, 1e-4)
    allowed = budget_of(run, np.zeros(lengths.shape)).total * neuron_lengths(run)
    assert (deviation[1:] > allowed[1:]).all()


def test_euler_steps_stay_within_the_part_for_the_learning_rate_and_not_within_a_third_of_it(
    decoupled_flow: Any,
) -> None:
    exact, _, lengths = pushed_run(decoupled_flow, {}, 21, 0.0)
    oracle = decoupled_flow(ORDER, loss="sum")
    w = np.stack([exact.weights[name][0] for name in ("theta", "xi")])
    stacks, rate = [w], float(exact.t[1])
    for _ in exact.t[1:]:
        w = w + rate * oracle.velocity(w)
        stacks.append(w)
    weights = dict(zip(("theta", "xi"), np.array(stacks).swapaxes(0, 1), strict=True))
    meta = {"optimiser": "SGD", "learning_rate": rate}
    run = Run(exact.t, weights, exact.network, np.arange(21), meta)
    gap = np.sqrt(sum(((weights[name] - exact.weights[name]) ** 2).sum(axis=-1) for name in weights))
    budget = budget_of(run, np.zeros(lengths.shape))
    assert (gap <= budget.total * neuron_lengths(run)).all()
    assert np.median(gap[-1] / (budget.learning_rate * neuron_lengths(run))[-1]) > 0.33


def test_the_parts_add_up_to_the_total(decoupled_flow: Any) -> None:
    run, _, lengths = pushed_run(decoupled_flow, {}, 5, 1e-3)
    budget = budget_of(run, lengths)
    assert np.array_equal(budget.total, np.sum([*budget.parts().values()], axis=0))


def test_the_run_s_own_integration_error_is_added_as_recorded(decoupled_flow: Any) -> None:
    run, _, lengths = pushed_run(decoupled_flow, {}, 3, 0.0)
    recorded = Run(run.t, run.weights, run.network, meta=FLOW, records={"integrator_error": np.arange(3.0)})
    added = budget_of(recorded, lengths).integrator - budget_of(run, lengths).integrator
    assert added[:, 0].tolist() == [0.0, 1.0, 2.0]


def test_numbers_stored_in_half_precision_have_a_larger_budget(decoupled_flow: Any) -> None:
    run, _, lengths = pushed_run(decoupled_flow, {}, 5, 0.0)
    half = Run(run.t, {n: w.astype(np.float16) for n, w in run.weights.items()}, run.network, meta=FLOW)
    assert budget_of(run, lengths).rounding.max() < 1e-12
    assert budget_of(half, lengths).rounding.min() >= 2.0**-11


def test_a_neuron_without_weights_has_a_budget_of_rounding_only() -> None:
    weights = {name: np.zeros((3, 1, ORDER)) for name in ("theta", "xi")}
    run = Run(np.arange(3.0), weights, Network(f"Z{ORDER}", 1), meta=FLOW)
    budget = budget_of(run, np.zeros((3, 1, 4)))
    assert budget.reduction.tolist() == [[0.0]] * 3
    assert np.isfinite(budget.total).all()
