"""Lines about a system of one's own: textbook integrals, rates, limits and solutions, and false ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit import Network, check, gradient_flow, system
from odekit.errors import FileError, InputError, UnknownNameError

LOTKA = {"equations": {"x": "x*(a - y)", "y": "r*y*(x - 1)"}, "parameters": {"r": "", "a": 2.0}}
POSITIVE = {**LOTKA, "conditions": ["x > 0, y > 0", "r > 0"]}
LOGISTIC = system("x' = r*x*(1 - x/K)", "r K", conditions=["x > 0", "r > 0", "K > 0"])
PENDULUM = system({"x": "v", "v": "-w**2*sin(x)"}, "w")
SPIRAL = system("x' = -x + 2*y; y' = -2*x - 3*y")
SADDLE_NODE = system("x' = y; y' = -2*x - 3*y")  # eigenvalues -1, -2
KURAMOTO = system("x[i]' = K/n*sum(sin(x[j] - x[i]) for j in 1..n) for i in 1..n", {"K": None, "n": 3})
RIGID = system({"p": "(b - c)*q*s", "q": "(c - a)*s*p", "s": "(a - b)*p*q"}, "a b c")
DRIVEN = system("x' = -x*cos(t)")

RIGHT: dict[str, tuple[Any, dict[str, Any]]] = {
    "Lotka and Volterra": (
        None,
        {
            "system": POSITIVE,
            "definitions": {"q": "x*y"},
            "equations": {"x": "2*x - x*y", "q": "q*(a - y + r*x - r)"},
            "first_integrals": {"V": "r*(x - log(x)) + y - a*log(y)"},
            "rates": {"grows": {"of": "x", "measure": "growth", "at": {"x": 0, "y": 0}, "formula": "a"}},
        },
    ),
    "logistic growth": (
        LOGISTIC,
        {
            "closed_forms": {"x": "K/(1 + (K/x0 - 1)*exp(-r*t))"},
            "rates": {"x = K": "r", "x = 0": {"formula": "r", "measure": "growth"}},
            "limits": {"x": "K"},
        },
    ),
    "pendulum": (PENDULUM, {"first_integrals": {"E": "v**2/2 - w**2*cos(x)"}}),
    "rigid body": (RIGID, {"first_integrals": {"L": "p**2 + q**2 + s**2", "T": "a*p**2 + b*q**2 + c*s**2"}}),
    "Kuramoto": (
        KURAMOTO,
        {"equations": {"x1": "K*(sin(x2 - x1) + sin(x3 - x1))/3"}, "first_integrals": {"m": "x1 + x2 + x3"}},
    ),
    "rates of coupled states": (
        SADDLE_NODE,
        {"rates": {"origin": {"of": "x", "at": {"x": 0, "y": 0}, "formula": "1"}}},
    ),
    "energy": (
        gradient_flow("(s - a*b)**2/2", "a b", parameters="s"),
        {"values": {"energy": "(a*b - s)**2/2"}, "first_integrals": {"I": "a**2 - b**2"}},
    ),
    "a field in time": (DRIVEN, {"equations": {"x": "-x*cos(t)"}, "first_integrals": {"C": "x*exp(sin(t))"}}),
    "a parameter and a state named as what networks have": (
        system({"x": "-E*x", "D": "-D"}, "E"),
        {"first_integrals": {"I": "x/D**2*exp((E - 2)*t)"}, "rates": {"x = 0": "E", "D = 0": "1"}},
    ),
}

WRONG: dict[str, tuple[Any, dict[str, Any]]] = {
    "a sign": (None, {"system": POSITIVE, "equations": {"x": "x*(a + y)"}}),
    "a number": (None, {"system": POSITIVE, "first_integrals": {"V": "r*(x - log(x)) + y - 3*log(y)"}}),
    "a factor in the solution": (LOGISTIC, {"closed_forms": {"x": "K/(1 + (K/x0 - 1)*exp(-1.01*r*t))"}}),
    "a start that is none": (LOGISTIC, {"closed_forms": {"x": "K/(1 + 2*(K/x0 - 1)*exp(-r*t))"}}),
    "a limit": (LOGISTIC, {"limits": {"x": {"formula": "1.001*K", "to": "infinity"}}}),
    "a rate": (LOGISTIC, {"rates": {"x = K": "1.001*r"}}),
    "a diagonal entry as the rate": (
        SADDLE_NODE,
        {"rates": {"origin": {"of": "x", "at": {"x": 0, "y": 0}, "formula": "0"}}},
    ),
    "a constant": (PENDULUM, {"first_integrals": {"E": "sin(x)**2 + cos(x)**2"}}),
    "an energy with another sign": (PENDULUM, {"first_integrals": {"E": "v**2/2 + w**2*cos(x)"}}),
    "an integral without its time": (DRIVEN, {"first_integrals": {"C": "x*exp(t)"}}),
    "a wrong sum": (KURAMOTO, {"first_integrals": {"m": "x1 + x2 - x3"}}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_a_textbook_says_of_a_system_agrees(name: str) -> None:
    about, lines = RIGHT[name]
    findings = check(lines, about)
    assert [finding.outcome for finding in findings] == ["agrees"] * len(findings), findings


@pytest.mark.parametrize("name", WRONG)
def test_what_is_false_of_a_system_differs_at_a_point(name: str) -> None:
    about, lines = WRONG[name]
    (finding,) = check(lines, about)
    assert finding.agrees is False
    assert finding.point or "trivially" in finding.evidence


def test_what_differs_is_corrected_in_the_users_names() -> None:
    lines = {"equations": {"x": "x*(a + y)"}, "first_integrals": {"V": "r*(x - log(x)) + y - 3*log(y)"}}
    equation, integral = check({"system": POSITIVE, **lines})
    assert equation.corrected == "x*(2 - y)"
    assert integral.corrected is not None
    assert check({"system": POSITIVE, "first_integrals": {"V": integral.corrected}})[0].agrees


def test_a_renamed_state_and_a_free_unit_of_time_are_forgiven() -> None:
    lines = {
        "conventions": {"prey": "x", "free_units": ["time"]},
        "equations": {"prey": "3*prey*(2 - y)", "y": "3*r*y*(prey - 1)"},
    }
    findings = check({"system": POSITIVE, **lines})
    assert all(finding.agrees for finding in findings)
    assert findings[0].units == {"time": "1/3"}


def test_lines_that_share_a_factor_of_time_are_told_so() -> None:
    lines = {"equations": {"x": "3*x*(2 - y)", "y": "3*r*y*(x - 1)"}}
    findings = check({"system": POSITIVE, **lines})
    assert [finding.constant for finding in findings] == ["3", "3"]
    assert 'free_units = ["time"]' in findings[0].notes[-1]


@pytest.mark.parametrize(
    ("about", "lines", "reason"),
    [
        # From negative starts it runs away.
        (system("x' = x*(1 - x)"), {"limits": {"x": {"formula": "1", "to": "infinity"}}}, "random points"),
        (PENDULUM, {"limits": {"x": {"formula": "0", "to": "infinity"}}}, "no such limit"),
        (PENDULUM, {"limits": {"x": {"formula": "0", "to": "blow-up"}}}, "no blow-up time is known"),
        (DRIVEN, {"closed_forms": {"x": "x0*exp(-sin(t))"}}, "depends on time"),
        (DRIVEN, {"limits": {"x": {"formula": "0", "to": "infinity"}}}, "depends on time"),
        (DRIVEN, {"rates": {"x = 0": "1"}}, "depends on time"),
        (SPIRAL, {"rates": {"x = 0": "1"}}, "does not rest"),
        (
            PENDULUM,
            {"rates": {"o": {"of": "v", "at": {"x": 1, "v": 0}, "formula": "0"}}},
            "does not keep the condition",
        ),
        (PENDULUM, {"values": {"energy": "v**2/2"}}, "no energy"),
        (gradient_flow("x**2", "x"), {"values": {"logit_scale": "x"}}, "no logit scale"),
    ],
)
def test_what_can_not_be_judged_of_a_system_is_not(about: Any, lines: dict[str, Any], reason: str) -> None:
    (finding,) = check(lines, about)
    assert finding.agrees is None
    assert reason in finding.evidence


def test_eigenvalues_decide_where_states_drive_each_other() -> None:
    matrix = np.array([[-1.0, 2.0], [-2.0, -3.0]])
    rate = -float(np.linalg.eigvals(matrix).real.max())
    lines = {"rates": {"origin": {"of": "x", "at": {"x": 0, "y": 0}, "formula": repr(round(rate, 12))}}}
    assert check(lines, SPIRAL)[0].agrees
    # What x does not depend on counts for nothing: y decays at 1, though x does at 5.
    triangular = system("x' = -5*x; y' = x - y")
    lines = {"rates": {"x": {"of": "x", "at": {"x": 0, "y": 0}, "formula": "5"}}}
    assert check(lines, triangular)[0].agrees
    lines = {"rates": {"y": {"of": "y", "at": {"x": 0, "y": 0}, "formula": "1"}}}
    assert check(lines, triangular)[0].agrees


def test_a_system_is_taken_from_its_own_file_beside_the_draft(tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text('[equations]\nx = "-k*x"\n[parameters]\nk = 2.0\n')
    draft = tmp_path / "draft.toml"
    draft.write_text('system = "flow.toml"\n[equations]\nx = "-k*x"\n[rates]\n"x = 0" = "k"\n')
    assert [finding.agrees for finding in check(draft)] == [True, True]
    draft.write_text('system = "none.toml"\n[equations]\nx = "-k*x"\n')
    with pytest.raises(FileError, match=r"none\.toml can't be read"):
        check(draft)


@pytest.mark.parametrize(
    ("document", "about", "error", "message"),
    [
        ({"equations": {"x": "1"}}, None, InputError, "no network and no system is given"),
        ({"system": POSITIVE, "equations": {"x": "1"}}, LOGISTIC, InputError, "about two things"),
        (
            {"system": POSITIVE, "network": {"form": "polar"}, "equations": {"x": "1"}},
            None,
            InputError,
            r"Received: \[network\]",
        ),
        (
            {"system": POSITIVE, "conventions": {"time": "network"}, "equations": {"x": "1"}},
            None,
            InputError,
            "Received: time",
        ),
        ({"system": POSITIVE, "equations": {"x": "1"}}, Network("Zp"), InputError, "about two things"),
        ({"system": POSITIVE, "equations": {"z": "1"}}, None, UnknownNameError, "unknown state 'z'"),
        ({"system": POSITIVE, "equations": {"x": "b*x"}}, None, UnknownNameError, "unknown name"),
        ({"system": {"equation": {}}, "equations": {"x": "1"}}, None, UnknownNameError, "Try: 'equations'"),
        ({"system": 3, "equations": {"x": "1"}}, None, InputError, "describes no system"),
        ({"systems": POSITIVE, "equations": {"x": "1"}}, None, UnknownNameError, "Try: 'system'"),
        (
            {"system": POSITIVE, "conventions": {"free_units": ["loss"]}, "equations": {"x": "1"}},
            None,
            UnknownNameError,
            "free unit",
        ),
    ],
)
def test_a_document_that_describes_no_one_system_is_refused(
    document: dict[str, Any], about: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        check(document, about)
