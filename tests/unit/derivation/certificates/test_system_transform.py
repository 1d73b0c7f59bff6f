"""On spheres the radial part is what the gradient says; planted errors are refused, and mixed degrees too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import pytest
import sympy as sp

from odekit.derivation import derive, with_decay
from odekit.derivation.polar.sphere_answers import SphereAnswers
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.systems import System

SPHERES: list[tuple[str, str | None, dict[str, Any]]] = [
    ("Z7", None, {"constraint": "sphere"}),
    ("Z6", "all", {"constraint": "sphere", "embedding": "unshared"}),
    ("Z5", "all", {"constraint": "joint_sphere", "embedding": "unshared"}),
    ("Z4", "all", {"constraint": "joint_sphere", "embedding": "unshared", "task": "2*x+y"}),
    ("Zp", None, {"constraint": "sphere", "activation": "z**4", "rates": {"theta": 0.3, "xi": 2.0}}),
    ("Z3xZ5", None, {"constraint": "joint_sphere", "embedding": "unshared", "task": "x+2*y"}),
    ("Z14", None, {"constraint": "sphere", "embedding": "unshared", "task": "x+y-z", "activation": "z**3"}),
]


@pytest.mark.parametrize(("group", "modes", "options"), SPHERES)
def test_the_flow_on_spheres_is_the_gradient_along_them(
    group: str, modes: str | None, options: dict[str, Any]
) -> None:
    certificate = derive(Network(group, **options), modes).certify()
    assert certificate.passed
    assert certificate.printed < 1e-13
    assert "its equations at random points" in str(certificate)


@pytest.mark.parametrize(("group", "modes", "options"), SPHERES)
@pytest.mark.parametrize("factor", [Fraction(-1), Fraction(2), Fraction(0), 1 + Fraction(1, 10**9)])
def test_a_wrong_radial_coefficient_is_refused(
    group: str, modes: str | None, options: dict[str, Any], factor: Fraction
) -> None:
    reduction = derive(Network(group, **options), modes).answers.reduction
    changed = reduction.modes[0].weights

    class Planted(SphereAnswers):
        @cached_property
        def radial(self) -> Mapping[str, Fraction]:
            right = dict(SphereAnswers(self.reduction).radial)
            return {**right, changed: factor * right[changed]}

    planted = Planted(reduction)
    assert not planted.polar.certify().passed
    with pytest.raises(ReductionError, match="disagree with the gradient summed over all tuples"):
        _ = planted.verified


def planted(system: System, state: str, factor: sp.Expr) -> System:
    velocities = {s: v * (factor if s.name == state else 1) for s, v in system.velocities.items()}
    return replace(system, velocities=velocities, templates=())


@pytest.mark.parametrize("factor", [-1, 2, sp.Rational(1000001, 1000000)])
@pytest.mark.parametrize("state", ["alpha", "phi", "beta", "psi"])
@pytest.mark.parametrize("constraint", ["none", "sphere"])
def test_one_wrong_line_is_refused(constraint: str, state: str, factor: sp.Expr) -> None:
    system = derive(Network("Z7", constraint=constraint))
    assert system.certify().passed
    certificate = planted(system, state, factor).certify()
    assert not certificate.passed
    assert str(certificate).startswith("DISAGREES")


def test_a_flow_that_leaves_its_sphere_is_refused() -> None:
    system = derive(Network("Z6", constraint="sphere", embedding="unshared"), "all")
    E = system["E"]
    leaving = {state: velocity.subs(E, 0) for state, velocity in system.velocities.items()}
    assert not replace(system, velocities=leaving).certify().passed


def test_weight_decay_is_certified_with_the_rest() -> None:
    system = with_decay(derive(Network("Z7", rates={"theta": 0.5, "xi": 2.0})))
    assert system.certify().passed
    without = {s: v.subs(system["decay"], 0) for s, v in system.velocities.items()}
    assert not replace(system, velocities=without, templates=()).certify().passed


@pytest.mark.parametrize(
    ("group", "modes", "options", "degrees"),
    [
        ("Z4", "all", {"task": "2*x+y", "embedding": "unshared"}, "degrees 0, 1"),
        ("Z4", None, {"task": "2*x+y", "embedding": "unshared"}, "degrees 0, 1"),
        ("Z6", "0,2", {"task": "2*x+3*y", "activation": "z**3+z"}, "degrees 1, 3"),
        ("Z10", "5", {"task": "2*x+2*y", "activation": "z**2+1"}, "degrees 0, 2"),
        ("Z9", "all", {"task": "x+3*y", "embedding": "unshared"}, "degrees 1, 2"),
        ("Z2xZ6", None, {"task": "3*x+y", "embedding": "unshared"}, "degrees 0, 1"),
        ("Z5", None, {"activation": "z**2+z**4"}, "degrees 2, 4"),
    ],
)
def test_an_energy_of_mixed_degrees_on_a_sphere_is_refused(
    group: str, modes: str | None, options: dict[str, Any], degrees: str
) -> None:
    with pytest.raises(ReductionError, match=f"not homogeneous.*{degrees}"):
        derive(Network(group, constraint="sphere", **options), modes)


@pytest.mark.parametrize("group", ["Z5", "Z7", "Z25"])
def test_the_same_tasks_are_derived_where_no_factor_is_shared(group: str) -> None:
    for options in ({"task": "2*x+y", "embedding": "unshared"}, {"task": "2*x+2*y", "activation": "z**2+1"}):
        assert derive(Network(group, constraint="sphere", **options)).certify().passed


def test_a_symbolic_order_says_with_what_it_shares_no_factor_on_spheres() -> None:
    options = {"task": "2*x+3*y", "embedding": "unshared"}
    system = derive(Network("Zn", constraint="sphere", **options))
    assert {"n has no common factor with 2", "n has no common factor with 3"} <= set(system.conditions)
    assert not any("common factor" in text for text in derive(Network("Zn", **options)).conditions)
    with pytest.raises(ReductionError, match="no frequency of order 8 meets"):
        system.certify(8)
