"""Exact solutions in every form of a derived system, against the integrator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.derivation import derive
from odekit.errors import InputError
from odekit.networks import Network
from odekit.solvers import Event, Status, blow_up_time, compile, solve

FORMS = ("polar", "cartesian", "polynomial")


@pytest.fixture(scope="module", params=["plain", "unequal rates", "negative activation"])
def flow(request: pytest.FixtureRequest) -> Any:
    changes: dict[str, dict[str, Any]] = {
        "plain": {},
        "unequal rates": {"rates": {"theta": 0.5, "xi": 2.0}},
        "negative activation": {"activation": "-z**2"},
    }
    return derive(Network("Zp", **changes[request.param]))


@pytest.mark.parametrize("form", FORMS)
def test_the_closed_form_agrees_with_the_integrator(flow: Any, form: str) -> None:
    system = flow.form(form)
    y0 = np.random.default_rng(0).uniform(0.2, 1.0, (len(system.states), 40))
    arguments = {"y0": y0, "t": [0.0, 0.02, 0.04], "parameters": {"p": 3.0}}
    exact = solve(system, **arguments)
    steps = solve(system, **arguments, method="dop853", rtol=1e-12)
    assert (exact.method, steps.method) == ("exact", "dop853")
    np.testing.assert_array_equal(exact.status, steps.status)
    # Rounding and the integrator's 1e-12 in some twenty steps, relative to the largest state.
    np.testing.assert_allclose(exact.y, steps.y, rtol=1e-9, atol=1e-10)


def test_signed_modes_at_even_order_are_exact() -> None:
    system = derive(Network("Z6")).templates[1].system
    y0 = np.random.default_rng(1).normal(size=(2, 40)) * 0.5
    exact, steps = solve(system, y0, 0.05), solve(system, y0, 0.05, method="dop853", rtol=1e-12)
    reached = steps.status == Status.success
    assert exact.method == "exact"
    np.testing.assert_array_equal(exact.status, steps.status)
    np.testing.assert_allclose(exact.y[:, :, reached], steps.y[:, :, reached], rtol=1e-9, atol=1e-10)


def test_beyond_the_blow_up_is_a_status_and_nan() -> None:
    system = derive(Network("Zp"))
    end = float(blow_up_time(0.5, 0.5, 0.3, 3.0))
    solution = solve(system, [0.5, 0.3, 0.5, 0.3], [0.5 * end, 1.1 * end], parameters={"p": 3.0})
    assert solution.status.tolist() == [Status.step_too_small]
    assert np.isfinite(solution.y[0]).all()
    assert np.isnan(solution.y[1]).all()
    assert solution.t_reached[0] == 0.5 * end


def test_a_start_that_is_not_finite_is_a_status() -> None:
    solution = solve(derive(Network("Zp")), [0.5, np.nan, 0.5, 0.3], 0.01, parameters={"p": 3.0})
    assert solution.status.tolist() == [Status.not_finite]


def test_events_and_dense_output_take_steps() -> None:
    system, arguments = (
        derive(Network("Zp")),
        {"y0": [0.5, 0.3, 0.5, 0.3], "t": 0.01, "parameters": {"p": 3.0}},
    )
    assert solve(system, **arguments, dense=True).method == "dop853"
    assert solve(system, **arguments, events=[Event("alpha - 1")]).method == "dop853"
    with pytest.raises(InputError, match="the closed form takes no steps"):
        solve(system, **arguments, method="exact", dense=True)


def test_a_closed_subset_of_a_derived_system_is_solved() -> None:
    system = derive(Network("Zp"))
    subset = solve(system, {"alpha": 0.5, "beta": 0.5, "D": 0.3}, 0.05, parameters={"p": 3.0}, rtol=1e-11)
    whole = solve(system, [0.5, 0.3, 0.5, 0.3], 0.05, parameters={"p": 3.0})
    assert subset.states == ("alpha", "beta", "D")
    np.testing.assert_allclose(subset["alpha"], whole["alpha"], rtol=1e-9)
    np.testing.assert_allclose(subset["D"], 2 * whole["phi"] - whole["psi"], rtol=1e-8)


@pytest.mark.parametrize("changes", [{}, {"activation": "-z**2"}])
def test_negative_magnitudes_and_rates_agree_with_the_integrator(changes: dict[str, Any]) -> None:
    system = derive(Network("Zp", **changes))
    start = np.array([[0.5, -0.5, 0.5, -0.5, 0.5], [0.3] * 5, [0.4, 0.4, -0.4, -0.4, 0.4], [0.1] * 5])
    arguments = {"y0": start, "t": [0.0, 0.02, 0.04], "parameters": {"p": [-3.0, 3.0, 3.0, -3.0, 0.0]}}
    exact = solve(system, **arguments)
    steps = solve(compile(system), **arguments, method="dop853", rtol=1e-12)
    assert (exact.method, exact.is_successful) == ("exact", True)
    # The integrator's 1e-12 in some twenty steps.
    np.testing.assert_allclose(exact.y, steps.y, rtol=1e-9, atol=1e-10)


def test_a_parameter_that_is_not_finite_is_the_status_of_its_row() -> None:
    system, start = derive(Network("Zp")), np.full((4, 3), 0.4)
    solution = solve(system, start, 0.01, parameters={"p": [5.0, np.nan, 5.0]})
    alone = solve(system, start, 0.01, parameters={"p": 5.0})
    assert (solution.method, solution.status.tolist()) == ("exact", [0, Status.not_finite, 0])
    np.testing.assert_array_equal(solution.y[..., [0, 2]], alone.y[..., [0, 2]])


def test_a_negative_square_of_alpha_is_integrated() -> None:
    system = derive(Network("Zp")).form("polynomial")
    solution = solve(system, [[0.5, -0.5], [0.4, 0.4], [0.1, 0.1]], 0.01, parameters={"p": 5.0})
    assert (solution.method, solution.is_successful) == ("dop853", True)
