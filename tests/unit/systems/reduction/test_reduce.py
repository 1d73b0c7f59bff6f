"""A flow in fewer variables: what closes is an identity, and what doesn't is told with its leak."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError, UnknownNameError
from odekit.solvers import solve
from odekit.systems import gradient_flow, reduce, system, variable

TWO_PRODUCTS = "(s - a*b - c*d)**2/2"


def along(flow, function):
    """Time derivative by the chain rule."""
    return sum(function.diff(state) * v for state, v in zip(flow.states, flow.vector_field, strict=True))


def assert_identity(flow, reduced, meanings) -> None:
    """Each rate, with the observables written out, is the derivative of its observable."""
    names = {symbol.name: symbol for symbol in (*flow.states, *flow.parameters)}
    words = {name: sp.sympify(text, names) for name, text in meanings.items()}
    back = {reduced[name]: meaning for name, meaning in words.items()}
    for name, meaning in words.items():
        rate = reduced.velocities[reduced[name]].xreplace(back)
        leak = sum(map(sp.sympify, reduced.leaks.get(name, ())))
        plain = {s: sp.Symbol(s.name) for s in (*flow.states, *flow.parameters)}
        assert sp.expand((along(flow, meaning) - rate).xreplace(plain) - leak) == 0


@pytest.mark.parametrize(
    ("energy", "names", "observables"),
    [
        (TWO_PRODUCTS, "a b c d", {"z": "a*b + c*d", "u": "a**2 + b**2 + c**2 + d**2"}),
        (
            "(s - a*b*c)**2/2",
            "a b c",
            {"p": "a*b*c", "q": "a**2*b**2 + b**2*c**2 + c**2*a**2", "e": "a**2 + b**2 + c**2"},
        ),
        ("(s - a**2 - b**2)**4/8", "a b", {"r": "a**2 + b**2"}),
        ("a**2/2 - k*a**4/4", "a", {"w": "a**2 + 1"}),
    ],
)
def test_observables_close(energy: str, names: str, observables: dict[str, str]) -> None:
    parameters = [name for name in ("s", "k") if name in energy]
    flow = gradient_flow(energy, names, parameters=parameters)
    reduced = reduce(flow, observables=observables)
    assert reduced.closed
    assert_identity(flow, reduced, observables)


@pytest.mark.parametrize(
    "observables",
    [
        {"z": "a*b + c*d"},
        {"z": "a*b + c*d", "m": "a + b + c + d"},
        {"x": "a*b", "y": "c*d", "u": "a**2 + b**2"},
    ],
)
def test_what_does_not_close_leaks_what_is_left(observables: dict[str, str]) -> None:
    flow = gradient_flow(TWO_PRODUCTS, "a b c d", parameters="s")
    reduced = reduce(flow, observables=observables)
    assert not reduced.closed
    assert_identity(flow, reduced, observables)


@pytest.mark.parametrize(
    ("equations", "observables", "rates"),
    [
        ("a' = b; b' = a", {"u": "a**2", "v": "a*b"}, {"u": "2*v", "v": "v**2/u + u"}),
        # r' and the rate of the slope of a rotation, by a square below
        ("x' = -y; y' = x", {"c": "x", "z": "x*y"}, {"c": "-z/c", "z": "c**2 - z**2/c**2"}),
    ],
)
def test_observables_close_by_quotients(equations, observables, rates) -> None:
    reduced = reduce(system(equations), observables=observables)
    assert reduced.closed
    assert "quotient" in reduced.certify().search.reason
    for name, rate in rates.items():
        known = {symbol.name: symbol for symbol in reduced.states}
        assert sp.simplify(reduced.velocities[reduced[name]] - sp.sympify(rate, known)) == 0
    assert any("!= 0" in line for line in reduced.conditions)


def test_leaks_become_observables_until_they_close() -> None:
    flow = gradient_flow(TWO_PRODUCTS, "a b c d", parameters="s")
    z, s = sp.symbols("z s", real=True)
    reduced = reduce(flow, observables={"z": "a*b + c*d"}, closure=True)
    assert reduced.closed
    added = reduced["I1"]
    assert dict(reduced.velocities) == {z: sp.factor(added * (s - z)), added: sp.factor(4 * z * (s - z))}


@pytest.mark.slow
def test_invariants_of_a_matrix_factorisation_are_found() -> None:
    """Nine combinations of the product's entries and of the Gram matrices close."""
    left, right = variable("A", 2, 3), variable("B", 2, 3)
    target = sp.Matrix(2, 2, sp.symbols("m11 m12 m21 m22", real=True))
    energy = sum((target - left.value * right.value.T).applyfunc(lambda entry: entry**2)) / 2
    flow = gradient_flow(energy, [left, right], parameters=list(target))
    reduced = reduce(flow, observables="invariants")
    assert reduced.closed
    assert len(reduced.states) == 9
    # The reduced ODE from a start is what the matrices' own flow gives for the observables.
    rng = np.random.default_rng(3)
    start = rng.normal(size=12)
    values = {"m11": 1.0, "m12": 0.5, "m21": -0.3, "m22": 0.8}
    names = {state.name: state for state in flow.states}
    meanings = [sp.sympify(line.split(" = ")[1], names) for line in reduced.conditions]
    observe = sp.lambdify([flow.states], meanings)
    full = solve(flow, start, 1.5, parameters=values, rtol=1e-11).y[-1, :, 0]
    ours = solve(reduced, observe(start), 1.5, parameters=values, rtol=1e-11).y[-1, :, 0]
    np.testing.assert_allclose(ours, observe(full), rtol=1e-8, atol=1e-10)


def test_a_balanced_factor_stays_balanced() -> None:
    flow = gradient_flow(TWO_PRODUCTS, "a b c d", parameters="s")
    r, q, s = sp.symbols("r q s", real=True)
    reduced = reduce(flow, {"a": "r", "b": "r", "c": "q", "d": "q"})
    assert reduced.closed
    assert [sp.expand(v) for v in reduced.vector_field] == [
        sp.expand(r * (s - r**2 - q**2)),
        sp.expand(q * (s - r**2 - q**2)),
    ]
    assert reduced.metric == (2, 2)


def test_what_leaves_a_manifold_is_normal_to_it() -> None:
    flow = gradient_flow(TWO_PRODUCTS, "a b c d", parameters="s")
    reduced = reduce(flow, {"a": "r", "b": "r", "c": "q", "d": "2*q"})
    assert set(reduced.leaks) == {"c", "d"}
    q, r, s = sp.symbols("q r s")
    missing = s - r**2 - 2 * q**2
    leaks = [sp.sympify(reduced.leaks[name][0]) for name in "cd"]
    # (c', d') = missing (2q, q) less its projection on (1, 2), which is 4/5 missing q (1, 2)
    assert [sp.expand(leak - missing * part * q / 5) for leak, part in zip(leaks, (6, -3), strict=True)] == [
        0,
        0,
    ]


def test_the_metric_says_what_is_nearest() -> None:
    flow = gradient_flow("-x - y", "x y", metric={"x": "4", "y": "1"})
    reduced = reduce(flow, {"x": "u", "y": "u"})
    # x' = 1/4, y' = 1; u' = (4/4 + 1)/(4 + 1), which balances the leaks with weights 4 and 1
    assert reduced.vector_field == (sp.Rational(2, 5),)
    assert reduced.leaks == {"x": ("-3/20",), "y": ("3/5",)}


def test_polar_coordinates() -> None:
    flow = system({"x": "-y + x*(1 - x**2 - y**2)", "y": "x + y*(1 - x**2 - y**2)"})
    reduced = reduce(flow, {"x": "r*cos(u)", "y": "r*sin(u)"})
    r = reduced["r"]
    assert [sp.expand(v) for v in reduced.vector_field] == [r - r**3, 1]
    assert reduced.closed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "an ansatz or observables"),
        ({"ansatz": {"a": "r"}, "observables": {"z": "a"}}, "an ansatz or observables"),
        ({"ansatz": {"a": "r + q", "b": "2*r + 2*q", "c": "r + q", "d": "0"}}, "depend on each other"),
        ({"ansatz": {}}, "an ansatz gives states"),
        ({"ansatz": {"a": "1", "b": "2", "c": "s", "d": "0"}}, "has no coordinates"),
        ({"observables": {"u": "a*t"}}, "holds the time"),
        ({"observables": {"u": "a**2", "v": "2*a**2"}}, "is a polynomial of the others"),
        (
            {"observables": {"u": "a**2 + b", "v": "(a**2 + b)**2 + a**2 + b"}},
            "is a polynomial of the others",
        ),
        ({"observables": {"u": "sin(a)"}}, "is no polynomial"),
        ({"observables": ["a"]}, "given by name"),
        ({"observables": {"a": "a**2", "b": "b**2"}}, "has the name of a state"),
    ],
)
def test_what_is_no_reduction_is_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        reduce(gradient_flow(TWO_PRODUCTS, "a b c d", parameters="s"), **options)


def test_other_names_are_unknown() -> None:
    flow = gradient_flow(TWO_PRODUCTS, "a b c d", parameters="s")
    with pytest.raises(UnknownNameError):
        reduce(flow, {"e": "r"})
    with pytest.raises(UnknownNameError):
        reduce(flow, observables={"z": "a*b + c*e"})
    with pytest.raises(InputError, match="read off an energy"):
        reduce(system("x' = -x"), observables="invariants")


@pytest.mark.parametrize("there", ["relu(y)", "abs(y)", "y + relu(y - 100)", "sqrt(y**2)"])
def test_a_manifold_that_holds_on_one_side_of_a_kink_leaks(there: str) -> None:
    reduced = reduce(system({"x": there, "y": "y"}), {"x": "u", "y": "u"})
    assert set(reduced.leaks) == {"x", "y"}
    assert "leaves the manifold" in str(reduced.certify())


@pytest.mark.parametrize(
    ("there", "here"),
    [("relu(y) - relu(-y)", "x"), ("abs(y)", "abs(x)"), ("log(y**2)", "2*log(x)"), ("sqrt(y)", "sqrt(x)")],
)
def test_a_manifold_that_holds_on_both_sides_or_where_it_is_real_does_not_leak(there: str, here: str) -> None:
    assert reduce(system({"x": there, "y": here}), {"x": "u", "y": "u"}).closed


def test_what_is_printed_or_found_of_equations_that_leak_says_so() -> None:
    flow = gradient_flow(TWO_PRODUCTS, "a b c d", parameters="s")
    leaking, whole = (
        reduce(flow, observables={"z": "a*b + c*d"}, closure=closure) for closure in (False, True)
    )
    for text in (str(leaking), leaking.latex(), leaking.python()):
        assert "ot closed: z leaks" in text
    for search in (leaking.first_integrals(), leaking.scaling_symmetries(), leaking.fixed_points()):
        assert search.reason.endswith("of the equations alone, without what leaks of z")
    for text in (str(whole), whole.latex(), whole.python(), whole.first_integrals().reason):
        assert "leak" not in text


def test_a_manifold_may_move() -> None:
    forced = system("x' = -x + t; y' = -y")
    assert str(reduce(forced, {"x": "t - 1 + u", "y": "0*u"})) == "u' = -u"
    left = reduce(forced, {"x": "t + u", "y": "0*u"})
    assert left.closed
    assert str(left) == "u' = -u - 1"
    assert reduce(forced, {"x": "t*u", "y": "u"}).leaks


@pytest.mark.parametrize("factor", ["1e3", "1.e3", "1E3"])
def test_the_exponent_of_a_number_is_no_coordinate(factor: str) -> None:
    flow = gradient_flow("(a - b)**2/2", "a b")
    assert str(reduce(flow, {"a": f"{factor}*r", "b": f"{factor}*r"})) == "r' = 0"
