"""An ODE that a user writes down is a system like any other."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

from odekit.errors import InputError, OdekitError, UnknownNameError
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


@pytest.mark.parametrize("equations", [{}, "", "x", 3, None, [("x", "-x")]])
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


@pytest.mark.slow
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


def test_lines_of_text_are_equations() -> None:
    x, y = (sp.Symbol(name, real=True) for name in "xy")
    flow = system("x' = k*y  # a remark; and more\n dy/dt = -k*x; ", parameters="k")
    assert dict(flow.velocities) == {x: k * y, y: -k * x}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x' = -x; y", "is no equation"),
        ("x == 3", "is no equation"),
        ("x' = 1; x' = 2", "has two equations"),
        ("x' = -x; dx/dt = 3", "has two equations"),
    ],
)
def test_lines_that_are_no_equations_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        system(text)


def test_phase_oscillators_take_one_line() -> None:
    frequencies = [0.1, -0.3, 0.5, 0.0]
    flow = system(
        "x[i]' = w[i] + K/n*sum(sin(x[j] - x[i]) for j in 1..n) for i in 1..n",
        {"K": None, "n": 4, "w": frequencies},
    )
    point = np.array([0.3, 1.7, -0.4, 2.2])
    pull = np.sin(point[None, :] - point[:, None]).mean(axis=1)
    np.testing.assert_allclose(flow.function()(0.0, point, [1.3]), frequencies + 1.3 * pull, rtol=1e-12)


def test_a_chain_has_ends_of_its_own() -> None:
    n = 7
    flow = system(
        {
            "u[1]": "u[2] - 2*u[1]",
            "u[i] for i in 2..n-1": "u[i-1] - 2*u[i] + u[i+1]",
            "u[n]": "u[n-1] - 2*u[n]",
        },
        {"n": n},
    )
    matrix = np.diag([1.0] * (n - 1), 1) + np.diag([1.0] * (n - 1), -1) - 2 * np.eye(n)
    np.testing.assert_array_equal(np.array(flow.linearisation(), dtype=float), matrix)


def test_definitions_use_each_other_and_the_indices() -> None:
    flow = system(
        {"x[i] for i in 1..n": "-R*x[i] + k"},
        {"n": 2, "k": None},
        definitions={"q[i] for i in 1..n": "x[i]**2", "R": "sum(q[i] for i in 1..n)"},
    )
    a, b = sp.symbols("x1 x2", real=True)
    assert [sp.expand(velocity) for velocity in flow.vector_field] == [
        sp.expand(k - (a**2 + b**2) * state) for state in (a, b)
    ]


def test_time_may_have_another_name() -> None:
    driven = system("x' = cos(tau) - x", time="tau")
    assert str(driven) == "x' = -x + cos(t)"
    for backend in ("numpy", "mpmath"):
        found = solve(driven, [0.0], 2.0, rtol=1e-10, backend=backend)["x"][0, 0]
        assert found == pytest.approx((np.cos(2) + np.sin(2) - np.exp(-2)) / 2, rel=1e-9)


def test_a_file_says_the_same(tmp_path) -> None:
    path = tmp_path / "waves.toml"
    path.write_text(
        """
        time = "s"
        conditions = ["x > 0"]
        [parameters]
        r = ""
        n = 2
        [definitions]
        S = "x[1] + x[2]"
        [equations]
        "x[i] for i in 1..n" = "r*x[i]*(1 - S) + 0*s"
        """,
        encoding="utf-8-sig",
    )
    flow = system(path)
    again = system(
        {"x[i] for i in 1..n": "r*x[i]*(1 - S)"}, {"r": None, "n": 2}, definitions={"S": "x[1] + x[2]"}
    )
    assert dict(flow.velocities) == dict(again.velocities)
    assert flow.conditions == ("x > 0",)
    assert [s.name for s in flow.parameters] == ["r"]
    assert not system(str(path), {"r": 2}).parameters
    with pytest.raises(InputError, match="the file declares its parameters"):
        system(path, {"q": 2})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[equations]\n"x[i] for i in 1..n" = "-x[i]"\n[parameters]\nn = 0\n', "are of no state"),
        ("", "holds no equations"),
        ("equations = 3", "equations must be a table"),
        ("[equations]\nx = '-x'\n[constants]\nk = 1", "unknown key in bad.toml.*constants"),
        ("[equations]\nx = '-y'", "an equation of its own if it moves"),
        ("parameters = ['t']\n[equations]\nx = 't'", "'t' can't be the name"),
        ("time = 's'\nparameters = ['s']\n[equations]\nx = 's'", "s stands for two of a state"),
        ("time = 3\n[equations]\nx = 's'", "time needs a name"),
        ("[equations]\nx = [[1]]", "the velocity of x1 is no formula"),
        ("[equations]\nx = true", "the velocity of x is no formula"),
        ("[parameters]\nw = [1, 2]\n[equations]\n'x[i] for i in 1..3' = 'w[i]'", "w3"),
        ("[parameters]\n'w[i] for i in 1..3' = [1, 2]\n[equations]\nx = 'w[1]'", "3 names.*2 values"),
        ("[equations]\n'x[i] for i in 1..2' = '1'\n'x[2]' = '2'", "x2 is a state twice"),
        ("[definitions]\nx = '2'\n[equations]\nx = '1'", "x is defined, but has a meaning already"),
        ("[equations\nx = '1'", "is not a TOML file"),
    ],
)
def test_a_file_that_says_no_system_is_refused(tmp_path, content: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content)
    with pytest.raises(OdekitError, match=message):
        system(path)


@pytest.mark.parametrize("line", ["dy/dx = y", "dy/ds = y"])
def test_a_derivative_by_something_else_than_time_is_refused(line: str) -> None:
    with pytest.raises(InputError, match=f"derivative by {line[4]}.*time, which is called t"):
        system(f"x' = -x; {line}")


def test_a_derivative_by_the_name_of_time_is_one() -> None:
    assert str(system("dx/ds = -s*x", time="s")) == "x' = -t*x"


@pytest.mark.parametrize("own", [{"definitions": {"r": "x"}}, {"time": "s"}, {"conditions": "x > 0"}])
def test_what_a_file_says_itself_is_not_given_beside_it(tmp_path, own: dict) -> None:
    path = tmp_path / "decay.toml"
    path.write_text("[equations]\nx = '-x'")
    with pytest.raises(InputError, match="a file says itself"):
        system(path, **own)


@pytest.mark.parametrize("names", ['"k m"', '["k", "m"]', '"k, m"'])
def test_parameters_that_a_file_names_in_any_way_take_values(tmp_path, names: str) -> None:
    path = tmp_path / "decay.toml"
    path.write_text(f"parameters = {names}\n[equations]\nx = '-k*m*x'")
    assert str(system(path, {"k": 2})) == "x' = -2*m*x"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("K, w[i] for i in 1..2", "K w1 w2"),
        ("K L, w[i, j] for i in 1..2 for j in 1..2, M", "K L w11 w12 w21 w22 M"),
        ("w[i] for i in 1..3 if i != 2", "w1 w3"),
        (["K", "w[i] for i in 1..2"], "K w1 w2"),
    ],
)
def test_parameters_stand_side_by_side_with_ranges(names: object, expected: str) -> None:
    assert " ".join(map(str, system("x' = -x", parameters=names).parameters)) == expected


def test_of_many_names_a_message_has_the_beginning() -> None:
    with pytest.raises(InputError, match=r"one of t, .*x37, and 70 more\. Received") as told:
        system("x[i]' = omega - x[i] for i in 1..90")
    assert len(str(told.value)) < 500


def test_a_range_of_nothing_leaves_no_variables() -> None:
    with pytest.raises(InputError, match="the equations are of no state"):
        system("x[i]' = -x[i] for i in 1..0")
