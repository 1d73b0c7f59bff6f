"""Integration by JAX: as numpy integrates, whoever the neighbours, whatever JAX is set to."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.extras import require_jax
from odekit.solvers import CompiledSystem, Event, Status, compile, exact_modes, solve
from odekit.solvers.kernels import jax_batch

jax = pytest.importorskip("jax", reason="jax, the extra 'jax', isn't installed")

RATE = {"r": 23.0}
TIMES = np.array([0.0, 0.1, 0.1, 0.15, 0.2])  # one shape for all, so that few kernels are compiled
BAD = np.array([[9.0, np.nan, 0.0], [9.0, 0.1, np.inf], [0.0, 0.1, 0.1]])


def modes(batch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return *rng.uniform(0.01, 0.03, (2, batch)), rng.uniform(-np.pi, np.pi, batch)


def start(batch: int) -> np.ndarray:
    alpha, beta, D = modes(batch)
    return np.array([alpha**2, beta * np.cos(D), beta * np.sin(D)])


@pytest.fixture(scope="session")
def on_jax(reduced: Any) -> CompiledSystem:
    return compile(reduced, "jax")


@pytest.mark.slow
def test_every_trajectory_ends_as_on_numpy(reduced: Any, on_jax: CompiledSystem) -> None:
    y0 = np.concatenate([start(97), BAD], axis=1)
    options: dict[str, Any] = {"parameters": RATE, "max_steps": 174}
    by_jax = solve(on_jax, y0, np.linspace(0, 1.2, 5), **options)
    arrays = solve(reduced, y0, np.linspace(0, 1.2, 5), backend="numpy", **options)
    assert (by_jax.backend, by_jax.method) == ("jax", "dop853")
    assert by_jax.states == arrays.states
    assert by_jax.y.dtype == np.float64
    assert set(arrays.status) == {Status.success, Status.step_too_small, Status.not_finite, Status.max_steps}
    # A last step before a blow-up may fall on either side: rounding differs.
    assert (by_jax.status != arrays.status).sum() <= 1
    assert (np.abs(by_jax.steps - arrays.steps) <= 2).all()
    np.testing.assert_array_equal(np.isnan(by_jax.y), np.isnan(arrays.y))
    ended = by_jax.status == Status.success
    np.testing.assert_allclose(by_jax.error_estimate[ended], arrays.error_estimate[ended], rtol=1e-2)
    np.testing.assert_allclose(by_jax.t_reached, arrays.t_reached, rtol=1e-7)


@pytest.mark.slow
def test_states_are_the_exact_ones_at_all_requested_times(on_jax: CompiledSystem) -> None:
    alpha, beta, D = modes(100)
    a, phi, b, psi = exact_modes(alpha, 0.0, beta, -D, 23.0, TIMES[:, None])
    exact = np.stack([a**2, b * np.cos(2 * phi - psi), b * np.sin(2 * phi - psi)], axis=1)
    solution = solve(on_jax, start(100), TIMES, parameters=RATE, rtol=1e-10)
    assert solution.is_successful
    # Some twenty steps of 1e-10, amplified by less than ten this far from the blow-ups.
    error = np.abs(solution.y - exact).max(axis=1) / np.abs(exact).max(axis=1)
    assert error.max() < 2e-8


@pytest.mark.slow
def test_the_interpolant_is_the_one_of_numpy(reduced: Any, on_jax: CompiledSystem) -> None:
    times = np.array([0.001, 0.03, 0.031, 0.17, 0.2])
    by_jax = solve(on_jax, start(100), times, parameters=RATE)
    arrays = solve(reduced, start(100), times, parameters=RATE, backend="numpy")
    scale = np.abs(arrays.y).max(axis=1, keepdims=True)
    # The same steps, up to rounding and to the last bits of a step's length.
    assert (np.abs(by_jax.y - arrays.y) / scale).max() < 1e-9
    # Between the ends of steps, in fact: fewer steps than times.
    assert by_jax.steps.min() < 5


@pytest.mark.slow
def test_a_driven_pendulum_with_friction_now_and_then_agrees_with_numpy(system: Any) -> None:
    angle, speed, w, t, force = sp.symbols("angle speed w t force")
    friction = sp.Piecewise((angle**4 * speed, sp.cos(w * t) > 0), (0, True))
    field = (speed, force - sp.sin(angle) - friction)
    driven = system((angle, speed), field, (w,), {force: sp.cos(w * t) / 5})
    rng = np.random.default_rng(1)
    y0, w_values = rng.uniform(-1, 1, (2, 100)), rng.uniform(0.5, 2, 100)
    options: dict[str, Any] = {"parameters": {"w": w_values}, "rtol": 1e-9}
    by_jax = solve(driven, y0, [3.0, 7.0], backend="jax", **options)
    arrays = solve(driven, y0, [3.0, 7.0], backend="numpy", **options)
    assert by_jax.is_successful
    assert by_jax.backend == "jax"
    # At most some twenty steps, whose local errors add up.
    np.testing.assert_allclose(by_jax.y, arrays.y, atol=1e2 * 1e-9)


@pytest.mark.slow
def test_a_flipped_sign_is_noticed(reduced: Any, on_jax: CompiledSystem) -> None:
    arrays = solve(reduced, start(50) * [[1], [-1], [1]], TIMES, parameters=RATE, backend="numpy")
    by_jax = solve(on_jax, start(50), TIMES, parameters=RATE)
    assert np.median(np.abs(by_jax.y - arrays.y)[1:] / np.abs(arrays.y)[1:]) > 1e-2


@pytest.mark.slow
def test_bad_rows_leave_the_others_alone_to_the_last_bit(on_jax: CompiledSystem) -> None:
    healthy, places = start(120), np.array([0, 40, 120])
    mixed = solve(on_jax, np.insert(healthy, places, BAD, axis=1), TIMES, parameters=RATE)
    alone = solve(on_jax, healthy, TIMES, parameters=RATE)
    at = places + np.arange(3)
    assert mixed.status[at].tolist() == [Status.step_too_small, Status.not_finite, Status.not_finite]
    np.testing.assert_array_equal(np.delete(mixed.y, at, axis=2), alone.y)
    np.testing.assert_array_equal(np.delete(mixed.steps, at), alone.steps)
    assert mixed.summary().startswith("123 trajectories: 120 success, 1 step_too_small, 2 not_finite")


@pytest.mark.slow
def test_blocks_change_no_bit(on_jax: CompiledSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = solve(on_jax, start(256), TIMES, parameters=RATE)
    monkeypatch.setattr(jax_batch, "_LARGEST_BLOCK", 128)
    np.testing.assert_array_equal(solve(on_jax, start(256), TIMES, parameters=RATE).y, whole.y)


def test_a_parameter_that_is_not_finite_is_a_status(on_jax: CompiledSystem) -> None:
    solution = solve(on_jax, start(3), TIMES, parameters={"r": [23.0, np.nan, np.inf]})
    assert solution.status.tolist() == [Status.success, Status.not_finite, Status.not_finite]


@pytest.mark.slow
def test_each_trajectory_has_its_own_tolerance_first_step_and_cap(on_jax: CompiledSystem) -> None:
    y0 = np.repeat(start(1), 3, axis=1)
    options: dict[str, Any] = {"parameters": RATE, "rtol": [1e-4, 1e-12, 1e-12], "h0": [0.1, 0.1, 1e-9]}
    solution = solve(on_jax, y0, TIMES + 0.3, **options)
    assert (np.diff(solution.steps) > 0).all()
    assert solution.error_estimate[0] > 100 * solution.error_estimate[1]
    capped = solve(on_jax, y0, TIMES + 0.3, max_steps=int(solution.steps[0]), **options)
    assert capped.status.tolist() == [Status.success, Status.max_steps, Status.max_steps]
    assert (capped.t_reached[1:] > 0.0).all()
    assert (capped.t_reached[1:] < 0.5).all()


def test_a_trajectory_without_time_stays_where_it_is(on_jax: CompiledSystem) -> None:
    solution = solve(on_jax, start(2), TIMES[:, None] * [0.0, 1.0], parameters=RATE)
    np.testing.assert_array_equal(solution.y[:, :, 0], [start(2)[:, 0]] * 5)
    assert solution.status.tolist() == [0, 0]
    assert solution.steps[0] == 0


def test_an_empty_batch_is_an_empty_solution(on_jax: CompiledSystem) -> None:
    assert solve(on_jax, np.empty((3, 0)), 1.0, parameters=RATE).y.shape == (1, 3, 0)


@pytest.mark.slow
def test_a_constant_field_and_time_itself_are_fields(system: Any) -> None:
    a, b, t = sp.symbols("a b t")
    solution = solve(system((a, b), (sp.Integer(2), t)), [0.0, 0.0], 3.0, backend="jax")
    np.testing.assert_allclose(solution.y[0, :, 0], [6.0, 4.5], rtol=1e-14)


def test_the_right_hand_side_is_that_of_numpy(reduced: Any, on_jax: CompiledSystem) -> None:
    y, p = start(5), np.full((1, 5), 23.0)
    outs = [np.empty((3, 5)), np.empty((3, 5))]
    for compiled, out in zip((on_jax, compile(reduced)), outs, strict=True):
        compiled.rhs(np.zeros(5), y, p, out)
    np.testing.assert_allclose(outs[0], outs[1], rtol=1e-15)


def test_no_setting_of_jax_is_changed(on_jax: CompiledSystem) -> None:
    solve(on_jax, start(2), TIMES, parameters=RATE)
    assert jax.numpy.ones(1).dtype == jax.numpy.float32
    assert not jax.config.jax_enable_x64


@pytest.mark.parametrize("options", [{"dense": True}, {"events": (Event("x - 0.001"),)}])
def test_what_only_numpy_has_is_refused(on_jax: CompiledSystem, options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="'jax' finds no events and has no interpolant"):
        solve(on_jax, start(1), 1.0, parameters=RATE, **options)


def test_a_jax_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", SimpleNamespace(__version__="0.4.30"))
    with pytest.raises(InputError, match=r"needs jax 0\.8.*Received: jax 0\.4\.30"):
        require_jax()


@pytest.mark.slow
def test_other_backends_do_not_load_jax() -> None:
    script = (
        "import sys, odekit\n"
        "print(odekit.solve(odekit.system({'x': '-x'}), [[1.0]], 1.0).backend, 'jax' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["numpy", "False"]


@pytest.mark.slow
def test_numbers_that_jax_takes_for_zero_are_followed_all_the_same(system: Any) -> None:
    decay = system((sp.Symbol("x"),), ("-k*x",), (sp.Symbol("k"),))
    y0, rates = [[1e-310, 1e-290, 1.0, 1.0, 1e-308, 0.0]], np.array([1.0, 1.0, 1.0, 1e-310, -1.0, 1.0])
    solution = solve(decay, y0, 1.0, parameters={"k": rates}, backend="jax", rtol=1e-10)
    # No step's error is held below the smallest normal number, so that subnormal states keep fewer digits.
    np.testing.assert_allclose(solution.y[0, 0], np.array(y0[0]) * np.exp(-rates), rtol=1e-6)
    # Those above it stay with JAX.
    assert solution.backend == "jax, numpy"
    assert solve(decay, [[1e-270, 1.0, 0.0]], 1.0, parameters={"k": 1.0}, backend="jax").backend == "jax"
