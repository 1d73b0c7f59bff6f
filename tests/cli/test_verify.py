"""``odekit verify``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from odekit.claims import CLAIMS, Claim, Control, Report, Verdict

Invoke = Callable[..., Result]
Fake = Callable[..., dict[str, Any]]
QUICK = "single-frequency"


def verdict(outcome: str) -> Verdict:
    return Verdict(
        "one", "it holds", "paper", outcome, 1.0, float("nan"), control=Control("false", "refuted", "true")
    )


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Let `verify` return made-up outcomes, and keep what it was called with."""

    def install(*outcomes: str) -> dict[str, Any]:
        called: dict[str, Any] = {}

        def verify(claims: Any, **options: Any) -> Report:
            called.update(options, claims=claims)
            return Report("9.9", options["seed"], {"full": options["full"]}, tuple(map(verdict, outcomes)))

        monkeypatch.setattr("odekit.claims.verify", verify)
        return called

    return install


@pytest.mark.slow
def test_a_claim_is_verified_and_reported(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("verify", QUICK, "--out", tmp_path / "out", "--json", tmp_path / "v.json")
    assert result.exit_code == 0, result.stderr
    assert f"{QUICK}: confirmed in" in result.stderr
    assert "1 claim: 1 confirmed in" in result.stdout
    assert f"written to {tmp_path / 'out'}" in result.stdout
    written = json.loads((tmp_path / "v.json").read_text())
    (entry,) = written["verdicts"]
    assert {"id", "source", "statement", "outcome", "predicted", "measured"} <= set(entry)
    assert {"interval", "tolerance", "budget", "control", "seconds"} <= set(entry)
    assert entry["control"]["outcome"] == "refuted"
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == written
    assert f"odekit verify {QUICK} --seed 0" in (tmp_path / "out" / "report.html").read_text()
    assert (tmp_path / "out" / "figures" / f"{QUICK}.pdf").exists()


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (("confirmed", "not_applicable"), 0),
        (("confirmed", "inconclusive", "refuted"), 1),
        (("confirmed", "inconclusive"), 3),
        (("not_applicable",), 3),
    ],
)
def test_the_exit_code_speaks_for_all_claims(
    invoke: Invoke, fake: Fake, outcomes: tuple[str, ...], code: int
) -> None:
    fake(*outcomes)
    assert invoke("verify").exit_code == code


def test_options_reach_the_experiments(invoke: Invoke, fake: Fake) -> None:
    called = fake("confirmed")
    paper = CLAIMS[0].paper
    invoke("verify", CLAIMS[0].id, "--paper", paper, "--group", "Z7", "--seed", 5, "--full")
    assert called["claims"] == (CLAIMS[0].id,)
    assert (called["paper"], called["seed"], called["full"], called["group"].name) == (paper, 5, True, "Z7")


def test_without_a_claim_all_are_meant(invoke: Invoke, fake: Fake) -> None:
    called = fake("confirmed")
    invoke("verify")
    assert called["claims"] is None
    assert called["group"] is None


def test_only_json_goes_to_standard_output(invoke: Invoke, fake: Fake) -> None:
    fake("confirmed")
    result = invoke("verify", "--json", "-", "--seed", 3)
    written = json.loads(result.stdout)
    assert (written["version"], written["seed"]) == ("9.9", 3)
    assert written["verdicts"][0]["measured"] is None
    assert "1 claim: 1 confirmed" in result.stderr


def test_a_false_formula_is_told_with_its_correction(invoke: Invoke, fake: Fake) -> None:
    fake("confirmed")
    assert "one: refuted: false; correct: true" in invoke("verify").stdout


def test_latex_is_a_table_for_a_paper(invoke: Invoke, fake: Fake) -> None:
    fake("confirmed")
    lines = invoke("verify", "--format", "latex").stdout.splitlines()
    assert "% odekit 9.9, seed 0, full no" in lines
    assert lines[-1] == r"\end{tabular}"


def test_an_earlier_report_stays_unless_forced(invoke: Invoke, fake: Fake, tmp_path: Path) -> None:
    called = fake("confirmed")
    assert invoke("verify", "--out", tmp_path / "out").exit_code == 0
    called.clear()
    result = invoke("verify", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "Try: --force" in result.stderr
    assert called == {}, "refused before the experiments"
    assert invoke("verify", "--out", tmp_path / "out", "--force").exit_code == 0


def test_an_interruption_leaves_nothing(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(*arguments: object, on_start: Callable[[Claim], None], **options: object) -> Report:
        on_start(CLAIMS[0])
        raise KeyboardInterrupt

    monkeypatch.setattr("odekit.claims.verify", interrupt)
    result = invoke("verify", "--out", tmp_path / "out", "--json", tmp_path / "v.json")
    assert result.exit_code == 130
    assert list(tmp_path.iterdir()) == []


def test_settings_are_read_as_numbers_where_they_are_some(invoke: Invoke, fake: Fake) -> None:
    called = fake("confirmed")
    given = ("--set", "neurons=64", "--set", "scale = 1e-2", "--set", "activation=z**2")
    assert invoke("verify", *given).exit_code == 0
    assert called["values"] == {"neurons": 64, "scale": 0.01, "activation": "z**2"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--set", "neurons"), "'neurons' is not of the form NAME=VALUE"),
        (("--set", "neurons=1", "--set", "neurons=2"), "neurons is given twice"),
        (("--set", "neuron=64"), "unknown setting 'neuron'.*Try: 'neurons'"),
        (("--set", "neurons=many"), "neurons of single-frequency must be a whole number"),
    ],
)
def test_settings_that_nothing_can_carry_are_told(invoke: Invoke, given: tuple[str, ...], told: str) -> None:
    result = invoke("verify", QUICK, *given)
    assert result.exit_code == 2
    assert re.search(told, " ".join(result.stderr.split()))


@pytest.mark.slow
def test_values_of_settings_are_in_the_report_and_repeat_it(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("verify", QUICK, "--set", "neurons=3", "--out", tmp_path / "out", "--json", "-")
    written = json.loads(result.stdout)
    assert written["settings"]["values"] == {"neurons": 3}
    page = (tmp_path / "out" / "report.html").read_text()
    assert f"odekit verify {QUICK} --seed 0 --set neurons=3" in page
    assert "neurons 3" in (tmp_path / "out" / "verdicts.md").read_text()
