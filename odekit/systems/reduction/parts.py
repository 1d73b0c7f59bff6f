"""What products of constants multiply in polynomials: candidates for observables, those of lowest degree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from odekit.systems.algebra import vanishing_combinations
from odekit.systems.reduction.polynomial_flow import PolynomialFlow

__all__ = ["Parts"]


@dataclass(frozen=True)
class Parts:
    """Parts of polynomials that some known ones don't divide.

    Parameters
    ----------
    flow: whose letters there are.
    known: polynomials that are divided out.
    """

    flow: PolynomialFlow
    known: tuple[Any, ...]

    def of(self, polynomials: Iterable[Any], most: int) -> list[Any]:
        """The parts of lowest degree in the states, without those that are combinations of others.

        Parameters
        ----------
        polynomials: in the flow's ring.
        most: the largest degree.
        """
        parts = [self._without_factors(part) for f in polynomials for part in self._split(f)]
        moving = [part for part in parts if self.flow.degree(part) > 0]
        lowest = min(map(self.flow.degree, moving), default=0)
        found: list[Any] = []
        for part in moving if lowest <= most else ():
            if self.flow.degree(part) == lowest and not vanishing_combinations([*map(dict, (*found, part))]):
                whole = part.primitive()[1]
                found.append(whole if whole.LC > 0 else -whole)
        return found

    def _split(self, polynomial: Any) -> Iterator[Any]:
        """By the constants, and by the degree in the states."""
        count = self.flow.count

        def grade(term: tuple[tuple[int, ...], Any]) -> tuple[tuple[int, ...], int]:
            return term[0][count:], sum(term[0][:count])

        for (powers, _), terms in groupby(sorted(polynomial.terms(), key=grade), key=grade):
            yield self.flow.ring.from_dict(
                {(*key[:count], *[0] * len(powers)): value for key, value in terms}
            )

    def _without_factors(self, part: Any) -> Any:
        for polynomial in self.known:
            quotient, rest = divmod(part, polynomial)
            while not rest and self.flow.degree(quotient) > 0:
                part = quotient
                quotient, rest = divmod(part, polynomial)
        return part
