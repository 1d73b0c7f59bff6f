"""Solving in a cheaper form: the same states as from the form that the user gave, at the same times."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

import odekit
from odekit.derivation import derive
from odekit.networks import Network
from odekit.solvers import Event, Status, compile, solve
from odekit.solvers.equivalent import cheapest_form

CASES: dict[str, tuple[Network, str | None, float]] = {
    "quadratic": (Network("Zp"), None, 0.05),
    "unshared": (Network("Zp", embedding="unshared"), None, 0.05),
    "three summands": (Network("Zp", activation="z**3", task="x+y+z"), None, 0.002),
    "mean and fourth power": (Network("Zp", activation="z**4"), None, 0.001),
    "two frequencies": (Network("Zp"), "k,2k", 0.02),
    "all modes at even order": (Network("Z6"), "all", 0.02),
}
KINDS = {"a": (0.3, 1.0), "b": (0.3, 1.0), "p": (-9.0, 9.0), "D": (-9.0, 9.0)}


def starts(system: Any, count: int, seed: int) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    return {s.name: generator.uniform(*KINDS.get(s.name[0], (-0.5, 0.5)), count) for s in system.states}


def arguments(system: Any, end: float, seed: int = 0) -> dict[str, Any]:
    parameters = {symbol.name: 5.0 for symbol in system.parameters}
    times = [0.0, 0.5 * end, end]
    return {"y0": starts(system, 30, seed), "t": times, "parameters": parameters, "rtol": 1e-11}


@pytest.mark.parametrize("name", CASES)
def test_states_agree_with_the_form_that_the_user_gave_phases_and_all(name: str) -> None:
    network, modes, end = CASES[name]
    system = derive(network, modes) if modes else derive(network)
    given = arguments(system, end)
    assert cheapest_form(system, np.ones((len(system.states), 1))) is not None
    cheap = solve(system, **given, method="dop853")
    direct = solve(compile(system), **given, method="dop853")
    assert cheap.states == direct.states
    reached = direct.status == Status.success
    assert reached.mean() > 0.6
    np.testing.assert_array_equal(cheap.status[reached], Status.success)
    # rtol in some ten steps on either side, amplified towards the blow-up; phases are some units large.
    np.testing.assert_allclose(cheap.y[..., reached], direct.y[..., reached], rtol=1e-7, atol=1e-8)


def test_alpha_beta_and_D_alone_keep_the_branch_of_D() -> None:
    system = derive(Network("Zp"))
    given = arguments(system.restrict(("alpha", "beta", "D")), 0.05, seed=4)
    exact = solve(system, **given)
    cheap = solve(system, **given, method="dop853")
    direct = solve(compile(system), **given, method="dop853")
    assert (exact.method, cheap.method) == ("exact", "dop853")
    np.testing.assert_allclose(cheap.y, direct.y, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(exact.y, direct.y, rtol=1e-8, atol=1e-9)


def test_the_cheap_form_passes_through_a_zero_of_v() -> None:
    system = derive(Network("Zp"))
    start = {"alpha": 1.0, "phi": 0.3, "beta": 0.0, "psi": 0.6}
    cheap = solve(system, start, 0.05, parameters={"p": 5.0}, method="dop853", rtol=1e-11)
    exact = solve(system, start, 0.05, parameters={"p": 5.0})
    np.testing.assert_allclose(cheap.y, exact.y, rtol=1e-9)


def test_at_time_0_the_states_are_the_initial_ones_even_where_the_form_forgets_a_phase() -> None:
    start = np.array([[1.0, 0.5], [0.3, 0.3], [0.0, 0.4], [7.7, -0.1]])
    solution = solve(derive(Network("Zp")), start, [0.0, 0.05], parameters={"p": 5.0}, method="dop853")
    np.testing.assert_array_equal(solution.y[0], start)


@pytest.mark.parametrize("how", ["compiled", "events", "dense", "negative magnitude"])
def test_what_fixes_the_form_is_integrated_as_given(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("another form was asked for")

    monkeypatch.setattr(import_module("odekit.solvers.roads"), "form_states", refuse)
    system = derive(Network("Zp"))
    start = {"alpha": 0.5, "phi": 0.3, "beta": 0.5, "psi": 0.1}
    given: dict[str, Any] = {"t": 0.01, "parameters": {"p": 5.0}, "method": "dop853"}
    if how == "events":
        given["events"] = [Event("alpha - 10")]
    if how == "dense":
        given["dense"] = True
    if how == "negative magnitude":
        start["alpha"] = -0.5
    solution = solve(compile(system) if how == "compiled" else system, start, **given)
    assert solution.is_successful


def test_the_monkeypatch_above_bites_where_nothing_fixes_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("another form was asked for")

    monkeypatch.setattr(import_module("odekit.solvers.roads"), "form_states", refuse)
    with pytest.raises(AssertionError, match="another form"):
        solve(derive(Network("Zp")), [0.5, 0.3, 0.5, 0.1], 0.01, parameters={"p": 5.0}, method="dop853")


def test_a_row_that_is_not_finite_keeps_to_itself() -> None:
    system = derive(Network("Zp"))
    start = np.full((4, 3), 0.4)
    start[1, 1] = np.nan
    solution = solve(system, start, 0.01, parameters={"p": 5.0}, method="dop853")
    assert solution.status.tolist() == [Status.success, Status.not_finite, Status.success]
    np.testing.assert_array_equal(solution.y[..., 0], solution.y[..., 2])
    assert np.isnan(solution.y[..., 1]).any()


def test_systems_without_such_a_form_are_left_alone() -> None:
    assert cheapest_form(odekit.system({"x": "-sin(x)"}), np.ones((1, 1))) is None
