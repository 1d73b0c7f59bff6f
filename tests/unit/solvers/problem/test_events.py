"""Events against moments that are known exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.errors import InputError, UnknownNameError
from odekit.solvers import Event, Status, dominance_reached, horizon, phase_aligned, solve
from odekit.solvers.problem.zeros import find_times

RTOL = 1e-11


def test_zeros_of_many_functions_are_found_to_rounding() -> None:
    power = np.array([1.0, 2.0, 3.0, 9.0])
    begin, end = np.zeros(4), np.full(4, 2.0)
    zeros = find_times(lambda t: t**power - 1.5, begin, end, np.full(4, -1.5), 2.0**power - 1.5)
    np.testing.assert_allclose(zeros, 1.5 ** (1 / power), rtol=1e-15)


def test_a_zero_is_found_at_its_exact_time(oscillator: Any) -> None:
    solution = solve(oscillator, [[1.0, 2.0], [0.0, 0.0]], 10.0, rtol=RTOL, events=[Event("x")])
    np.testing.assert_allclose(solution.event_t, [[np.pi / 2] * 2], atol=1e-10)
    np.testing.assert_allclose(solution.event_y[0, :, 1], [0.0, -2.0], atol=1e-9)
    assert solution.status.tolist() == [Status.success] * 2


@pytest.mark.parametrize(("direction", "expected"), [(0, np.pi / 2), (-1, np.pi / 2), (1, 3 * np.pi / 2)])
def test_the_direction_chooses_the_crossing(oscillator: Any, direction: int, expected: float) -> None:
    solution = solve(oscillator, [1.0, 0.0], 10.0, rtol=RTOL, events=[Event("x", direction)])
    assert solution.event_t[0, 0] == pytest.approx(expected, abs=1e-10)


def test_a_terminal_event_stops_there_and_later_times_are_nan(oscillator: Any) -> None:
    times = np.array([1.0, 2.0, 3.0])
    stop = Event(lambda t, y, p: y["x"] - 0.0, terminal=True, name="fall")
    solution = solve(oscillator, [1.0, 0.0], times, rtol=RTOL, events=[stop], dense=True)
    np.testing.assert_allclose(solution["x"][:, 0], [np.cos(1.0), np.nan, np.nan], atol=1e-10)
    assert solution.status[0] == Status.event
    assert solution.t_reached[0] == pytest.approx(np.pi / 2, abs=1e-10)
    assert solution.event_names == ("fall",)
    assert np.isnan(solution.at(1.6)).all()
    assert solution.is_successful


def test_after_a_terminal_event_other_events_do_not_count(oscillator: Any) -> None:
    events = [Event("y + 0.9999"), Event("x - 0.2", terminal=True), Event("x - 0.5")]
    solution = solve(oscillator, [1.0, 0.0], 10.0, rtol=1e-4, events=events, h0=2.0)
    assert np.isnan(solution.event_t[0, 0])
    np.testing.assert_allclose(solution.event_t[1:, 0], [np.arccos(0.2), np.arccos(0.5)], atol=1e-3)


def test_an_event_that_never_happens_is_nan(oscillator: Any) -> None:
    solution = solve(oscillator, [1.0, 0.0], 10.0, events=[Event("x - 2")])
    assert np.isnan(solution.event_t).all()
    assert np.isnan(solution.event_y).all()


def test_text_and_function_give_the_same_moment(logistic: Any) -> None:
    # text has t/10 as 0.1*t, which rounds otherwise than a division
    events = [Event("r*x - t/10 - 0.1"), Event(lambda t, y, p: p["r"] * y[0] - 0.1 * t - 0.1)]
    solution = solve(logistic, [0.01], 9.0, parameters={"r": 1.0}, events=events)
    assert solution.event_t[0, 0] == solution.event_t[1, 0] > 0


def test_crossing_times_of_the_logistic_curve_are_exact(logistic: Any) -> None:
    x0, r = np.linspace(0.01, 0.4, 30), np.linspace(0.5, 2.0, 30)
    solution = solve(logistic, x0[None], 20.0, parameters={"r": r}, rtol=RTOL, events=[Event("x - 0.5", 1)])
    np.testing.assert_allclose(solution.event_t[0], np.log((1 - x0) / x0) / r, rtol=1e-9)


def test_phases_align_when_they_come_within_the_tolerance(system: Any) -> None:
    D = sp.Symbol("D")
    y0 = [[1.0, -1.0, 2 * np.pi + 1.0, 0.005, 3.0]]
    solution = solve(system((D,), (-sp.sin(D),)), y0, 20.0, rtol=RTOL, events=[phase_aligned("D", 0.01)])
    # tan(D/2) decays like exp(-t).
    delay = np.log(np.tan(np.array([1.0, 1.0, 1.0, 0.01, 3.0]) / 2) / np.tan(0.005))
    np.testing.assert_allclose(solution.event_t[0], delay, rtol=1e-9, atol=1e-12)


def test_dominance_is_reached_when_the_ratio_is(system: Any) -> None:
    a, b, c = sp.symbols("a b c")
    growth = system((a, b, c), (2 * a, b, -c))
    event = dominance_reached("a", ["b", 2], 10.0, terminal=True)
    solution = solve(growth, [[1.0, 50.0], [1.0, 1.0], [-20.0, 1.0]], 9.0, rtol=RTOL, events=[event])
    np.testing.assert_allclose(solution.event_t[0], [np.log(10.0), 0.0], rtol=1e-9)
    assert solution.status.tolist() == [Status.event] * 2
    np.testing.assert_array_equal(solution.event_y[0, :, 1], [50.0, 1.0, 1.0])


def test_the_horizon_is_where_the_logits_pass_the_threshold(system: Any) -> None:
    alpha, beta = sp.symbols("alpha beta")
    growth = system((alpha, beta), (alpha, beta))
    events = [horizon({"alpha": 2, "beta": 1}, coefficient=4.0), horizon({"beta": 1}, threshold=1.0)]
    solution = solve(growth, [0.02, 0.02], 9.0, rtol=RTOL, events=events)
    expected = np.log(1e-2 / (4 * 0.02**3)) / 3
    assert solution.event_t[0, 0] == pytest.approx(expected, rel=1e-9)
    assert np.isnan(solution.event_t[1, 0])
    assert solution.status[0] == Status.event


def test_an_unknown_name_suggests_the_nearest(oscillator: Any) -> None:
    with pytest.raises(UnknownNameError, match="unknown state 'X'"):
        solve(oscillator, [1.0, 0.0], 1.0, events=[phase_aligned("X")])
    with pytest.raises(InputError, match="z"):
        solve(oscillator, [1.0, 0.0], 1.0, events=[Event("z - 1")])


def test_an_event_checks_its_direction() -> None:
    with pytest.raises(InputError, match=r"unknown direction of an event.*Received: int 2"):
        Event("x", 2)
    with pytest.raises(InputError, match="at the start needs a direction"):
        Event("x", at_start=True)


def test_dominance_needs_somebody_to_dominate() -> None:
    with pytest.raises(InputError, match="needs other states"):
        dominance_reached("a", [])


@pytest.mark.parametrize("start", [0.0, 1.3, 2.9])
@pytest.mark.parametrize("text", ["(x - 3)**2", "abs(x - 3)", "sqrt(x - 3)", "sqrt(3 - x)"])
def test_a_zero_that_is_touched_or_at_which_g_ends_is_found_by_what_changes_its_sign(
    text: str, start: float
) -> None:
    solution = solve(odekit.system({"x": "1"}), [start], 5.0, events=[Event("x - 3"), Event(text)])
    assert solution.event_t[0, 0] == pytest.approx(3.0 - start, abs=1e-12)
    touched = solution.event_t[1, 0]
    assert np.isnan(touched) or touched == pytest.approx(3.0 - start, abs=1e-7), "never somewhere else"
