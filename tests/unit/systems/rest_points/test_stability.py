"""Stability: proved for all parameters at which a point exists, undecided where rounding would decide."""

import numpy as np
import pytest
import sympy as sp

from odekit import gradient_flow, system
from odekit.systems import System
from odekit.systems.rest_points.centres import is_centre
from odekit.systems.rest_points.loci import Locus
from odekit.systems.rest_points.stability import signs_say

P = {name: sp.Symbol(name, positive=True) for name in "abdgkrs"}


def _words(flow: System) -> dict[str, str]:
    return {point.name: point.stability for point in flow.fixed_points()}


def test_minima_that_attract_wherever_they_exist_are_said_to() -> None:
    wells = _words(gradient_flow("a*x**4 - b*x**2", "x", parameters=[P["a"], P["b"]]))
    assert sorted(wells.values()) == ["attracts", "attracts", "repels"]
    # Where b is negative there are no wells; where the sign of a is open they may be hills.
    assert list(_words(gradient_flow("a*x**4 - b*x**2", "x", parameters=[P["a"], "b"])).values()) == [
        "depends on values",
        "attracts",
        "attracts",
    ]
    assert set(_words(gradient_flow("a*x**4 - b*x**2", "x", parameters="a b")).values()) == {
        "depends on values"
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("energy", "expected"),
    [
        ("x**4 + y**2", "attracts"),
        ("-x**4 - y**6", "repels"),
        ("x**4 + x**2*y**2 + y**4", "attracts"),
        # A minimum along both axes and no minimum: the discriminants of x^4 - 3 x^2 y^2 + y^4 and of
        # y^2 + 3 x^2 y + x^4 are positive.
        ("x**4 - 3*x**2*y**2 + y**4", "degenerate"),
        ("x**4 + y**2 + 3*x**2*y", "degenerate"),
        ("x**4 + y**2 + x**2*y", "attracts"),
        ("x**3 + y**2", "degenerate"),
        ("(x - 1)**4 + y**4 + (x - 1)*y**3", "attracts"),
    ],
)
def test_a_strict_minimum_without_curvature_attracts(energy: str, expected: str) -> None:
    assert [*_words(gradient_flow(energy, "x y")).values()] == [expected]
    # The same field without its energy: no minimum is known.
    field = gradient_flow(energy, "x y").equations
    words = _words(system({str(state): str(velocity) for state, velocity in field.items()}))
    assert [*words.values()] == ["degenerate"]


@pytest.mark.parametrize(
    ("equations", "parameters", "expected"),
    [
        ({"x": "r + x**2"}, "r", {"x = -sqrt(-r)": "attracts", "x = sqrt(-r)": "repels"}),
        (
            {"x": "r*x - x**3"},
            "r",
            {"x = 0": "depends on values", "x = -sqrt(r)": "attracts", "x = sqrt(r)": "attracts"},
        ),
        ({"x": "v", "v": "-k*v - sin(x)"}, [P["k"]], {"x = 0, v = 0": "attracts", "x = pi, v = 0": "saddle"}),
        ({"x": "v", "v": "k*v - sin(x)"}, [P["k"]], {"x = 0, v = 0": "repels", "x = pi, v = 0": "saddle"}),
        (
            {"x": "v", "v": "-k*v - sin(x)"},
            "k",
            {"x = 0, v = 0": "depends on values", "x = pi, v = 0": "saddle"},
        ),
        ({"x": "v", "v": "-g*sin(x)"}, [P["g"]], {"x = 0, v = 0": "centre", "x = pi, v = 0": "saddle"}),
        ({"x": "x*(1-y)", "y": "r*y*(x-1)"}, [P["r"]], {"x = 0, y = 0": "saddle", "x = 1, y = 1": "centre"}),
        (
            {"x": "x*(1-y)", "y": "r*y*(x-1)"},
            "r",
            {"x = 0, y = 0": "depends on values", "x = 1, y = 1": "depends on values"},
        ),
    ],
)
def test_signs_are_those_of_all_parameters_at_which_the_point_exists(equations, parameters, expected) -> None:
    assert _words(system(equations, parameters=parameters)) == expected


def test_minima_along_a_surface_attract() -> None:
    """Of (a b + c d - 1)^2: across ab + cd = 1 the one eigenvalue is minus the square of the gradient."""
    assert _words(gradient_flow("(a*b + c*d - 1)**2/2", "a b c d")) == {
        "a = (-c*d + 1)/b, b = b, c = c, d = d": "attracts",
        "a = 0, b = 0, c = 0, d = 0": "saddle",
    }


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("1 - 2*x*y + x**2*y**2 + x**4", "attracts"),
        ("2 - 2*x*y + x**2*y**2", "attracts"),
        ("1 + 3*x*y + x**2*y**2", "depends on values"),
        ("x**4 - 3*x**2*y**2 + y**4", "depends on values"),
        ("-1 + 2*x*y - x**2*y**2 - x**4", "repels"),
    ],
)
def test_mixed_terms_that_even_ones_outweigh_decide_no_sign(formula: str, expected: str) -> None:
    x, y = sp.symbols("x y", real=True)
    rate = sp.expand(sp.sympify(formula, locals={"x": x, "y": y}))
    assert signs_say([-rate], [rate], {}) == expected


def test_a_word_on_parameters_holds_at_numbers() -> None:
    """Independent of the proof: eigenvalues in floats at random parameters."""
    generator = np.random.default_rng(3)
    flow = system({"x": "v", "v": "-k*v - sin(x)"}, parameters=[P["k"]])
    for _ in range(5):
        value = float(generator.uniform(0.01, 5))
        for point in flow.fixed_points():
            matrix = flow.linearisation({**{s.name: v for s, v in point.values.items()}, "k": value})
            parts = np.linalg.eigvals(np.array(matrix.tolist(), dtype=float)).real
            assert (point.stability == "attracts") == bool((parts < 0).all())


def test_a_conserved_quantity_makes_a_centre_and_its_lack_does_not() -> None:
    both = {"x": "y", "y": "-x", "u": "w", "w": "-4*u"}
    assert list(_words(system(both)).values()) == ["centre"]
    leaking = {**both, "y": "-x - x**2*y"}
    assert list(_words(system(leaking)).values()) == ["degenerate"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("friction", "expected"), [("0", "centre"), ("1e-14", "degenerate"), ("-1e-14", "degenerate")]
)
def test_a_real_part_within_its_own_error_is_undecided(friction: str, expected: str) -> None:
    flow = system({"x": "v", "v": f"3 - exp(x) - {friction}*v*(1 + v**2)"})
    (point,) = flow.fixed_points()
    assert point.stability == expected
    assert all(sp.re(value) == 0 for value in point.eigenvalues)


@pytest.mark.parametrize(("friction", "expected"), [("1e-3", "attracts"), ("-1e-3", "repels")])
def test_a_real_part_beyond_its_error_is_told(friction: str, expected: str) -> None:
    (point,) = system({"x": "v", "v": f"3 - exp(x) - ({friction})*v"}).fixed_points()
    assert point.stability == expected
    assert 0 < point.radius <= 1e-8


def test_numbers_and_coefficients_say_the_same() -> None:
    a, b = P["a"], P["b"]
    for real in (-2, 3):
        for other in (-5, 7):
            coefficients = [-sp.Integer(real + other), sp.Integer(real * other)]
            word = signs_say([sp.Integer(real), sp.Integer(other)], coefficients, {})
            scaled = [coefficients[0] * a, coefficients[1] * a**2]
            assert word == signs_say([real * a, other * a], scaled, {})
    assert signs_say([], [sp.S.Zero], {}) == "degenerate"
    assert signs_say([-a, -b], [a + b, a * b], {}) == "attracts"


@pytest.mark.parametrize("constant", [sp.nan, sp.zoo, sp.oo - sp.Symbol("x") + sp.Symbol("x"), sp.I])
def test_a_coefficient_without_a_sign_says_nothing(constant: sp.Expr) -> None:
    k = sp.Symbol("k", positive=True)
    assert signs_say((), (constant, k), {}) == "depends on values"
    assert signs_say((), (sp.Integer(2), k), {}) == "attracts"


def test_logarithmic_integrals_prove_a_centre_where_the_plane_s_criterion_says_nothing() -> None:
    two_pairs = system("x' = x*(1 - y); y' = y*(x - 1); u' = 2*u*(3 - v); v' = v*(u - 1)")
    assert _words(two_pairs)["x = 1, y = 1, u = 1, v = 3"] == "centre"
    # With a second pair that spirals out slowly nothing is kept, and nothing is proved.
    spiral = "u' = v + u*(u**2 + v**2); v' = -u + v*(u**2 + v**2)"
    words = _words(system("x' = x*(1 - y); y' = y*(x - 1); " + spiral))
    assert words["x = 1, y = 1, u = 0, v = 0"] == "degenerate"


@pytest.mark.parametrize(("bound", "is_proved"), [("3 - s", False), ("3 + s**2", True)])
def test_a_family_is_one_of_centres_only_if_each_of_its_members_is(bound: str, is_proved: bool) -> None:
    # The energy has its minimum on the family for s below 3, and a saddle beyond.
    flow = system({"q": "p", "p": "-q", "x": f"({bound})*y", "y": f"-({bound})*x", "s": "0"})
    q, p, x, y, s = flow.states
    energy = q**2 + p**2 + sp.sympify(bound, {"s": s}) * (x**2 + y**2)
    family = Locus({**dict.fromkeys((q, p, x, y), sp.S.Zero), s: s}, 1)
    assert is_centre(family, flow, [energy, s]) is is_proved
