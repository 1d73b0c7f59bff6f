"""Starts at any time and runs backward: against exact solutions, for every method."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import odekit
from odekit.errors import UnknownNameError
from odekit.solvers import Event, Status, compile, solve

METHODS = [("dop853", "numpy"), ("rodas5p", "numpy"), ("auto", "numpy"), ("auto", "mpmath")]


@pytest.fixture(scope="module")
def driven() -> Any:
    """x' = 2 t x, of which ``x0 exp(t**2 - t0**2)`` is the solution."""
    return odekit.system({"x": "2*t*x"})


def gauss(x0: Any, t0: Any, t: Any) -> Any:
    return x0 * np.exp(np.square(t) - np.square(t0))


@pytest.mark.parametrize(("method", "backend"), [*METHODS, ("taylor", "numpy")])
@pytest.mark.parametrize(("t0", "t"), [(0.5, [0.7, 1.5]), (1.5, [1.0, -0.5]), (-1.0, [0.0, 0.3])])
def test_any_start_and_direction_is_followed(
    driven: Any, method: str, backend: str, t0: float, t: list[float]
) -> None:
    solved = solve(driven, [3.0], t, t0=t0, method=method, backend=backend, rtol=1e-9)
    np.testing.assert_allclose(solved["x"][:, 0], gauss(3.0, t0, np.array(t)), rtol=1e-7)
    np.testing.assert_array_equal(solved.t[:, 0], t)
    assert solved.t_reached[0] == t[-1]


def test_another_start_gives_another_solution(driven: Any) -> None:
    wrong = solve(driven, [3.0], 1.5, t0=0.4, rtol=1e-9)["x"][0, 0]
    assert abs(wrong / gauss(3.0, 0.5, 1.5) - 1) > 0.05


def test_each_trajectory_has_its_own_start_and_direction(driven: Any) -> None:
    t0, t = np.array([0.0, 1.0, -1.0]), np.array([[0.5, 0.5, -1.5], [1.0, -1.0, -1.5]])
    solved = solve(driven, [1.0], t, t0=t0, rtol=1e-10)
    np.testing.assert_allclose(solved["x"], gauss(1.0, t0, t), rtol=1e-8)


def test_back_again_is_where_it_began() -> None:
    pendulum = odekit.system({"q": "v", "v": "-sin(q) + cos(t)/5"})
    there = solve(pendulum, [1.0, 0.2], 7.0, t0=2.0, rtol=1e-11)
    back = solve(pendulum, there.y[-1], 2.0, t0=7.0, rtol=1e-11)
    np.testing.assert_allclose(back.y[-1, :, 0], [1.0, 0.2], atol=1e-8)


def test_a_blow_up_in_the_past_is_found_there() -> None:
    solved = solve(odekit.system({"x": "-x**2"}), [[1.0, 0.1]], -3.0, t0=2.0)
    assert [Status(code).name for code in solved.status] == ["step_too_small", "success"]
    assert solved.t_reached[0] == pytest.approx(1.0, abs=1e-6)
    assert solved["x"][0, 1] == pytest.approx(0.2, rel=1e-7)


@pytest.mark.parametrize("method", ["dop853", "rodas5p"])
@pytest.mark.parametrize("function", ["t - 29/20", lambda t, y, p: t - 1.45])
def test_events_know_the_time(driven: Any, method: str, function: Any) -> None:
    events = [Event(function, name="moment"), Event("x - 2", -1, terminal=True, name="two")]
    solved = solve(driven, [3.0], 0.0, t0=1.5, method=method, events=events, rtol=1e-10)
    np.testing.assert_allclose(solved.event_t[:, 0], [1.45, np.sqrt(2.25 + np.log(2 / 3))], rtol=1e-8)
    assert solved.status[0] == Status.event
    assert solved.t_reached[0] == solved.event_t[1, 0]


def test_the_direction_of_an_event_is_along_the_integration(driven: Any) -> None:
    found = [
        solve(driven, [3.0], 0.0, t0=1.5, events=[Event("x - 2", side)]).event_t[0, 0] for side in (1, -1)
    ]
    np.testing.assert_array_equal(np.isnan(found), [True, False])


@pytest.mark.parametrize("method", ["dop853", "rodas5p"])
def test_dense_output_is_asked_in_the_time_itself(driven: Any, method: str) -> None:
    solved = solve(driven, [3.0], -0.5, t0=1.5, method=method, dense=True, rtol=1e-10)
    times = np.array([1.5, 1.1, 0.0, -0.5])
    np.testing.assert_allclose(solved.at(times)[:, 0, 0], gauss(3.0, 1.5, times), rtol=1e-6)
    assert np.isnan(solved.at([1.6, -0.6])).all()


@pytest.mark.parametrize("method", ["dop853", "rodas5p"])
@pytest.mark.parametrize(("t0", "t"), [(1.0, 4.0), (4.0, 1.0)])
def test_steps_end_where_the_formula_jumps_in_its_own_time(method: str, t0: float, t: float) -> None:
    pulse = odekit.system({"x": "1000*(step(t - 2) - step(t - 2.001))"})
    solved = solve(pulse, [0.0], t, t0=t0, method=method, rtol=1e-10, atol=1e-10)
    assert solved["x"][0, 0] == pytest.approx(np.sign(t - t0), abs=1e-8)


def test_steps_end_where_an_event_jumps_in_its_own_time() -> None:
    still = odekit.system({"x": "0"})
    pulse = Event("step(t - 2) - step(t - 2.001) - 1/2", 1)
    solved = solve(still, [0.0], 10.0, t0=1.0, events=[pulse])
    assert solved.event_t[0, 0] == pytest.approx(2.0, abs=1e-6)


def test_a_closed_form_counts_from_the_start() -> None:
    decay = odekit.system({"x": "-k*x"}, parameters="k")
    rate = {"k": 1.0}
    shifted, plain = (solve(decay, [1.0], 1.0 + t0, t0=t0, parameters=rate) for t0 in (2.0, 0.0))
    np.testing.assert_array_equal(shifted.y, plain.y)
    assert shifted.method == plain.method


def test_a_compiled_system_keeps_its_method_on_another_clock(driven: Any) -> None:
    solved = solve(compile(driven, method="rodas5p"), [3.0], 0.5, t0=1.0)
    assert solved.method == "rodas5p"
    assert solved["x"][0, 0] == pytest.approx(gauss(3.0, 1.0, 0.5), rel=1e-6)


@pytest.mark.parametrize("name", ["t0", "direction"])
def test_the_clock_of_a_problem_has_no_name_in_events(name: str) -> None:
    with pytest.raises(UnknownNameError):
        solve(odekit.system("x' = -x"), [1.0], -1.0, events=f"x - {name}")
