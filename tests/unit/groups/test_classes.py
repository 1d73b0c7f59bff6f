"""Conjugacy classes against brute force and against cycle types."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import (
    FiniteGroup,
    class_of_elements,
    conjugacy_classes,
    cyclic,
    from_table,
    group,
    symmetric,
)

NAMES = ["Z6", "S3", "D4", "Q8", "A4", "F21", "S4", "Q8xS3"]


@pytest.mark.parametrize("name", NAMES)
def test_two_elements_share_a_class_exactly_if_they_are_conjugate(name: str) -> None:
    G = group(name)
    assert isinstance(G, FiniteGroup)
    numbers = class_of_elements(G)
    for g in range(G.order):
        conjugates = {int(G.table[G.table[h, g], G.inverse[h]]) for h in range(G.order)}
        assert conjugates == set(np.flatnonzero(numbers == numbers[g]).tolist())
        assert conjugates == set(conjugacy_classes(G)[numbers[g]].tolist())


def test_classes_of_permutations_are_cycle_types() -> None:
    G = symmetric(5)
    types = [{tuple(sorted(map(len, G.labels[g].split(")")))) for g in c} for c in conjugacy_classes(G)]
    assert all(len(found) == 1 for found in types)
    assert sorted(c.size for c in conjugacy_classes(G)) == [1, 10, 15, 20, 20, 24, 30]


def test_the_class_of_the_identity_comes_first_wherever_the_identity_is() -> None:
    number = np.array([4, 0, 5, 3, 1, 2])
    table = np.empty((6, 6), dtype=int)
    table[np.ix_(number, number)] = number[symmetric(3).table]
    G = from_table(table)
    assert conjugacy_classes(G)[0].tolist() == [4]
    assert [c.tolist()[0] for c in conjugacy_classes(G)[1:]] == [0, 1]
    assert Counter(class_of_elements(G).tolist()) == Counter({0: 1, 1: 3, 2: 2})


def test_classes_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        conjugacy_classes(cyclic(3))[1][0] = 0


def test_a_symbolic_order_has_no_classes() -> None:
    for function in (conjugacy_classes, class_of_elements):
        with pytest.raises(InputError, match=r"conjugacy classes need a group of known order.*Zp"):
            function(group("Zp"))  # type: ignore[arg-type]
