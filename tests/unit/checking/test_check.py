"""Lines that are right in other notations and units agree, those that are not are corrected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit import Network, blow_up_time, check
from odekit.errors import FileError, InputError, ReductionError, UnknownNameError

ZP = {"group": "Zp"}
SPHERES = {"group": "Zp", "embedding": "unshared", "constraint": "sphere"}
PAIR_ALONE = {"alpha1": "sqrt(2/p)", "alpha2": "sqrt(2/p)", "beta": "sqrt(2/p)", "E": "p*alpha1*cos(D)"}
BALANCED = {"D": "0", "alpha": "sqrt(2)*beta"}
BLOG = "-p*(4*beta**2 - alpha**2/beta)*sin(D)"


def document(tables: dict[str, Any], network: dict[str, Any] = ZP, **conventions: Any) -> dict[str, Any]:
    return {"network": network, "conventions": conventions, **tables}


# Twenty right lines in other notations, conventions and units.
RIGHT = {
    "the phases instead of D": document({"equations": {"D": "-p*(4*beta + alpha**2/beta)*sin(2*phi - psi)"}}),
    "double angles": document({"equations": {"D": "-2*p*(4*beta + alpha**2/beta)*sin(D/2)*cos(D/2)"}}),
    "a sum of angles": document(
        {"equations": {"beta": "p*alpha**2*(cos(2*phi)*cos(psi) + sin(psi)*sin(2*phi))"}}
    ),
    "another definition of D": document(
        {"definitions": {"D": "psi - 2*phi"}, "equations": {"D": "-p*(4*beta + alpha**2/beta)*sin(D)"}}
    ),
    "squares as states": document(
        {"definitions": {"q": "alpha**2", "s": "beta**2"}, "equations": {"q": "4*p*q*sqrt(s)*cos(D)"}}
    ),
    "names that SymPy keeps": document(
        {
            "definitions": {"gamma": "alpha**2", "E": "beta", "lambda": "p*beta", "zeta": "D", "I": "alpha"},
            "equations": {"gamma": "4*gamma*lambda*cos(zeta)", "E": "p*I**2*cos(zeta)"},
        }
    ),
    "swapped names": document({"equations": {"alpha": "p*beta**2*cos(D)"}}, alpha="beta", beta="alpha"),
    "an integral to a power": document({"first_integrals": {"K": "-2*(alpha**2*beta*sin(D))**3"}}),
    "an integral of an integral": document(
        {"first_integrals": {"K": "exp(alpha**2 - 2*beta**2) + cos(alpha**2*beta*sin(D))"}}
    ),
    "time in units of 1/p": document(
        {"equations": {"alpha": "2*alpha*beta*cos(D)", "beta": "alpha**2*cos(D)"}}, free_units=["time"]
    ),
    "magnitudes in units of their own": document(
        {
            "equations": {"a": "a*b*cos(D)", "b": "a**2*cos(D)", "D": "-(2*b + a**2/b)*sin(D)"},
            "first_integrals": {"c": "a**2 - b**2"},
        },
        a="alpha",
        b="beta",
        free_units=["time", "a", "b"],
    ),
    "loss and time": document(
        {"equations": {"beta": "alpha**2*cos(D)"}, "values": {"energy": "3*alpha**2*beta*cos(D)"}},
        free_units=["time", "loss"],
    ),
    "the network's own time": document(
        {"equations": {"beta": "alpha**2*cos(D)/(2*p)"}}, {**ZP, "loss": "mean", "logit_scale": 0.5}
    ),
    "a number for the order": document(
        {"equations": {"u": "24*u*v*2", "v": "2*n*u**2"}}, {"group": "Z12", "character": "6"}
    ),
    "a rate where magnitudes are balanced": document(
        {"rates": {"x": {"of": "D", "at": BALANCED, "formula": "3*sqrt(2)*p*alpha"}}}
    ),
    "a growth rate": document(
        {"rates": {"x": {"of": "beta", "measure": "growth", "at": {"D": 0}, "formula": "p*alpha**2/beta"}}}
    ),
    "a solution in time": document(
        {"closed_forms": {"beta": {"formula": "1/(1/beta0 - 2*p*t)", "at": BALANCED}}}
    ),
    "a blow-up time": document({"closed_forms": {"T": {"formula": "1/(sqrt(2)*p*alpha0)", "at": BALANCED}}}),
    "alignment on spheres": document(
        {"closed_forms": {"D": {"formula": "2*atan(tan(D0/2)*exp(-3*(2*p)**0.5*t))", "at": PAIR_ALONE}}},
        SPHERES,
    ),
    "limits": document(
        {"limits": {"psi - 2*phi": "0", "ratio": {"of": "alpha/beta", "formula": "sqrt(2)", "to": "blow-up"}}}
    ),
    "the limit of what is conserved": document(
        {"limits": {"K": {"of": "alpha**2*beta*sin(D)", "formula": "alpha0**2*beta0*sin(D0)"}}}
    ),
    "the limit on spheres": document(
        {"limits": {"D": {"formula": "0", "to": "infinity", "at": PAIR_ALONE}}}, SPHERES
    ),
    "the logit scale": document({"values": {"logit_scale": "7*beta*alpha**2"}}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_lines_agree_in_any_notation(name: str) -> None:
    findings = check(RIGHT[name])
    assert [finding.item for finding in findings if not finding.agrees] == []
    assert all("proved" in finding.evidence or "digits" in finding.evidence for finding in findings)


WRONG = {
    "half the rate": document({"rates": {"x": {"of": "D", "at": BALANCED, "formula": "3*p*beta"}}}),
    "another solution": document(
        {"closed_forms": {"beta": {"formula": "1/(1/beta0 - p*t)", "at": BALANCED}}}
    ),
    "a solution with another start": document({"closed_forms": {"D": "0*t"}}),
    "another blow-up time": document({"closed_forms": {"T": {"formula": "1/(p*alpha0)", "at": BALANCED}}}),
    "alignment at two thirds of the rate": document(
        {"closed_forms": {"D": {"formula": "2*atan(tan(D0/2)*exp(-2*sqrt(2*p)*t))", "at": PAIR_ALONE}}},
        SPHERES,
    ),
    "another limit": document({"limits": {"ratio": {"of": "alpha/beta", "formula": "2"}}}),
    "a limit that is a thousandth too large": document({"limits": {"alpha/beta": "1.001*sqrt(2)"}}),
    "half a turn": document({"limits": {"D": "pi"}}),
    "a constant": document({"first_integrals": {"K": "cos(D)**2 + sin(D)**2 + p"}}),
    "the sign of the logit scale": document({"values": {"logit_scale": "-beta*alpha**2"}}),
    "no logit scale": document({"values": {"logit_scale": "0"}}),
    "a factor without free units": document({"equations": {"beta": "alpha**2*cos(D)"}}),
    "a sign that no positive unit explains": document(
        {"equations": {"beta": "-p*alpha**2*cos(D)"}}, free_units=["time", "beta", "alpha"]
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_lines_differ(name: str) -> None:
    assert [finding.agrees for finding in check(WRONG[name])] == [False]


def test_the_printed_equation_is_corrected_with_a_point_that_shows_it() -> None:
    (finding,) = check({"D": BLOG}, Network("Zp"))
    assert finding.corrected == "-p*(alpha**2 + 4*beta**2)*sin(D)/beta"
    assert finding.ratio == "-(alpha**2 - 4*beta**3)/(alpha**2 + 4*beta**2)"
    assert finding.constant is None
    a, b, D, p = (finding.point[name] for name in ("alpha", "beta", "D", "p"))
    assert finding.given == pytest.approx(-p * (4 * b**2 - a**2 / b) * np.sin(D), rel=1e-12)
    assert finding.derived == pytest.approx(-p * (4 * b + a**2 / b) * np.sin(D), rel=1e-12)


def test_the_printed_logit_scale_is_corrected() -> None:
    (finding,) = check(document({"values": {"logit_scale": "alpha*beta**2"}}))
    assert (finding.corrected, finding.ratio) == ("alpha**2*beta", "beta/alpha")


@pytest.mark.parametrize(
    ("formula", "constant"),
    [("2*p*alpha**2*cos(D)", "2"), ("alpha**2*cos(D)", "1/p"), ("-p*alpha**2*cos(D)/sqrt(3)", "-sqrt(3)/3")],
)
def test_a_constant_factor_is_named_exactly(formula: str, constant: str) -> None:
    assert check({"beta": formula}, Network("Zp"))[0].constant == constant


def test_symbols_that_are_missing_or_too_many_are_named() -> None:
    (finding,) = check({"beta": "p*alpha**2*psi"}, Network("Zp"))
    assert finding.notes == ("D missing", "psi not in the derived formula")


def test_a_correction_speaks_in_the_names_and_units_of_the_file() -> None:
    equations = {"a": "2*a*b*cos(D)", "b": "3*a**2*cos(D)", "D": "-(4*b + a**2/b)*sin(D)"}
    findings = check(document({"equations": equations}, a="alpha", b="beta", free_units=["time"]))
    assert [finding.agrees for finding in findings] == [True, False, True]
    assert findings[1].corrected == "a**2*cos(D)"
    assert findings[1].units == {"time": "p"}


def test_one_unit_has_to_explain_every_line() -> None:
    equations = {"alpha": "10*p*alpha*beta*cos(D)", "D": "-7*p*(4*beta + alpha**2/beta)*sin(D)"}
    findings = check(document({"equations": equations}, free_units=["time"]))
    assert sorted(finding.agrees for finding in findings) == [False, True]
    assert not any(finding.agrees for finding in check(document({"equations": equations})))


@pytest.mark.slow
def test_units_are_found_among_many_lines_of_which_some_are_wrong() -> None:
    powers = [(i % 5 + 1, i // 5 + 1) for i in range(15)]
    states = {f"q{i}": f"alpha**{a}*beta**{b}" for i, (a, b) in enumerate(powers)}
    equations = {
        f"q{i}": f"alpha**{a}*beta**{b}*cos(D)*({2 * a}*beta + {b}*alpha**2/beta)"
        for i, (a, b) in enumerate(powers)
    }
    wrong = {f"q{i}": f"{i + 2}*beta**{i + 1}*{equations[f'q{i}']}" for i in range(5)}
    tables = {"definitions": states, "equations": equations | wrong}
    findings = check(document(tables, free_units=["time", "loss", "alpha", "beta"]))
    assert [finding.item for finding in findings if not finding.agrees] == list(wrong)
    assert findings[0].units["time"] == "p"


def test_a_combination_that_is_written_in_phases_is_not_missing() -> None:
    (finding,) = check({"phi": "2*p*beta*sin(2*phi - psi)"}, Network("Zp"))
    assert (finding.constant, finding.notes) == ("-1", ())


@pytest.mark.parametrize("step", ["{0}*{0} + {0}", "sin({0}) + 1"])
def test_definitions_that_grow_are_refused_before_they_are_put_in(step: str) -> None:
    names = {f"q{i}": step.format(f"q{i - 1}" if i else "alpha") for i in range(200)}
    with pytest.raises(InputError, match="too large with its definitions"):
        check(document({"definitions": names, "equations": {"alpha": "q199"}}))


def test_a_formula_may_go_over_several_lines() -> None:
    assert check({"alpha": "2*p*alpha\n    * beta*cos(D)"}, Network("Zp"))[0].agrees


def test_a_name_may_be_a_letter_that_python_spells_in_another_way() -> None:
    line = document(
        {"definitions": {"\N{MICRO SIGN}": "p*beta"}, "equations": {"phi": "-2*\N{MICRO SIGN}*sin(D)"}}
    )
    assert check(line)[0].agrees


def test_a_condition_that_the_flow_does_not_keep_is_refused() -> None:
    line = {"formula": "beta0/(1 - 2*p*beta0*t)", "at": {"D": "1", "alpha": "beta"}}
    with pytest.raises(InputError, match="the flow does not keep the condition on D"):
        check(document({"closed_forms": {"beta": line}}))


def test_a_rate_where_nothing_rests_is_refused() -> None:
    with pytest.raises(InputError, match="D does not rest there"):
        check(document({"rates": {"D = 1": "p"}}))


@pytest.mark.parametrize(
    ("tables", "error", "message"),
    [
        ({"equations": {"gamma": "alpha"}}, UnknownNameError, "unknown state 'gamma'"),
        ({"equations": {"D": "gamma"}}, UnknownNameError, "unknown name at column 1"),
        ({"equation": {"D": "1"}}, UnknownNameError, "Try: 'equations'"),
        ({"equations": {}}, InputError, "nothing to check"),
        ({"equations": {"D": "alpha # and more"}}, InputError, r"holds a comment \(column 7\)"),
        ({"equations": {"D": "  alpha.x"}}, InputError, r"Attribute.*\(column 3\)"),
        ({"equations": {"D": True}}, InputError, "must be text"),
        ({"equations": {"D": {"at": {}}}}, InputError, "has no formula"),
        ({"equations": {"D": {"formula": "1", "near": "0"}}}, UnknownNameError, "near"),
        ({"equations": {"D": "1"}, "definitions": {"a b": "1"}}, InputError, "can't be a name"),
        ({"equations": {"D": "1"}, "conventions": {"free_units": ["D"]}}, InputError, "angle 'D'"),
        ({"equations": {"D": "1"}, "conventions": {"free_units": ["mass"]}}, UnknownNameError, "mass"),
        ({"equations": {"D": "1"}, "conventions": {"a": "gamma"}}, UnknownNameError, "gamma"),
        ({"equations": {"D": "alpha/(beta - beta)"}}, InputError, r"no finite real number at any of \d+"),
        ({"equations": {"D": "sqrt(-alpha)"}}, InputError, "no finite real number"),
        ({"equations": {"D": "exp(exp(exp(100)))"}}, InputError, "no finite real number"),
        ({"closed_forms": {"D": "alpha"}}, UnknownNameError, "Try: 'alpha0'"),
        ({"limits": {"D": {"formula": "0", "to": "noon"}}}, UnknownNameError, "noon"),
        ({"values": {"mass": "1"}}, UnknownNameError, "mass"),
        ({"rates": {"D = 0": {"formula": "1", "measure": "speed"}}}, UnknownNameError, "speed"),
    ],
)
def test_what_can_not_be_checked_is_refused_with_its_reason(
    tables: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        check(tables, Network("Zp"))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "alpha.__class__",
        "lambda x: x",
        "2**99999999999",
        "2**2**2**2**2",
        "alpha**alpha**alpha",
        "10**10**10",
        "((2**64)**64)**64",
        "(" * 100_000 + "1" + ")" * 100_000,
        "sin(exp(exp(exp(100))))",
        "1e400",
    ],
)
def test_text_that_tries_to_run_or_to_grow_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"formula|unknown function"):
        check({"D": text}, Network("Zp"))


@pytest.mark.parametrize(
    "text",
    [
        "(alpha + beta + D)**64",
        "sin(64*D)**64",
        "*".join(["(alpha + beta)"] * 60),
        "abs(D-" * 40 + "1" + ")" * 40,
    ],
)
def test_formulas_that_algebra_could_not_hold_are_judged_without_it(text: str) -> None:
    (finding,) = check({"D": text}, Network("Zp"))
    assert not finding.agrees
    assert finding.ratio is None


def test_matrices_are_refused_with_their_reason() -> None:
    with pytest.raises(ReductionError, match="words of matrices"):
        check({"D": "1"}, Network("S3"))


def test_a_blow_up_time_is_unknown_without_exact_solution() -> None:
    with pytest.raises(ReductionError, match="no blow-up time is known"):
        check({"closed_forms": {"T": "1/beta0"}}, Network("Zp", activation="z**4"))


def test_a_blow_up_time_is_that_of_the_exact_solution() -> None:
    at = {"D": "1", "alpha": "1", "beta": "1"}
    true = float(blow_up_time(1.0, 1.0, 1.0, 1.0))
    for factor, agrees in ((1.0, True), (1.0001, False)):
        line = {"formula": f"{factor * true!r}/p", "at": at}
        assert check(document({"closed_forms": {"T": line}}))[0].agrees is agrees


def test_a_file_is_read_as_a_mapping_is(tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(f'[network]\ngroup = "Zp"\n[equations]\nD = "{BLOG}"\n')
    assert check(path) == check({"D": BLOG}, Network("Zp"))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="can't be read"):
        check(tmp_path / "missing.toml")
    (tmp_path / "broken.toml").write_text("[equations\n")
    with pytest.raises(FileError, match="is not a TOML file"):
        check(tmp_path / "broken.toml")


def test_another_seed_finds_the_same(tmp_path: Path) -> None:
    for seed in (1, 2):
        assert not check({"D": BLOG}, Network("Zp"), seed=seed)[0].agrees
