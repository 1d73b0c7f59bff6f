"""linear-attention: the order at which a pair of softmax heads tends to linear attention."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.in_context_attention import linear_attention
from odekit.groups import group
from odekit.simulation import follow_heads
from odekit.systems import gradient_flow, reduce

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]
ID = "linear-attention"


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 10))])
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict(ID, seed))


def test_linear_heads_of_another_noise_are_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    slope = "(mu1*omega1 + mu2*omega2)"
    loss = f"((1 - {slope})**2 + 1.01*c*d*{slope}**2)/2"
    flow = gradient_flow(loss, "mu1 mu2 omega1 omega2", parameters="c d s")
    other = reduce(flow, {"mu1": "m", "mu2": "-m", "omega1": "w", "omega2": "-w"})
    monkeypatch.setattr(linear_attention, "_pair", lambda: other)
    assert anew(ID).outcome == "refuted"


def test_heads_with_more_noise_in_their_labels_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(mu: np.ndarray, omega: np.ndarray, t: np.ndarray, noise: float, *rest: float) -> object:
        return follow_heads(mu, omega, t, 1.01 * noise, *rest)

    monkeypatch.setattr(linear_attention, "follow_heads", other)
    assert anew(ID).outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not linear_attention.CLAIM.applies(group("Z23"))
