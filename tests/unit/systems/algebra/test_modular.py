"""Rational solutions by residues: exact fractions come back, and systems without a solution have none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from odekit.systems.algebra import PRIME, rational_solution, row_reduced, values_at


def residues(values, prime: int) -> np.ndarray:
    flat = [int(v.p) * pow(int(v.q), -1, prime) % prime for v in sp.Matrix(values)]
    return np.array(flat).reshape(np.shape(values))


@pytest.mark.parametrize("digits", [1, 6, 40])
def test_a_planted_solution_is_found_to_all_its_digits(digits: int) -> None:
    rng = np.random.default_rng(digits)

    def fraction() -> sp.Rational:
        top, below = (int("".join(map(str, rng.integers(1, 10, size=digits)))) for _ in range(2))
        return sp.Rational(top * int(rng.choice([-1, 1])), below)

    matrix = [[fraction() for _ in range(3)] for _ in range(5)]
    planted = [fraction() for _ in range(3)]
    right = list(sp.Matrix(matrix) * sp.Matrix(planted))
    found = rational_solution(lambda p: (residues(matrix, p), residues(right, p)))
    assert found == [Fraction(int(v.p), int(v.q)) for v in planted]


def test_an_equation_that_contradicts_another_has_no_solution() -> None:
    matrix, right = [[sp.S(1), sp.S(2)], [sp.S(2), sp.S(4)]], [sp.S(1), sp.S(3)]
    assert rational_solution(lambda p: (residues(matrix, p), residues(right, p))) is None


def test_a_solution_modulo_one_prime_alone_is_none() -> None:
    """PRIME x = 1 has the solution 1/PRIME, which the first prime doesn't see; PRIME x = PRIME has 1."""
    assert rational_solution(lambda p: (np.array([[PRIME % p]]), np.array([1]))) is None
    assert rational_solution(lambda p: (np.array([[1]]), np.array([PRIME % p]))) == [Fraction(PRIME)]


def test_the_echelon_form_is_that_of_sympy() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.integers(-3, 4, size=(6, 8))
    matrix[3] = matrix[0] + 2 * matrix[1]
    reduced, pivots = row_reduced(matrix, PRIME)
    expected, places = sp.Matrix(matrix.tolist()).rref()
    assert tuple(pivots) == places
    np.testing.assert_array_equal(reduced, residues(expected[: len(places), :].tolist(), PRIME))


def test_values_of_a_polynomial() -> None:
    points = np.array([[2, 3], [5, 7]])
    terms = {(3, 1): Fraction(1, 3), (0, 2): Fraction(-2), (0, 0): Fraction(4)}
    expected = [(x**3 * y * pow(3, -1, 101) - 2 * y**2 + 4) % 101 for x, y in ((2, 5), (3, 7))]
    assert values_at(terms, points, 101).tolist() == expected
