"""An ODE that a user writes down is a system like any other."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

from odekit.errors import InputError, UnknownNameError
from odekit.solvers import solve
from odekit.systems import system

k = sp.Symbol("k", real=True)


def test_text_numbers_and_expressions_are_velocities() -> None:
    x, y, z = (sp.Symbol(name, real=True) for name in "xyz")
    flow = system({"x": "k*y - x", y: -k * x, "z": 0.5}, parameters="k")
    assert dict(flow.rhs) == {x: k * y - x, y: -k * x, z: sp.Rational(1, 2)}
    assert [s.name for s in flow.parameters] == ["k"]


def test_time_is_time_only_where_it_occurs() -> None:
    assert system({"x": "-x"}).time is None
    driven = system({"x": "cos(t) - x"})
    assert driven.time is not None
    # x = (cos t + sin t - exp(-t))/2 from 0.
    found = solve(driven, [0.0], 2.0, rtol=1e-10)["x"][0, 0]
    assert found == pytest.approx((np.cos(2) + np.sin(2) - np.exp(-2)) / 2, rel=1e-9)


@pytest.mark.parametrize("equations", [{}, "x' = -x", None, [("x", "-x")]])
def test_what_is_no_mapping_of_equations_is_refused(equations: object) -> None:
    with pytest.raises(InputError, match=r"a system needs equations.*velocities by state"):
        system(equations)  # type: ignore[arg-type]


def test_a_name_that_nothing_declares_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'rate'"):
        system({"x": "-rat*x"}, parameters="rate")


@pytest.mark.parametrize("velocity", ["1/0", "log(0)", sp.I, sp.oo])
def test_a_velocity_that_is_no_finite_real_formula_is_refused(velocity: object) -> None:
    with pytest.raises(InputError, match=r"the velocity of x|divides by zero|not finite"):
        system({"x": velocity})


def test_its_function_is_what_scipy_takes() -> None:
    flow = system({"x": "y", "y": "m*(1 - x**2)*y - x"}, parameters="m")
    function = flow.function()
    ours = solve(flow, [2.0, 0.0], 5.0, parameters={"m": 1.5}, rtol=1e-10).y[-1, :, 0]
    theirs = solve_ivp(function, (0, 5), [2.0, 0.0], args=([1.5],), rtol=1e-10, atol=1e-12).y[:, -1]
    # Two integrators at rtol 1e-10 over five units of time.
    np.testing.assert_allclose(ours, theirs, rtol=1e-7)
    np.testing.assert_array_equal(function(0.0, [2.0, 1.0], {"m": 1.5}), function(0.0, [2.0, 1.0], [1.5]))
    assert "x, y" in (function.__doc__ or "")


def test_a_batch_of_states_gives_a_batch_of_velocities() -> None:
    function = system({"x": "3", "y": "x*y"}).function()
    np.testing.assert_array_equal(function(0.0, np.array([[1.0, 2.0], [3.0, 4.0]])), [[3.0, 3.0], [3.0, 8.0]])


@pytest.mark.parametrize("backend", ["mpmath", "jax"])
def test_other_backends_give_the_same_numbers(backend: str) -> None:
    if backend == "jax":
        pytest.importorskip("jax")
    flow = system({"x": "erf(y) + sqrt(x)", "y": "relu(x) - abs(y)"})
    here, there = (flow.function(name)(0.0, [0.25, 0.5]) for name in ("numpy", backend))
    # JAX computes in single precision unless told otherwise.
    np.testing.assert_allclose([float(v) for v in there], here, rtol=1e-6)


@pytest.mark.parametrize(
    ("given", "pattern"), [([], "the parameters don't fit"), ({"n": 1.0}, "unknown parameter 'n'")]
)
def test_parameters_that_do_not_fit_are_refused(given: object, pattern: str) -> None:
    with pytest.raises(InputError, match=pattern):
        system({"x": "k*x"}, parameters="k").function()(0.0, [1.0], given)


def test_a_right_hand_side_is_free_of_definitions() -> None:
    from odekit.derivation import derive
    from odekit.networks import Network

    flow = derive(Network("Zp"))
    assert flow["D"] not in set().union(*(entry.free_symbols for entry in flow.rhs.values()))
    phi, psi, alpha, beta, p = (sp.Symbol(n) for n in ("phi", "psi", "alpha", "beta", "p"))
    velocity = {s.name: v for s, v in flow.rhs.items()}["alpha"]
    plain = velocity.subs({s: sp.Symbol(s.name) for s in velocity.free_symbols})
    assert sp.simplify(plain - 2 * p * alpha * beta * sp.cos(2 * phi - psi)) == 0
