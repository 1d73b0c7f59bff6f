"""Pulses, jumps and kinks that states switch, against exact solutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.solvers import Event, Status, compile, roads, solve
from odekit.systems import System, system

PULSE = {"x": "1", "y": "-y + step(x - 5)*step(5.1 - x)"}
PARTS = np.exp(-4.9) - np.exp(-5.0)
x, y = sp.symbols("x y", real=True)
CORNER = 0.5 * (np.sqrt(13.0) - 1.0)
HALF = np.arccos(0.9999)
# The peaks of sin(x) up to 10, and up to 400.
PEAKS = 0.5 * np.pi + 2.0 * np.pi * np.arange(64)


def pulse_of(formula: Any) -> System:
    """A clock x' = 1, and y' as a function of it."""
    return system(
        {x: sp.Integer(1), y: formula} if isinstance(formula, sp.Basic) else {"x": "1", "y": formula}
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("formula", "exact"),
    [
        ("-y + step(x - 5)*step(5.1 - x)", PARTS),
        ("-y + step((x - 5)*(5.1 - x))", PARTS),
        ("sign(x - 5) - sign(x - 5.1)", 0.2),
        ("relu(0.05 - abs(x - 5))", 0.05**2),
        ("-y + step(sin(x) - 0.9999)", sum(2 * np.sinh(HALF) * np.exp(c - 10) for c in PEAKS[:2])),
        ("step(sin(40*x) - 0.9999)", 64 * 2 * HALF / 40),
        ("step(1 - ((x - 5)/0.001)**2)", 0.002),
        ("step(x - 5 - 3*step(y - 0.5))", 0.5 + 2.0),
        (sp.Piecewise((1, sp.And(x > 5, x < sp.Rational(51, 10))), (0, True)), 0.1),
        (sp.Piecewise((0, sp.Or(x < 5, x > sp.Rational(5001, 1000), sp.Eq(x, 7))), (1, True)), 1e-3),
        (sp.Max(0, 1 - 1000 * sp.Abs(x - 5)), 1e-3),
        # The largest is 2 - x up to (sqrt(13) - 1)/2, and then x*x - 1.
        (sp.Max(x / 5, 2 - x, x**2 - 1), 333 + 1 / 3 - 10 + CORNER * (3 - CORNER / 2 - CORNER**2 / 3)),
        (sp.floor(x), 45.0),
        (sp.ceiling(x) - sp.floor(x), 10.0),
        (sp.Heaviside(sp.Rational(1, 100) - sp.Mod(x, 1), 0) * sp.Heaviside(sp.floor(x) - 4, 0), 0.05),
    ],
)  # fmt: skip
def test_no_way_to_write_a_switch_is_stepped_over(formula: Any, exact: float) -> None:
    solution = solve(pulse_of(formula), [0.0, 0.0], 10.0)
    assert solution.is_successful
    assert solution.y[0, 1, 0] == pytest.approx(exact, rel=1e-8)
    assert abs(solution.y[0, 1, 0] / exact - 1.0) <= 10.0 * solution.error_estimate[0] + 1e-12


def test_without_its_switches_the_pulse_would_be_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roads, "switching_of", lambda system: None)
    assert solve(system(PULSE), [0.0, 0.0], 10.0).y[0, 1, 0] == 0.0


@pytest.mark.parametrize("options", [{"rtol": 1e-12}, {"t": np.linspace(0.0, 10.0, 500)}, {"h0": 3.0}])
def test_neither_tolerances_nor_times_nor_first_steps_matter(options: dict[str, Any]) -> None:
    solution = solve(system(PULSE), [0.0, 0.0], **{"t": [10.0], **options})
    assert solution.y[-1, 1, 0] == pytest.approx(PARTS, rel=1e-8)


@pytest.mark.parametrize("backend", ["numba", "jax", "mpmath"])
def test_every_backend_answers_by_numpy_and_says_so(backend: str) -> None:
    if backend != "mpmath":
        pytest.importorskip(backend)
    solution = solve(system(PULSE), [0.0, 0.0], 10.0, backend=backend)
    assert solution.y[0, 1, 0] == pytest.approx(PARTS, rel=1e-8)
    assert (solution.backend, solution.method) == ("numpy", "dop853")


def test_a_compiled_system_is_switched_too() -> None:
    assert solve(compile(system(PULSE)), [0.0, 0.0], 10.0).y[0, 1, 0] == pytest.approx(PARTS, rel=1e-8)


def test_a_pulse_between_two_near_states_is_found() -> None:
    flow = system({"x": "1 - x", "y": "step(x - 0.9)*step(0.9001 - x)"})
    solution = solve(flow, [0.0, 0.0], 10.0)
    assert solution["y"][0, 0] == pytest.approx(np.log(0.1 / 0.0999), rel=1e-8)


def test_jumps_of_a_rate_leave_the_error_where_the_estimate_is() -> None:
    rate = sp.Piecewise(
        (-x, sp.Or(x < 1, x > sp.Rational(6, 5), sp.Eq(x, 7))), (-2 * x, sp.Not(x > 3)), (x, True)
    )
    solution = solve(system({x: rate}), [1.5], 0.5)
    exact = np.exp(-(0.5 - np.log(1.25) - 0.5 * np.log(1.2)))
    assert solution.y[0, 0, 0] == pytest.approx(exact, rel=2.0 * solution.error_estimate[0] + 1e-14)
    assert solution.error_estimate[0] < 1e-8


def test_each_of_a_hundred_trajectories_crosses_at_times_of_its_own() -> None:
    start, width = np.linspace(-3.0, 4.9, 100), np.geomspace(1e-6, 1.0, 100)
    flow = system({"x": "v", "y": "-y + step(x - 5)*step(5 + w - x)/w"}, "v w")
    speed = np.linspace(1.0, 2.0, 100)
    values = {"v": speed, "w": width}
    solution = solve(flow, [start, np.zeros(100)], 12.0, parameters=values, rtol=1e-10)
    begin = (5.0 - start) / speed
    # The width is a difference of floats of size 5.
    exact = np.exp(begin - 12.0) * np.expm1(width / speed) / width
    np.testing.assert_allclose(solution["y"][0], exact, rtol=3e-9)
    alone = solve(flow, [start[7], 0.0], 12.0, parameters={"v": speed[7], "w": width[7]}, rtol=1e-10)
    assert alone.y[0, 1, 0] == solution.y[0, 1, 7]
    assert alone.steps[0] == solution.steps[7]


@pytest.mark.slow
def test_a_kink_that_is_crossed_often_costs_no_digits() -> None:
    flow = system({"x": "v", "v": "-x", "s": "abs(x)", "r": "relu(v)"})
    solution = solve(flow, [0.0, 1.0, 0.0, 0.0], 40.0 * np.pi, rtol=1e-11)
    np.testing.assert_allclose(solution.y[0, 2:, 0], [80.0, 40.0], rtol=1e-9)


def test_an_oscillator_at_a_constant_force_to_the_middle_is_exact() -> None:
    solution = solve(system({"x": "v", "v": "-sign(x)"}), [0.5, 0.0], [38.0, 40.0, 40.5])
    np.testing.assert_allclose(solution["x"][:, 0], [-0.5, 0.5, 0.375], rtol=1e-11)


def test_dry_friction_takes_the_same_from_each_half_turn_and_then_sticks() -> None:
    flow = system({"x": "v", "v": "-x - 0.3*sign(v)"})
    solution = solve(flow, [5.0, 0.0], [np.pi, 3.0 * np.pi, 7.0 * np.pi, 30.0])
    np.testing.assert_allclose(solution["x"][:3, 0], [-4.4, -3.2, -0.8], rtol=1e-8)
    assert solution.status[0] == Status.sliding
    assert solution.t_reached[0] == pytest.approx(8.0 * np.pi, rel=1e-8)
    assert np.isnan(solution.y[3]).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "start", "when"),
    [
        ("-sign(x)", 1.0, 1.0),
        ("0.5 - sign(x)", 1.0, 2.0),
        ("-sign(x - 5)", 4.99, 0.01),
        ("1 - 2*step(x)", -1.0, 1.0),
    ],
)
def test_sliding_ends_soon_and_is_named(field: str, start: float, when: float) -> None:
    solution = solve(system({"x": field, "y": "1"}), [[start, 9.0], [0.0, 0.0]], [0.5 * when, 3.0])
    assert solution.status.tolist() == [Status.sliding, Status.success]
    assert solution.t_reached[0] == pytest.approx(when, rel=1e-12)
    assert solution["y"][0, 0] == pytest.approx(0.5 * when)
    assert solution.steps[0] < 300
    assert (
        f"sliding, first at index 0, t = {when:.6g}: The field points to one of its jumps"
        in solution.summary()
    )


@pytest.mark.parametrize("field", ["-sign(x)", "step(x)", "relu(x)", "abs(x)"])
def test_a_start_on_a_switch_that_stays_there_stays(field: str) -> None:
    solution = solve(system({"x": field}), [0.0], 10.0)
    assert solution.is_successful
    assert solution.y[0, 0, 0] == 0.0


def test_a_start_on_a_switch_goes_on_to_its_side() -> None:
    flow = system({"x": "w", "y": "step(x) + 3*step(-x)", "z": "abs(x)"}, "w")
    solution = solve(flow, np.zeros((3, 2)), 2.0, parameters={"w": [1.0, -1.0]})
    np.testing.assert_allclose(solution.y[0, 1:], [[2.0, 6.0], [2.0, 2.0]], rtol=1e-12)


def test_a_tank_runs_empty_and_stays_so() -> None:
    solution = solve(system({"x": "-sqrt(relu(x))"}), [1.0], [1.0, 3.0])
    np.testing.assert_allclose(solution.y[:, 0, 0], [0.25, 0.0], rtol=1e-8, atol=1e-12)
    assert solution.is_successful


def test_states_and_time_switch_together() -> None:
    flow = system({"x": "1 + step(t - 5)", "y": "step(x - 5)*step(5.1 - x)", "z": "step(x - 2*t)"})
    solution = solve(flow, [3.0, 0.0, 0.0], 7.0)
    # x = 5 at t = 2 and x = 2 t at t = 3.
    np.testing.assert_allclose(solution.y[0, :, 0], [12.0, 0.1, 3.0], rtol=1e-12)
    late = solve(flow, [0.0, 0.0, 0.0], 7.0)
    np.testing.assert_allclose(late.y[0, :, 0], [9.0, 0.05, 0.0], rtol=1e-12)


def test_events_and_dense_output_know_the_switches() -> None:
    flow = system({"x": "1 + step(x - 1)"})
    events = [Event("x - 1", 1), Event("x - 3", 1, terminal=True)]
    solution = solve(flow, [0.0], 10.0, dense=True, events=events)
    np.testing.assert_allclose(solution.event_t[:, 0], [1.0, 2.0], rtol=1e-12)
    assert solution.status[0] == Status.event
    np.testing.assert_allclose(solution.at([0.5, 1.0, 1.5]).ravel(), [0.5, 1.0, 2.0], rtol=1e-12)


def test_an_event_reads_parameters_by_number_from_both_ends() -> None:
    event = Event(lambda t, y, p: y[0] - p[-1], 1)
    solution = solve(
        system({"x": "a*step(x + b)"}, "a b"), [0.0], 2.0, parameters={"a": 2.0, "b": 3.0}, events=[event]
    )
    assert solution.event_t[0, 0] == pytest.approx(1.5, rel=1e-12)


def test_a_switch_that_is_never_reached_costs_no_step() -> None:
    smooth = solve(system({"x": "-x", "y": "x - y**2"}), [1.0, 2.0], 10.0)
    switched = solve(system({"x": "-x", "y": "x - y**2 + step(x - 20)"}), [1.0, 2.0], 10.0)
    np.testing.assert_array_equal(smooth.y, switched.y)
    assert smooth.steps[0] == switched.steps[0]
