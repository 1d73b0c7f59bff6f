"""Where a polynomial field rests: each family once, at any scale, and complete only where that is proved."""

from __future__ import annotations

import pytest
import sympy as sp

from odekit.systems import system
from odekit.systems.rest_points.loci.reality import has_none, smooth_point

x, y, z = sp.symbols("x y z", real=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "size", [1000, *(pytest.param(size, marks=pytest.mark.slow) for size in (sp.Rational(1, 1000), 1))]
)
@pytest.mark.parametrize(
    "curve", [(x - 2) ** 2 + (y + 1) ** 2 - 1, y - x**2 + 2, (x + 1) * (y + 3) - 4, x**4 + y**4 - 1]
)
def test_a_curve_of_rest_is_found_at_any_scale(curve: sp.Expr, size: sp.Expr) -> None:
    scaled = curve.subs({x: x / size, y: y / size}, simultaneous=True)
    found = system({x: sp.expand(scaled * (x - 5 * size)), y: sp.expand(scaled * (x + y))}).fixed_points()
    assert found.status == "complete"
    family = found[0]
    assert family.family == 1
    member = smooth_point([scaled], (x, y), 1)
    assert member is not None
    gaps = [value.subs(member) - member[state] for state, value in family.values.items()]
    gaps += [equation.subs(member) for equation in family.equations]
    assert max(map(abs, gaps)) < 1e-8 * max(1, size**4)


@pytest.mark.parametrize(
    ("pieces", "is_empty"),
    [
        ([x**2 + y**2], True),
        ([x**2 + y**2 + 1], True),
        ([x**2 + x * y + y**2 + x + 5], True),
        ([x**4 + y**4 + 1], True),
        ([y**2 * x**2 + (x - 1) ** 2 + y**4], True),
        ([x**2 + y**2 + z**2 - 2 * x + 1], True),
        ([x**2 + y**2 - 1], False),
        ([x**4 + y**4 - sp.Rational(1, 10**6)], False),
        ([(x - 1000) ** 2 + y**2 - sp.Rational(1, 10**6)], False),
        ([x**3 - y**2], False),
        ([z**2 + 1, x - y], True),
        ([z**2 - 2, x - y], False),
        # Empty, but only by a proof that isn't tried.
        ([x**4 + y**4 + z**4 + 1], False),
    ],
)
def test_no_real_point_is_proved_or_not_claimed(pieces: list[sp.Expr], is_empty: bool) -> None:
    letters = (x, y, z) if any(p.has(z) for p in pieces) else (x, y)
    assert has_none(pieces, letters) is is_empty
    if is_empty:
        assert smooth_point(pieces, letters, len(letters) - len(pieces)) is None


def test_what_may_be_a_family_makes_the_search_partial() -> None:
    surface = x**4 + y**4 + z**4 + 1
    found = system({x: surface * x, y: surface * y, z: surface * z}).fixed_points()
    assert found.status == "partial"
    assert "isn't known whether they have real solutions" in found.reason


@pytest.mark.slow
def test_a_point_that_lies_on_a_family_is_not_told_again() -> None:
    # At the origin the curve meets the points that the other factors leave.
    field = (
        "x' = 6*w*(y**2 - w**2); y' = 6*w*(w**2 - y**2); w' = 12*w**2*y - 4*w*x*y + 16*w*x + 2*w*y**2 - 4*w*y"
    )
    found = system(field + "; z' = -6*w**2*x - 6*w*y + 6*x*y**2 + 8*x*y - 2*x + y**3 - 2*y**2").fixed_points()
    names = [point.name for point in found]
    assert len(set(names)) == len(names)
    assert "x = 0, y = 0, w = 0, z = z" not in names


def test_an_eigenvalue_that_is_not_0_is_never_explained_away() -> None:
    # The integral 3*x**2 + 3*w*z + x*y + z has a slope at (0, -5, 0, 1/2), where one eigenvalue is 2.
    flow = system(
        "x' = -6*w*z - x; y' = 6*w + 6*x*z + 6*x + y + 2; z' = -2*x - 6*z; "
        "w' = 12*w*x + 2*w*y + 6*w - 2*x**2 + 2"
    )
    family, point = flow.fixed_points()
    assert family.name == "x = -3*z, y = 18*z**2 + 18*z - 5, z = z, w = 1/2"
    there = [complex(value.subs(flow["z"], 0).evalf()) for value in family.eigenvalues]
    assert any(abs(value - 2) < 1e-9 for value in there)
    assert (family.stability, point.stability) == ("depends on values", "saddle")
