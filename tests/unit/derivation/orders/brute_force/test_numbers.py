"""Floats and residues do the same sums."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from odekit.derivation.orders.brute_force import (
    Numbers,
    graded_contraction,
    graded_product,
    prime_with_root,
    roots_of_unity,
)

PRIME = prime_with_root(12, 2**24)


def test_rational_numbers_are_residues_that_multiply_back() -> None:
    numbers = Numbers(PRIME)
    assert numbers.number(Fraction(-3, 7)) * 7 % PRIME == PRIME - 3
    assert Numbers().number(Fraction(-3, 7)) == -3 / 7


def test_roots_of_unity_sum_to_zero_and_are_of_their_order() -> None:
    roots = roots_of_unity(12, PRIME)
    assert roots.sum() % PRIME == 0
    assert len(set(roots.tolist())) == 12
    assert (roots[1] * roots % PRIME).tolist() == np.roll(roots, -1).tolist()


@pytest.mark.parametrize("modulus", [None, PRIME])
def test_graded_products_are_products_of_polynomials(modulus: int | None) -> None:
    """Of a formal power of the logits' size, with what is beyond the highest grade left out."""
    numbers = Numbers(modulus)
    rng = np.random.default_rng(0)
    left, right = numbers.random(rng, (3, 4)), numbers.random(rng, (3, 4))
    found = graded_product(numbers, left, right)
    for place in range(4):
        whole = np.polynomial.polynomial.polymul(
            left[:, place].astype(object), right[:, place].astype(object)
        )
        expected = [value if modulus is None else value % modulus for value in whole[:3]]
        assert found[:, place].tolist() == pytest.approx(expected, rel=1e-12)
    summed = graded_contraction(numbers, "i,i->", left, right)
    assert numbers.residual(summed, numbers.reduced(found.sum(axis=1))) < 1e-14


def test_a_residual_of_residues_is_nothing_or_one() -> None:
    numbers = Numbers(PRIME)
    values = np.array([3, 5])
    assert numbers.residual(values + PRIME, values) == 0.0
    assert numbers.residual(values, values + 1) == 1.0
    assert Numbers().residual(np.array([1.0, 2.0]), np.array([1.0, 4.0])) == 0.5
