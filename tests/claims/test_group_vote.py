"""group-vote: the logits of populations of maxima, and how accurate trained networks are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Settings, Verdict
from odekit.claims.experiments.spheres import votes as vote_experiments
from odekit.claims.experiments.spheres.population_vote import (
    centred_logits,
    design_of_frames,
    indicator,
    indicator_proportions,
    population_logits,
)
from odekit.claims.experiments.spheres.rates import explicit_maxima, unit_frames
from odekit.claims.experiments.spheres.votes import largest_shared_accuracy
from odekit.claims.group_composition.group_vote import CLAIM
from odekit.groups import FiniteGroup, group
from odekit.text import unmarked

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.fixture(scope="module")
def found() -> Verdict:
    return verdict()


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, found: Verdict) -> None:
    assert is_sound(found)
    assert "equal proportions" in found.control.statement


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Z7", "Z12", "A4", "F21"])
def test_it_holds_on_other_groups(is_sound: Sound, name: str) -> None:
    assert is_sound(verdict(name, 7))


def test_where_equal_proportions_are_right_the_control_is_another_one(is_sound: Sound) -> None:
    found = verdict("Z5")
    assert is_sound(found)
    assert "doubled" in found.control.statement


def test_the_text_and_the_numbers_limit_a_shared_embedding(found: Verdict) -> None:
    assert "at most (classes/n + 1)/2, 0.750 on S3, 0.812 on Q8" in unmarked(found.text)
    for accuracy, bound in found.evidence["shared embedding: accuracy, and its bound"].values():
        assert accuracy <= bound < 1


@pytest.mark.parametrize("name", ["S3", "Q8", "A4", "Z5"])
def test_the_bound_of_a_shared_embedding_counts_commuting_pairs(name: str) -> None:
    table = group(name).table
    commuting = int((table == table.T).sum())
    assert largest_shared_accuracy(group(name)) == pytest.approx((commuting / table.size + 1) / 2)


def test_accuracy_grows_with_the_width(found: Verdict) -> None:
    for rows in found.evidence["accuracy by width, after training"].values():
        values = list(rows.values())
        assert values[0] < 0.9 < values[-1]


@pytest.mark.parametrize("name", ["S3", "Q8", "F21"])
def test_designs_average_like_uniform_frames(name: str) -> None:
    """Second moments 1/r and no mean in w, to rounding."""
    r = max(sigma.r for sigma in group(name).real_irreps)
    frames = design_of_frames(r, np.random.default_rng(2))
    for frame in frames:
        np.testing.assert_allclose(frame.T @ frame / len(frame), np.eye(r) / r, atol=1e-13)
    np.testing.assert_allclose(frames[2].mean(axis=0), 0, atol=1e-13)


def test_the_formula_is_the_limit_of_many_random_frames() -> None:
    """One irrep of S3 with 40,000 neurons: within 5 standard errors, measured on 40 batches."""
    G = group("S3")
    sigma, generator = G.real_irreps[2], np.random.default_rng(4)
    batches = np.array(
        [centred_logits(G, explicit_maxima(sigma, unit_frames(generator, 1000, sigma.r))) for _ in range(40)]
    )
    expected = population_logits(G, np.array([0.0, 1.0]))
    error = batches.std(axis=0, ddof=1) / np.sqrt(len(batches))
    assert np.abs((batches.mean(axis=0) - expected) / error).max() < 5


def test_at_the_right_proportions_the_formula_is_an_indicator_by_the_regular_character() -> None:
    for name in ("S3", "Q8", "A4", "Z12", "Q8xS3"):
        G = group(name)
        assert indicator(population_logits(G, indicator_proportions(G.real_irreps[1:])), G) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("power", [2.0, 2.5, 4.0])
def test_another_power_of_r_is_refuted(monkeypatch: pytest.MonkeyPatch, power: float) -> None:
    monkeypatch.setattr(
        vote_experiments, "population_logits", lambda G, p: population_logits(G, p, power=power)
    )
    assert verdict("S3").outcome == "refuted"


def test_proportions_m_r_are_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(irreps: tuple[object, ...]) -> np.ndarray:
        weights = np.array([sigma.m * sigma.r for sigma in irreps], dtype=float)
        return weights / weights.sum()

    monkeypatch.setattr(vote_experiments, "indicator_proportions", wrong)
    assert verdict("S3").outcome == "refuted"


def test_frames_that_are_no_design_are_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        vote_experiments, "design_of_frames", lambda r, generator: unit_frames(generator, 2 * r**3, r)
    )
    assert verdict("S3").outcome == "refuted"


def test_errors_that_do_not_fall_with_the_width_are_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    original = vote_experiments.drawn_maxima

    def as_wide(G: FiniteGroup, p: np.ndarray, width: int, generator: np.random.Generator) -> object:
        return original(G, p, 64, generator)

    monkeypatch.setattr(vote_experiments, "drawn_maxima", as_wide)
    found = verdict("S3")
    assert found.outcome == "refuted"
    assert "1/sqrt(width)" in found.text


def test_a_bound_that_training_passes_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_experiments, "largest_shared_accuracy", lambda G: 0.1)
    assert "shared embedding" in verdict("S3").text.split("It is not so that")[1]


def test_it_needs_two_irreps() -> None:
    assert [CLAIM.applies(group(name)) for name in ("Z2", "Z3", "Z4", "S3")] == [False, False, True, True]
