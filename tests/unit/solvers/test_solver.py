"""The front: what goes in, what is refused, and textbook problems (DETEST) with exact answers."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.errors import InputError, UnknownNameError
from odekit.networks import Network
from odekit.solvers import Status, compile, roads, solve


def test_the_oscillator_keeps_its_phase(oscillator: Any) -> None:
    t = np.linspace(0, 20, 41)
    solution = solve(oscillator, [1.0, 0.0], t, rtol=1e-10)
    # 20 radians of accumulated local errors.
    np.testing.assert_allclose(solution["x"][:, 0], np.cos(t), atol=1e-8)
    np.testing.assert_allclose(solution["y"][:, 0], -np.sin(t), atol=1e-8)


def test_the_logistic_curve_is_its_closed_form(logistic: Any) -> None:
    t, r = np.linspace(0, 10, 11), np.array([0.5, 1.0, 2.0])
    solution = solve(logistic, [[0.01, 0.1, 0.9]], t, parameters={"r": r}, rtol=1e-10)
    x0 = np.array([0.01, 0.1, 0.9])
    np.testing.assert_allclose(solution["x"], x0 / (x0 + (1 - x0) * np.exp(-np.outer(t, r))), rtol=1e-8)


@pytest.mark.parametrize("eccentricity", [0.1, 0.5, 0.9])
def test_a_planet_comes_back_after_a_period(kepler: Any, eccentricity: float) -> None:
    y0 = [1 - eccentricity, 0.0, 0.0, np.sqrt((1 + eccentricity) / (1 - eccentricity))]
    solution = solve(kepler, y0, [np.pi, 2 * np.pi], rtol=1e-11)
    np.testing.assert_allclose(solution.y[0, :2, 0], [-1 - eccentricity, 0.0], atol=1e-8)
    np.testing.assert_allclose(solution.y[1, :, 0], y0, atol=2e-7)


def test_tighter_tolerances_give_smaller_errors(kepler: Any) -> None:
    y0 = [0.5, 0.0, 0.0, np.sqrt(3.0)]
    errors = [
        np.abs(solve(kepler, y0, 2 * np.pi, rtol=rtol).y[0, :, 0] - y0).max() for rtol in (1e-5, 1e-8, 1e-11)
    ]
    assert errors[0] > 30 * errors[1] > 900 * errors[2]


def test_all_shapes_of_time_agree(logistic: Any) -> None:
    end = solve(logistic, [[0.1, 0.2]], 2.0, parameters={"r": 1.0})
    several = solve(logistic, [[0.1, 0.2]], [1.0, 2.0], parameters={"r": 1.0})
    own = solve(logistic, [[0.1, 0.2]], [[1.0, 0.5], [2.0, 2.0]], parameters={"r": 1.0})
    assert end.t.shape == (1, 2)
    np.testing.assert_array_equal(end.y[-1], several.y[-1])
    np.testing.assert_array_equal(end.y[-1], own.y[-1])
    assert own["x"][0, 1] < several["x"][0, 1]


def test_a_mapping_is_ordered_by_the_states(kepler: Any) -> None:
    y0 = {"vy": [1.0, 1.1], "x": 1.0, "y": 0.0, "vx": 0.0}
    mapped = solve(kepler, y0, 1.0)
    plain = solve(kepler, [[1.0, 1.0], [0.0, 0.0], [0.0, 0.0], [1.0, 1.1]], 1.0)
    np.testing.assert_array_equal(mapped.y, plain.y)


def test_a_mapping_that_names_a_closed_subset_restricts_the_system(system: Any) -> None:
    a, phi, psi, D = sp.symbols("a phi psi D")
    whole = system((a, phi, psi), (a * sp.cos(D), -sp.sin(D), 0 * a), (), {D: phi - psi})
    restricted = solve(whole, {"D": 0.5, "a": 1.0}, 1.0)
    full = solve(whole, {"a": 1.0, "phi": 0.6, "psi": 0.1}, 1.0)
    assert restricted.states == ("a", "D")
    # Two error controls at rtol 1e-8.
    np.testing.assert_allclose(restricted["a"], full["a"], rtol=1e-7)


def test_the_order_of_the_mapping_of_initial_values_plays_no_part() -> None:
    flow = derive(Network("Zp"))
    y0 = {"alpha": 0.2, "beta": 0.3, "D": 0.7}
    solutions = [
        solve(flow, dict(order), [0.1, 0.2], parameters={"p": 7.0}) for order in permutations(y0.items())
    ]
    assert {solution.method for solution in solutions} == {"exact"}
    for solution in solutions[1:]:
        for name in y0:
            np.testing.assert_array_equal(solution[name], solutions[0][name])


def test_many_requested_times_compile_a_cheaper_form_once(monkeypatch: pytest.MonkeyPatch) -> None:
    flow, made = derive(Network("Zp", activation="z**3")), []
    whole = roads.compile_for
    monkeypatch.setattr(roads, "compile_for", lambda *a, **k: made.append(a) or whole(*a, **k))
    y0 = {state.name: 0.3 for state in flow.states}
    one = solve(flow, y0, 0.05, parameters={"p": 7.0})
    many = solve(flow, y0, np.linspace(0, 0.05, 200), parameters={"p": 7.0})
    assert len(made) == 2
    np.testing.assert_array_equal(one.y[-1], many.y[-1])
    assert one.steps.tolist() == many.steps.tolist()


@pytest.mark.parametrize("backend", ["numpy", "mpmath"])
def test_every_backend_keeps_to_the_step_cap_and_the_first_step(oscillator: Any, backend: str) -> None:
    capped = solve(oscillator, [1.0, 0.0], 50.0, max_steps=3, backend=backend)
    assert (capped.status[0], capped.steps[0]) == (Status.max_steps, 3)
    timid, bold = (solve(oscillator, [1.0, 0.0], 1.0, h0=h0, backend=backend).steps[0] for h0 in (1e-6, 0.5))
    assert timid > bold


def test_a_compiled_system_gives_the_same(logistic: Any) -> None:
    compiled = compile(logistic)
    direct = solve(logistic, [0.1], 1.0, parameters={"r": 1.0})
    np.testing.assert_array_equal(solve(compiled, [0.1], 1.0, parameters={"r": 1.0}).y, direct.y)


def test_one_start_serves_many_parameters(logistic: Any) -> None:
    solution = solve(logistic, [0.1], 1.0, parameters={"r": [1.0, 2.0, 3.0]})
    assert (np.diff(solution["x"][0]) > 0).all()


def test_the_default_atol_follows_the_size_of_the_start(oscillator: Any) -> None:
    large, small = (solve(oscillator, [size, 0.0], 10.0) for size in (1.0, 2.0**-40))
    np.testing.assert_array_equal(large.y, small.y * 2.0**40)


def test_the_mpmath_backend_agrees(logistic: Any) -> None:
    precise = solve(logistic, [0.1], [1.0, 2.0], parameters={"r": 1.0}, backend="mpmath")
    batch = solve(logistic, [0.1], [1.0, 2.0], parameters={"r": 1.0}, rtol=1e-11)
    assert precise.method == "mpmath"
    np.testing.assert_allclose(batch.y, precise.y, rtol=1e-9)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "euler"}, "unknown method 'euler'"),
        ({"method": "exact"}, r'no closed form.*method="dop853"'),
        ({"backend": "fortran"}, r"backend 'fortran' isn't available.*odekit\[jax\]"),
        ({"backend": "mpmath", "dense": True}, "'mpmath' finds no events"),
        ({"parameters": {}}, r"no value for the parameter r\. Expected: parameters=\{'r': ...\}"),
        ({"parameters": {"r": 1.0, "s": 2.0}}, "unknown parameter 's'"),
        ({"parameters": {"r": [[1.0]]}}, "parameter r has the wrong shape"),
        ({"parameters": {"r": "fast"}}, "parameter r must be real numbers"),
        (
            {"y0": [[0.1], [0.2]]},
            r"initial states don't match.*\(1,\) or \(1, batch\): x.*shape \(2, 1\).*the transpose",
        ),
        ({"y0": {"X": 0.1}}, "unknown state 'X'"),
        ({"y0": {}}, "no initial values. Expected: all of x"),
        ({"y0": [[0.1, 0.2]], "t": [[1.0, 2.0, 3.0]]}, "batch sizes disagree.*2, 3"),
        ({"t": [-1.0, 1.0]}, "lead away from t0, nowhere turning back"),
        ({"t": [2.0, 1.0]}, "nowhere turning back"),
        ({"t": 1.0, "t0": np.inf}, "t0 is no time"),
        ({"t": 1.0, "t0": "now"}, "t0 must be real numbers"),
        ({"t": [[1.0, 2.0]], "t0": [0.0, 1.0, 2.0]}, "batch sizes disagree.*3 and 2"),
        ({"t": np.inf}, "finite"),
        ({"t": []}, "wrong shape"),
        ({"rtol": 0.0}, "rtol is out of range"),
        ({"atol": -1.0}, "atol is out of range"),
        ({"max_steps": 0}, "max_steps must be a whole number from 1"),
        ({"max_steps": 1.5}, "max_steps must be a whole number from 1"),
        ({"max_steps": None}, "max_steps must be a whole number from 1"),
        ({"h0": 0.0}, "first step size must be positive"),
        ({"h0": [0.1, 0.1]}, "first step size doesn't fit.*each of 1 trajectories"),
        ({"h0": "small"}, "first step size doesn't fit"),
    ],
)
def test_what_does_not_fit_is_refused(logistic: Any, changes: dict[str, Any], message: str) -> None:
    arguments = {"y0": [0.1], "t": 1.0, "parameters": {"r": 1.0}} | changes
    with pytest.raises(InputError, match=message):
        solve(logistic, **arguments)


@pytest.mark.parametrize("method", ["dop853", "taylor"])
@pytest.mark.parametrize("h0", [1e300, np.inf])
def test_a_first_step_beyond_the_end_is_one_to_the_end(logistic: Any, method: str, h0: float) -> None:
    arguments: dict[str, Any] = {"y0": [0.1], "t": 1.0, "parameters": {"r": 1.0}, "method": method}
    far, to_the_end = (solve(logistic, **arguments, h0=step) for step in (h0, 1.0))
    np.testing.assert_array_equal(far.y, to_the_end.y)
    assert far.is_successful


def test_an_unknown_method_suggests_the_nearest(logistic: Any) -> None:
    with pytest.raises(UnknownNameError, match="Try: 'dop853'"):
        solve(logistic, [0.1], 1.0, parameters={"r": 1.0}, method="dop85")


def test_an_absolute_tolerance_of_zero_is_enough_away_from_zero(explosion: Any) -> None:
    solution = solve(explosion, [1.0], 0.5, atol=0.0, rtol=1e-10)
    assert solution["x"][0, 0] == pytest.approx(2.0, rel=1e-9)


def test_what_is_no_system_is_refused() -> None:
    with pytest.raises(InputError, match=r"no system. Expected: .*gradient_flow.* Received: dict"):
        solve({"x": "-x"}, [1.0], 1.0)
