"""attention-slow-law: the fall of paired heads' key-query weights against the slow manifold's series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.in_context_attention import attention_slow_law
from odekit.groups import group
from odekit.simulation import follow_heads

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]
ID = "attention-slow-law"


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, marks=pytest.mark.slow),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 10)),
    ],
)
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict(ID, seed))


def test_the_weight_and_its_exponents_are_the_known_ones() -> None:
    """Of a calculation that is not odekit's: .18284 at t = 2000, d = 5, c = .0275, and local exponents."""
    t = np.array([0.0, 2000.0, 4e4, 4e5, 4e6])
    _, omega = follow_heads(np.array([0.5, -0.4]), np.array([0.3, -0.2]), t, 0.0275, 5, 1e-10)
    w = np.abs(omega[1:]).mean(axis=1)
    assert w[0] == pytest.approx(0.1828, abs=1e-4)
    slopes = np.diff(np.log(w)) / np.diff(np.log(t[1:]))
    assert (np.diff(slopes) > 0).all()
    assert slopes[-1] == pytest.approx(-1 / 6, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("change", [{"rate": 1.02}, {"next": 1.02}, {"power": 1}])
def test_another_law_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch, change: dict[str, float]
) -> None:
    law = attention_slow_law._law
    (name, by), *_ = change.items()

    def wrong(*sizes: object, **full: bool) -> object:
        found = law(*sizes, **full)
        value = getattr(found, name)
        return replace(found, **{name: value + by if name == "power" else by * value})

    monkeypatch.setattr(attention_slow_law, "_law", wrong)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_heads_of_more_inputs_are_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    def more(mu: np.ndarray, omega: np.ndarray, t: np.ndarray, noise: float, *rest: float) -> object:
        return follow_heads(mu, omega, t, noise, 1.01 * rest[0], rest[1])

    monkeypatch.setattr(attention_slow_law, "follow_heads", more)
    assert anew(ID).outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not attention_slow_law.CLAIM.applies(group("Z23"))
