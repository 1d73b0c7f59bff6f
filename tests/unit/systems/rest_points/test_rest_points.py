"""Where systems rest: textbook answers, brute force on grids, families, kinks, and nothing invented."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pytest
import sympy as sp
from scipy.optimize import fsolve

from odekit import gradient_flow, limit, system
from odekit.errors import LimitError
from odekit.systems import FixedPoint, System

PI = np.pi
POSITIVE = {name: sp.Symbol(name, positive=True) for name in "abdgkr"}


def _told(flow: System) -> list[tuple[tuple[float, ...], str]]:
    points = flow.fixed_points()
    assert all(point.family == 0 for point in points)
    return sorted((tuple(round(float(v), 9) for v in p.values.values()), p.stability) for p in points)


TEXTBOOK = {
    "pendulum": ({"x": "v", "v": "-sin(x)"}, [((0, 0), "centre"), ((PI, 0), "saddle")]),
    "pendulum with friction": ({"x": "v", "v": "-v/3 - sin(x)"}, [((0, 0), "attracts"), ((PI, 0), "saddle")]),
    "predators and prey": ({"x": "x*(1-y)", "y": "y*(x-1)"}, [((0, 0), "saddle"), ((1, 1), "centre")]),
    "harmonic oscillator": ({"x": "y", "y": "-4*x"}, [((0, 0), "centre")]),
    "Duffing": ({"x": "v", "v": "x-x**3"}, [((-1, 0), "centre"), ((0, 0), "saddle"), ((1, 0), "centre")]),
    "Duffing with friction": (
        {"x": "v", "v": "x-x**3-v/4"},
        [((-1, 0), "attracts"), ((0, 0), "saddle"), ((1, 0), "attracts")],
    ),
    "a weak focus is no centre": (
        {"x": "-y+x*(x**2+y**2)", "y": "x+y*(x**2+y**2)"},
        [((0, 0), "degenerate")],
    ),
    "van der Pol": ({"x": "y", "y": "(1-x**2)*y-x"}, [((0, 0), "repels")]),
    "circle map": ({"x": "sin(x)"}, [((0,), "repels"), ((PI,), "attracts")]),
    "circle map of period pi": (
        {"x": "-sin(2*x)"},
        [((-PI / 2,), "repels"), ((0,), "attracts"), ((PI / 2,), "repels"), ((PI,), "attracts")],
    ),
    "double root of a sine": ({"x": "sin(x)**2"}, [((0,), "degenerate"), ((PI,), "degenerate")]),
    "double root where a cosine peaks": ({"x": "1-cos(x)"}, [((0,), "degenerate")]),
    "double root at a quarter turn": ({"x": "sin(x)-1"}, [((PI / 2,), "degenerate")]),
    "double root beside a simple one": (
        {"x": "sin(x)**2*cos(x)"},
        [((-PI / 2,), "repels"), ((0,), "degenerate"), ((PI / 2,), "attracts"), ((PI,), "degenerate")],
    ),
    "double root that is no polynomial's": ({"x": "(exp(x)-3)**2"}, [((np.log(3),), "degenerate")]),
    "circles that no common shift keeps": (
        {"a": "sin(b)", "b": "sin(a)"},
        [((0, 0), "saddle"), ((0, PI), "centre"), ((PI, 0), "centre"), ((PI, PI), "saddle")],
    ),
    "roots without a formula": (
        {"x": "x**3-3*x+1"},
        [((2 * np.cos(2 * PI * k / 9),), s) for k, s in ((1, "repels"), (2, "attracts"), (4, "repels"))],
    ),
    "a relu beside its kink": ({"x": "2-x-relu(x-1)"}, [((1.5,), "attracts")]),
    "a field that never vanishes": ({"x": "exp(x)", "y": "-y"}, []),
}


@pytest.mark.parametrize(("equations", "expected"), TEXTBOOK.values(), ids=TEXTBOOK)
def test_textbook_systems_rest_where_they_should(equations: dict, expected: list) -> None:
    found = _told(system(equations))
    wanted = sorted((tuple(round(float(v), 9) for v in point), word) for point, word in expected)
    assert [word for _, word in found] == [word for _, word in wanted]
    np.testing.assert_allclose([p for p, _ in found], [p for p, _ in wanted], atol=1e-8)


INVENTED = {
    "a kink in a cubic": ("x**3 + abs(y)**3", "x y", 1),
    "sums of cubes and a sine": ("a**3 + a*c**2/3 + d**3/3 + sin(b)**3", "a b c d", 4),
    "a quartic bowl": ("(x**2 + y**2)**2", "x y", 1),
    "a monkey's saddle": ("x**3 - 3*x*y**2", "x y", 1),
    "a power of a cosine": ("cos(x)**4 + y**4", "x y", 4),
}


@pytest.mark.parametrize(("energy", "names", "count"), INVENTED.values(), ids=INVENTED)
def test_flat_points_are_told_once_and_nothing_is_invented_beside_them(
    energy: str, names: str, count: int
) -> None:
    flow = gradient_flow(energy, names)
    points = flow.fixed_points()
    assert len(points) == count
    for point in points:
        assert point.radius == 0
        assert all(sp.simplify(entry.subs(dict(point.values))) == 0 for entry in flow.vector_field)
    # Of these only the bowl has a minimum.
    assert any(p.stability == "attracts" for p in points) == (energy == "(x**2 + y**2)**2")


FAMILIES = {
    "a sphere of minima": (
        gradient_flow("(x**2+y**2+z**2-1)**2/4", "x y z"),
        [("x**2 + y**2 + z**2 - 1 = 0", 2, "attracts"), ("x = 0, y = 0, z = 0", 0, "repels")],
    ),
    "a circle on a sphere": (
        gradient_flow("-x**2+y**2+z**2", "x y z", constraint="x**2+y**2+z**2-1"),
        [
            ("y**2 + z**2 - 1 = 0, x = 0", 1, "repels"),
            ("x = -1, y = 0, z = 0", 0, "attracts"),
            ("x = 1, y = 0, z = 0", 0, "attracts"),
        ],
    ),
    "a parabola": (gradient_flow("(y-x**2)**2/2", "x y"), [("x = x, y = x**2", 1, "attracts")]),
    "the axes of a rigid body": (
        system({"x": "y*z", "y": "-2*x*z", "z": "x*y"}),
        [
            ("x = 0, y = 0, z = z", 1, "centre"),
            ("x = 0, y = y, z = 0", 1, "saddle"),
            ("x = x, y = 0, z = 0", 1, "centre"),
        ],
    ),
    "a state that nothing moves": (system({"x": "-x", "y": "0"}), [("x = 0, y = y", 1, "attracts")]),
    "a shift by twice the angle": (
        system({"a": "sin(2*b-a)", "b": "sin(2*b-a)"}),
        [("a = 0, b = 0", 1, "repels"), ("a = 0, b = pi/2", 1, "attracts")],
    ),
}


@pytest.mark.parametrize(("flow", "expected"), FAMILIES.values(), ids=FAMILIES)
def test_a_family_is_told_once_and_its_members_not_at_all(flow: System, expected: list) -> None:
    assert [(p.name, p.family, p.stability) for p in flow.fixed_points()] == expected


def test_members_of_a_half_line_of_minima_are_told_once_as_a_family() -> None:
    (family,) = gradient_flow("relu(x)**2 + (y-1)**2", "x y").fixed_points()
    assert str(family) == "x = x, y = 1, x <= 0 attracts"


def _phases(points: tuple[FixedPoint, ...]) -> list[tuple[float, ...]]:
    return [tuple(float(value) for value in point.values.values()) for point in points]


@pytest.mark.parametrize("detuning", [0.0, pytest.param(0.3, marks=pytest.mark.slow)])
def test_three_oscillators_lock_up_to_a_common_shift(detuning: float) -> None:
    flow = system(
        {
            "a": f"{detuning} + sin(b-a) + sin(c-a)",
            "b": f"sin(a-b) + sin(c-b) - {detuning}",
            "c": "sin(a-c) + sin(b-c)",
        }
    )
    points = flow.fixed_points()
    assert all(point.family == 1 and point.values[flow["a"]] == 0 for point in points)
    assert sorted(p.stability for p in points) == [
        "attracts",
        "repels",
        "repels",
        "saddle",
        "saddle",
        "saddle",
    ]
    velocity = flow.function()
    expected = _by_brute_force(lambda y: velocity(0.0, np.array([0.0, *y]))[:2], 2, 9)
    assert len(expected) == 6
    for place in expected:
        assert any(_apart(place, found[1:]) < 1e-7 for found in _phases(points))


def _apart(place: np.ndarray, other: tuple[float, ...]) -> float:
    return float(np.abs((place - np.array(other) + PI) % (2 * PI) - PI).max())


def _by_brute_force(velocity, count: int, lines: int) -> list[np.ndarray]:
    """Zeros on the torus from a grid of starts."""
    grid = np.linspace(-PI, PI, lines, endpoint=False) + 0.05
    found: list[np.ndarray] = []
    for start in np.stack(np.meshgrid(*[grid] * count), -1).reshape(-1, count):
        place, info, code, _ = fsolve(velocity, start, full_output=True, xtol=1e-13)
        is_new = all(_apart(place, tuple(other)) > 1e-5 for other in found)
        if code == 1 and np.abs(info["fvec"]).max() < 1e-10 and is_new:
            found.append(place)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_coupled_circle_maps_agree_with_brute_force(seed: int) -> None:
    p, q, r, s = np.random.default_rng(seed).integers(-9, 10, 4) / 10
    flow = system({"a": f"{p} + sin(a) + ({q})*sin(b)", "b": f"{r} + cos(b) + ({s})*sin(a)"})
    velocity = flow.function()
    expected = _by_brute_force(lambda y: velocity(0.0, y), 2, 9)
    found = _phases(flow.fixed_points())
    assert len(found) == len(expected)
    assert all(any(_apart(place, other) < 1e-7 for other in found) for place in expected)


@pytest.mark.parametrize("seed", range(4))
def test_quadratic_fields_rest_at_the_roots_of_a_resultant(seed: int) -> None:
    c = np.random.default_rng(100 + seed).integers(-3, 4, (2, 6))
    terms = ("x**2", "x*y", "y**2", "x", "y", "1")
    texts = [" + ".join(f"({k})*{term}" for k, term in zip(row, terms, strict=True)) for row in c]
    flow = system({"x": texts[0], "y": texts[1]})
    x, y = sp.symbols("x y")
    first, second = (sp.sympify(text) for text in texts)
    eliminant = sp.Poly(sp.resultant(first, second, y), x)
    expected = [
        (complex(root), complex(other))
        for root in eliminant.nroots(n=25)
        for other in sp.Poly(first.subs(x, root), y).nroots(n=25)
        if abs(complex(sp.N(second.subs({x: root, y: other})))) < 1e-9
    ]
    real = sorted((a.real, b.real) for a, b in expected if max(abs(a.imag), abs(b.imag)) < 1e-12)
    found = sorted(_phases(flow.fixed_points()))
    np.testing.assert_allclose(np.array(found).reshape(-1, 2), np.array(real).reshape(-1, 2), atol=1e-9)


def _turn(angle: float) -> float:
    """Within a turn, from -pi on but for rounding."""
    return float((angle + PI + 1e-9) % (2 * PI) - PI)


@pytest.mark.slow
def test_angles_of_which_one_turns_more_often_meet_at_all_their_points() -> None:
    # cos(2 y) = cos(x + pi/2) and cos(3 x) = cos(y + pi/2): two angles are equal or opposite, up to turns.
    expected = set()
    for sign, other in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        matrix = np.array([[-sign, 2.0], [3.0, -other]])
        for turns in np.ndindex(16, 16):
            right = np.array([sign * PI / 2, other * PI / 2]) + 2 * PI * (np.array(turns) - 8)
            expected.add(tuple(round(_turn(v), 6) for v in np.linalg.solve(matrix, right)))
    points = system({"x": "sin(x) + cos(2*y)", "y": "sin(y) + cos(3*x)"}).fixed_points()
    assert {tuple(round(_turn(float(v)), 6) for v in p.values.values()) for p in points} == expected
    assert len(points) == len(expected)


@pytest.mark.parametrize(
    ("equations", "expected"),
    [
        pytest.param({"x": "-sqrt(abs(x))"}, [((0.0,), "degenerate")], id="an infinite slope"),
        pytest.param({"x": "sqrt(x) - x"}, [((0.0,), "degenerate"), ((1.0,), "attracts")], id="a border"),
        pytest.param({"x": "x*log(abs(x))"}, [((-1.0,), "repels"), ((1.0,), "repels")], id="a logarithm"),
        pytest.param({"x": "exp(1000000*x) - 1"}, [((0.0,), "repels")], id="a steep exponential"),
        pytest.param(
            {"x": "-y - x*sqrt(x**2 + y**2)", "y": "x - y*sqrt(x**2 + y**2)"},
            [((0.0, 0.0), "degenerate")],
            id="a cone",
        ),
        pytest.param({"x": "y*sqrt(1 + x**2)", "y": "-x - y"}, [((0.0, 0.0), "attracts")], id="a root"),
        pytest.param({"x": "1 - exp(y)", "y": "exp(x) - 1"}, [((0.0, 0.0), "centre")], id="exponentials"),
        pytest.param({"x": "(1 - cos(x))/x", "y": "1 + y**2"}, [], id="a hole beside no rest"),
    ],
)
def test_where_a_field_has_no_slope_its_rest_is_degenerate(equations: dict, expected: list) -> None:
    assert _told(system(equations)) == expected


def test_a_hole_of_the_field_is_no_rest() -> None:
    points = system({"x": "sin(x)/x", "y": "-y"}).fixed_points()
    assert points
    assert all(abs(float(p.values[sp.Symbol("x", real=True)])) > 3 for p in points)


@pytest.mark.parametrize(
    ("equations", "dimensions"),
    [
        ({"x": "0"}, {1}),
        ({"x": "step(x) - step(x)", "y": "sign(y)"}, {1}),
        ({"a": "sign(sin(a - b))", "b": "sign(sin(b - a))"}, {1}),
    ],
)
def test_lines_of_rest_of_fields_that_jump_or_stand_still(equations: dict, dimensions: set[int]) -> None:
    assert {point.family for point in system(equations).fixed_points()} == dimensions


HARD: dict[str, System] = {
    "a plateau": gradient_flow("(1/2 - tanh(a*b))**2/2", ["a", "b"]),
    "Lorenz": system({"x": "10*(y - x)", "y": "x*(r - z) - y", "z": "x*y - 8*z/3"}, parameters="r"),
    "a coupled ring": system(
        {f"x{i}": f"x{i} - x{i}**3 + k*(x{(i + 1) % 4} - 2*x{i} + x{(i - 1) % 4})" for i in range(4)},
        parameters="k",
    ),
    "a product of degrees that is 64": system(
        {"x": "x**4 - y**3*z + 1/3", "y": "y**4 - z", "z": "z**4 + x*y - 1"}
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HARD)
def test_hard_fields_end_in_an_answer_or_in_a_word_about_their_limit(name: str) -> None:
    points: Sequence[FixedPoint] = ()
    with limit(seconds=1), suppress(LimitError):
        points = HARD[name].fixed_points()
    assert all(isinstance(point, FixedPoint) for point in points)


@pytest.mark.slow
def test_the_origin_and_the_wings_of_lorenz() -> None:
    r = sp.Symbol("r", real=True)
    flow = system({"x": "10*(y-x)", "y": "x*(r-z)-y", "z": "x*y-8*z/3"}, parameters=[r])
    heights = [point.values[flow.states[2]] for point in flow.fixed_points()]
    assert heights == [0, r - 1, r - 1]
