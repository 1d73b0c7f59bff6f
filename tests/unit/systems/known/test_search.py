"""A search says whether what it found is all, and a report passes that on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.networks import Network
from odekit.systems import Search, gradient_flow, system


def test_a_search_is_a_sequence_with_a_status() -> None:
    found = Search(("a", "b"), "partial", "letters up to b")
    assert (*found,) == ("a", "b")
    assert (found[-1], found[:1], len(found), "b" in found) == ("b", ("a",), 2, True)
    assert str(found) == "a\nb\npartial: letters up to b"
    assert "partial: letters up to b" in found._repr_latex_()


@pytest.mark.parametrize(
    ("equations", "parameters", "count", "status", "reason"),
    [
        ({"x": "x*(1 - x)"}, "", 2, "complete", "by elimination"),
        ({"x": "x**2 + 1"}, "", 0, "complete", "by elimination"),
        ({"x": "exp(x) + x"}, "", 1, "partial", "from 65 starts"),
        ({"x": "exp(x)"}, "", 0, "complete", "vanishes nowhere"),
        ({"x": "t - x"}, "", 0, "not tried", "depends on the time"),
        ({"x": "sin(k*x) + x"}, "k", 0, "not tried", "numbers for the parameters"),
        ({"x": "a*x - b*x*y", "y": "c*x*y - d*y"}, "a b c d", 2, "complete", "general values"),
        ({"x": "a*x + b*y", "y": "c*x + d*y"}, "a b c d", 1, "complete", "general values"),
        ({"x": "s*(y-x)", "y": "x*(r-z) - y", "z": "x*y - b*z"}, "s r b", 3, "complete", "general values"),
        ({"x": "x**5 - x - a"}, "a", 0, "partial", "no formula in the parameters"),
        ({"x": "a+b+c+d+e+f+g+h - x"}, "a b c d e f g h", 0, "not tried", "more than 6 parameters"),
        ({f"x{i}": f"exp(x{i}) - x{(i + 1) % 13}" for i in range(13)}, "", 0, "not tried", "12 states"),
    ],
)
def test_points_of_rest_say_whether_they_are_all(
    equations: Mapping[str, str], parameters: str, count: int, status: str, reason: str
) -> None:
    flow = system(equations, parameters=parameters)
    found = flow.fixed_points()
    assert (len(found), found.status) == (count, status)
    assert reason in found.reason
    # Every point is one: the field vanishes there.
    for point in found:
        if not point.radius:
            assert all(sp.simplify(entry.subs(point.values)) == 0 for entry in flow.vector_field)
    assert found.sentence in flow.report()
    assert flow.to_dict()["searches"]["fixed_points"] == {"status": status, "reason": found.reason}  # type: ignore[index]


@pytest.mark.parametrize(
    ("flow", "count", "status"),
    [
        (system({"x": "y", "y": "-x"}), 1, "complete"),
        (system({"x": "-x"}), 0, "complete"),
        (system({"x": "y", "y": "-x - y/7"}), 0, "partial"),
    ],
)
def test_integrals_are_all_where_more_would_depend_on_them(flow: Any, count: int, status: str) -> None:
    found = flow.first_integrals()
    assert (len(found), found.status) == (count, status)
    assert found.sentence in flow.report()


def test_scaling_symmetries_of_polynomials_are_all() -> None:
    assert gradient_flow("(s - a*b)**2/2", "a b", parameters="s").scaling_symmetries().status == "complete"
    assert system({"x": "-sin(x)"}).scaling_symmetries().status == "partial"


def test_phases_of_a_derived_system_are_all_and_many_of_them_are_not_looked_for() -> None:
    assert derive(Network("Zp")).fixed_points().status == "complete"
    many = derive(Network("Z11"), "all")
    assert many.fixed_points().status == "not tried"
    assert many.fixed_points().sentence in many.report()


@pytest.mark.parametrize(
    ("velocity", "roots"),
    [
        ("exp(x) - 1e20", [46.0517018598809]),
        ("tanh(x) - x/1000", [-1000.0, 0.0, 1000.0]),
        ("sinh(x) - x*3", None),
    ],
)
def test_zeros_far_out_on_a_line_are_found_in_order(velocity: str, roots: list[float] | None) -> None:
    x = sp.Symbol("x", real=True)
    points = system({"x": velocity}).fixed_points()
    values = [float(point.values[x]) for point in points]
    assert values == sorted(values)
    assert len(values) == 3 if roots is None else values == pytest.approx(roots, rel=1e-12)


@pytest.mark.parametrize(
    "network",
    [
        Network("Zp"),
        Network("S3", embedding="unshared"),
        Network("Z5", activation="tanh(z)"),
        Network("Zp", embedding="unshared", constraint="sphere"),
    ],
    ids=["modes", "blocks", "harmonics", "spheres"],
)
def test_every_derived_system_tells_what_its_searches_know(network: Network) -> None:
    flow = derive(network)
    searches = {"first_integrals": flow.first_integrals(), "fixed_points": flow.fixed_points()}
    told = flow.to_dict()["searches"]
    assert isinstance(told, dict)
    for name, search in searches.items():
        assert told[name] == {"status": search.status, "reason": search.reason}
    assert flow.first_integrals().sentence in flow.report()
