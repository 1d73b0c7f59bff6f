"""Integration by a compiled kernel: as numpy integrates, whoever the neighbours, however many the threads."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.solvers import CompiledSystem, Event, Status, compile, exact_modes, solve
from odekit.solvers.kernels import numba_batch as lane_batch
from odekit.solvers.kernels.numba_batch import integrate_in_lanes
from odekit.solvers.problem.inputs import prepare
from odekit.solvers.stepping.batch import integrate
from odekit.solvers.stepping.lanes import Task
from odekit.solvers.stepping.record import Record

pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")

RATE = {"r": 23.0}


def modes(batch: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return *rng.uniform(0.01, 0.03, (2, batch)), rng.uniform(-np.pi, np.pi, batch)


def start(batch: int, seed: int = 0) -> np.ndarray:
    alpha, beta, D = modes(batch, seed)
    return np.array([alpha**2, beta * np.cos(D), beta * np.sin(D)])


@pytest.fixture(scope="session")
def fast(reduced: Any, kernel_cache: None) -> CompiledSystem:
    return compile(reduced, "numba")


@pytest.fixture(scope="session")
def driven(system: Any, kernel_cache: None) -> Any:
    """A pendulum with friction now and then, driven in time: no polynomial, with a definition."""
    angle, speed, w, t, force = sp.symbols("angle speed w t force")
    friction = sp.Piecewise((angle**4 * speed, sp.cos(w * t) > 0), (0, True))
    field = (speed, force - sp.sin(angle) - friction)
    return system((angle, speed), field, (w,), {force: sp.cos(w * t) / 5})


@pytest.fixture
def task(fast: CompiledSystem) -> Task:
    y0 = np.concatenate([start(2997), [[9.0, np.nan, 0.0], [9.0, 0.1, np.inf], [0.0, 0.1, 0.1]]], axis=1)
    inputs = prepare(fast.system, y0, np.linspace(0, 1.2, 5), RATE, 1e-8, None)
    return Task(fast.rhs, inputs, np.full(3000, np.nan), max_steps=174)


def same(left: Record, right: Record) -> None:
    for entry in dataclasses.fields(Record):
        value = getattr(left, entry.name)
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, getattr(right, entry.name), err_msg=entry.name)


@pytest.mark.long
def test_the_number_of_threads_changes_no_bit(task: Task, fast: CompiledSystem) -> None:
    assert fast.kernel is not None
    alone = integrate_in_lanes(task, fast.kernel, threads=1)
    assert set(alone.status) == {Status.success, Status.step_too_small, Status.not_finite, Status.max_steps}
    for threads in (2, 3, 7):
        same(integrate_in_lanes(task, fast.kernel, threads), alone)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 63, 100])
def test_the_size_of_a_range_changes_no_bit(
    task: Task, fast: CompiledSystem, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fast.kernel is not None
    whole = integrate_in_lanes(task, fast.kernel)
    monkeypatch.setattr(lane_batch, "_range_size", lambda batch, threads: size)
    same(integrate_in_lanes(task, fast.kernel), whole)


def test_every_trajectory_ends_as_on_numpy(task: Task, fast: CompiledSystem) -> None:
    assert fast.kernel is not None
    lanes, arrays = integrate_in_lanes(task, fast.kernel), integrate(task)
    # A step at the edge of its tolerance, or a last one before a blow-up, may fall on either side.
    assert np.mean(lanes.status != arrays.status) < 2e-3
    assert (np.abs(lanes.steps - arrays.steps) <= 2).all()
    np.testing.assert_array_equal(np.isnan(lanes.y), np.isnan(arrays.y))
    ended = lanes.status == Status.success
    np.testing.assert_allclose(lanes.error[ended], arrays.error[ended], rtol=1e-2)
    np.testing.assert_allclose(lanes.t_reached, arrays.t_reached, rtol=1e-7)


def test_states_are_the_exact_ones_at_all_requested_times(fast: CompiledSystem) -> None:
    alpha, beta, D = modes(200)
    times = np.array([0.0, 0.1, 0.1, 0.15, 0.2])[:, None]
    a, phi, b, psi = exact_modes(alpha, 0.0, beta, -D, 23.0, times)
    exact = np.stack([a**2, b * np.cos(2 * phi - psi), b * np.sin(2 * phi - psi)], axis=1)
    solution = solve(fast, start(200), times[:, 0], parameters=RATE, rtol=1e-10)
    assert solution.is_successful
    assert (solution.backend, solution.method) == ("numba", "dop853")
    # Some twenty steps of 1e-10, amplified by less than ten this far from the blow-ups.
    error = np.abs(solution.y - exact).max(axis=1) / np.abs(exact).max(axis=1)
    assert error.max() < 2e-8


def test_the_interpolant_is_as_good_as_the_steps(fast: CompiledSystem) -> None:
    times = np.linspace(0.0, 0.2, 81)
    lanes = solve(fast, start(100), times, parameters=RATE, rtol=1e-8)
    arrays = solve(fast.system, start(100), times, parameters=RATE, rtol=1e-8, backend="numpy")
    scale = np.abs(arrays.y).max(axis=1, keepdims=True)
    # The same steps, up to rounding and to the last bits of a step's length.
    assert (np.abs(lanes.y - arrays.y) / scale).max() < 1e-9
    # Between the ends of steps, in fact: fewer steps than times.
    assert lanes.steps.max() < 40


@pytest.mark.long
def test_a_driven_pendulum_agrees_with_numpy(driven: Any) -> None:
    rng = np.random.default_rng(1)
    y0, w = rng.uniform(-1, 1, (2, 300)), rng.uniform(0.5, 2, 300)
    options: dict[str, Any] = {"parameters": {"w": w}, "rtol": 1e-9, "method": "dop853"}
    lanes = solve(driven, y0, [3.0, 7.0], backend="numba", **options)
    arrays = solve(driven, y0, [3.0, 7.0], backend="numpy", **options)
    assert lanes.is_successful
    assert lanes.backend == "numba"
    # At most some twenty steps, whose local errors add up.
    np.testing.assert_allclose(lanes.y, arrays.y, atol=1e2 * 1e-9)


def test_a_flipped_sign_is_noticed(fast: CompiledSystem) -> None:
    arrays = solve(fast.system, start(50) * [[1], [-1], [1]], 0.2, parameters=RATE, backend="numpy")
    lanes = solve(fast, start(50), 0.2, parameters=RATE)
    assert np.median(np.abs(lanes.y - arrays.y) / np.abs(arrays.y)) > 1e-2


def test_bad_rows_leave_the_others_alone_to_the_last_bit(fast: CompiledSystem) -> None:
    healthy = start(150)
    bad = np.array([[9.0, np.nan, 0.0], [9.0, 0.1, np.inf], [0.0, 0.1, 0.1]])
    places = np.array([0, 40, 150])
    mixed = solve(fast, np.insert(healthy, places, bad, axis=1), [0.1, 0.2], parameters=RATE)
    alone = solve(fast, healthy, [0.1, 0.2], parameters=RATE)
    at = places + np.arange(3)
    assert mixed.status[at].tolist() == [Status.step_too_small, Status.not_finite, Status.not_finite]
    np.testing.assert_array_equal(np.delete(mixed.y, at, axis=2), alone.y)
    np.testing.assert_array_equal(np.delete(mixed.steps, at), alone.steps)
    assert alone.is_successful


def test_a_parameter_that_is_not_finite_is_a_status(fast: CompiledSystem) -> None:
    solution = solve(fast, start(3), 0.1, parameters={"r": [23.0, np.nan, np.inf]})
    assert solution.status.tolist() == [Status.success, Status.not_finite, Status.not_finite]


def test_the_step_cap_stops_only_who_needs_more(fast: CompiledSystem) -> None:
    solution = solve(fast, start(2), [[0.001, 0.5]], parameters=RATE, rtol=1e-12, max_steps=5)
    assert solution.status.tolist() == [Status.success, Status.max_steps]
    assert solution.steps[1] == 5
    assert 0.0 < solution.t_reached[1] < 0.5
    assert np.isnan(solution.y[:, :, 1]).all()


def test_each_trajectory_has_its_own_tolerance_and_first_step(fast: CompiledSystem) -> None:
    y0 = np.repeat(start(1), 3, axis=1)
    solution = solve(fast, y0, 0.5, parameters=RATE, rtol=[1e-4, 1e-12, 1e-12], h0=[0.1, 0.1, 1e-9])
    assert (np.diff(solution.steps) > 0).all()
    assert solution.error_estimate[0] > 100 * solution.error_estimate[1]


def test_a_trajectory_without_time_stays_where_it_is(fast: CompiledSystem) -> None:
    solution = solve(fast, start(2), [[0.0, 0.1], [0.0, 0.2]], parameters=RATE)
    np.testing.assert_array_equal(solution.y[:, :, 0], [start(2)[:, 0]] * 2)
    assert solution.status.tolist() == [0, 0]
    assert solution.steps[0] == 0


def test_a_state_at_rest_at_zero_stays_there(fast: CompiledSystem) -> None:
    solution = solve(fast, np.zeros((3, 1)), 1e6, parameters=RATE, atol=0.0)
    assert solution.is_successful
    np.testing.assert_array_equal(solution.y, 0.0)


def test_an_empty_batch_is_an_empty_solution(fast: CompiledSystem) -> None:
    assert solve(fast, np.empty((3, 0)), 1.0, parameters=RATE).y.shape == (1, 3, 0)


@pytest.mark.long
def test_a_large_batch_takes_numba_by_itself(reduced: Any, fast: CompiledSystem) -> None:
    y0 = np.tile(start(1000), 100)
    solution = solve(reduced, y0, 0.05, parameters=RATE, rtol=1e-4)
    assert solution.backend == "numba"
    np.testing.assert_array_equal(solution.y[:, :, :1000], solution.y[:, :, -1000:])


@pytest.mark.parametrize("options", [{"dense": True}, {"events": (Event("x - 0.001"),)}])
def test_what_only_numpy_has_is_refused(fast: CompiledSystem, options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="'numba' finds no events and has no interpolant"):
        solve(fast, start(2), 0.1, parameters=RATE, **options)


def test_the_right_hand_side_is_still_there(fast: CompiledSystem) -> None:
    out = np.empty((3, 2))
    fast.rhs(np.zeros(2), start(2), np.full((1, 2), 23.0), out)
    x, X, Y = start(2)
    np.testing.assert_allclose(out, [92 * x * X, 23 * (x + 4 * Y**2), -92 * X * Y], rtol=1e-14)
