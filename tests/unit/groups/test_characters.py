"""Characters against known tables, direct formulas, and the laws that define them."""

from __future__ import annotations

from itertools import product as pairs

import numpy as np
import pytest

from odekit.errors import InputError, ReductionError
from odekit.groups import (
    FiniteGroup,
    character_exponents,
    character_labels,
    characters,
    conjugate_characters,
    cyclic,
    dual_group,
    from_table,
    group,
    product,
)

EPS = np.finfo(float).eps
S3_ROWS = ["012345", "120453", "201534", "354021", "435102", "543210"]
S3 = from_table([[int(digit) for digit in row] for row in S3_ROWS], "S3")


def renumbered(G: FiniteGroup, seed: int) -> FiniteGroup:
    """Give every element another number, so that nothing but the table is left to go by."""
    number = np.random.default_rng(seed).permutation(G.order)
    table = np.empty_like(G.table)
    table[np.ix_(number, number)] = number[G.table]
    return from_table(table, f"{G.name}, renumbered")


ABELIAN = [
    cyclic(1),
    cyclic(2),
    cyclic(9),
    group("Z2xZ2"),
    group("Z4xZ2"),
    group("Z3xZ5"),
    group("Z2xZ4xZ6"),
    renumbered(cyclic(1), 0),
    renumbered(cyclic(12), 1),
    renumbered(group("Z2xZ2xZ3"), 2),
    renumbered(group("Z4xZ8"), 3),
    renumbered(group("Z3xZ9xZ2"), 4),
]
abelian = pytest.mark.parametrize("G", ABELIAN, ids=lambda G: G.name)


def test_the_characters_of_the_klein_group_are_its_known_table() -> None:
    assert characters(group("Z2xZ2")).tolist() == [
        [1, 1, 1, 1],
        [1, -1, 1, -1],
        [1, 1, -1, -1],
        [1, -1, -1, 1],
    ]


def test_the_characters_of_the_cyclic_group_of_order_four_are_exact() -> None:
    assert characters(cyclic(4)).tolist() == [
        [1, 1, 1, 1],
        [1, 1j, -1, -1j],
        [1, -1, 1, -1],
        [1, -1j, -1, 1j],
    ]


@pytest.mark.parametrize("n", [1, 2, 3, 10, 23, 101])
def test_row_k_of_a_cyclic_group_is_the_k_th_harmonic(n: int) -> None:
    exponents, e = character_exponents(cyclic(n))
    k = np.arange(n)
    assert e == n
    assert np.array_equal(exponents, np.outer(k, k) % n)
    # The argument 2 pi k j / n is rounded at size up to 2 pi n.
    direct = np.exp(2j * np.pi * np.outer(k, k) / n)
    assert np.abs(characters(cyclic(n)) - direct).max() < 4 * np.pi * (n + 1) * EPS


@pytest.mark.parametrize(("a", "b"), [(3, 5), (2, 2), (4, 6), (6, 4), (1, 7)])
def test_row_k1_b_plus_k2_of_a_product_is_the_product_of_harmonics(a: int, b: int) -> None:
    values = characters(product(cyclic(a), cyclic(b)))
    for k1, k2, j1, j2 in pairs(range(a), range(b), range(a), range(b)):
        expected = np.exp(2j * np.pi * k1 * j1 / a) * np.exp(2j * np.pi * k2 * j2 / b)
        assert abs(values[k1 * b + k2, j1 * b + j2] - expected) < 200 * EPS


def test_three_factors_are_numbered_the_same_way() -> None:
    G = group("Z2xZ3xZ4")
    exponents, e = character_exponents(G)
    residues = np.array(list(np.ndindex(2, 3, 4)))
    assert np.array_equal(exponents, (residues * [6, 4, 3]) @ residues.T % e)


@abelian
def test_characters_are_distinct_homomorphisms_and_the_first_is_trivial(G: FiniteGroup) -> None:
    exponents, e = character_exponents(G)
    assert e == G.exponent
    assert not exponents[0].any()
    assert len({tuple(row) for row in exponents.tolist()}) == G.order
    for g in range(G.order):
        assert np.array_equal(exponents[:, G.table[g]], (exponents[:, [g]] + exponents) % e)


@abelian
def test_characters_are_orthogonal_both_ways(G: FiniteGroup) -> None:
    values, n = characters(G), G.order
    assert np.abs(values @ values.conj().T - n * np.eye(n)).max() < 8 * n * EPS
    assert np.abs(values.conj().T @ values - n * np.eye(n)).max() < 8 * n * EPS


@abelian
def test_conjugate_characters_are_exactly_conjugate(G: FiniteGroup) -> None:
    values = characters(G)
    assert np.array_equal(values[conjugate_characters(G)], values.conj())


@abelian
def test_the_dual_group_multiplies_characters_pointwise(G: FiniteGroup) -> None:
    dual = dual_group(G)
    exponents, e = character_exponents(G)
    for r, s in pairs(range(G.order), repeat=2):
        assert np.array_equal(exponents[dual.table[r, s]], (exponents[r] + exponents[s]) % e)
    assert sorted(dual.element_orders) == sorted(G.element_orders)
    assert np.array_equal(dual.inverse, conjugate_characters(G))


def test_characters_are_named_by_their_frequencies() -> None:
    assert character_labels(cyclic(3)) == ("0", "1", "2")
    assert character_labels(group("Z2xZ2")) == ("(0,0)", "(0,1)", "(1,0)", "(1,1)")
    custom = from_table(cyclic(2).table, labels=("stay", "swap"))
    assert character_labels(custom) == ("0", "1")
    assert dual_group(group("Z3xZ5")).labels[7] == "(1,2)"


def test_a_group_that_is_not_abelian_has_no_table_of_characters() -> None:
    for function in (characters, character_exponents, conjugate_characters, dual_group):
        with pytest.raises(ReductionError, match=r"characters need an Abelian group, and S3 isn't one.*g h"):
            function(S3)


def test_a_symbolic_order_has_no_table_of_characters() -> None:
    with pytest.raises(InputError, match=r"characters need a group of known order.*Zp"):
        characters(group("Zp"))  # type: ignore[arg-type]


def test_tables_of_characters_are_read_only() -> None:
    for array in (characters(cyclic(5)), character_exponents(cyclic(5))[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 2
