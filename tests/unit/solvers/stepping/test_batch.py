"""Many trajectories at once: none may notice the others."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.solvers import Status, compile, solve
from odekit.solvers.problem.events import Event, bind
from odekit.solvers.problem.inputs import prepare
from odekit.solvers.stepping.batch import integrate
from odekit.solvers.stepping.lanes import Task
from odekit.solvers.stepping.record import Record


def start(batch: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    phase, size = rng.uniform(-np.pi, np.pi, batch), rng.uniform(0.01, 0.03, (2, batch))
    return np.array([size[0] ** 2, size[1] * np.cos(phase), size[1] * np.sin(phase)])


@pytest.fixture
def task(reduced: Any) -> Task:
    compiled = compile(reduced)
    names = compiled.states, compiled.parameters
    inputs = prepare(reduced, start(160), np.linspace(0, 1.2, 5), {"r": 23.0}, 1e-8, None)
    events = (bind(Event("x - 0.001"), *names), bind(Event("Y - 0.004", terminal=True), *names))
    return Task(compiled.rhs, inputs, np.full(160, np.nan), events=events)


def same(left: Record, right: Record) -> None:
    for entry in dataclasses.fields(Record):
        value = getattr(left, entry.name)
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, getattr(right, entry.name), err_msg=entry.name)


@pytest.mark.slow
@pytest.mark.parametrize("block", [9, 70, 128, 161])
def test_the_size_of_a_block_changes_no_bit(task: Task, block: int) -> None:
    same(integrate(dataclasses.replace(task, block=block)), integrate(task))


def test_every_kind_of_end_occurs_in_the_task_above(task: Task) -> None:
    record = integrate(task)
    assert set(record.status) == {Status.success, Status.event, Status.step_too_small}
    assert np.isfinite(record.event_t).any(axis=1).all()


def test_a_blow_up_and_a_nan_leave_the_others_alone_to_the_last_bit(reduced: Any) -> None:
    healthy = start(150)
    bad = np.array([[9.0, np.nan, 0.0], [9.0, 0.1, np.inf], [0.0, 0.1, 0.1]])
    places = np.array([0, 40, 150])
    mixed = solve(reduced, np.insert(healthy, places, bad, axis=1), [0.1, 0.2], parameters={"r": 23.0})
    alone = solve(reduced, healthy, [0.1, 0.2], parameters={"r": 23.0})
    at = places + np.arange(3)
    assert mixed.status[at].tolist() == [Status.step_too_small, Status.not_finite, Status.not_finite]
    np.testing.assert_array_equal(np.delete(mixed.y, at, axis=2), alone.y)
    np.testing.assert_array_equal(np.delete(mixed.steps, at), alone.steps)


def test_steps_and_states_are_close_to_those_of_an_independent_implementation(oscillator: Any) -> None:
    integrate_alone = pytest.importorskip("scipy.integrate").solve_ivp
    reference = integrate_alone(
        lambda t, y: [y[1], -y[0]], (0, 20), [1.0, 0.0], method="DOP853", rtol=1e-9, atol=1e-12
    )
    ours = solve(oscillator, [1.0, 0.0], 20.0, rtol=1e-9, atol=1e-12)
    # The same method and error norm; ours is a little more cautious about the next step.
    np.testing.assert_allclose(ours.y[-1, :, 0], reference.y[:, -1], atol=20 * 1e-9)
    assert len(reference.t) - 1 <= ours.steps[0] <= 1.3 * len(reference.t)


def test_a_blow_up_is_found_where_it_is(explosion: Any) -> None:
    solution = solve(explosion, [[1.0, 2.0, 4.0, 0.1]], 5.0)
    assert solution.status.tolist() == [Status.step_too_small] * 3 + [Status.success]
    np.testing.assert_allclose(solution.t_reached, [1.0, 0.5, 0.25, 5.0], rtol=1e-7)


def test_times_before_a_blow_up_are_kept_and_later_ones_are_nan(explosion: Any) -> None:
    solution = solve(explosion, [1.0], [0.5, 0.9, 1.1])
    np.testing.assert_allclose(solution["x"][:, 0], [2.0, 10.0, np.nan], rtol=1e-6)


def test_a_derivative_that_stops_being_finite_is_named_so(system: Any) -> None:
    x = sp.Symbol("x")
    solution = solve(system((x,), (-1 - sp.sqrt(x),)), [1.0], 5.0)
    assert solution.status[0] == Status.not_finite
    # dt = -dx / (1 + sqrt x) from 1 to 0; the square root ends the order of the method there.
    assert solution.t_reached[0] == pytest.approx(2 - 2 * np.log(2), rel=1e-6)


def test_the_step_cap_stops_only_who_needs_more(oscillator: Any) -> None:
    solution = solve(oscillator, [[1.0, 1.0], [0.0, 0.0]], [[0.1, 50.0]], max_steps=20)
    assert solution.status.tolist() == [Status.success, Status.max_steps]
    assert solution.steps[1] == 20
    assert 1.0 < solution.t_reached[1] < 50.0


def test_each_trajectory_has_its_own_tolerance(oscillator: Any) -> None:
    rtol = np.array([1e-4, 1e-7, 1e-10])
    y0 = np.array([[1.0] * 3, [0.0] * 3])
    together = solve(oscillator, y0, 20.0, rtol=rtol)
    error = np.abs(together.y[-1, 0] - np.cos(20.0))
    assert (error < 30 * rtol).all()
    assert (np.diff(error) < 0).all()
    assert (np.diff(together.steps) > 0).all()
    for lane, tolerance in enumerate(rtol):
        alone = solve(oscillator, y0[:, lane], 20.0, rtol=tolerance)
        np.testing.assert_array_equal(alone.y[:, :, 0], together.y[:, :, lane])


def test_the_error_estimate_is_of_the_size_of_the_error(logistic: Any) -> None:
    x0 = np.linspace(0.01, 0.5, 20)
    for rtol in (1e-5, 1e-8, 1e-11):
        solution = solve(logistic, x0[None], 8.0, parameters={"r": 1.0}, rtol=rtol)
        exact = x0 / (x0 + (1 - x0) * np.exp(-8.0))
        error = np.abs(solution.y[0, 0] / exact - 1)
        # The flow hardly amplifies errors; the estimators, of lower order, may miss a part of a long step's.
        assert (error < 10 * solution.error_estimate + 1e-14).all()
        assert (solution.error_estimate < 100 * rtol).all()


def test_a_trajectory_without_time_stays_where_it_is(oscillator: Any) -> None:
    solution = solve(oscillator, [[1.0, 2.0], [0.0, 0.0]], [[0.0, 1.0], [0.0, 2.0]])
    np.testing.assert_array_equal(solution.y[:, :, 0], [[1.0, 0.0], [1.0, 0.0]])
    assert solution.status.tolist() == [0, 0]


def test_an_empty_batch_is_an_empty_solution(oscillator: Any) -> None:
    solution = solve(oscillator, np.empty((2, 0)), 1.0)
    assert solution.y.shape == (1, 2, 0)
    assert solution.summary() == "0 trajectories: none"


def test_a_time_dependent_field_is_followed(system: Any) -> None:
    x, t = sp.symbols("x t")
    solution = solve(system((x,), (sp.cos(t),)), [0.0], [1.0, 10.0], rtol=1e-10)
    np.testing.assert_allclose(solution["x"][:, 0], np.sin([1.0, 10.0]), atol=1e-9)


def test_a_flipped_sign_is_noticed(reduced: Any) -> None:
    Y = reduced["Y"]
    flipped = dataclasses.replace(reduced, velocities={**reduced.velocities, Y: -reduced.velocities[Y]})
    right = solve(reduced, start(20), 0.2, parameters={"r": 23.0})
    wrong = solve(flipped, start(20), 0.2, parameters={"r": 23.0})
    assert np.median(np.abs(right.y - wrong.y) / np.abs(right.y)) > 1e-2
