"""Symmetric and alternating groups against compositions one by one."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import alternating, symmetric


def composed(elements: list[tuple[int, ...]]) -> list[list[int]]:
    number = {element: index for index, element in enumerate(elements)}
    return [[number[tuple(s[i] for i in t)] for t in elements] for s in elements]


def is_even(element: tuple[int, ...]) -> bool:
    matrix = np.eye(len(element))[list(element)]
    return bool(np.linalg.det(matrix) > 0)


@pytest.mark.parametrize("points", [1, 2, 3, 4, 5])
def test_permutations_are_composed_from_the_right_in_lexicographic_order(points: int) -> None:
    elements = list(permutations(range(points)))
    assert symmetric(points).table.tolist() == composed(elements)
    assert alternating(points).table.tolist() == composed(list(filter(is_even, elements)))


@pytest.mark.parametrize("points", [2, 3, 4])
def test_labels_are_the_cycles(points: int) -> None:
    for element, label in zip(permutations(range(1, points + 1)), symmetric(points).labels, strict=True):
        images = {str(point): str(point) for point in range(1, points + 1)}
        for cycle in label.replace("e", "").strip("()").split(")("):
            images |= dict(zip(cycle, cycle[1:] + cycle[:1], strict=True))
        assert tuple(int(images[str(point)]) for point in range(1, points + 1)) == element


def test_orders_and_largest_groups() -> None:
    assert [symmetric(points).order for points in range(1, 7)] == [1, 2, 6, 24, 120, 720]
    assert [alternating(points).order for points in range(1, 7)] == [1, 1, 3, 12, 60, 360]
    with pytest.raises(InputError, match=r"order at most 4096.*order 5040"):
        symmetric(7)
    with pytest.raises(InputError, match=r"order at most 4096.*order 20160"):
        alternating(8)
    for make, points in product((symmetric, alternating), (0, -1, 2.5)):
        with pytest.raises(InputError, match="number of points must be a whole number from 1"):
            make(points)  # type: ignore[arg-type]
