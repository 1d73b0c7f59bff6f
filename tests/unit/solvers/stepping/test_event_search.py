"""Events inside long steps: two zeros in one, undefined functions, poles, and the last requested time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.solvers import Event, Status, solve
from odekit.systems import system

CLOCK = system({"y": "-1"})


@pytest.mark.parametrize("gap", [1e-2, 1e-5, 1e-8, 1e-11])
def test_two_zeros_within_a_step_are_both_found(oscillator: Any, gap: float) -> None:
    top = f"x - {1 - gap!r}"
    events = [Event(top, 1), Event(top, -1), Event(top)]
    solution = solve(oscillator, [0.0, 1.0], 3.0, rtol=1e-13, h0=1.0, events=events)
    half = np.arccos(1 - gap)
    # Rounding of x moves a zero of so flat a function by eps / half.
    expected = np.pi / 2 + half * np.array([-1.0, 1.0, -1.0])
    np.testing.assert_allclose(solution.event_t[:, 0], expected, atol=max(1e-9, 1e-13 / half))


def test_an_event_that_crosses_once_is_looked_for_between_signs_alone(oscillator: Any) -> None:
    once = Event("x - 0.5", 1, crosses_once=True)
    np.testing.assert_allclose(
        solve(oscillator, [0.0, 1.0], 3.0, rtol=1e-12, events=[once]).event_t, np.pi / 6, rtol=1e-10
    )
    # Both zeros lie in one step, which is what the declaration rules out.
    declared = [Event("x - 0.999999", crosses_once=known) for known in (True, False)]
    found = solve(oscillator, [0.0, 1.0], 3.0, rtol=1e-13, h0=1.0, events=declared).event_t[:, 0]
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(np.pi / 2, abs=2e-3)


def test_an_event_that_crosses_once_is_found_where_it_becomes_undefined() -> None:
    once = Event("log(y) + 1", crosses_once=True)
    assert solve(CLOCK, [1.0], 3.0, events=[once]).event_t[0, 0] == pytest.approx(1 - np.exp(-1), rel=1e-9)


def test_what_stays_on_its_side_is_no_event(oscillator: Any) -> None:
    events = [Event("x - 1.000001"), Event("(x - 1)**2 + 1e-9"), Event("x**2 + y**2 + 1e-3")]
    solution = solve(oscillator, [0.0, 1.0], 20.0, rtol=1e-12, events=events)
    assert np.isnan(solution.event_t).all()


@pytest.mark.parametrize(
    ("function", "when"),
    [
        ("log(y) + 1", 1 - np.exp(-1)),
        ("sqrt(y) - 0.5", 0.75),
        ("log(y - 0.3) + 4", 0.7 - np.exp(-4)),
        ("sqrt(sqrt(y)) - 0.01", 1 - 1e-8),
        ("1/sqrt(y) - 1000", 1 - 1e-6),
    ],
)
def test_a_zero_before_the_function_becomes_undefined_is_found(function: str, when: float) -> None:
    solution = solve(CLOCK, [[1.0, 1.0]], [[3.0, 50.0]], events=[Event(function)])
    np.testing.assert_allclose(solution.event_t[0], when, rtol=1e-9)


@pytest.mark.parametrize(
    ("function", "when"), [("log(-y) - 1", 1 + np.e), ("sqrt(-y - 1) - 0.001", 2 + 1e-6)]
)
def test_a_zero_after_the_function_becomes_defined_is_found(function: str, when: float) -> None:
    assert solve(CLOCK, [1.0], 9.0, events=[Event(function)]).event_t[0, 0] == pytest.approx(when, rel=1e-9)


@pytest.mark.parametrize("function", ["log(y) - 1", "sqrt(y) + 0.5", "log(-y) - 9"])
def test_an_undefined_function_without_a_zero_is_no_event(function: str) -> None:
    assert np.isnan(solve(CLOCK, [1.0], 3.0, events=[Event(function)]).event_t).all()


def test_a_pole_is_no_zero_and_hides_none() -> None:
    events = [Event("1/(y + 1.23)"), Event("1/(y + 1.23) + 1"), Event("sin(2*y)/cos(2*y)", -1)]
    solution = solve(CLOCK, [1.0], 4.0, events=events)
    # The tangent of 2 y falls through zero at y = 0, after its pole at pi/4; 1/(y + 1.23) is -1 at y = -2.23.
    np.testing.assert_allclose(solution.event_t[:, 0], [np.nan, 3.23, 1.0], rtol=1e-9)


def test_a_function_that_jumps_has_its_event_at_the_jump() -> None:
    solution = solve(CLOCK, [1.0], 4.0, events=[Event("sign(y + 0.5)", -1), Event("abs(y) - 0.25", 1)])
    np.testing.assert_allclose(solution.event_t[:, 0], [1.5, 1.25], rtol=1e-12)


@pytest.mark.parametrize(
    "function", ["t - {end!r}", "3*t - 3*{end!r}", "{end!r}**2 - t**2", "exp(t) - exp({end!r})"]
)
@pytest.mark.parametrize("end", [1.0, 0.1, 3.7])
def test_a_terminal_event_at_the_last_requested_time_keeps_the_state_there(function: str, end: float) -> None:
    stop = Event(function.format(end=end), terminal=True)
    solution = solve(system({"x": "-x"}), [1.0], [end / 2, end], events=[stop], rtol=1e-10)
    np.testing.assert_allclose(solution.y[:, 0, 0], np.exp([-end / 2, -end]), rtol=1e-9)
    assert solution.status[0] in (Status.event, Status.success)


def test_a_trajectory_that_falls_to_zero_at_its_last_time_has_its_state() -> None:
    solution = solve(CLOCK, [1.0], [0.5, 1.0], events=[Event("y", terminal=True)])
    assert solution.status[0] == Status.event
    np.testing.assert_allclose(solution.y[:, 0, 0], [0.5, 0.0], atol=1e-15)


def test_requested_times_after_a_terminal_event_stay_unknown() -> None:
    stop = Event("y - 0.5", terminal=True)
    solution = solve(CLOCK, [1.0], [0.25, 0.5, 0.5 + 1e-9, 1.0], events=[stop])
    np.testing.assert_array_equal(np.isnan(solution.y[:, 0, 0]), [False, False, True, True])


def test_the_interpolant_knows_the_start_of_a_trajectory_without_a_step() -> None:
    at_once = Event("y - 2", 1, terminal=True, at_start=True)
    solution = solve(CLOCK, [[1.0, 2.0, 3.0]], [[0.0, 1.0, 1.0]], dense=True, events=[at_once])
    np.testing.assert_array_equal(solution.at(0.0)[0, 0], [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(np.isnan(solution.at(0.5)[0, 0]), [True, True, True])
