"""Pulses and jumps in time, on every backend, against exact solutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.solvers import Event, Solution, Status, compile, solve
from odekit.systems import System, system

BACKENDS = ("numpy", pytest.param("numba", marks=pytest.mark.slow), "jax", "mpmath")
PARTS = np.exp(-4.9) - np.exp(-5.0)
s, t, x = sp.symbols("s t x", real=True)


def forced(pulse: Any, parameters: str = "") -> System:
    """x' = -x + a pulse."""
    return system({x: -x + pulse} if isinstance(pulse, sp.Basic) else {"x": f"-x + {pulse}"}, parameters)


def on(backend: str, flow: System, y0: Any, times: Any, **options: Any) -> Solution:
    if backend in ("numba", "jax"):
        pytest.importorskip(backend)
    return solve(flow, y0, times, backend=backend, **options)


@pytest.mark.parametrize("backend", ["numpy", "mpmath"])
def test_a_short_pulse_is_not_stepped_over(backend: str) -> None:
    solution = solve(forced("step(t - 5)*step(5.1 - t)"), [[0.0]], [4.0, 10.0], backend=backend)
    np.testing.assert_allclose(solution.y[:, 0, 0], [0.0, PARTS], rtol=1e-7)
    assert solution.is_successful


@pytest.mark.long
@pytest.mark.parametrize("backend", BACKENDS)
def test_each_trajectory_has_its_own_pulse_and_its_own_longest_step(backend: str, kernel_cache: None) -> None:
    begin, width = np.array([1.0, 3.0, 8.0]), np.array([1e-3, 0.5, 1e-6])
    flow = forced("h*step(t - b)*step(b + w - t)", "b w h")
    values: Mapping[str, Any] = {"b": begin, "w": width, "h": 1.0 / width}
    solution = on(backend, flow, [[0.0, 0.0, 0.0]], 10.0, parameters=values)
    exact = np.exp(begin - 10.0) * np.expm1(width) / width
    # The width is a difference of floats.
    np.testing.assert_allclose(solution.y[0, 0], exact, rtol=1e-8)
    if backend != "mpmath":
        bounded = on(backend, flow, [[0.0] * 3], 10.0, parameters=values, max_step=[0.02, np.inf, 9.0])
        np.testing.assert_allclose(bounded.y[0, 0], exact, rtol=1e-8)
        assert bounded.steps[0] >= 500
        assert bounded.steps[1:].tolist() == solution.steps[1:].tolist()


@pytest.mark.parametrize(
    ("pulse", "exact"),
    [
        (sp.Piecewise((1, sp.And(t > 5, t < 5.1)), (0, True)), PARTS),
        (sp.Piecewise((0, sp.Or(t < 5, t > 5.1)), (1, True)), PARTS),
        (sp.Heaviside((t - 5) * (5.1 - t), 0), PARTS),
        ((sp.sign(t - 5) - sp.sign(t - sp.Rational(51, 10))) / 2, PARTS),
        (sp.Max(0, sp.Min(1, 1000 * (t - 5))) - sp.Max(0, sp.Min(1, 1000 * (t - 6))), None),
        (sp.Abs(t - 5) - 2 * sp.Abs(t - sp.Rational(5001, 1000)) + sp.Abs(t - sp.Rational(5002, 1000)), None),
        (sp.Heaviside(sp.cos(sp.pi * t) - sp.Rational(999, 1000), 0), None),
        (sp.Heaviside(sp.exp(-((t - 5) ** 2)) - sp.Rational(9999, 10000), 0), None),
        (sp.floor(t / 3), None),
        (sp.exp(-(((t - 5) / s) ** 2)), None),
        (1 / (1 + ((t - 5) / s) ** 2), None),
        (1 / sp.cosh((t - 5) / s), None),
        (sp.tanh((t - 5) / s), None),
    ],
)
def test_every_way_to_write_a_jump_or_a_peak_is_seen(pulse: sp.Expr, exact: float | None) -> None:
    width = 2e-3
    parameters, values = ("s", {"s": width}) if pulse.has(s) else ("", {})
    solution = solve(forced(pulse, parameters), [[0.0]], 10.0, parameters=values, rtol=1e-10)
    if exact is None:
        # The integral of exp(t - 10) times the pulse, by Gauss-Legendre on short pieces between its kinks.
        function = sp.lambdify(t, pulse.subs(s, width), ["scipy", "numpy"])
        marks = [5.0 + 1e-3 * k for k in range(-40, 41)] + [6.0 + 1e-3 * k for k in range(3)]
        kinks = [np.arccos(0.999) / np.pi * sign + 2 * k for k in range(6) for sign in (-1, 1)]
        edges = [5.0 + sign * np.sqrt(-np.log(0.9999)) for sign in (-1, 1)]
        grid = np.unique(np.concatenate([np.linspace(0.0, 10.0, 401), marks, kinks, edges]).clip(0.0, 10.0))
        nodes, weights = np.polynomial.legendre.leggauss(12)
        middle, half = (grid[1:] + grid[:-1]) / 2, np.diff(grid) / 2
        times = middle + half * nodes[:, None]
        with np.errstate(over="ignore"):
            exact = float((weights[:, None] * half * np.exp(times - 10.0) * function(times)).sum())
    assert solution.y[0, 0, 0] == pytest.approx(exact, rel=2e-7)


def test_a_jump_at_the_beginning_and_one_at_the_end_count_from_inside() -> None:
    flow = system({"x": "step(t)*step(2 - t) + 5*step(-t)"})
    assert solve(flow, [0.0], 2.0).y[0, 0, 0] == pytest.approx(2.0, rel=1e-12)


@pytest.mark.slow
def test_hundreds_of_jumps_cost_steps_and_no_digits() -> None:
    speed, end = np.array([1.0, 60.0]), 50.0
    flow = system({"x": "sign(sin(w*t)) + 1"}, "w")
    solution = solve(flow, [[0.0, 0.0]], end, parameters={"w": speed})
    # Twice the time during which sin(w t) > 0.
    turns = np.floor(end * speed / (2 * np.pi))
    rest = np.minimum(end - turns * 2 * np.pi / speed, np.pi / speed)
    np.testing.assert_allclose(solution.y[0, 0], 2 * (turns * np.pi / speed + rest), rtol=1e-12)


def test_too_many_jumps_are_refused() -> None:
    with pytest.raises(
        InputError, match=r"jumps too often before the end.*at most 100000 turns.*end earlier"
    ):
        solve(system({"x": "sign(sin(1e6*t))"}), [0.0], 10.0)


def test_a_smooth_flow_is_followed_as_before_and_a_jump_costs_few_steps() -> None:
    smooth = solve(system({"x": "-x + t**2"}), [1.0], 10.0)
    kinked = solve(system({"x": "-x + t**2 + step(t - 20)"}), [1.0], 10.0)
    np.testing.assert_array_equal(smooth.y, kinked.y)
    assert smooth.steps[0] == kinked.steps[0]


@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.long)])
def test_no_step_of_a_series_is_longer_than_the_longest(backend: str, kernel_cache: None) -> None:
    flow = system({"x": "1 - x"})
    bounded = on(backend, flow, [[0.0, 0.5]], 2.0, method="taylor", max_step=[0.01, 1.0])
    assert bounded.steps[0] >= 200
    assert bounded.steps[1] < 100
    np.testing.assert_allclose(bounded.y[0, 0], 1 - np.array([1.0, 0.5]) * np.exp(-2.0), rtol=1e-7)


def test_no_step_of_a_precise_trajectory_is_longer_than_the_longest() -> None:
    flow = system({"x": "-x"})
    steps = [solve(flow, [1.0], 0.5, backend="mpmath", max_step=h).steps[0] for h in (0.05, 1.0)]
    assert steps[0] >= 10 > steps[1]


@pytest.mark.slow
def test_what_only_the_states_switch_on_is_found_with_and_without_a_longest_step() -> None:
    flow = system({"clock": "1", "x": "step(clock - 5)*step(5.1 - clock)"})
    for options in ({}, {"max_step": 0.05}):
        assert solve(flow, [0.0, 0.0], 10.0, **options).y[0, 1, 0] == pytest.approx(0.1, rel=1e-8)


def test_a_longest_step_finds_a_smooth_peak_of_the_states() -> None:
    flow = system({"clock": "1", "x": "exp(-((clock - 5)/0.01)**2)"})
    narrow = solve(flow, [0.0, 0.0], 10.0, max_step=0.02).y[0, 1, 0]
    assert narrow == pytest.approx(0.01 * np.sqrt(np.pi), rel=1e-7)


@pytest.mark.parametrize("value", [0.0, -1.0, [0.1, np.nan]])
def test_a_longest_step_has_to_be_positive(value: Any) -> None:
    with pytest.raises(InputError, match="the longest step size must be positive"):
        solve(system({"x": "-x"}), [[1.0, 2.0]], 1.0, max_step=value)


def test_an_event_in_time_alone_is_not_stepped_over() -> None:
    flow = system({"x": "1"})
    events = [Event("step(t - 5)*step(5.001 - t) - 0.5", 1), Event("step(t - 5)*step(5.001 - t) - 0.5", -1)]
    solution = solve(flow, [0.0], 10.0, events=events)
    np.testing.assert_allclose(solution.event_t[:, 0], [5.0, 5.001], rtol=1e-12)


def test_dense_output_and_events_know_the_pulse() -> None:
    flow = forced("step(t - 5)*step(5.1 - t)")
    solution = solve(flow, [0.0], 10.0, dense=True, events=[Event("x - 0.05", 1, terminal=True)])
    assert solution.status[0] == Status.event
    assert solution.event_t[0, 0] == pytest.approx(5.0 - np.log(0.95), rel=1e-8)
    assert solution.at(5.0)[0, 0, 0] == 0.0


def test_a_compiled_system_lands_too() -> None:
    flow = forced("step(t - 5)*step(5.1 - t)")
    assert solve(compile(flow), [0.0], 10.0).y[0, 0, 0] == pytest.approx(PARTS, rel=1e-7)


@pytest.mark.parametrize("method", ["dop853", "rodas5p"])
@pytest.mark.parametrize("pole", ["exp(-t)/t", "exp(-t**2)/t", "exp(-t)/t**2"])
def test_a_pole_at_the_start_is_not_stepped_over(pole: str, method: str) -> None:
    assert not solve(forced(pole), [[0.0]], 1.0, method=method).is_successful
    assert not solve(forced(pole.replace("t", "(t - 2)")), [[0.0]], 3.0, t0=2.0, method=method).is_successful
