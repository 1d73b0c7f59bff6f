"""Which claims are run, in which order, and what happens around an experiment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from odekit.claims import CLAIMS, select_claims, verify
from odekit.claims import verify as verify_function
from odekit.errors import InputError, UnknownNameError

MODULE = verify_function.__globals__
PAPER_A, PAPER_B = "2602.16849", "2606.02993"
NAMES_A = [
    "decoupling",
    "four-variable-ode",
    "phase-alignment",
    "single-frequency",
    "lottery-ticket",
    "dominance-time",
    "majority-vote",
    "even-activations",
    "relu-rates",
    "relu-leakage",
]
FULL_ONLY = ["grokking-stages"]
NAMES_B = [
    "fourier-lift",
    "single-irrep",
    "rank-one",
    "alignment-rate",
    "competition-rate",
    "local-rates",
    "blow-up-winner",
    "diversification",
    "haar-phases",
    "group-vote",
]
NAMES_C = ["softmax-orders", "modified-equation", "loss-curve", "drop-time-law"]
LINEAR = ["deep-linear", "lambda-balanced", "saddle-to-saddle"]
ATTENTION = [
    "head-pairing",
    "head-superposition",
    "attention-slow-law",
    "trained-attention",
    "linear-attention",
]
INDUCTION = ["product-closure", "phase-change-time", "clamped-subcircuits"]
LAZY = ["moment-closure", "lazy-limit", "rich-ordering"]
EMERGENCE = ["energy-maxima", "critical-data-share"]
OPPOSING = ["opposing-signals"]
OTHERS = [*ATTENTION, *INDUCTION, *LAZY, *EMERGENCE, *OPPOSING]
NAMES = [*NAMES_A, *NAMES_B, *LINEAR, *NAMES_C, *OTHERS]


@pytest.fixture
def quick(monkeypatch):
    """Experiments that do nothing but say that they ran."""
    ran = []

    def experiment(claim, settings):
        ran.append((claim.id, settings.seed))
        return claim.not_applicable("nothing to do")

    monkeypatch.setitem(MODULE, "CLAIMS", tuple(replace(claim, experiment=experiment) for claim in CLAIMS))
    return ran


def test_all_claims_run_once_in_the_catalogues_order(quick: list[tuple[str, int]]) -> None:
    report = verify(seed=4)
    assert [verdict.id for verdict in report.verdicts] == NAMES
    assert quick == [(name, 4) for name in NAMES]
    assert report.settings == {"full": False, "group": None, "paper": None}


def test_claims_that_take_minutes_run_in_the_full_set_only(quick: list[tuple[str, int]]) -> None:
    (named,) = verify(FULL_ONLY).verdicts
    assert named.outcome == "not_applicable"
    assert "--full" in named.text
    assert quick == []
    verify(full=True)
    assert set(FULL_ONLY) <= {name for name, _ in quick}


def test_claims_that_are_named_run_in_the_order_named_and_once(quick: list[tuple[str, int]]) -> None:
    names = ["majority-vote", "decoupling", "majority-vote"]
    assert [verdict.id for verdict in verify(names).verdicts] == ["majority-vote", "decoupling"]


def test_a_paper_selects_its_claims() -> None:
    assert [claim.id for claim in select_claims(None, PAPER_A)] == [*NAMES_A, *FULL_ONLY]
    assert [claim.id for claim in select_claims(None, PAPER_A, full=False)] == NAMES_A
    assert [claim.id for claim in select_claims(None, PAPER_B)] == NAMES_B
    with pytest.raises(UnknownNameError, match=r"unknown paper '2602.1684'.*Try: '2602.16849'"):
        select_claims(None, "2602.1684")


def test_an_unknown_claim_suggests_the_nearest_name_and_runs_nothing(quick: list[tuple[str, int]]) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown claim 'lotery-ticket'.*Try: 'lottery-ticket'"):
        verify(["decoupling", "lotery-ticket"])
    assert quick == []


@pytest.mark.parametrize("seed", [-1, 1.0, True, "0"])
def test_a_seed_that_is_no_nonnegative_integer_is_refused(seed: object) -> None:
    with pytest.raises(InputError, match="the seed must be a whole number from 0"):
        verify("decoupling", seed=seed)


@pytest.mark.parametrize(
    ("group", "expected"),
    [("Zp", "a group of a definite order"), ("Zn", "a group of a definite order"), (23, "text such as 'Z7'")],
)
def test_a_group_without_a_definite_order_is_refused(group: object, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        verify("decoupling", group=group)


def test_progress_is_told_before_and_after_each_experiment(quick: list[tuple[str, int]]) -> None:
    told = []
    verify(
        ["decoupling", "majority-vote"],
        on_start=lambda claim: told.append(("start", claim.id)),
        on_finish=lambda verdict: told.append(("finish", verdict.id)),
    )
    assert told == [(when, name) for name in ("decoupling", "majority-vote") for when in ("start", "finish")]


def test_a_group_that_does_not_meet_the_hypotheses_is_not_tried(quick: list[tuple[str, int]]) -> None:
    report = verify(group="Z2xZ2", paper=PAPER_A)
    assert {verdict.outcome for verdict in report.verdicts} == {"not_applicable"}
    assert "Z2xZ2 does not meet the hypotheses" in report.verdicts[0].text
    assert quick == []
    assert report.exit_code == 3


def test_an_experiment_that_cannot_be_carried_out_leaves_the_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(claim, settings):
        raise InputError("the flow can't be followed")

    claims = (
        replace(CLAIMS[0], experiment=broken),
        replace(CLAIMS[1], experiment=lambda claim, settings: claim.not_applicable("nothing to do")),
    )
    monkeypatch.setitem(MODULE, "CLAIMS", claims)
    first, second = verify().verdicts
    assert first.outcome == "inconclusive"
    assert "could not be carried out: the flow can't be followed" in first.text
    assert second.outcome == "not_applicable"
