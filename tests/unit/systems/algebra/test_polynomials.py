"""Sparse polynomials, and linear algebra, against SymPy."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from odekit.systems.algebra.linear_algebra import integer_relations, null_space, rank_modulo
from odekit.systems.algebra.polynomials import (
    add,
    constant,
    differentiate,
    evaluate,
    letter,
    multiply,
    to_sympy,
)

a, b = sp.symbols("a b")
F = {(2, 1): Fraction(3), (0, 0): Fraction(-1, 2), (0, 3): Fraction(1)}
G = {(1, 0): Fraction(2, 3), (0, 2): Fraction(-1)}


def test_sums_products_and_derivatives_are_those_of_sympy() -> None:
    f, g = to_sympy(F, (a, b)), to_sympy(G, (a, b))
    assert sp.expand(to_sympy(multiply(F, G), (a, b)) - f * g) == 0
    assert sp.expand(to_sympy(add([(2, F), (Fraction(-1, 3), G)]), (a, b)) - (2 * f - g / 3)) == 0
    assert sp.expand(to_sympy(differentiate(F, 0), (a, b)) - f.diff(a)) == 0
    assert abs(evaluate(F, [0.5, 2j]) - complex(f.subs({a: 0.5, b: 2 * sp.I}))) < 1e-14


def test_terms_that_cancel_disappear() -> None:
    assert add([(1, F), (-1, F)]) == {}
    assert multiply(F, {}) == {}
    assert constant(0, 2) == {}
    assert letter(1, 2, 3) == {(0, 1): 3}


def test_null_spaces_are_those_of_sympy() -> None:
    rng = np.random.default_rng(0)
    for _ in range(5):
        matrix = rng.integers(-3, 4, (3, 6))
        entries = {i: {j: Fraction(int(v)) for j, v in enumerate(row)} for i, row in enumerate(matrix)}
        basis = null_space(entries, 3, 6)
        assert len(basis) == len(sp.Matrix(matrix).nullspace())
        assert all(sum(int(m) * v for m, v in zip(row, x, strict=True)) == 0 for row in matrix for x in basis)
        assert rank_modulo(matrix.tolist()) == sp.Matrix(matrix).rank()


def test_the_null_space_of_nothing_is_everything() -> None:
    assert null_space({}, 0, 2) == [[1, 0], [0, 1]]
    assert rank_modulo([]) == 0


def test_integer_relations_generate_all_relations() -> None:
    rows = [[2, 0, -1], [2, 0, 1], [4, 0, 0], [1, 3, 1]]
    (relation,) = integer_relations(rows)
    assert relation in ([1, 1, -1, 0], [-1, -1, 1, 0])
    assert integer_relations([[2], [3]]) in ([[-3, 2]], [[3, -2]])
    assert integer_relations([[], []]) == [[1, 0], [0, 1]]
    assert integer_relations([[0, 0]]) == [[1]]
