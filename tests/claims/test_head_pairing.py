"""head-pairing: heads of averaged attention in weight space against the derived limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

from odekit.claims import Verdict
from odekit.claims.experiments import are_of_one_size
from odekit.claims.in_context_attention import head_pairing
from odekit.groups import group

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]
ID = "head-pairing"


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, marks=pytest.mark.slow),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 10)),
    ],
)
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_reduced_flow_is_the_known_one() -> None:
    pair = head_pairing._pair()
    m, w = pair.states
    c, d, s = pair.parameters[0], pair.parameters[1], pair.parameters[2]
    known = (1 + s**2 - 4 * m * w + 4 * m**2 * w**2 + 4 * c * m**2 * sp.sinh(d * w**2)) / 2
    assert sp.simplify((pair.energy - known).rewrite(sp.exp)) == 0
    for state in pair.states:
        assert sp.simplify((pair.rhs[state] + known.diff(state) / 2).rewrite(sp.exp)) == 0


@pytest.mark.slow
def test_heads_of_one_sign_are_told_apart(verdict: Verify) -> None:
    found = verdict(ID)
    assert 0 < found.evidence["starts whose heads end with both signs"] < found.evidence["starts"]
    assert found.evidence["slope of heads of one sign"] < found.evidence["slope of paired heads"] < 1


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1.02, 0.98])
def test_another_slope_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    slope = head_pairing.valley_slope
    monkeypatch.setattr(head_pairing, "valley_slope", lambda pair: factor * slope(pair))
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_a_sum_that_does_not_vanish_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_pairing, "vanishing_powers", lambda averaged: (0, 2, 3))
    assert anew(ID).outcome == "refuted"


def test_four_heads_of_three_sizes_keep_the_sums() -> None:
    """One head of small value keeps a larger weight of its own, and the sums vanish all the same."""
    mu, omega = [0.4558, 0.3387, -0.3561, -0.4349], [-0.7266, 0.5784, 0.1187, -0.2445]
    limits = head_pairing._limits(0.0206)
    found = head_pairing._run(np.array([mu, omega]), 0.0206, limits)
    assert found.pairs
    assert not are_of_one_size(found.omega[-1])
    assert max(float(values[-1]) for values in found.departures().values()) < head_pairing.TOLERANCE


@pytest.mark.slow
def test_heads_without_the_noise_of_their_labels_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = head_pairing.follow_heads

    def quieter(mu: np.ndarray, omega: np.ndarray, t: np.ndarray, noise: float, *rest: float) -> object:
        return follow(mu, omega, t, 0.9 * noise, *rest)

    monkeypatch.setattr(head_pairing, "follow_heads", quieter)
    assert anew(ID).outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not head_pairing.CLAIM.applies(group("Z23"))
