"""Cyclic groups and direct products."""

from __future__ import annotations

from itertools import product as pairs

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import CyclicFamily, cyclic, from_table, group, product

S3 = np.array(
    [
        [0, 1, 2, 3, 4, 5],
        [1, 2, 0, 4, 5, 3],
        [2, 0, 1, 5, 3, 4],
        [3, 5, 4, 0, 2, 1],
        [4, 3, 5, 1, 0, 2],
        [5, 4, 3, 2, 1, 0],
    ]
)


@pytest.mark.parametrize("n", [1, 2, 7, 12])
def test_a_cyclic_group_adds_residues(n: int) -> None:
    G = cyclic(n)
    assert (G.name, G.order, G.identity, G.exponent) == (f"Z{n}", n, 0, n)
    assert all(G.table[i, j] == (i + j) % n for i, j in pairs(range(n), repeat=2))


def test_an_order_may_be_any_kind_of_integer() -> None:
    assert cyclic(np.int64(5)) == cyclic(5)


@pytest.mark.parametrize("n", [0, -3, 2.0, "5", None, True])
def test_an_order_that_is_not_a_positive_whole_number_is_refused(n: object) -> None:
    with pytest.raises(InputError, match="must be a whole number from 1"):
        cyclic(n)  # type: ignore[arg-type]


def test_an_order_above_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(InputError, match=r"order at most 4096.*order 10007"):
        cyclic(10007)
    with pytest.raises(InputError, match=r"order at most 4096.*order 10000"):
        product(cyclic(100), cyclic(100))


def test_a_product_is_numbered_with_the_last_factor_fastest() -> None:
    G = product(cyclic(3), from_table(S3, "S3"))
    assert (G.name, G.order, G.is_abelian, G.factors) == ("Z3xS3", 18, False, ())
    assert G.labels[8] == "(1,2)"
    for (a, b), (c, d) in pairs(pairs(range(3), range(6)), repeat=2):
        assert G.table[6 * a + b, 6 * c + d] == 6 * ((a + c) % 3) + S3[b, d]


def test_a_product_of_products_is_the_product_of_all() -> None:
    nested = product(product(cyclic(2), cyclic(2)), cyclic(3))
    assert nested == product(cyclic(2), cyclic(2), cyclic(3)) == group("Z2xZ2xZ3")
    assert nested.factors == (2, 2, 3)
    assert nested.labels[7] == "(1,0,1)"


def test_a_product_needs_finite_groups() -> None:
    with pytest.raises(InputError, match=r"a direct product needs finite groups.*none"):
        product()
    with pytest.raises(InputError, match=r"a direct product needs finite groups.*Zp"):
        product(cyclic(3), CyclicFamily("Zp", "p"))  # type: ignore[arg-type]
