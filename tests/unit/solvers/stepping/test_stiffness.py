"""Which flows "auto" leaves to the implicit method, at which cost, and which not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import odekit
from odekit.errors import InputError, LimitError
from odekit.solvers import Event, compile, roads, solve
from odekit.solvers.stepping import stiffness

BOTH = "dop853, rodas5p"
# Events need steps, so that no closed form answers.
NEVER = Event("x + 9")
STIFF = {
    "relaxation": ({"x": "-1e6*(x - cos(t))"}, [0.0], 10.0),
    "two rates": ({"x": "-1e4*x + 1e4*y", "y": "-y"}, [1.0, 1.0], 5.0),
    "robertson": (
        {"a": "-a/25 + 1e4*b*c", "b": "a/25 - 1e4*b*c - 3e7*b**2", "c": "3e7*b**2"},
        [1, 0, 0],
        1e5,
    ),
    "van der pol": ({"x": "v", "v": "1000*(1 - x**2)*v - x"}, [2.0, 0.0], 800.0),
    "valley": ({"x": "-1e5*x*(x*y - 1)*y", "y": "-(x*y - 1)*x*1e5 - y/10"}, [1.0, 2.0], 30.0),
}
OTHERS = {
    "oscillator": ({"x": "v", "v": "-x"}, [1.0, 0.0], 300.0),
    "lorenz": ({"x": "10*(y - x)", "y": "x*(28 - z) - y", "z": "x*y - 8*z/3"}, [1.0, 1.0, 1.0], 30.0),
    "kepler": (
        {"x": "u", "y": "v", "u": "-x/(x**2 + y**2)**(3/2)", "v": "-y/(x**2 + y**2)**(3/2)"},
        [0.3, 0.0, 0.0, 2.38],
        50.0,
    ),
    "growth": ({"x": "x/2", "y": "-y*cos(t)"}, [1e-3, 1.0], 40.0),
    "mild van der pol": ({"x": "v", "v": "2*(1 - x**2)*v - x"}, [2.0, 0.0], 60.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STIFF)
@pytest.mark.parametrize("rtol", [1e-4, 1e-8])
def test_auto_leaves_stiff_flows_to_rodas5p_within_some_hundred_steps(name: str, rtol: float) -> None:
    equations, y0, end = STIFF[name]
    system = odekit.system(equations)
    found = solve(system, y0, end, rtol=rtol)
    alone = solve(system, y0, end, rtol=rtol, method="rodas5p")
    assert (found.method, found.is_successful) == (BOTH, True)
    assert found.steps[0] < alone.steps[0] + 400
    np.testing.assert_allclose(found.y, alone.y, rtol=1e3 * rtol, atol=1e-3 * rtol)


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("rtol", [1e-2, 1e-8])
def test_auto_leaves_no_other_flow(name: str, rtol: float, monkeypatch: pytest.MonkeyPatch) -> None:
    # However few steps are ahead, so that all of them are looked at.
    monkeypatch.setattr(stiffness, "_WORTHWHILE", 0.0)
    equations, y0, end = OTHERS[name]
    system = odekit.system(equations)
    found = solve(system, y0, end, rtol=rtol)
    explicit = solve(system, y0, end, rtol=rtol, method="dop853")
    assert found.method == "dop853"
    np.testing.assert_array_equal(found.y, explicit.y)
    np.testing.assert_array_equal(found.steps, explicit.steps)


def test_a_decay_to_rest_is_not_left_when_few_steps_are_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    decay = odekit.system({"x": "-x"}, parameters="")
    assert solve(decay, [1.0], 1000.0, events=[NEVER]).method == "dop853"
    monkeypatch.setattr(stiffness, "_WORTHWHILE", 0.0)
    assert solve(decay, [1.0], 1000.0, events=[NEVER]).method == BOTH


@pytest.fixture
def relaxation() -> Any:
    return odekit.system({"x": "-k*(x - cos(t))"}, parameters="k")


def test_in_a_batch_only_the_stiff_ones_turn(relaxation: Any) -> None:
    k = np.tile([1.0, 3.0, 1e5, 1e6], 50)
    options: dict[str, Any] = {"parameters": {"k": k}, "rtol": 1e-8}
    found = solve(relaxation, np.zeros((1, 200)), [0.0, 5.0, 20.0], **options)
    explicit = solve(
        relaxation, np.zeros((1, 200)), [0.0, 5.0, 20.0], method="dop853", max_steps=300, **options
    )
    assert (found.method, found.is_successful) == (BOTH, True)
    np.testing.assert_array_equal(found.y[..., k < 10], explicit.y[..., k < 10])
    np.testing.assert_allclose(found["x"][-1, k > 10], np.cos(20.0), atol=1e-4)
    alone = solve(relaxation, [0.0], [0.0, 5.0, 20.0], parameters={"k": 1e6}, rtol=1e-8)
    np.testing.assert_array_equal(found.y[..., 3], alone.y[..., 0])


def test_requested_times_events_breakpoints_and_dense_output_pass_through_the_turn() -> None:
    system = odekit.system({"x": "-1e5*(x - sin(t) - step(t - 4))"})
    times = np.linspace(0.0, 6.0, 4000)
    events = [Event("x - 1/2", direction=1, name="early"), Event("x - 1/5", direction=-1, name="late")]
    found = solve(system, [0.0], times, events=events, dense=True)
    assert found.method == BOTH
    follows = np.sin(times) + (times > 4.0)
    apart = (times < 4.0) | (times > 4.001)
    np.testing.assert_allclose(found["x"][apart, 0], follows[apart], atol=3e-5)
    np.testing.assert_allclose(found.at(times)[apart, 0, 0], follows[apart], atol=3e-5)
    np.testing.assert_allclose(found.event_t[:, 0], [np.pi / 6, np.pi - np.arcsin(0.2)], atol=1e-4)


def test_a_terminal_event_before_the_turn_is_where_it_was(relaxation: Any) -> None:
    events = [Event("x - 1/2", terminal=True)]
    options: dict[str, Any] = {"parameters": {"k": 1e6}, "events": events}
    found, explicit = (solve(relaxation, [0.0], 10.0, method=m, **options) for m in ("auto", "dop853"))
    assert found.method == "dop853"
    np.testing.assert_array_equal(found.event_t, explicit.event_t)


@pytest.mark.slow
def test_a_named_method_and_a_compiled_system_stay_with_their_method(relaxation: Any) -> None:
    options: dict[str, Any] = {"parameters": {"k": 1e6}, "max_steps": 2000}
    named = solve(relaxation, [0.0], 10.0, method="dop853", **options)
    compiled = solve(compile(relaxation), [0.0], 10.0, **options)
    assert (named.method, compiled.method) == ("dop853", "dop853")
    assert not named.is_successful
    assert not compiled.is_successful


@pytest.mark.slow
@pytest.mark.parametrize("error", [InputError("no code"), LimitError("too long")])
def test_a_flow_whose_jacobian_has_no_code_goes_on_as_before(
    relaxation: Any, error: InputError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(formulas: Any) -> Any:
        raise error

    options: dict[str, Any] = {"parameters": {"k": 1e6}, "max_steps": 1500}
    explicit = solve(relaxation, [0.0], 10.0, method="dop853", **options)
    monkeypatch.setattr(roads, "linearisation_of", refuse)
    found = solve(relaxation, [0.0], 10.0, **options)
    assert (found.method, found.steps[0]) == ("dop853", 1500)
    assert found.t_reached[0] == explicit.t_reached[0]
