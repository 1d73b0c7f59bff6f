"""Claims in Python: odekit's own rules hold for them, and what breaks in one leaves the others alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import odekit
from odekit.claims import Claim, Settings, Verdict
from odekit.errors import FileError, InputError

FALSE = ("twice that", 4.0)


def verdict_on(measured: Any, budget: Any, **options: Any) -> Verdict:
    settings = {"prediction": 2.0, "control": FALSE, **options}
    made = odekit.claim("mine", "It is 2.", **settings)(lambda _: odekit.Measurement(measured, budget))
    (verdict,) = odekit.verify(made).verdicts
    return verdict


@pytest.mark.parametrize(
    ("measured", "budget", "options", "outcome"),
    [
        (2.001, 0.01, {}, "confirmed"),
        (2.1, 0.01, {}, "refuted"),
        (4.0, 0.01, {}, "refuted"),
        (2.001, 1.5, {}, "inconclusive"),  # the control survives
        (2.001, 0.01, {"control": None}, "inconclusive"),
        (2.001, 0.01, {"control": ("nearly that", 2.002)}, "inconclusive"),
        (2.001, 0.01, {"tolerance": 0.001}, "inconclusive"),
        (2.1, 0.01, {"control": None}, "refuted"),
        (float("nan"), 0.01, {}, "inconclusive"),
        (2.001, float("inf"), {}, "inconclusive"),
        (2.001, {"steps": 0.01, "noise": 0.02}, {}, "confirmed"),
        (2.04, {"steps": 0.01, "noise": 0.02}, {}, "refuted"),
    ],
)
def test_gap_budget_tolerance_and_control_decide(
    measured: float, budget: Any, options: dict[str, Any], outcome: str
) -> None:
    verdict = verdict_on(measured, budget, **options)
    assert verdict.outcome == outcome
    assert verdict.text or outcome in ("confirmed", "refuted") or not np.isfinite(measured)


def test_values_by_name_are_all_compared() -> None:
    options = {"prediction": {"a": 1.0, "b": 2.0}, "control": ("b is 3", {"a": 1.0, "b": 3.0})}
    assert verdict_on({"b": 2.0, "a": 1.0}, 0.01, **options, tolerance=0.1).outcome == "confirmed"
    verdict = verdict_on({"b": 2.5, "a": 1.0}, 0.01, **options, tolerance=0.1)
    assert verdict.outcome == "refuted"
    assert (verdict.predicted, verdict.measured) == ({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 2.5}) or (
        verdict.predicted == {"b": 2.0, "a": 1.0}
    )
    assert verdict_on({"a": 1.0}, 0.01, **options).outcome == "inconclusive"


def test_a_check_that_does_not_hold_refutes() -> None:
    made = odekit.claim("mine", "It is 2.", prediction=2.0, control=FALSE)(
        lambda _: odekit.Measurement(2.0, 1e-3, checks={"it is even": True, "it is odd": False})
    )
    (verdict,) = odekit.verify([made]).verdicts
    assert (verdict.outcome, verdict.text) == ("refuted", "It is not so that it is odd.")


def test_predictions_may_be_functions_of_the_settings_and_the_seed_draws() -> None:
    def drawn(settings: Settings) -> float:
        return float(settings.generator("mine").uniform(1, 2))

    made = odekit.claim(
        "mine", "It is what is drawn.", prediction=drawn, control=("another", lambda s: drawn(s) + 1)
    )(lambda settings: odekit.Measurement(drawn(settings), 1e-9))
    first, again, other = (odekit.verify(made, seed=seed).verdicts[0] for seed in (1, 1, 2))
    assert first.outcome == "confirmed"
    assert first.measured == again.measured != other.measured


def test_group_full_and_hypotheses_reach_an_own_claim() -> None:
    seen: list[Settings] = []

    @odekit.claim(
        "mine", "It is 2.", prediction=2.0, control=FALSE, applies=lambda g: g.is_abelian, full_only=True
    )
    def two(settings: Settings) -> odekit.Measurement:
        seen.append(settings)
        return odekit.Measurement(2.0, 1e-9)

    assert isinstance(two, Claim)
    assert odekit.verify(two, group="S3", full=True).verdicts[0].outcome == "not_applicable"
    assert odekit.verify(two).verdicts[0].outcome == "not_applicable"
    assert odekit.verify(two, group="Z7", full=True).verdicts[0].outcome == "confirmed"
    (settings,) = seen
    assert settings.full
    assert settings.group is not None
    assert settings.group.name == "Z7"


def test_what_breaks_in_an_experiment_leaves_the_others_alone() -> None:
    def fails(settings: Settings) -> odekit.Measurement:
        raise KeyError("alpha")

    broken = odekit.claim("broken", "It is 2.", prediction=2.0, control=FALSE)(fails)
    empty = odekit.claim("empty", "It is 2.", prediction=2.0, control=FALSE)(lambda _: 2.0)  # type: ignore[arg-type,return-value]
    right = odekit.claim("right", "It is 2.", prediction=2.0, control=FALSE)(
        lambda _: odekit.Measurement(2.0, 1e-9)
    )
    report = odekit.verify([broken, empty, right])
    assert [verdict.outcome for verdict in report.verdicts] == ["inconclusive", "inconclusive", "confirmed"]
    assert "KeyError: 'alpha' (line " in report.verdicts[0].text
    assert "Expected: an odekit.Measurement. Received: float 2.0" in report.verdicts[1].text
    assert report.exit_code == 3


def test_the_json_of_an_own_claim_has_the_shape_of_a_built_in_one() -> None:
    own = verdict_on(2.0, 1e-9).to_json()
    built_in = odekit.verify("majority-vote", group="S3").verdicts[0].to_json()
    assert own.keys() == built_in.keys()
    assert own["control"].keys() == {"statement", "outcome", "correction"}
    json.dumps(own, allow_nan=False)
    assert verdict_on(2.0, 1e-9, control=None).to_json()["control"] is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: odekit.claim("", "x", prediction=1), "a claim has no name"),
        (lambda: odekit.claim("mine.py", "x", prediction=1), "a claim has no name"),
        (lambda: odekit.claim("a b", "x", prediction=1), "a claim has no name"),
        (lambda: odekit.claim("mine", " ", prediction=1), "a claim needs a statement"),
        (lambda: odekit.claim("mine", "x", prediction="2"), "the prediction of 'mine' is no number"),  # type: ignore[arg-type]
        (lambda: odekit.claim("mine", "x", prediction=float("nan")), "must be a finite number"),
        (lambda: odekit.claim("mine", "x", prediction={}), "is no number"),
        (
            lambda: odekit.claim("mine", "x", prediction=1, control=2.0),
            "the control of 'mine' is none.*float",
        ),  # type: ignore[arg-type]
        (lambda: odekit.claim("mine", "x", prediction=1, control=(2, 3)), "the control of 'mine' is none"),  # type: ignore[arg-type]
        (lambda: odekit.claim("mine", "x", prediction=1, tolerance=0), "the tolerance of 'mine' must be pos"),
        (lambda: odekit.claim("mine", "x", prediction=1, source=3), "the source of 'mine' is no text"),  # type: ignore[arg-type]
        (lambda: odekit.claim("mine", "x", prediction=1, applies=3), "what applies is no function"),  # type: ignore[arg-type]
        (lambda: odekit.claim("mine", "x", prediction=1)(3), "the experiment of 'mine' is no function"),  # type: ignore[arg-type]
        (lambda: odekit.Measurement("2", 1), "the measured value is no number"),  # type: ignore[arg-type]
        (lambda: odekit.Measurement(2, -1), "a budget is negative"),
        (lambda: odekit.Measurement(2, {}), "the budget is no number"),
        (lambda: odekit.Measurement(2, 1, checks=3), "checks have no names"),  # type: ignore[arg-type]
        (lambda: odekit.Measurement(2, 1, checks={"a": 3}), "a check is no truth value"),  # type: ignore[dict-item]
        (lambda: odekit.Measurement(2, 1, evidence={"a": {1, 2}}), "evidence can't be written as JSON"),
        (lambda: odekit.Measurement(2, 1, evidence={"series": [1.0]}), "the series can't be drawn"),
        (lambda: odekit.claim("../up", "x", prediction=1), "a claim has no name"),
    ],
)
def test_what_is_no_claim_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


MINE = """
from dataclasses import dataclass

import odekit
from beside import TWO

@dataclass
class Of:
    value: "float"

@odekit.claim("first", "It is 2.", prediction=TWO, control=("3", 3.0))
def first(settings):
    return odekit.Measurement(Of(2.0).value, 1e-9)

@odekit.claim("second", "It is 3.", prediction=3.0, control=("2", 2.0))
def second(settings):
    return odekit.Measurement(2.0, 1e-9)

if __name__ == "__main__":
    raise SystemExit("run as a program")
"""


def test_a_file_is_run_with_its_folder_on_the_path_and_its_claims_are_found_in_order(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("TWO = 2.0\n")
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    report = odekit.verify(str(path))
    assert [(v.id, v.outcome) for v in report.verdicts] == [("first", "confirmed"), ("second", "refuted")]
    assert report.exit_code == 1


LATE = """
import odekit

@odekit.claim("{name}", "It is {value}.", prediction={value}, control=("9", 9.0))
def late(settings):
    from beside import VALUE
    return odekit.Measurement(VALUE, 1e-9)
"""


def test_two_files_have_modules_of_one_name_each_its_own(tmp_path: Path) -> None:
    before = {*sys.modules}, list(sys.path)
    files = []
    for name, value in (("first", 2.0), ("second", 3.0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "beside.py").write_text(f"VALUE = {value}\n")
        files.append(tmp_path / name / "mine.py")
        files[-1].write_text(LATE.format(name=name, value=value))
    assert [verdict.outcome for verdict in odekit.verify(files).verdicts] == ["confirmed"] * 2
    assert list(sys.path) == before[1]
    assert not {"beside", "odekit_claims_of_mine"} & {*sys.modules} - before[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_module\n", r"breaks when it is run.*ModuleNotFoundError: No module.*\(line 1\)"),
        ("x = 1\nx +\n", "SyntaxError"),
        ("\nraise SystemExit(3)\n", r"SystemExit: 3 \(line 2\)"),
        ("1/0\n", "ZeroDivisionError"),
        ("x = 1\n", "holds no claim.*Expected: a function below @odekit.claim"),
        ("import odekit\nodekit.claim('', 'x', prediction=1)\n", "InputError: a claim has no name"),
        (
            "import odekit\nmake = odekit.claim('one', 'x', prediction=1)\na = make(len)\nb = make(abs)\n",
            "holds two claims 'one'",
        ),
    ],
)
def test_a_file_that_breaks_or_holds_no_claim_is_one_error(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        odekit.verify(path)


def test_files_that_are_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none\.py can't be read"):
        odekit.verify(tmp_path / "none.py")
    with pytest.raises(FileError, match=r"none\.toml can't be read"):
        odekit.verify(tmp_path / "none.toml")
    with pytest.raises(InputError, match=r"Expected: FILE\.py or FILE\.toml"):
        odekit.verify(tmp_path / "mine.txt")


def test_own_and_built_in_claims_run_side_by_side_but_not_under_one_name() -> None:
    own = odekit.claim("majority-vote", "It is 2.", prediction=2.0, control=FALSE)(
        lambda _: odekit.Measurement(2.0, 1e-9)
    )
    with pytest.raises(InputError, match="two claims are called 'majority-vote'"):
        odekit.verify(["majority-vote", own])
    assert odekit.verify([own, own]).exit_code == 0
