"""head-superposition: heads of several tasks in weight space against the derived limits and reduced flows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

from odekit.claims import Verdict
from odekit.claims.in_context_attention import head_superposition
from odekit.groups import group

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]
ID = "head-superposition"


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
def test_the_loss_on_the_triangle_is_the_known_one() -> None:
    """Its pooled labels' noise on values of sum 0 is the difference of an entry and its neighbour."""
    three = head_superposition._on_frame((2, 3))
    m, w = three.states
    c, d, s = three.parameters[0], three.parameters[1], three.parameters[2]
    noise = 6 * c * m**2 * (sp.exp(4 * d * w**2) - sp.exp(-2 * d * w**2))
    assert sp.simplify(three.energy - ((1 - 6 * m * w) ** 2 + noise + s**2)) == 0


@pytest.mark.slow
def test_tasks_share_what_values_of_sum_zero_leave(verdict: Verify) -> None:
    """A projection onto H - 1 dimensions, shrunk by the labels' noise; one head more keeps tasks apart."""
    found = verdict(ID).evidence
    noise = found["c"] * found["inputs of a task"]
    few, enough, fewer = found["mu . omega, of each task and between tasks"].values()
    # Weights of the last time are 0.05 and less, and so are departures in their square.
    np.testing.assert_allclose(np.abs(few), np.full((2, 2), 0.5 / (0.5 + noise)), atol=2e-3)
    np.testing.assert_allclose(enough, np.eye(2) / (1 + noise), atol=2e-3)
    np.testing.assert_allclose(np.abs(fewer), np.full((3, 3), 1 / 3 / (1 / 3 + noise)), atol=2e-3)
    assert list(found["orders of what is left"].values()) == pytest.approx([2 / 3, 1 / 2, 2 / 3])


@pytest.mark.slow
def test_another_limit_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = head_superposition.valley_floor

    def higher(heads: object) -> tuple[sp.Expr, int]:
        limit, power = floor(heads)
        return sp.Rational(51, 50) * limit, power

    monkeypatch.setattr(head_superposition, "valley_floor", higher)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_heads_without_the_noise_of_their_labels_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss = head_superposition.heads_loss

    def quieter(mu: np.ndarray, omega: np.ndarray, noise: float, dimension: float) -> np.ndarray:
        return loss(mu, omega, 0.98 * noise, dimension)

    monkeypatch.setattr(head_superposition, "heads_loss", quieter)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_a_reduced_flow_of_another_speed_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the same limit, and by a tenth faster a rest above it that is 5 % less."""
    solve = head_superposition.solve

    def faster(system: object, start: object, t: np.ndarray, **options: object) -> object:
        return solve(system, start, 1.1 * t, **options)

    monkeypatch.setattr(head_superposition, "solve", faster)
    assert anew(ID).outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not head_superposition.CLAIM.applies(group("Z23"))
