"""The modified equation: against exact recursions, and against an independent series of each step."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.errors import InputError, ReductionError
from odekit.systems import System

x, y, mu = sp.symbols("x y mu", real=True)
ETA = sp.Symbol("eta", positive=True)
# What is left of a slope's deviation from the order once its part of first order in the step is taken away.
SLOPE = 0.05


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_decay_follows_the_logarithm_of_its_factor(order: int) -> None:
    """``x_n = (1 - eta)^n x_0 = e^(log(1 - eta)/eta t) x_0``, exactly."""
    rate = sp.series(sp.log(1 - ETA), ETA, 0, order + 1).removeO() / ETA
    assert sp.expand(odekit.system("x' = -x").modified(ETA, order).equations["x"] - rate * x) == 0


def test_at_order_1_it_is_the_flow() -> None:
    flow = odekit.system("x' = x*(1 - y); y' = r*y*(x - 1)", "r")
    assert dict(flow.modified("eta", 1).velocities) == dict(flow.velocities)


def test_the_quadratic_blow_up_is_that_of_the_book() -> None:
    """Hairer, Lubich and Wanner, example IX.1.2: the explicit Euler method on x' = x^2."""
    found = odekit.system("x' = x**2").modified("eta", 4).equations["x"]
    wanted = x**2 - ETA * x**3 + sp.Rational(3, 2) * ETA**2 * x**4 - sp.Rational(8, 3) * ETA**3 * x**5
    assert sp.expand(found - wanted) == 0


@pytest.mark.parametrize("order", [2, 3, 4])
def test_a_rotation_follows_the_logarithm_of_its_matrix(order: int) -> None:
    """A step multiplies z = x + i y by 1 + i eta, whose logarithm's parts are growth and turning."""
    rate = sp.series(sp.log(1 + sp.I * ETA), ETA, 0, order + 1).removeO() / ETA
    real, imaginary = sp.expand(rate).as_real_imag()
    found = odekit.system("x' = -y; y' = x").modified(ETA, order).equations
    assert sp.expand(found["x"] - (real * x - imaginary * y)) == 0
    assert sp.expand(found["y"] - (imaginary * x + real * y)) == 0


@pytest.mark.parametrize("order", [1, 2])
def test_heavy_ball_on_a_quadratic_follows_the_slow_root_of_its_recursion(order: int) -> None:
    """``r^2 - (1 + mu - 3 eta/2) r + mu = 0``: the root that tends to 1 is e^(rate eta)."""
    inertia, slope = sp.Rational(2, 5), sp.Rational(3, 2)
    half = (1 + inertia - slope * ETA) / 2
    rate = sp.series(sp.log(half + sp.sqrt(half**2 - inertia)), ETA, 0, order + 1).removeO() / ETA
    found = odekit.system("x' = -3*x/2").modified(ETA, order, inertia).equations["x"]
    assert sp.simplify(found - rate * x) == 0


def test_momentum_by_name_is_a_parameter_and_0_is_plain_descent() -> None:
    flow = odekit.system("x' = x**2 - k", "k")
    named = flow.modified("eta", 2, "mu")
    assert [symbol.name for symbol in named.parameters] == ["k", "eta", "mu"]
    without = named.equations["x"].subs(named["mu"], 0)
    assert sp.expand(without - flow.modified("eta").equations["x"]) == 0


def test_a_gradient_flow_descends_the_energy_with_a_penalty_on_its_slope() -> None:
    """``E + eta |grad E|^2/4``: Barrett and Dherin, arXiv 2009.11162, theorem 3.1."""
    energy, s = "(s - a*b)**2/2 + sin(a)", sp.Symbol("s", real=True)
    flow = odekit.gradient_flow(energy, "a b", parameters=[s])
    E = flow.energy
    assert E is not None
    penalised = E + ETA * sum(E.diff(state) ** 2 for state in flow.states) / 4
    found = flow.modified(ETA).equations
    assert all(sp.simplify(found[state] + penalised.diff(state)) == 0 for state in flow.states)


def test_time_goes_on_by_whole_steps() -> None:
    """``x_(n+1) = x_n + eta t_n`` is ``x_0 + t (t - eta)/2``, exactly: at every order ``t - eta/2``."""
    t = odekit.system("x' = t").time
    for order in (2, 3, 4):
        assert sp.expand(odekit.system("x' = t").modified(ETA, order).equations["x"] - (t - ETA / 2)) == 0
    # With momentum the increments v_(n+1) = mu v_n + eta t_n settle on eta (t + c)/(1 - mu).
    slowed = odekit.system("x' = t").modified(ETA, 2, mu).equations["x"]
    assert sp.simplify(slowed - (t / (1 - mu) - ETA * (1 + mu) / (2 * (1 - mu) ** 2))) == 0


def test_definitions_stand_in_the_result_as_in_the_flow() -> None:
    D, E = sp.symbols("D E", real=True)
    flow = System({x: E, y: -D}, odekit.system("x' = x").answers, definitions={D: x + y, E: D * y})
    plain = odekit.system({"x": "(x + y)*y", "y": "-x - y"}).modified(ETA, 3)
    found = flow.modified(ETA, 3)
    assert dict(found.definitions) == dict(flow.definitions)
    assert all(sp.expand(found.rhs[state] - plain.rhs[state.name]) == 0 for state in (x, y))


def descended(field: Callable[[Any], Any], start: Any, eta: float, steps: int, momentum: float = 0.0) -> Any:
    now, before = np.array(start, float), np.array(start, float)
    for _ in range(steps):
        now, before = now + eta * np.array(field(now)) + momentum * (now - before), now
    return now


@pytest.mark.slow
@pytest.mark.parametrize("order", [1, 2, 3, pytest.param(4, marks=pytest.mark.slow)])
def test_the_error_against_descent_falls_at_the_order(order: int) -> None:
    flow = odekit.system("x' = sin(y) - x**3; y' = exp(-x) - y")
    counts = np.array([16, 32, 64])
    modified = flow.modified("eta", order)
    start = np.tile([[0.7], [-0.4]], 3)
    predicted = odekit.solve(modified, start, 1.0, parameters={"eta": 1 / counts}, rtol=1e-13, atol=1e-14).y[
        -1
    ]
    errors = [
        np.abs(descended(lambda w: flow.function()(0.0, w), [0.7, -0.4], 1 / n, n) - predicted[:, i]).max()
        for i, n in enumerate(counts)
    ]
    slopes = np.diff(np.log2(errors))
    # The deviation of a slope halves with the step.
    assert abs(2 * slopes[1] - slopes[0] + order) < SLOPE


def test_heavy_ball_from_rest_follows_it_from_a_moved_start() -> None:
    flow, momentum, end = odekit.system("x' = x*(1 - x)"), 0.6, 2.0
    errors = []
    for steps in (100, 200, 400):
        eta = end / steps
        found = descended(lambda w: w * (1 - w), [0.2], eta, steps, momentum)[0]
        moved = 0.2 - eta * momentum / (1 - momentum) ** 2 * 0.2 * 0.8
        errors.append(
            abs(odekit.solve(flow.modified(eta, 2, momentum), [moved], end, rtol=1e-11).y[-1, 0, 0] - found)
        )
    assert abs(np.log2(errors[1] / errors[2]) - 2) < SLOPE


def two_products() -> tuple[System, System]:
    """The flow of weights whose products are summed, and of the sum and their squares."""
    flow = odekit.gradient_flow("(s - a*b - c*d)**2/2", "a b c d", parameters="s")
    return flow, odekit.reduce(flow, observables={"z": "a*b + c*d", "u": "a**2 + b**2 + c**2 + d**2"})


def test_of_observables_it_is_that_of_descent_in_the_weights() -> None:
    flow, reduced = two_products()
    modified = reduced.modified("eta")
    assert modified.closed
    assert modified.certify().passed
    straight = odekit.system({x.name: str(rate) for x, rate in reduced.rhs.items()}, "s").modified("eta")
    velocity, start, s = flow.function(), np.array([0.5, 0.3, -0.2, 0.4]), 1.5

    def seen(weights: Any) -> Any:
        a, b, c, d = weights
        return np.array([a * b + c * d, weights @ weights])

    errors = []
    for steps in (10, 20):
        weights, eta = start, 1 / steps
        for _ in range(steps):
            weights = weights + eta * velocity(0.0, weights, [s])
        found = [
            odekit.solve(system, seen(start), [0.0, 1.0], parameters={"s": s, "eta": eta}, rtol=1e-11)
            for system in (modified, straight)
        ]
        errors.append([np.abs(each.y[-1, :, 0] - seen(weights)).max() for each in found])
    (right, wrong), (finer, still) = errors
    assert 3.5 < right / finer < 4.5
    assert 1.5 < wrong / still < 2.5
    assert finer < 0.01 * still


@pytest.mark.slow
def test_on_a_manifold_it_leaks_where_descent_leaves_it() -> None:
    flow = two_products()[0]
    equal = odekit.reduce(flow, {"a": "r", "b": "r", "c": "0", "d": "0"}).modified("eta")
    assert equal.closed
    r, s, eta = equal["r"], *equal.parameters
    expected = r * (s - r**2) * (1 - eta * (s - 3 * r**2) / 2)
    assert sp.expand(equal.velocities[r] - expected) == 0
    sheet = odekit.reduce(flow, {"a": "r", "b": "sqrt(r**2 + 1)", "c": "0", "d": "0"})
    assert sheet.closed
    assert not sheet.modified("eta").closed


def test_at_a_symbolic_size_it_is_refused() -> None:
    def flow(n: int) -> System:
        return odekit.gradient_flow(
            "+".join(f"w{i}**2" for i in range(n)), " ".join(f"w{i}" for i in range(n))
        )

    def squares(n: int) -> dict[str, str]:
        return {"q": "+".join(f"w{i}**2" for i in range(n))}

    with pytest.raises(ReductionError, match="not told at a symbolic size"):
        odekit.reduce(flow, observables=squares, sizes={"n": 2}).modified("eta")


def test_a_number_is_taken_exactly_and_leaves_no_parameter() -> None:
    found = odekit.system("x' = -x").modified(0.1)
    assert found.equations["x"] == -sp.Rational(21, 20) * x
    assert found.parameters == ()
    assert found.modified(Fraction(1, 10), 1).equations["x"] == found.equations["x"]


def test_nothing_is_carried_over_that_no_longer_holds() -> None:
    flow = odekit.gradient_flow("x**2/2", "x", solution={"x": "x_0*exp(-t)"})
    found = flow.modified("eta")
    assert (found.energy, dict(found.solution), found.closed_form) == (None, {}, None)
    oscillator = odekit.system("x' = y; y' = -x")
    assert list(oscillator.first_integrals()) == [x**2 + y**2]
    assert x**2 + y**2 not in list(oscillator.modified(0.1).first_integrals())


def test_it_is_written_compiled_and_solved_like_any_system() -> None:
    found = odekit.system("x' = -k*x**2", "k", conditions="k is positive").modified("eta")
    assert found.conditions == (
        "k is positive",
        "steps of eta are small: the modified equation, to order 2, of descent with such steps of the states",
    )
    assert r"\dot{x} &= - \eta k^{2} x^{3} - k x^{2}" in found.latex()
    assert "def vector_field(t, y, k, eta):" in found.python()
    assert found.to_dict(None)["equations"] == {"x": "-eta*k**2*x**3 - k*x**2"}
    assert "eta" in found.javascript()
    given = {"k": 1.0, "eta": 0.1}
    np.testing.assert_allclose(found.function()(0.0, [2.0], given), [-4.8])
    solved = odekit.solve(found, [2.0], 1.0, parameters=given, backend="mpmath").y[-1, 0, 0]
    np.testing.assert_allclose(odekit.solve(found, [2.0], 1.0, parameters=given).y[-1, 0, 0], solved, 1e-7)


@pytest.mark.parametrize(
    ("equation", "kink"),
    [
        ("x' = abs(x)", r"Abs\(x\) in that of x"),
        ("x' = relu(x - 1)", r"Max\(0, x - 1\)"),
        ("x' = y; y' = -sign(x)", r"sign\(x\) in that of y"),
    ],
)
def test_a_kink_is_refused(equation: str, kink: str) -> None:
    with pytest.raises(ReductionError, match=f"no derivative.*{kink}"):
        odekit.system(equation).modified("eta")


def test_a_constraint_is_refused() -> None:
    flow = odekit.gradient_flow("x1**2", [odekit.variable("x", 2)], constraint="sphere")
    with pytest.raises(ReductionError, match=r"leaves the constraint.*Received: "):
        flow.modified("eta")


@pytest.mark.slow
def test_a_long_field_is_not_factored_and_a_short_one_is() -> None:
    found = odekit.system("x' = x/(1 + x**2)").modified(ETA, 3).equations["x"]
    third = ETA**2 * x * (x**2 - 2) * (3 * x**2 - 1) / (6 * (x**2 + 1) ** 5)
    assert third in found.args
    chain = odekit.system("x[i]' = x[i-1]*(x[i+1] - x[i]) for i in 2..7; x1' = -x1; x8' = -x8**3")
    longest = max(entry.count_ops() for entry in chain.modified(ETA, 3).vector_field)
    assert longest < 300


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"eta": 0}, "step eta must be positive.*Received: int 0"),
        ({"eta": None}, "step eta must be positive.*Received: None"),
        ({"eta": "k"}, "k has a meaning in the system already.*Try: another name, such as k_1"),
        ({"eta": "x"}, "x has a meaning"),
        ({"eta": "t"}, "'t' can't be the name"),
        ({"eta": "0.1"}, "'0.1' can't be the name"),
        ({"eta": 0.1, "order": 5}, "from 1 to 4"),
        ({"eta": 0.1, "order": 2.0}, "from 1 to 4"),
        ({"eta": 0.1, "momentum": 1}, "below 1"),
        ({"eta": 0.1, "momentum": -0.1}, "momentum must be a finite number from 0 to 1"),
        ({"eta": 0.1, "order": 3, "momentum": 0.9}, "with momentum.*from 1 to 2.*Try: plain descent"),
        ({"eta": "h", "momentum": "h"}, "h stands for the step and for the momentum|two things"),
    ],
)
def test_what_is_no_step_order_or_momentum_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        odekit.system("x' = -k*x", "k").modified(**given)
