"""product-closure: three vectors that learn a product, by overlaps and squared norms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from odekit.claims import Verdict
from odekit.claims.experiments import rank_one_product
from odekit.claims.experiments.rank_one_product import product_flow, product_observables, product_system
from odekit.claims.induction_heads import product_closure
from odekit.groups import group
from odekit.systems import reduce

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("product-closure", 0))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_it_is_confirmed_over_ten_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("product-closure", seed))


def test_the_derivation_gives_the_flow_by_hand() -> None:
    flow = product_system()
    m, n = ([flow[f"{kind}{letter}"] for letter in "abc"] for kind in "mn")
    A, B, C, k = flow.parameters
    for i in range(3):
        others = [j for j in range(3) if j != i]
        own = A * B * C * sp.prod(m[j] for j in others) - m[i] * sp.prod(n[j] for j in others)
        assert sp.expand(flow.rhs[m[i]] - k * own) == 0
        assert sp.expand(flow.rhs[n[i]] - 2 * k * (A * B * C * sp.prod(m) - sp.prod(n))) == 0


@pytest.mark.long
def test_the_flow_is_the_same_at_every_length_of_a_vector() -> None:
    found = reduce(
        lambda d: product_flow(sizes=(d, 2, 2)),
        observables=lambda d: product_observables(sizes=(d, 2, 2)),
        sizes={"d": 2},
    )
    assert found.closed
    assert found.rhs == product_system().rhs
    assert "certified at 6, 7, 8" in str(found.certify())


@pytest.mark.slow
def test_a_reduced_flow_that_is_a_hundredth_faster_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = product_system()
    rates = {state: sp.Rational(101, 100) * rate for state, rate in flow.velocities.items()}
    wrong = replace(flow, velocities=rates)
    monkeypatch.setattr(product_closure, "product_system", lambda: wrong)
    found = anew("product-closure")
    assert found.outcome == "refuted"
    assert found.gap > 1e-3


@pytest.mark.slow
def test_a_training_whose_last_vector_is_a_thousandth_too_short_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = rank_one_product.train_product

    def shrunk(vectors: list[np.ndarray], *rest: object) -> list[np.ndarray]:
        a, b, c = train(vectors, *rest)
        return [a, b, np.concatenate([c[:1], 0.999 * c[1:]])]

    monkeypatch.setattr(rank_one_product, "train_product", shrunk)
    assert anew("product-closure").outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not product_closure.CLAIM.applies(group("Z23"))
