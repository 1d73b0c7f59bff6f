"""clamped-subcircuits: what vectors do while others are held at their targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from odekit.claims import Verdict
from odekit.claims.experiments import rank_one_product
from odekit.claims.experiments.rank_one_product import product_system
from odekit.claims.induction_heads import clamped_subcircuits
from odekit.groups import group
from odekit.systems import System

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("clamped-subcircuits", 0))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_it_is_confirmed_over_ten_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("clamped-subcircuits", seed))


def test_the_derivations_give_the_flows_by_hand() -> None:
    two, one = product_system("ab"), product_system("a")
    A, B, C, k = two.parameters
    ma, na, mb, nb = (two[name] for name in ("ma", "na", "mb", "nb"))
    assert sp.expand(two.rhs[ma] - k * C**2 * (A * B * mb - nb * ma)) == 0
    assert sp.expand(two.rhs[na] - 2 * k * C**2 * (A * B * ma * mb - na * nb)) == 0
    assert sp.expand(one.rhs[one["ma"]] - k * B**2 * C**2 * (A - one["ma"])) == 0


@pytest.mark.slow
def test_halving_the_start_delays_the_rise_by_the_logarithm_of_two(verdict: Verify) -> None:
    for delay in verdict("clamped-subcircuits").evidence["delay by halving the start, in growth times"]:
        # The law's own remainder, of the order of the start's square.
        assert abs(delay - np.log(2)) < 1e-4


def test_the_rise_of_two_vectors_is_the_sigmoids() -> None:
    part = 1e-3
    expected = np.log(1 / part**2 - 1) / 2
    assert abs(clamped_subcircuits._growing_time(part) - expected) < 1e-9


def test_a_rate_that_is_off_by_a_hundredth_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    solved = rank_one_product.ProductRun.solved

    def wrong(run: rank_one_product.ProductRun, flow: System, rtol: float) -> dict[str, np.ndarray]:
        return solved(replace(run, t=1.01 * run.t) if len(flow.states) == 2 else run, flow, rtol)

    monkeypatch.setattr(rank_one_product.ProductRun, "solved", wrong)
    monkeypatch.setattr(clamped_subcircuits, "STARTS", 1)
    assert anew("clamped-subcircuits").outcome == "refuted"


@pytest.mark.slow
def test_a_training_that_clamps_the_vectors_a_hundredth_too_long_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = rank_one_product.train_product

    def wrong(vectors, targets, t, rtol, clamped):
        longer = [1.01 * target if place in clamped else target for place, target in enumerate(targets)]
        return train(vectors, longer, t, rtol, clamped)

    monkeypatch.setattr(rank_one_product, "train_product", wrong)
    monkeypatch.setattr(clamped_subcircuits, "STARTS", 1)
    assert anew("clamped-subcircuits").outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not clamped_subcircuits.CLAIM.applies(group("Z23"))
