"""Linear isometries near the identity that keep an energy.

A rotation is w' = G^-1 Y w with Y antisymmetric and G the metric. It is a symmetry where grad E . G^-1 Y w
vanishes, which are linear equations for Y. The flow of the energy then commutes with it.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from odekit.systems.algebra import PRIME, Integers, row_reduced, values_at
from odekit.systems.reduction.invariants.over_constants import by_states, vanishing_over_constants
from odekit.systems.reduction.polynomial_flow import PolynomialFlow

__all__ = ["Rotation", "blocks", "rotations"]


class Turn(NamedTuple):
    """A term of a rotation: the velocity of one state holds another one, times ``value * constants``."""

    state: int
    other: int
    constants: tuple[int, ...]
    value: Any


Rotation = list[Turn]
Pair = tuple[int, int]


def rotations(flow: PolynomialFlow, energy: Any, metric: Sequence[Any]) -> list[Rotation]:
    """A basis of the rotations that keep an energy.

    Parameters
    ----------
    flow: whose letters there are.
    energy: in the flow's ring.
    metric: its diagonal, free of the states, in that ring.
    """
    slopes = [energy.diff(letter) for letter in flow.ring.gens[: flow.count]]
    pairs = _moving_pairs(flow, slopes, metric)
    letters = flow.ring.gens
    columns = [
        by_states(flow, slopes[i] * metric[j] * letters[j] - slopes[j] * metric[i] * letters[i])
        for i, j in pairs
    ]
    vectors = vanishing_over_constants(flow, columns)
    return [list(_turns(flow, metric, pairs, vector)) for vector in vectors]


def _moving_pairs(flow: PolynomialFlow, slopes: Sequence[Any], metric: Sequence[Any]) -> list[Pair]:
    """The pairs of states that some rotation mixes, at random values of the constants modulo a prime."""
    pairs = list(combinations(range(flow.count), 2))
    if not pairs:
        return []
    size = (len(flow.ring.gens), len(pairs) + 10)
    points = np.random.default_rng(0).integers(1, PRIME, size=size)
    points[flow.count :] = points[flow.count :, :1]
    g = [values_at(dict(entry), points, PRIME) for entry in metric]
    slope = [values_at(dict(each), points, PRIME) for each in slopes]
    turned = [
        (g[j] * slope[i] % PRIME * points[j] - g[i] * slope[j] % PRIME * points[i]) % PRIME for i, j in pairs
    ]
    return [pairs[place] for place in _support(np.column_stack(turned))]


def _support(matrix: Integers) -> list[int]:
    """The unknowns that are not 0 in every solution of A x = 0 modulo the prime."""
    reduced, pivots = row_reduced(matrix, PRIME)
    free = [column for column in range(matrix.shape[1]) if column not in set(pivots)]
    tied = [pivot for row, pivot in zip(reduced, pivots, strict=True) if row[free].any()]
    return sorted([*free, *tied])


def _turns(flow: PolynomialFlow, metric: Sequence[Any], pairs: Sequence[Pair], vector: Sequence[Any]) -> Any:
    for (i, j), weight in zip(pairs, vector, strict=True):
        for state, other, sign in ((i, j, 1), (j, i, -1)):
            for key, value in (weight * metric[other]).items():
                yield Turn(state, other, key[flow.count :], sign * value)


def blocks(flow: PolynomialFlow, found: Sequence[Rotation]) -> list[list[int]]:
    """States that rotations mix with each other, by place; one that none moves is alone."""
    members = [{place} for place in range(flow.count)]
    for rotation in found:
        for turn in rotation:
            if members[turn.state] is not members[turn.other]:
                joined = members[turn.state] | members[turn.other]
                for place in joined:
                    members[place] = joined
    return [sorted(block) for place, block in enumerate(members) if min(block) == place]
