"""Fields with kinks rest on families that end there: each with its inequalities, or not claimed to be all."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.systems import FixedPoint, System, gradient_flow, system
from odekit.systems.rest_points.kinked import has_jumps


def _told(flow: System) -> dict[str, tuple[str, int]]:
    return {point.name: (point.stability, point.family) for point in flow.fixed_points()}


@pytest.mark.parametrize(
    ("equations", "parameters", "expected"),
    [
        ("x' = -relu(x)", "", {"x = x, x <= 0": ("degenerate", 1)}),
        ("x' = -relu(x); y' = -y", "", {"x = x, y = 0, x <= 0": ("attracts", 1)}),
        ("x' = -relu(-2*x); y' = y", "", {"x = x, y = 0, x >= 0": ("repels", 1)}),
        ("x' = a - abs(x)", "a", {"x = a, a >= 0": ("attracts", 0), "x = -a, a >= 0": ("repels", 0)}),
        ("x' = -x + relu(y); y' = -y + relu(x)", "", {"x = y, y = y, y >= 0": ("attracts", 1)}),
        (
            "x' = -x + relu(2*y - 1); y' = -y + relu(2*x - 1)",
            "",
            {"x = 1, y = 1": ("saddle", 0), "x = 0, y = 0": ("attracts", 0)},
        ),
        (
            "x' = abs(x) + abs(y) - 1; y' = x - y",
            "",
            {"x = 1/2, y = 1/2": ("saddle", 0), "x = -1/2, y = -1/2": ("attracts", 0)},
        ),
        # A kink that makes no difference to where it rests.
        (
            "x' = y*(1 + relu(x)); y' = -y*(2 + relu(x))",
            "",
            {"x = x, y = 0, x >= 0": None, "x = x, y = 0, x <= 0": None},
        ),
    ],
)
def test_rest_between_kinks_is_all_found(
    equations: str, parameters: str, expected: dict[str, tuple[str, int] | None]
) -> None:
    flow = system(equations, parameters)
    found = _told(flow)
    assert found.keys() == expected.keys()
    assert all(found[name] == word for name, word in expected.items() if word is not None)
    assert flow.fixed_points().status == "complete"


@pytest.mark.parametrize("equations", ["x' = -relu(x); y' = -y", "x' = -x + relu(y); y' = -y + relu(x)"])
def test_members_of_a_family_rest_and_what_its_inequalities_exclude_does_not(equations: str) -> None:
    flow = system(equations)
    (family,) = flow.fixed_points()
    velocity = flow.function()
    free = next(iter(set().union(*(value.free_symbols for value in family.values.values()))))
    for value in np.linspace(-3, 3, 13):
        place = {free: sp.Float(value)}
        point = [float(family.values[state].subs(place)) for state in flow.states]
        is_member = all(bool(condition.subs(place)) for condition in family.where)
        assert bool(np.abs(velocity(0.0, point)).max() < 1e-12) is is_member


@pytest.mark.slow
def test_dead_units_are_a_family_and_jumps_are_not_called_complete() -> None:
    flow = gradient_flow("(a*relu(2*w) - 3)**2/2", "a w")
    told = _told(flow)
    assert told["a = a, w = w, w < 0"] == ("degenerate", 2)
    assert told["a = 3/(2*w), w = w, w > 0"] == ("attracts", 1)
    assert flow.fixed_points().status == "partial"
    assert "where" in flow.to_dict()["fixed_points"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("velocity", "jumps"),
    [
        ("relu(x)*step(x)", False),
        ("x*sign(x)", False),
        ("sign(x)", True),
        ("x*step(x - 1)", True),
        ("relu(x)", False),
    ],
)
def test_a_jump_is_told_from_a_kink(velocity: str, jumps: bool) -> None:
    assert has_jumps(system({"x": velocity})) is jumps


def test_half_a_line_of_rest_at_which_a_step_moves_is_open() -> None:
    assert "x = x, x < 0" in _told(system("x' = -step(x)"))


@pytest.mark.parametrize(
    "equations", ["x' = " + " + ".join(f"abs(x - {i})" for i in range(6)), "x' = relu(exp(x) - 2*y); y' = x"]
)
def test_too_many_kinks_and_other_functions_are_left_to_numbers(equations: str) -> None:
    assert system(equations).fixed_points().status == "partial"


def test_a_point_tells_its_inequalities() -> None:
    x = sp.Symbol("x", real=True)
    assert str(FixedPoint({x: x}, "degenerate", {}, family=1, where=(x <= 0,))) == "x = x, x <= 0 degenerate"
