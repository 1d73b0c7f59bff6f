"""Functional independence: the rank of a Jacobian at one point modulo a prime, never above the true rank."""

from collections.abc import Iterable, Sequence

import numpy as np

from odekit.systems.algebra import PRIME, Poly, differentiate, rank_modulo, value_modulo

__all__ = ["Independence", "random_point"]


def random_point(count: int) -> list[int]:
    """The same residues modulo the prime each time, none of them 0."""
    residues: list[int] = np.random.default_rng(0).integers(1, PRIME, size=count).tolist()
    return residues


class Independence:
    """A growing set of functions that are independent of one another.

    Parameters
    ----------
    point: a value of every letter modulo the prime.
    jacobian: derivative of each letter by each coordinate at the point; by default the letters are the
        coordinates.
    known: gradients of functions that count as known, by letter.
    """

    def __init__(
        self,
        point: Sequence[int],
        jacobian: Sequence[Sequence[int]] | None = None,
        known: Iterable[Sequence[int]] = (),
    ) -> None:
        self._point = point
        self._jacobian = jacobian
        self._rows = [self._by_coordinate(gradient) for gradient in known]

    @property
    def count(self) -> int:
        """How many independent functions are known."""
        return len(self._rows)

    def grows_by(self, polynomial: Poly) -> bool:
        """Take a polynomial in the letters in if it is independent of those before."""
        letters = range(len(self._point))
        gradient = [value_modulo(differentiate(polynomial, i), self._point) for i in letters]
        rows = [*self._rows, self._by_coordinate(gradient)]
        grows = rank_modulo(rows) > len(self._rows)
        if grows:
            self._rows = rows
        return grows

    def _by_coordinate(self, gradient: Sequence[int]) -> list[int]:
        if self._jacobian is None:
            return list(gradient)
        columns = zip(*self._jacobian, strict=True)
        return [sum(g * d for g, d in zip(gradient, column, strict=True)) % PRIME for column in columns]
