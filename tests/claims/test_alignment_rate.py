"""alignment-rate: linearisation, closed form and fitted slope of D with one conjugate pair."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from odekit.claims import Settings, Verdict
from odekit.claims.group_composition import alignment_rate
from odekit.claims.group_composition.alignment_rate import CLAIM
from odekit.groups import group

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.fixture(scope="module")
def found() -> Verdict:
    return verdict()


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, found: Verdict) -> None:
    assert is_sound(found)


@pytest.mark.long
@pytest.mark.parametrize("name", ["Z4", "Z12", "Z3xZ5"])
def test_it_holds_on_other_groups(is_sound: Sound, name: str) -> None:
    assert is_sound(verdict(name, 7))


def test_the_rates_are_three_times_and_five_halves_of_the_root_of_two_n(found: Verdict) -> None:
    assert found.predicted["unshared"] == pytest.approx(3 * sqrt(14), rel=1e-12)
    assert found.predicted["joint sphere"] == pytest.approx(2.5 * sqrt(14), rel=1e-12)
    assert found.evidence["closed form"] == pytest.approx(dict(found.predicted), rel=1e-12)


def test_fitted_slopes_hold_the_rate_within_narrow_intervals(found: Verdict) -> None:
    for low, high in found.evidence["fitted over linearised rate"].values():
        assert low <= 1 <= high
        assert high - low < 1e-4


def test_beyond_a_single_pair_the_rate_is_only_local_and_the_text_says_so(found: Verdict) -> None:
    assert "needs a neuron with a single conjugate pair" in found.text
    assert "only the local rate" in found.text
    off = found.evidence["random starts: median of the largest |log| of tan(D/2) over the closed form"]
    assert off > 1
    late = found.evidence["random starts: late rate over the linearised one"]
    assert np.median(late) == pytest.approx(1, abs=1e-4)


def _scaled(factor: float) -> Callable[..., Any]:
    original = alignment_rate.maximum_of
    return lambda *args: SimpleNamespace(rates=tuple(factor * rate for rate in original(*args).rates))


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.9, 1.1, 2 / 3, 1.001])
def test_a_wrong_linearisation_is_refuted(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    monkeypatch.setattr(alignment_rate, "maximum_of", _scaled(factor))
    assert verdict().outcome == "refuted"


@pytest.mark.slow
@pytest.mark.parametrize("factor", [2 / 3, 1.001])
def test_both_derived_sources_wrong_alike_are_refuted_by_the_slopes(
    monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    closed = alignment_rate.alignment_rate
    monkeypatch.setattr(alignment_rate, "maximum_of", _scaled(factor))
    monkeypatch.setattr(alignment_rate, "alignment_rate", lambda source: factor * closed(source))
    assert verdict().outcome == "refuted"


@pytest.mark.slow
def test_a_closed_form_that_held_everywhere_would_refute_the_qualification(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = alignment_rate._from_random_starts
    monkeypatch.setattr(alignment_rate, "_from_random_starts", lambda *args: (original(*args)[0], 0.0))
    assert verdict().outcome == "refuted"


@pytest.mark.slow
def test_without_a_closed_form_nothing_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment_rate, "alignment_rate", lambda source: None)
    assert verdict().outcome != "confirmed"


def test_it_needs_an_abelian_group_with_a_phase_and_competitors() -> None:
    applies = [CLAIM.applies(group(name)) for name in ("Z3", "Z2xZ2", "S3", "Z4", "Z15")]
    assert applies == [False, False, False, True, True]
