"""Conserved combinations of candidates: those whose rates cancel identically, by exact linear algebra."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, TypeVar

from sympy import QQ

from odekit.systems.algebra import entangled, vanishing_combinations

__all__ = ["conserved_combinations", "primitive"]

K = TypeVar("K", bound=Hashable)


def conserved_combinations(
    candidates: Sequence[K],
    rate: Callable[[K], Mapping[Any, Any]],
    domain: Any = QQ,
    most: float = float("inf"),
) -> Iterator[dict[K, Any]]:
    """A basis of the combinations of candidates whose rate vanishes identically.

    Parameters
    ----------
    candidates: what to combine.
    rate: of a candidate, a coefficient by key: fractions, or elements of the domain where that is another.
    domain: SymPy's domain of the coefficients.
    most: candidates that may hang together; none are combined where more do.

    >>> rates = {"x**2": {"xy": Fraction(2)}, "y**2": {"xy": Fraction(-2)}, "x": {"y": Fraction(1)}}
    >>> list(conserved_combinations(list(rates), rates.get))
    [{'x**2': Fraction(1, 1), 'y**2': Fraction(1, 1)}]
    """
    rates = [rate(candidate) for candidate in candidates]
    places = entangled(rates)
    if len(places) > most:
        return
    for vector in vanishing_combinations([rates[place] for place in places], domain):
        yield {candidates[place]: value for place, value in zip(places, vector, strict=True) if value}


def primitive(combination: Mapping[K, Fraction], leading: K) -> dict[K, Fraction]:
    """The multiple with whole coefficients that have no common factor, the leading one positive."""
    values = combination.values()
    common = Fraction(gcd(*(v.numerator for v in values)), lcm(*(v.denominator for v in values)))
    scale = common if combination[leading] > 0 else -common
    return {candidate: value / scale for candidate, value in combination.items()}
