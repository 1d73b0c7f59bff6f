"""What depends on nothing is no integral, what is small is one, and what can't be judged is named."""

from __future__ import annotations

import pytest

from odekit import Network, check
from odekit.report import findings_table

NETWORK = Network("Zp")


@pytest.mark.parametrize(
    "formula",
    [
        "2*phi - psi - D",
        "D - 2*phi + psi + 5",
        "cos(2*phi - psi)**2 + sin(D)**2",
        "sin(D)**2 + cos(D)**2",
        "1e-20*(2*phi - psi - D)",
        "(alpha + beta)**2 - alpha**2 - beta**2 - 2*alpha*beta + p",
    ],
)
def test_what_is_a_constant_once_definitions_are_put_in_is_no_integral(formula: str) -> None:
    (finding,) = check({"first_integrals": {"K": formula}}, NETWORK)
    assert not finding.agrees
    assert finding.evidence == "it is a constant, which is conserved trivially"


@pytest.mark.parametrize("factor", ["1e-18", "1e-25", "1e-30", "1e25"])
@pytest.mark.parametrize("integral", ["alpha**2 - 2*beta**2", "alpha**2*beta*sin(2*phi - psi)"])
def test_an_integral_is_one_at_any_scale(factor: str, integral: str) -> None:
    assert check({"first_integrals": {"K": f"{factor}*({integral})"}}, NETWORK)[0].agrees
    assert check({"first_integrals": {"K": f"1 + {factor}*({integral})"}}, NETWORK)[0].agrees


@pytest.mark.parametrize(
    "formula", ["1e-30*alpha", "1 + 1e-29*alpha", "D + 1e-25*beta", "1e-28*(alpha**2 - beta**2)"]
)
def test_what_is_small_and_changes_is_called_no_constant(formula: str) -> None:
    (finding,) = check({"first_integrals": {"K": formula}}, NETWORK)
    assert not finding.agrees
    assert "constant" not in finding.evidence
    assert finding.given != 0


@pytest.mark.parametrize(
    ("tables", "parts"),
    [
        (
            {"rates": {"mine": {"of": "D", "at": {"D": "pi/2"}, "formula": "p"}}},
            ("D does not rest there", "'mine'", "Received: D = pi/2", "Try: another value of D"),
        ),
        (
            {"limits": {"far": {"of": "alpha", "formula": "0", "to": "infinity"}}},
            ("'far' has no such limit", "Received: to = 'infinity'", "Try: "),
        ),
        (
            {"first_integrals": {"K": {"formula": "alpha", "at": {"D": "1"}}}},
            ("does not keep the condition on D", "'K'", "Expected: ", "Try: "),
        ),
    ],
)
def test_a_line_that_can_not_be_judged_is_named_with_what_to_try(
    tables: dict[str, object], parts: tuple[str, ...]
) -> None:
    (finding,) = check(tables, NETWORK)
    assert finding.agrees is None
    assert all(part in finding.evidence for part in parts)


@pytest.mark.parametrize(
    "formula",
    [
        "p*alpha**2*cos(D) + 1e-20",
        "1.000001*p*alpha**2*cos(D)",
        "p*alpha**2*cos(D)*(1 - 1e-12)",
        "p*alpha**2*cos(D)*(1 + 1e-25)",
    ],
)
def test_values_that_differ_are_shown_with_the_digits_that_differ(formula: str) -> None:
    findings = check({"beta": formula}, NETWORK)
    assert not findings[0].agrees
    given, derived = (str(cell) for cell in findings_table(findings).rows[0][4:6])
    assert given != derived
    assert len(given) < 25


def test_a_difference_below_float64_is_measured() -> None:
    (finding,) = check({"beta": "p*alpha**2*cos(D) + 1e-20"}, NETWORK)
    assert finding.given == finding.derived
    assert finding.difference == pytest.approx(1e-20, rel=1e-12)
