"""A FiniteGroup exists only if its table is a group's, and says what it is."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import CyclicFamily, FiniteGroup, cyclic

KLEIN = [[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]]


def symmetric_table(points: int) -> np.ndarray:
    """Compose permutations by brute force: (s t)(i) = s(t(i))."""
    elements = list(permutations(range(points)))
    index = {element: number for number, element in enumerate(elements)}
    return np.array([[index[tuple(s[i] for i in t)] for t in elements] for s in elements])


def test_the_klein_group_says_what_it_is() -> None:
    G = FiniteGroup("V4", KLEIN)
    assert (G.order, G.identity, G.exponent, G.is_abelian) == (4, 0, 2, True)
    assert G.inverse.tolist() == [0, 1, 2, 3]
    assert G.element_orders.tolist() == [1, 2, 2, 2]
    assert G.labels == ("0", "1", "2", "3")


def test_the_symmetric_group_of_three_points_says_what_it_is() -> None:
    G = FiniteGroup("S3", symmetric_table(3))
    assert not G.is_abelian
    assert sorted(G.element_orders.tolist()) == [1, 2, 2, 2, 3, 3]
    assert G.exponent == 6
    assert G.table[np.arange(6), G.inverse].tolist() == [G.identity] * 6


def test_the_identity_need_not_come_first() -> None:
    relabelled = np.array([[2, 0, 1], [0, 1, 2], [1, 2, 0]])  # element i is the residue i - 1
    G = FiniteGroup("shifted", relabelled)
    assert G.identity == 1
    assert G.inverse.tolist() == [2, 1, 0]
    assert G.element_orders.tolist() == [3, 1, 3]


def test_the_trivial_group_is_a_group() -> None:
    G = FiniteGroup("1", [[0]])
    assert (G.order, G.identity, G.exponent, G.is_abelian) == (1, 0, 1, True)


def test_the_table_is_a_read_only_copy() -> None:
    table = np.array(KLEIN)
    G = FiniteGroup("V4", table)
    table[0, 0] = 3
    assert G.table[0, 0] == 0
    for array in (G.table, G.inverse, G.element_orders):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_groups_are_equal_by_name_and_table_and_can_be_keys() -> None:
    klein = same = FiniteGroup("V4", KLEIN)
    assert klein == same
    assert klein == FiniteGroup("V4", KLEIN)
    assert hash(klein) == hash(FiniteGroup("V4", KLEIN))
    assert klein != FiniteGroup("other", KLEIN)
    assert klein != FiniteGroup("V4", cyclic(4).table)
    assert klein != "V4"


@pytest.mark.parametrize("make", [copy.deepcopy, lambda G: pickle.loads(pickle.dumps(G))])
def test_a_copy_is_equal_and_still_read_only(make: Callable[[FiniteGroup], FiniteGroup]) -> None:
    made = make(cyclic(6))
    assert made == cyclic(6)
    assert made.factors == (6,)
    assert not made.table.flags.writeable


def test_the_repr_does_not_print_the_table() -> None:
    assert repr(cyclic(500)) == "FiniteGroup(name='Z500')"


def test_labels_must_name_each_element_once() -> None:
    assert FiniteGroup("V4", KLEIN, ("e", "a", "b", "ab")).labels[3] == "ab"
    with pytest.raises(InputError, match=r"4 distinct labels.*3 labels"):
        FiniteGroup("V4", KLEIN, ("e", "a", "b"))
    with pytest.raises(InputError, match="3 of them distinct"):
        FiniteGroup("V4", KLEIN, ("e", "a", "b", "a"))


def test_factors_that_are_not_the_tables_are_refused() -> None:
    assert FiniteGroup("V4", KLEIN, factors=(2, 2)).labels == ("(0,0)", "(0,1)", "(1,0)", "(1,1)")
    with pytest.raises(InputError, match="isn't the direct product of its factors"):
        FiniteGroup("V4", KLEIN, factors=(4,))


def test_a_family_is_abelian_and_compares_by_value() -> None:
    assert CyclicFamily("Zp", "p") == CyclicFamily("Zp", "p") != CyclicFamily("Zn", "n")
    assert CyclicFamily("Zp", "p").is_abelian
