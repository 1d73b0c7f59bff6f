"""Permutations of the states that keep an energy, by refining colours and by trial."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from odekit.systems.reduction.polynomial_flow import PolynomialFlow

__all__ = ["permutations"]


def permutations(flow: PolynomialFlow, energy: Any, metric: Sequence[Any]) -> Iterator[tuple[int, ...]]:
    """Permutations of the states that keep the energy and the metric: one for each pair that one takes over.

    By place, where each state goes.
    """
    terms = dict(energy)
    colours = _refined(flow, terms, [hash(entry) for entry in metric])
    for i, j in combinations(range(flow.count), 2):
        if colours[i] == colours[j]:
            found = _matched(flow, terms, _marked(colours, i), _marked(colours, j))
            if found is not None:
                yield found


def _marked(colours: Sequence[int], place: int) -> list[int]:
    return [hash((colour, number == place)) for number, colour in enumerate(colours)]


def _refined(flow: PolynomialFlow, terms: dict[Any, Any], colours: Sequence[int]) -> list[int]:
    """Colours that tell states apart which stand in terms of other coefficients and colours."""
    current = list(colours)
    for _ in range(flow.count):
        seen: list[list[int]] = [[] for _ in current]
        for key, value in terms.items():
            moving = [(current[i], power) for i, power in enumerate(key[: flow.count]) if power]
            mark = hash((str(value), key[flow.count :], tuple(sorted(moving))))
            for i, power in enumerate(key[: flow.count]):
                if power:
                    seen[i].append(hash((mark, power)))
        new = [hash((colour, tuple(sorted(marks)))) for colour, marks in zip(current, seen, strict=True)]
        if len(set(new)) == len(set(current)):
            return new
        current = new
    return current


def _matched(
    flow: PolynomialFlow, terms: dict[Any, Any], left: list[int], right: list[int]
) -> tuple[int, ...] | None:
    """A permutation that takes one colouring to the other and keeps the terms, by trial."""
    left, right = _refined(flow, terms, left), _refined(flow, terms, right)
    if sorted(left) != sorted(right):
        return None
    repeated = [i for i, colour in enumerate(left) if left.count(colour) > 1]
    if not repeated:
        image = tuple(right.index(colour) for colour in left)
        return image if _keeps(flow, terms, image) else None
    place = repeated[0]
    for other in (j for j, colour in enumerate(right) if colour == left[place]):
        found = _matched(flow, terms, _marked(left, place), _marked(right, other))
        if found is not None:
            return found
    return None


def _keeps(flow: PolynomialFlow, terms: dict[Any, Any], image: Sequence[int]) -> bool:
    for key, value in terms.items():
        moved = list(key)
        for place, power in enumerate(key[: flow.count]):
            moved[image[place]] = power
        if terms.get(tuple(moved)) != value:
            return False
    return True
