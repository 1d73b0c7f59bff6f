"""At order 1 plain descent follows its modified equation: what remains falls with the step's square."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from odekit.comparison import Comparison, ReducedFlow, compare, project
from odekit.networks import Network
from odekit.simulation import Run, simulate

Changed = Callable[..., Run]
STEP, STEPS = 200.0, 8  # the fastest neuron's own time is some 400 at the end


@cache
def descent(group: str, parts: int = 1) -> Run:
    """The same stretch of time at a very small start, where softmax is uniform, in more or fewer steps."""
    network = Network(group, 16)
    how = {"learning_rate": STEP / parts, "steps": STEPS * parts, "snapshots": 5}
    return simulate(network, seed=1, scale=0.001, method="sgd", **how)


def scheduled(group: str, rates: np.ndarray) -> Run:
    """Descent with a rate of its own for each step, recorded at every other one."""
    network, now = Network(group, 16), descent(group).weights
    weights = {name: values[0] for name, values in now.items()}
    path = [weights]
    for rate in rates:
        one = simulate(
            network, weights=weights, method="sgd", learning_rate=float(rate), steps=1, snapshots=2
        )
        weights = {name: values[-1] for name, values in one.weights.items()}
        path.append(weights)
    chosen = range(0, len(path), 2)
    series = {name: np.stack([path[i][name] for i in chosen]) for name in weights}
    t = np.concatenate([[0.0], np.cumsum(rates)])[::2]
    meta = {"optimiser": "SGD", "learning_rate": float(rates.max())}
    return Run(t, series, network, steps=np.arange(0, len(path), 2), meta=meta)


@cache
def compared(group: str, parts: int = 1) -> Comparison:
    return compare(descent(group, parts), order=1)


@pytest.mark.slow
@pytest.mark.parametrize("group", ["Z7", "S3"])
def test_gap_and_budget_fall_by_four_as_the_step_is_halved(group: str) -> None:
    longer, shorter = compared(group, 2), compared(group, 4)
    for part in (lambda c: c.gap, lambda c: c.budget.learning_rate):
        ratio = np.median(part(longer)[-1] / part(shorter)[-1])
        assert ratio == pytest.approx(4, rel=0.1)  # what is of higher order is a tenth there


@pytest.mark.parametrize("group", ["Z7", "S3"])
@pytest.mark.parametrize("parts", [1, 4])
def test_the_budget_of_the_steps_holds_for_every_neuron_and_is_no_wild_one(group: str, parts: int) -> None:
    comparison = compared(group, parts)
    assert comparison.outcome == "confirmed", comparison.reason
    steps = comparison.budget.learning_rate[1:]
    assert (comparison.gap[1:] <= comparison.budget.total[1:]).all()
    assert np.median(steps / comparison.gap[1:]) < 3
    assert np.median(steps / comparison.budget.total[1:]) > 0.99


@pytest.mark.slow
@pytest.mark.parametrize("group", ["Z7", "S3"])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_another_number_of_steps_than_was_taken_is_refuted(
    group: str, factor: float, changed: Changed
) -> None:
    run = descent(group, 4)
    counted = (run.steps / factor).astype(int)
    stated = changed(run, steps=counted, meta={**run.meta, "learning_rate": None})
    assert compare(stated, order=1).outcome == "refuted"


@pytest.mark.slow
@pytest.mark.parametrize("group", ["Z7", "S3"])
@pytest.mark.parametrize("kind", ["warm-up", "cosine"])
def test_a_schedule_of_which_the_largest_step_alone_is_recorded_is_not_refuted(
    group: str, kind: str, changed: Changed
) -> None:
    """Shorter steps than the recorded one are not by themselves a wrong run: the flow itself is the test."""
    place = np.arange(STEPS) / (STEPS - 1)
    rates = STEP * (0.02 + 0.98 * place if kind == "warm-up" else 0.01 + (1 + np.cos(np.pi * place)) / 2)
    run = scheduled(group, rates)
    stated = changed(run, steps=None, meta={**run.meta, "learning_rate": rates.max()})
    found = compare(stated, order=1)
    assert found.outcome == "confirmed", found.reason
    assert (found.gap[1:] <= found.budget.total[1:]).all()
    counted = compare(run, order=1)
    assert counted.outcome == "confirmed", counted.reason
    assert (counted.gap[1:] <= counted.budget.total[1:]).all()


@pytest.mark.parametrize(("softmax", "step"), [("full", 64.0), ("uniform", 32.0)])
def test_steps_so_long_that_they_are_no_flow_give_no_verdict(softmax: str, step: float) -> None:
    network = Network("Z7", 16)
    how = {"learning_rate": step, "steps": 4, "snapshots": 5, "softmax": softmax}
    comparison = compare(simulate(network, seed=1, scale=0.05, method="sgd", **how), order=1)
    assert comparison.outcome == "inconclusive"
    assert "a smaller learning rate" in comparison.reason


@pytest.mark.parametrize(
    ("scale", "every", "advice"), [(0.1, 1, "a smaller scale"), (0.08, 3, "keep one at each step")]
)
def test_logits_that_are_too_large_are_not_put_down_to_the_steps(
    scale: float, every: int, advice: str
) -> None:
    how = {"learning_rate": 1.0, "steps": 9, "snapshots": 9 // every + 1}
    run = simulate(Network("Z7", 16), seed=1, scale=scale, method="sgd", **how)
    comparison = compare(run, order=1, horizon_level=1e-4)
    assert comparison.outcome == "inconclusive"
    assert advice in comparison.reason
    assert "learning rate" not in comparison.reason


def test_a_run_that_is_no_descent_of_known_steps_is_put_to_the_flow_itself(changed: Changed) -> None:
    run = descent("Z7")
    bare = compare(changed(run, steps=None, meta={}), order=1)
    flow, first = ReducedFlow(run.network), project(run).at(0)
    plain = flow.evolve(first.amplitudes, run.t)
    assert bare.predicted is not None
    assert np.array_equal(bare.predicted.amplitudes["xi"], plain["xi"])
    assert bare.outcome != "refuted"


def test_modes_follow_descent_by_the_field_half_a_step_back() -> None:
    """The modified equation of f is the flow of f(y - h f(y)/2), up to h^2: by another integrator."""
    network = Network("Z7", 4, loss="sum")
    run = simulate(network, seed=1, scale=0.01, method="sgd", learning_rate=0.4, steps=10, snapshots=11)
    flow, first = ReducedFlow(network), project(run).at(0)
    step, parts = 0.4, 400
    now = {name: values.copy() for name, values in first.amplitudes.items()}

    def field(at: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        here = flow.velocity(at)
        return flow.velocity({name: at[name] - step / 2 * here[name] for name in at})

    h = (run.t[-1] - run.t[0]) / parts
    for _ in range(parts):
        slopes = field(now)
        middle = field({name: now[name] + h / 2 * slopes[name] for name in now})
        now = {name: now[name] + h * middle[name] for name in now}
    found = flow.evolve(first.amplitudes, run.t - run.t[0], rtol=1e-10, step=step)
    for name in now:  # the midpoint rule's error at 400 steps is some 1e-6 of the size
        assert found[name][-1] == pytest.approx(now[name], abs=1e-5 * np.abs(now[name]).max())
