"""Rodas5P against the order conditions of Rosenbrock methods and the definition of L-stability."""

from __future__ import annotations

from functools import cache
from itertools import combinations_with_replacement
from math import prod

import numpy as np
import pytest

from odekit.solvers.stepping.implicit.rosenbrock import RODAS5P

Tree = tuple["Tree", ...]

# The coefficients are given to 16 digits and up to 165 in size.
ROUNDING = 1e-12
GAMMA = np.linalg.inv(np.eye(8) / RODAS5P.gamma - RODAS5P.couplings)
ALPHA = RODAS5P.points @ GAMMA
BETA = ALPHA + GAMMA
WEIGHTS = {5: (RODAS5P.points[-1] + np.eye(8)[-1]) @ GAMMA, 4: RODAS5P.points[-1] @ GAMMA}


@cache
def trees(order: int) -> tuple[Tree, ...]:
    """The rooted trees with so many vertices, each as the sorted tuple of the trees on its root."""
    found = set()
    for parts in partitions(order - 1, order - 1):
        choices: list[Tree] = [()]
        for size in sorted(set(parts)):
            chosen = combinations_with_replacement(trees(size), parts.count(size))
            choices = [(*left, *right) for right in chosen for left in choices]
        found |= {tuple(sorted(choice)) for choice in choices}
    return tuple(sorted(found))


def partitions(total: int, largest: int) -> list[tuple[int, ...]]:
    if not total:
        return [()]
    return [
        (first, *rest)
        for first in range(min(total, largest), 0, -1)
        for rest in partitions(total - first, first)
    ]


def size(tree: Tree) -> int:
    return 1 + sum(map(size, tree))


def density(tree: Tree) -> int:
    return size(tree) * prod(map(density, tree))


def stages(tree: Tree) -> np.ndarray:
    """Phi_i: beta on a branch that is alone, alpha on one of several (Hairer and Wanner, II, IV.7)."""
    matrix = BETA if len(tree) == 1 else ALPHA
    return np.prod([matrix @ stages(branch) for branch in tree], axis=0) * np.ones(8)


def defect(tree: Tree, order: int) -> float:
    return float(abs(WEIGHTS[order] @ stages(tree) - 1 / density(tree)))


def test_there_are_as_many_trees_as_known() -> None:
    assert [len(trees(order)) for order in range(1, 7)] == [1, 1, 2, 4, 9, 20]


@pytest.mark.parametrize("order", [5, 4])
def test_all_order_conditions_hold_up_to_the_order_of_the_method_and_of_its_estimate(order: int) -> None:
    conditions = [tree for vertices in range(1, order + 1) for tree in trees(vertices)]
    assert max(defect(tree, order) for tree in conditions) < ROUNDING


@pytest.mark.parametrize("order", [5, 4])
def test_the_conditions_of_the_next_order_do_not_hold(order: int) -> None:
    assert max(defect(tree, order) for tree in trees(order + 1)) > 1e-5


def test_nodes_and_drift_are_the_row_sums() -> None:
    np.testing.assert_allclose(ALPHA.sum(axis=1), RODAS5P.nodes, atol=ROUNDING)
    np.testing.assert_allclose(GAMMA.sum(axis=1), RODAS5P.drift, atol=ROUNDING)


def amplification(z: complex) -> complex:
    """R(z), by which a step multiplies a solution of x' = (z/h) x."""
    return complex(1 + z * WEIGHTS[5] @ np.linalg.solve(np.eye(8) - z * BETA, np.ones(8)))


def test_the_method_is_stiffly_accurate() -> None:
    np.testing.assert_allclose(WEIGHTS[5], BETA[-1], atol=ROUNDING)
    np.testing.assert_allclose(WEIGHTS[4], BETA[-2], atol=ROUNDING)
    assert RODAS5P.nodes[-1] == 1.0


def test_the_method_is_l_stable() -> None:
    # Poles stand at 1/gamma > 0, so that the imaginary axis decides on the whole left half plane.
    assert max(abs(amplification(1j * y)) for y in np.logspace(-3, 6, 400)) < 1 + ROUNDING
    assert abs(amplification(-1e9)) < 1e-7


def test_stability_is_lost_beside_the_poles() -> None:
    assert abs(amplification(4.0)) > 1e3
