"""What holds at ordinary points only is told apart from what holds at all scales and orders."""

from __future__ import annotations

from typing import Any

import pytest

from odekit import Network, check
from odekit.checking import Finding

ZP, ZN = Network("Zp"), Network("Zn")
C, K = "(alpha**2 - 2*beta**2)", "alpha**2*beta*sin(D)"
BETA = "n*alpha**2*cos(D)"
BALANCED = {"D": "0", "alpha": "sqrt(2)*beta"}
SPHERES = {"group": "Zp", "embedding": "unshared", "constraint": "sphere"}
PAIR_ALONE = {"alpha1": "sqrt(2/p)", "alpha2": "sqrt(2/p)", "beta": "sqrt(2/p)", "E": "p*alpha1*cos(D)"}


def only(tables: dict[str, Any], network: Network | None = ZN) -> Finding:
    (finding,) = check(tables, network)
    return finding


@pytest.mark.parametrize(
    "formula",
    [
        f"sign(cos(D))*{C}",
        f"step(alpha - beta)*{C}",
        f"{C} + step(alpha - 50)",
        f"{C} + step(D - 20)",
        f"{C} + step(1e5 - beta)",
        f"{C}*(1 + step(beta - 1000))",
        f"{C} + 1e-12*step(alpha - 2)",
        f"{C} + step(alpha - 50)*step(50.01 - alpha)",
        f"{C} + atan(tan(D)) - D",
        f"{C} + sqrt((alpha - 50)**2)/(alpha - 50)",
        f"{C} + tanh(1e9*(alpha - 40))",
        "sign(cos(D))",
    ],
)
def test_a_first_integral_that_jumps_along_orbits_is_none(formula: str) -> None:
    finding = only({"first_integrals": {"K": formula}})
    assert not finding.agrees
    assert "it jumps where" in finding.evidence
    assert "which orbits pass" in finding.notes[-1]
    assert finding.given != finding.derived


@pytest.mark.parametrize(
    "formula",
    [
        f"abs({C})",
        f"sign({C})*{K}",
        f"step({C} - 1)",
        f"sign({K})*{C}",
        f"relu({K})",
        f"abs({K})**(1/3)",
        f"atan(1/{C})",
        f"1/({C} - 1)",
        f"sqrt(({K})**2)",
        f"log(abs({K}))",
        f"{C}*step(n - 4) + sign(n - 30)",
    ],
)
def test_a_first_integral_may_jump_where_no_orbit_passes(formula: str) -> None:
    assert only({"first_integrals": {"K": formula}}).agrees


@pytest.mark.parametrize(
    "formula",
    [
        f"{BETA}*sin(pi*n/2)**2",
        f"{BETA}*(1 - cos(pi*n))/2",
        f"{BETA}*step(n - 4)",
        f"{BETA}*step(n - 3.5)",
        f"{BETA}*step(1e5 - n)",
        f"{BETA}*(1 + relu(cos(2*pi*n/7) - 0.9999))",
        f"{BETA}*step(2 - alpha)",
        f"{BETA}*step(alpha - 0.01)",
        f"{BETA}*step(1e6 - beta)",
        f"{BETA}*step((alpha - 50)**2 - 1e-6)",
        f"{BETA}*(1 + step(D - 20))",
        f"{BETA}*(1 + 1e-20*step(alpha - 7))",
        f"{BETA}*abs(beta - 77)/(77 - beta)",
        f"{BETA} + relu(alpha - 1e5)",
    ],
)
def test_an_equation_that_holds_at_ordinary_points_only_differs(formula: str) -> None:
    finding = only({"equations": {"beta": formula}})
    assert not finding.agrees
    assert finding.point
    assert finding.corrected == "alpha**2*n*cos(D)"


def test_an_equation_of_odd_orders_is_told_so() -> None:
    finding = only({"equations": {"beta": f"{BETA}*sin(pi*n/2)**2"}})
    assert finding.notes == ("it agrees at odd orders only",)
    assert finding.point["n"] % 2 == 0


@pytest.mark.parametrize(
    "formula",
    [
        "n*alpha**2*abs(cos(D))*sign(cos(D))",
        "n*alpha**2*(relu(cos(D)) - relu(-cos(D)))",
        "n*sqrt(alpha**4)*cos(D)*cos(pi*n)**2",
        "n*alpha**2*cos(D)*step(alpha)",
        "n*alpha**2*cos(D)*step(n - 2)",
        "n*alpha**2*tan(D)*cos(D)**2/sin(D)",
    ],
)
def test_an_equation_with_breaks_that_is_right_everywhere_agrees(formula: str) -> None:
    assert only({"equations": {"beta": formula}}).agrees


def test_only_orders_at_which_the_derivation_holds_are_asked_for() -> None:
    assert only({"equations": {"beta": "p*alpha**2*cos(D)*sin(pi*p/2)**2"}}, ZP).agrees, "p is odd"
    assert only({"equations": {"beta": "p*alpha**2*cos(D)*step(p - 2)"}}, ZP).agrees
    assert not only({"equations": {"beta": "p*alpha**2*cos(D)*step(p - 3)"}}, ZP).agrees


@pytest.mark.parametrize(
    ("state", "place"),
    [
        *((state, place) for state in ("D", "phi", "psi") for place in ("0", "pi", "2*pi", "-pi")),
        *((state, place) for state in ("alpha", "beta") for place in ("pi/2", "-pi/2", "3*pi/2")),
    ],
)
def test_a_velocity_that_vanishes_is_zero_and_nothing_else(state: str, place: str) -> None:
    for formula, agrees in (("0", True), ("1e-9*alpha", False), ("1e-30", False)):
        line = {state: {"formula": formula, "at": {"D": place}}}
        finding = only({"equations": line}, ZP)
        assert finding.agrees is agrees
        if not agrees:
            assert finding.derived == 0
            assert finding.corrected == "0"


def test_a_velocity_that_does_not_vanish_there_is_not_zero() -> None:
    assert not only({"equations": {"alpha": {"formula": "0", "at": {"D": "pi"}}}}, ZP).agrees
    assert not only({"equations": {"D": {"formula": "0", "at": {"D": "pi/2"}}}}, ZP).agrees


@pytest.mark.parametrize(
    ("formula", "agrees"),
    [
        ("sqrt(2)", True),
        ("1.41421356237309505", True),
        ("sqrt(2) + 9e-5", False),
        ("1.41421356", False),
        ("sqrt(2)*step(2 - alpha0)", False),
        ("sqrt(2)*step(p - 4)", False),
    ],
)
def test_a_limit_is_judged_at_the_digits_that_it_has(formula: str, agrees: bool) -> None:
    finding = only({"limits": {"ratio": {"of": "alpha/beta", "formula": formula}}}, ZP)
    assert finding.agrees is agrees
    assert finding.evidence.startswith("10 digits" if agrees else "")


@pytest.mark.parametrize(
    ("offset", "agrees"), [("0", True), ("2*pi", True), ("9e-5", False), ("1e-8", False)]
)
def test_a_limit_that_is_zero_is_judged_at_its_own_error(offset: str, agrees: bool) -> None:
    assert only({"limits": {"D": offset}}, ZP).agrees is agrees
    line = {"formula": offset, "to": "infinity", "at": PAIR_ALONE}
    finding = only({"network": SPHERES, "limits": {"D": line}}, None)
    assert finding.agrees is agrees


def test_a_limit_is_reached_in_the_time_of_any_loss() -> None:
    line = {"formula": "0", "to": "infinity", "at": PAIR_ALONE}
    assert only({"network": {**SPHERES, "loss": "mean"}, "limits": {"D": line}}, None).agrees


@pytest.mark.parametrize(
    ("factor", "agrees"),
    [("1", True), ("(1 + 1e-9)", False), ("step(2 - alpha0)", False), ("step(p - 4)", False)],
)
def test_a_blow_up_time_is_judged_at_all_scales(factor: str, agrees: bool) -> None:
    line = {"formula": f"{factor}/(sqrt(2)*p*alpha0)", "at": BALANCED}
    assert only({"closed_forms": {"T": line}}, ZP).agrees is agrees


@pytest.mark.parametrize(
    ("formula", "agrees"),
    [
        ("1/(1/beta0 - 2*p*t)", True),
        ("abs(1/(1/beta0 - 2*p*t))", True),
        ("1/(1/beta0 - 2*p*t) + step(t - 0.1)", False),
        ("1/(1/beta0 - 2*p*t) + step(t - 50)", False),
        ("step(100 - beta0)/(1/beta0 - 2*p*t)", False),
    ],
)
def test_a_closed_form_must_not_jump_in_time_or_start(formula: str, agrees: bool) -> None:
    assert only({"closed_forms": {"beta": {"formula": formula, "at": BALANCED}}}, ZP).agrees is agrees


@pytest.mark.parametrize(("jump", "agrees"), [("2*pi", True), ("pi", False)])
def test_a_full_turn_is_no_jump_of_a_phase(jump: str, agrees: bool) -> None:
    formula = f"2*atan(tan(D0/2)*exp(-3*(2*p)**0.5*t)) + {jump}*step(t - 3)"
    line = {"D": {"formula": formula, "at": PAIR_ALONE}}
    assert only({"network": SPHERES, "closed_forms": line}, None).agrees is agrees


@pytest.mark.parametrize(
    ("formula", "agrees"),
    [
        ("7*beta*alpha**2*n", True),
        ("beta*alpha**2*(1 + step(alpha - 50))", False),
        ("beta*alpha**2*sign(alpha - 1)", False),
        ("beta*alpha**2*(2 + sign(D - 9))", False),
    ],
)
def test_a_logit_scale_is_one_multiple_everywhere(formula: str, agrees: bool) -> None:
    assert only({"values": {"logit_scale": formula}}).agrees is agrees


def test_growth_at_zero_is_the_slope_there() -> None:
    for sign, agrees in (("-", True), ("", False)):
        line = {"formula": f"{sign}p*(4*beta + alpha**2/beta)", "measure": "growth"}
        assert only({"rates": {"D = 0": line}}, ZP).agrees is agrees
    at_pi = {"of": "D", "measure": "growth", "at": {"D": "pi"}, "formula": "0"}
    assert only({"rates": {"x": at_pi}}, ZP).agrees


def test_a_formula_that_exists_at_some_points_only_says_so() -> None:
    finding = only({"equations": {"beta": f"{BETA} + 0*log(alpha - 1)"}})
    assert finding.agrees
    assert finding.notes[0].startswith("no finite real number at")
