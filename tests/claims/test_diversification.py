"""diversification: how often each irrep wins, by chi-square tests of stated level and power."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare

from odekit.claims import Settings, Verdict
from odekit.claims.group_composition import diversification
from odekit.claims.group_composition.diversification import CLAIM
from odekit.claims.statistics import win_counts
from odekit.claims.statistics.win_counts import alike, compare_proportions, known_shares, one_wins_twice, pool
from odekit.groups import from_table, group

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.mark.parametrize("seed", [0, pytest.param(7, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, seed: int) -> None:
    found = verdict(seed=seed)
    assert is_sound(found)
    assert "on S3 all nontrivial real irreps" in found.control.statement


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Z7", "Z12", "Z3xZ5", "D4", "Q8", "A4", "F21", "S4"])
def test_it_holds_on_other_groups(is_sound: Sound, name: str) -> None:
    found = verdict(name, 1)
    assert is_sound(found)
    assert min(test["power against the alternative"] for test in found.evidence["tests"].values()) > 0.95


def test_the_text_says_where_winners_are_uniform() -> None:
    assert "Uniform over irreps holds only as said" in verdict("Z7").text


def _counts(*wanted: int) -> Any:
    return lambda G, is_full, generator: diversification._Counts(G, np.array(wanted))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Z7", _counts(0, 1300, 850, 850)),
        ("S3", _counts(0, 1500, 1500)),
        ("Q8", _counts(0, 900, 500, 520, 1080)),
        ("Z12", _counts(0, 510, 510, 510, 510, 510, 272)),
    ],
)
def test_wrong_proportions_are_refuted(monkeypatch: pytest.MonkeyPatch, name: str, wrong: Any) -> None:
    monkeypatch.setattr(diversification, "_count", wrong)
    assert verdict(name).outcome == "refuted"


def test_uniform_winners_on_s3_would_let_the_control_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diversification, "_count", _counts(0, 1500, 1500))
    assert verdict("S3").control.outcome == "confirmed"


def test_too_few_neurons_leave_the_claim_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diversification, "_count", _counts(0, 20, 20, 20))
    assert verdict("Z7").outcome == "inconclusive"


def test_known_shares_are_those_of_the_irreps_and_not_of_the_name() -> None:
    S3 = group("S3")
    renamed = from_table(S3.table, "mine")
    assert known_shares(renamed) == known_shares(S3) == {("R", 1): 0.238, ("R", 2): 0.762}
    assert known_shares(group("S4")) is None
    for name in ("D4", "Q8", "A4", "F21", "Z12"):
        assert sum(known_shares(group(name)).values()) == pytest.approx(1)


def test_alike_irreps_have_one_type_and_one_dimension() -> None:
    assert alike(group("Q8")) == {("R", 1): [1, 2, 3], ("H", 1): [4]}
    assert list(alike(group("Z15"))) == [("C", 1)]


def test_without_an_error_of_the_proportions_the_statistic_is_pearsons() -> None:
    counts, expected = np.array([45, 30, 25]), np.array([0.5, 0.2, 0.3])
    found = compare_proportions("three", counts, expected, one_wins_twice(3))
    oracle = chisquare(counts, 100 * expected)
    assert found.statistic == pytest.approx(oracle.statistic)
    assert found.critical(oracle.pvalue) == pytest.approx(found.statistic)


def test_an_error_of_the_proportions_adds_in_quadrature() -> None:
    found = compare_proportions("two", [600, 400], [0.55, 0.45], [0.5, 0.5], 0.02)
    assert found.statistic == pytest.approx(0.05**2 / (0.55 * 0.45 / 1000 + 0.02**2))


def test_the_power_is_how_often_the_alternative_is_rejected() -> None:
    generator, alternative = np.random.default_rng(5), one_wins_twice(4)
    tests = [
        compare_proportions("four", generator.multinomial(150, alternative), np.full(4, 0.25), alternative)
        for _ in range(2000)
    ]
    rejected = np.mean([test.statistic > test.critical(0.01) for test in tests])
    # Five standard errors of the count, and 0.02 for the chi-square approximation at 150 neurons.
    assert rejected == pytest.approx(tests[0].power(0.01), abs=5 * 0.5 / np.sqrt(2000) + 0.02)


def test_pooled_tests_add_up_and_skip_those_without_counts() -> None:
    one = compare_proportions("a", [3, 7], [0.5, 0.5], [0.9, 0.1])
    none = compare_proportions("b", [0, 0], [0.5, 0.5], [0.9, 0.1])
    pooled = pool("all", [one, none, one])
    assert (pooled.statistic, pooled.degrees) == (2 * one.statistic, 2)


def test_it_applies_where_something_can_be_tested() -> None:
    names = ("Z2", "Z3", "Z4", "Z15", "Z12", "S3", "S4", "A5")
    assert [CLAIM.applies(group(name)) for name in names] == [False, False, False, *[True] * 5]
    assert win_counts.STANDARD_ERROR == 0.003
