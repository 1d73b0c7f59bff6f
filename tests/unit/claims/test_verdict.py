"""The rule that decides, the gates of a verdict, and what a report says."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from odekit.claims import Claim, Control, Report, Settings, Verdict, judge
from odekit.errors import InputError

REFUTED = Control("nearby and false", "refuted")


def make_claim(identifier: str = "a-claim") -> Claim:
    return Claim(
        id=identifier,
        statement="It holds.",
        source="a paper",
        paper="0000.00000",
        hypotheses="none",
        experiment=lambda claim, settings: claim.not_applicable("nothing to do"),
        applies=lambda group: True,
    )


def decide(**changes) -> Verdict:
    values = {
        "gap": 0.1,
        "budget": {"first": 0.1, "second": 0.1},
        "tolerance": 0.5,
        "control": REFUTED,
        "predicted": 1.0,
        "measured": 1.1,
    }
    return make_claim().verdict(**(values | changes))


def report(*outcomes: str) -> Report:
    verdicts = [
        Verdict("x", "It holds.", "a paper", outcome, control=REFUTED if outcome == "confirmed" else None)
        for outcome in outcomes
    ]
    return Report("1.0", 0, {"full": False}, verdicts)


def test_names_in_a_notebook_s_table_are_escaped() -> None:
    verdict = Verdict("<b>x</b>", "a < b & c", "a paper", "inconclusive")
    shown = Report("1.0", 0, {}, [verdict])._repr_html_()
    assert "<td>&lt;b&gt;x&lt;/b&gt;</td>" in shown
    assert "a &lt; b &amp; c" in shown


@pytest.mark.parametrize(
    ("gap", "budget", "tolerance", "outcome"),
    [
        (0.0, 0.0, 0.0, "confirmed"),
        (0.2, 0.2, 0.2, "confirmed"),
        (0.3, 0.2, 1.0, "refuted"),
        (0.3, 0.2, 0.1, "refuted"),
        (0.1, 0.2, 0.1, "inconclusive"),
        (math.inf, 0.2, 1.0, "refuted"),
        (math.nan, 0.2, 1.0, "inconclusive"),
        (0.1, math.inf, 1.0, "inconclusive"),
        (math.inf, math.inf, 1.0, "inconclusive"),
        (0.1, math.nan, 1.0, "inconclusive"),
    ],
)
def test_the_rule_of_gap_budget_and_tolerance(
    gap: float, budget: float, tolerance: float, outcome: str
) -> None:
    assert judge(gap, budget, tolerance) == outcome


def test_the_parts_of_the_budget_add_up() -> None:
    assert decide(gap=0.15).outcome == "confirmed"
    assert decide(gap=0.25).outcome == "refuted"
    assert decide(tolerance=0.15).outcome == "inconclusive"


@pytest.mark.parametrize("survivor", ["confirmed", "inconclusive"])
def test_a_control_that_survives_makes_a_claim_inconclusive(survivor: str) -> None:
    assert decide(control=Control("nearby", survivor)).outcome == "inconclusive"


def test_a_refuted_claim_stays_refuted_whatever_its_control_does() -> None:
    assert decide(gap=1.0, control=Control("nearby", "confirmed")).outcome == "refuted"


def test_a_check_that_fails_refutes_and_is_named() -> None:
    found = decide(checks={"the first part": True, "the second part": False}, text="A word.")
    assert found.outcome == "refuted"
    assert found.text == "A word. It is not so that the second part."
    assert found.evidence["checks"] == {"the first part": True, "the second part": False}


def test_a_confirmed_verdict_needs_a_control_that_was_refuted() -> None:
    with pytest.raises(InputError, match=r"x can't be confirmed.*refuted.*Received: none"):
        Verdict("x", "It holds.", "a paper", "confirmed")
    with pytest.raises(InputError, match="Received: inconclusive"):
        Verdict("x", "It holds.", "a paper", "confirmed", control=Control("nearby", "inconclusive"))


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(InputError, match=r"unknown outcome.*not_applicable.*Received: maybe"):
        Verdict("x", "It holds.", "a paper", "maybe")


def test_json_holds_the_promised_keys_and_no_number_that_is_not_finite() -> None:
    found = decide(
        measured={"a": math.nan, "b": np.float64(2.0)},
        evidence={"array": np.array([1.0, math.inf]), "nested": {"flag": np.bool_(True), 3: (1, None)}},
        interval=(0.0, math.inf),
    )
    values = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert values["measured"] == {"a": None, "b": 2.0}
    assert values["interval"] == [0.0, None]
    assert values["evidence"]["array"] == [1.0, None]
    assert values["evidence"]["nested"] == {"flag": True, "3": [1, None]}
    assert values["control"] == {"statement": "nearby and false", "outcome": "refuted", "correction": ""}
    assert values["budget"] == {"first": 0.1, "second": 0.1}


def test_json_of_a_claim_that_is_not_applicable() -> None:
    values = make_claim().not_applicable("another group").to_json()
    assert values["outcome"] == "not_applicable"
    assert values["control"] is None
    assert values["text"] == "another group"
    json.dumps(values, allow_nan=False)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (["confirmed"], 0),
        (["confirmed", "not_applicable"], 0),
        (["confirmed", "inconclusive", "refuted"], 1),
        (["refuted", "not_applicable"], 1),
        (["confirmed", "inconclusive"], 3),
        (["inconclusive"], 3),
        (["not_applicable"], 3),
        ([], 3),
    ],
)
def test_exit_codes(outcomes: list[str], code: int) -> None:
    assert report(*outcomes).exit_code == code


def test_a_report_as_text_html_and_json() -> None:
    found = report("confirmed", "not_applicable")
    assert str(found) == "x: confirmed\nx: not applicable"
    assert found._repr_html_().count("<tr>") == 3
    assert [verdict["outcome"] for verdict in found.to_json()["verdicts"]] == ["confirmed", "not_applicable"]
    assert set(found.to_json()) == {"version", "seed", "settings", "seconds", "verdicts"}


def test_a_claims_generator_depends_on_seed_and_claim_alone() -> None:
    def first(seed: int, claim: str) -> float:
        return float(Settings(seed).generator(claim).random())

    assert first(1, "a") == first(1, "a")
    assert len({first(1, "a"), first(2, "a"), first(1, "b"), first(1, "ab")}) == 4
