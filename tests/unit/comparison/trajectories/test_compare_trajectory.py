"""Right ODEs are confirmed and wrong ones refuted, on exact solutions and on descent of unknown models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from odekit.comparison import Trajectory, compare
from odekit.derivation import derive
from odekit.errors import InputError, UnknownNameError
from odekit.networks import Network
from odekit.solvers import solve
from odekit.systems import system

T = np.linspace(0.0, 5.0, 40)
LOGISTIC = 1 / (1 + 9 * np.exp(-T))
CIRCLE = {"x": np.sin(T), "v": np.cos(T)}


def outcome(trajectory: Trajectory, equations: str | Mapping[str, str], **options: Any) -> str:
    return compare(trajectory, system(equations), **options).outcome


@pytest.mark.parametrize(
    ("values", "right", "wrong"),
    [
        ({"x": LOGISTIC}, "x' = x*(1 - x)", "x' = x*(1 - 1.02*x)"),
        ({"x": LOGISTIC}, "x' = x*(1 - x)", "x' = x"),
        (CIRCLE, "x' = v; v' = -x", "x' = v; v' = x"),
        (CIRCLE, "x' = v; v' = -x", "x' = v; v' = -x - 0.01*v"),
        ({"x": np.exp(-(T**2) / 2)}, "x' = -t*x", "x' = -x"),
        ({"x": np.tan(T / 4)}, "x' = (1 + x**2)/4", "x' = (1 + x)/4"),
    ],
)
def test_an_exact_solution_confirms_its_ode_and_refutes_another(
    values: dict[str, Any], right: str, wrong: str
) -> None:
    trajectory = Trajectory(T, values)
    assert outcome(trajectory, right) == "confirmed"
    assert outcome(trajectory, wrong) == "refuted"


def test_a_conserved_quantity_is_an_observable() -> None:
    """Lotka and Volterra's x - log x + y - log y, by SciPy; its growth is seen."""

    def field(t: float, y: Any) -> list[float]:
        return [y[0] * (1 - y[1]), y[1] * (y[0] - 1)]

    x, y = solve_ivp(field, (0, 5), [0.5, 0.8], t_eval=T, rtol=1e-12, atol=1e-13).y
    conserved = np.full_like(T, 0.5 - np.log(0.5) + 0.8 - np.log(0.8))
    equations = "x' = x*(1 - y); y' = y*(x - 1)"
    observe = {"V": "x - log(x) + y - log(y)"}
    found = compare(Trajectory(T, {"x": x, "y": y, "V": conserved}), system(equations), observe=observe)
    assert found.outcome == "confirmed"
    assert found.gaps["V"].max() < 1e-8
    growing = Trajectory(T, {"x": x, "y": y, "V": conserved * (1 + 1e-4 * T)})
    wrong = compare(growing, system(equations), observe=observe)
    assert (wrong.outcome, wrong.outcomes["V"], wrong.outcomes["x"]) == ("refuted", "refuted", "inconclusive")


def test_descent_of_an_unknown_model_confirms_its_ode(model) -> None:
    found = compare(model.descend(0.002), system(model.equations))
    assert found.outcome == "confirmed", found.reason
    assert max(part.max() for part in found.parts["learning_rate"].values()) > 0
    assert "faster or slower is refuted" in found.reason


@pytest.mark.parametrize(
    "factor", [0.95, -1.0, *(pytest.param(f, marks=pytest.mark.slow) for f in (0.9, 1.05, 1.1))]
)
def test_a_wrong_factor_or_sign_in_one_equation_is_refuted(model, factor: float) -> None:
    state, right = next(iter(model.equations.items()))
    wrong = {**model.equations, state: f"{factor}*({right})"}
    assert outcome(model.descend(0.001), wrong) == "refuted"


def test_a_wrong_factor_of_two_percent_is_refuted_at_a_small_learning_rate(model) -> None:
    state, right = list(model.equations.items())[-1]
    wrong = {**model.equations, state: f"1.02*({right})"}
    assert outcome(model.descend(2e-4), wrong) == "refuted"


def test_a_missing_decay_term_is_refuted() -> None:
    """Logistic growth with decay, x' = x (1 - x) - x/10, in closed form."""
    x = 0.9 / (1 + 8 * np.exp(-0.9 * T))
    assert outcome(Trajectory(T, {"x": x}), "x' = x*(1 - x) - 0.1*x") == "confirmed"
    assert outcome(Trajectory(T, {"x": x}), "x' = x*(1 - x)") == "refuted"


@pytest.mark.slow
@pytest.mark.parametrize(
    "factor", [0.95, 2.0, *(pytest.param(f, marks=pytest.mark.slow) for f in (1.05, 0.1))]
)
def test_a_clock_off_by_a_constant_is_refuted_and_the_factor_told(model, factor: float) -> None:
    run = model.descend(0.001)
    meta = {"learning_rate": factor * 0.001}
    found = compare(replace(run, t=factor * run.t, meta=meta), system(model.equations))
    assert found.outcome == "refuted"
    assert found.clock == pytest.approx(1 / factor, rel=0.02)
    assert "it is confirmed with t times" in found.reason


@pytest.mark.slow
def test_a_clock_in_another_unit_than_the_learning_rate_is_told(model) -> None:
    run = model.descend(0.001)
    found = compare(replace(run, t=run.t / 0.05), system(model.equations))
    assert found.outcome == "refuted"
    assert found.clock == pytest.approx(0.05, rel=0.02)


@pytest.mark.long
@pytest.mark.parametrize(
    ("meta", "outcome", "told"),
    [
        ({}, "refuted", "with t times 0.002 and a learning rate of 0.002, so that t counts steps"),
        pytest.param(
            {"learning_rate": 1.0},
            "inconclusive",
            "it is confirmed with t times 0.002",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_times_that_count_steps_are_told(meta: dict[str, float], outcome: str, told: str) -> None:
    a, b, records = 0.4, 0.2, [(0.4, 0.2)]
    for step in range(1, 2001):
        a, b = a + 0.002 * b * (1 - a * b), b + 0.002 * a * (1 - a * b)
        records += [(a, b)] if step % 100 == 0 else []
    values = dict(zip("ab", np.array(records).T, strict=True))
    run = Trajectory(100.0 * np.arange(len(records)), values, meta)
    found = compare(run, system("a' = b*(1 - a*b); b' = a*(1 - a*b)"))
    assert found.outcome == outcome
    assert found.reason.endswith(told)
    wrong = compare(run, system("a' = b*(1 - a*b); b' = -a*(1 - a*b)"))
    assert "confirmed" not in wrong.reason


@pytest.mark.slow
def test_the_clock_of_exact_data_is_found_to_its_digits() -> None:
    found = compare(Trajectory(1.0501 * T, CIRCLE), system("x' = v; v' = -x"))
    assert found.clock == pytest.approx(1 / 1.0501, rel=1e-9)
    later = compare(Trajectory(3 + 1.25 * T, CIRCLE), system("x' = v; v' = -x"))
    assert "t - 3 times 0.8" in later.reason


def test_angles_that_were_recorded_up_to_whole_turns_are_told() -> None:
    angle = 2 * np.arctan(np.exp(T)) + 3 * T  # of x' = 3 + sin(x - 3 t)
    wrapped = Trajectory(T, {"x": np.angle(np.exp(1j * angle))})
    found = compare(wrapped, system("x' = 3 + sin(x - 3*t)"))
    assert found.outcome == "refuted"
    assert "whole turns" in found.reason
    assert "whole turns" not in compare(wrapped, system("x' = 3.1 + sin(x - 3*t)")).reason
    assert outcome(Trajectory(T, {"x": angle}), "x' = 3 + sin(x - 3*t)") == "confirmed"


def test_what_no_clock_explains_is_told_without_one() -> None:
    found = compare(Trajectory(T, CIRCLE), system("x' = v; v' = -x - 0.1*v"))
    assert (found.outcome, found.clock) == ("refuted", None)
    assert "confirmed" not in found.reason


def test_noise_is_confirmed_where_it_is_stated_and_refuted_where_not() -> None:
    noisy = LOGISTIC + 5e-4 * np.random.default_rng(3).normal(size=T.shape)
    equation = "x' = x*(1 - x)"
    assert outcome(Trajectory(T, {"x": noisy}, {"noise": 5e-4}), equation) == "confirmed"
    assert outcome(Trajectory(T, {"x": noisy}, {"noise": {"x": 5e-4}}), equation) == "confirmed"
    found = compare(Trajectory(T, {"x": noisy}), system(equation))
    assert found.outcome == "refuted"
    assert "meta states no noise" in found.reason
    assert outcome(Trajectory(T, {"x": noisy}, {"noise": 5e-4}), "x' = x*(1 - 1.1*x)") == "refuted"


def test_a_learning_rate_that_is_not_stated_has_no_budget(model) -> None:
    assert outcome(replace(model.descend(0.01), meta={}), model.equations) == "refuted"


@pytest.mark.parametrize("kept", [lambda x: x.astype(np.float32), lambda x: np.round(x, 6)])
def test_digits_that_were_not_kept_are_allowed_for(kept) -> None:
    trajectory = Trajectory(T, {"x": kept(LOGISTIC)})
    assert outcome(trajectory, "x' = x*(1 - x)") == "confirmed"
    assert outcome(trajectory, "x' = x*(1 - 1.001*x)") == "refuted"


def test_descent_in_single_precision_is_allowed_for() -> None:
    a, b, h, records = np.float32(0.3), np.float32(0.2), np.float32(1e-3), []
    for _ in range(4001):
        records.append((a, b))
        a, b = a + h * b * (1 - a * b), b + h * a * (1 - a * b)
    a_, b_ = np.array(records)[::100].T
    trajectory = Trajectory(0.1 * np.arange(41), {"a": a_, "b": b_}, {"learning_rate": 1e-3})
    found = compare(trajectory, system("a' = b*(1 - a*b); b' = a*(1 - a*b)"))
    assert found.outcome == "confirmed"
    assert found.parts["rounding"]["a"][-1, 0] > 1e-6


@pytest.mark.long
def test_chaos_ends_at_a_horizon_and_a_wrong_constant_is_refuted_before_it() -> None:
    def lorenz(t: float, y: Any) -> list[float]:
        return [10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]]

    t = np.linspace(0.0, 20.0, 60)
    values = solve_ivp(lorenz, (0, 20), [1.1, 2.1, 20.1], t_eval=t, rtol=1e-12, atol=1e-12).y
    trajectory = Trajectory(t, dict(zip("xyz", values.astype(np.float32), strict=True)))
    equations = {"x": "10*(y - x)", "y": "x*(28 - z) - y", "z": "x*y - 8/3*z"}
    found = compare(trajectory, system(equations))
    assert found.outcome == "confirmed"
    assert 5 < found.horizon < 18
    assert found.gaps["x"][-1, 0] > 1, "beyond the horizon anything may come"
    assert outcome(trajectory, {**equations, "y": "x*(28.01 - z) - y"}) == "refuted"


def test_records_past_a_blow_up_are_not_judged() -> None:
    t = np.linspace(0.0, 2.0, 31)
    found = compare(Trajectory(t, {"x": np.minimum(1 / np.abs(1 - t + 1e-9), 1e3)}), system("x' = x**2"))
    assert found.horizon <= 1.1
    assert found.reason.endswith(f"from t = {found.horizon:.4g} on nothing is judged")
    assert not found.judged[t > 1.1].any()


def test_runs_without_a_prediction_confirm_nothing() -> None:
    """Of five runs of x' = x^2 two reach infinity before the end; what was recorded of them is made up."""
    start = np.array([0.1, 0.2, 0.3, 2.0, 3.0])
    t = np.linspace(0.0, 1.0, 31)[:, None]
    values = np.where(start * t < 1, start / np.abs(1 - start * t + 1e-12), 7.0)
    found = compare(Trajectory(t[:, 0], {"x": values}), system("x' = x**2"))
    assert found.outcome == "inconclusive"
    assert "60 % of 5 runs stay within their budget; of 2 runs the ODE has no value there" in found.reason
    assert outcome(Trajectory(t[:, 0], {"x": values[:, :3]}), "x' = x**2") == "confirmed"


def test_what_stands_still_has_no_power() -> None:
    found = compare(Trajectory(T, {"x": np.ones(40)}), system("x' = x*(1 - x)"))
    assert found.outcome == "inconclusive"
    assert found.reason.startswith("no power")
    assert found.control.smallest is None


def test_a_budget_above_the_tolerance_is_told_with_what_is_largest() -> None:
    noisy = LOGISTIC + 0.05 * np.random.default_rng(3).normal(size=T.shape)
    found = compare(Trajectory(T, {"x": noisy}, {"noise": 0.05}), system("x' = x*(1 - x)"))
    assert found.outcome == "inconclusive"
    assert "most of it noise: less noise" in found.reason


def test_one_near_miss_is_no_verdict() -> None:
    """Three runs, one of which is once 1.5 budgets off: too little to refute, too much to confirm."""
    values = np.tile(LOGISTIC[:, None], (1, 3))
    right = system("x' = x*(1 - x)")
    meta = {"noise": 2e-4}
    budget = compare(Trajectory(T, {"x": values}, meta), right).budget["x"]
    for size, expected in ((0.9, "confirmed"), (1.5, "inconclusive"), (2.5, "refuted")):
        changed = values.copy()
        changed[20, 1] += size * budget[20, 1]
        assert outcome(Trajectory(T, {"x": changed}, meta), "x' = x*(1 - x)") == expected


def test_one_run_that_leaves_far_refutes_a_small_batch_and_a_stray_does_not_refute_a_large_one() -> None:
    values = np.tile(LOGISTIC[:, None], (1, 200))
    values[20, 1] *= 1.01
    assert outcome(Trajectory(T, {"x": values[:, :10]}), "x' = x*(1 - x)") == "refuted"
    assert outcome(Trajectory(T, {"x": values}), "x' = x*(1 - x)") == "confirmed"


@pytest.mark.slow
def test_parameters_come_from_the_record_or_the_caller_by_run() -> None:
    k = np.linspace(0.5, 2.0, 5)
    decay, x = system("x' = -k*x", "k"), np.exp(-np.outer(T, k))
    recorded = Trajectory(T, {"x": x}, {"parameters": {"k": k, "of_something_else": 1}})
    assert compare(recorded, decay).outcome == "confirmed"
    assert compare(recorded, decay, parameters={"k": 1.05 * k}).outcome == "refuted"
    assert compare(Trajectory(T, {"x": x}), decay, parameters={"k": k}).outcome == "confirmed"


def test_a_state_that_was_not_recorded_may_be_started() -> None:
    found = compare(
        Trajectory(T, {"x": np.sin(T), "loss": np.cos(T) ** 2}),
        system("x' = v; v' = -x"),
        start={"v": 1.0},
        observe={"loss": "v**2"},
    )
    assert found.outcome == "confirmed"
    assert set(found.gaps) == {"x", "loss"}


def test_a_derived_system_and_its_definitions_can_be_compared() -> None:
    derived = derive(Network("Z5"))
    t = np.linspace(0.0, 0.3, 20)
    found = solve(derived, {"alpha": 0.3, "beta": 0.2, "phi": 0.4, "psi": 0.1}, t, rtol=1e-12)
    values = {name: found[name] for name in ("alpha", "beta", "psi")}
    turned = {**values, "phi": found["phi"] + 2 * np.pi, "D": 2 * found["phi"] - found["psi"]}
    comparison = compare(Trajectory(t, turned), derived)
    assert comparison.outcome == "confirmed"
    assert "D" in comparison.gaps


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"observe": {"w": "x"}}, UnknownNameError, "quantity in observe"),
        ({"observe": {"x": "2*x"}}, InputError, "x is a state"),
        ({"observe": {"u": "x + nothing"}}, UnknownNameError, "nothing"),
        ({"observe": {"u": "x +"}}, InputError, "u"),
        ({"parameters": {}}, InputError, "no value for the parameter k"),
        ({"parameters": {"k": 1.0, "m": 2.0}}, UnknownNameError, "m"),
        ({"parameters": {"k": [1.0, 2.0]}}, InputError, "k doesn't fit"),
        ({"parameters": {"k": "one"}}, InputError, "k doesn't fit"),
        ({"start": {"z": 1.0}}, UnknownNameError, "start"),
        ({"start": {"x": [1.0, 2.0]}}, InputError, "start doesn't fit"),
        ({"tolerance": 0.0}, InputError, "tolerance"),
        ({"rtol": 1e-20}, InputError, "rtol"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, Any], error: type[Exception], told: str) -> None:
    trajectory = Trajectory(T, {"x": LOGISTIC, "u": LOGISTIC**2})
    settings = {"parameters": {"k": 1.0}, **options}
    with pytest.raises(error, match=told):
        compare(trajectory, system("x' = k*x*(1 - x)", "k"), **settings)


def test_states_that_are_missing_are_named() -> None:
    with pytest.raises(InputError, match=r"where v begins is not known.*start=\{'v'"):
        compare(Trajectory(T, {"x": np.sin(T)}), system("x' = v; v' = -x"))
    with pytest.raises(InputError, match="nothing that was recorded occurs"):
        compare(Trajectory(T, {"y": np.sin(T)}), system("x' = -x"))


def test_a_trajectory_needs_a_system_and_a_run_needs_none() -> None:
    trajectory = Trajectory(T, {"x": LOGISTIC})
    with pytest.raises(InputError, match=r"odekit\.system"):
        compare(trajectory)
    with pytest.raises(InputError, match=r"odekit\.system"):
        compare(trajectory, "x' = x")
    with pytest.raises(InputError, match="load_trajectory"):
        compare("run.npz", system("x' = x"))
    with pytest.raises(InputError, match="the order is of the softmax's cumulants"):
        compare(trajectory, system("x' = x"), order=2)  # type: ignore[call-overload]


def test_the_result_is_data_labelled_arrays_and_words() -> None:
    found = compare(Trajectory(T, CIRCLE, {"learning_rate": 1e-9}), system("x' = v; v' = -1.1*x"))
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["quantities"]["x"]["outcome"] == "refuted"
    assert len(plain["quantities"]["x"]["gap"]) == len(plain["times"]) == 40
    dataset = found.to_xarray()
    assert dataset["x_budget"].dims == ("time", "run")
    parts = sum(dataset[f"x_budget_{part}"] for part in found.parts)
    np.testing.assert_allclose(parts, dataset["x_budget"])
    np.testing.assert_allclose(dataset["x_gap"], np.abs(dataset["x"] - dataset["x_predicted"]))
    assert str(found).splitlines()[0].startswith("refuted: ")
    assert "<table>" in found._repr_html_()
    assert repr(found).startswith("TrajectoryComparison(")


def test_the_budget_does_not_depend_on_the_units() -> None:
    small = compare(Trajectory(T, {"x": LOGISTIC}, {"learning_rate": 1e-3}), system("x' = x*(1 - x)"))
    scaled = Trajectory(1e3 * T, {"x": 1e-6 * LOGISTIC}, {"learning_rate": 1.0})
    other = compare(scaled, system("x' = x*(1 - x/1e-6)/1e3"))
    np.testing.assert_allclose(other.budget["x"][1:], 1e-6 * small.budget["x"][1:], rtol=1e-2)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("formula", ["log(-x)", "sqrt(x - 2)", "1/(x - 0.1)"])
def test_what_is_not_predicted_is_not_confirmed(formula: str) -> None:
    found = compare(
        Trajectory(T, {"x": LOGISTIC, "u": LOGISTIC}), system("x' = x*(1 - x)"), observe={"u": formula}
    )
    assert found.outcomes["u"] != "confirmed"
    assert found.outcome != "confirmed"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), "a", 1j])
def test_parameters_and_starts_are_finite_numbers(value: Any) -> None:
    run = Trajectory(T, {"x": LOGISTIC})
    with pytest.raises(InputError, match="the parameter k doesn't fit"):
        compare(run, system("x' = k*x*(1 - x)", "k"), parameters={"k": value})
    with pytest.raises(InputError, match="the start doesn't fit"):
        compare(run, system("x' = x*(1 - x)"), start={"x": value})
