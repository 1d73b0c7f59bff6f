"""Numbers to compute with: floats, or residues modulo a prime, in which sums are exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from odekit.arrays import IntArray

__all__ = ["Numbers", "Values", "graded_contraction", "graded_product", "prime_with_root", "roots_of_unity"]

Values = NDArray[Any]
"""Residues or floats."""

# Two arrays have one order to be multiplied in, and no other need be looked for.
_PAIR = ["einsum_path", (0, 1)]


@dataclass(frozen=True)
class Numbers:
    """Residues modulo a prime, or floats where there is none.

    Parameters
    ----------
    modulus: a prime below 2^31, so that products of residues fit into 64 bits; sums of n products need one
        below ``2^31 / sqrt(n)``.
    """

    modulus: int | None = None

    def reduced(self, values: Any) -> Any:
        """The residues of integers; floats as they are."""
        return values if self.modulus is None else values % self.modulus

    def number(self, value: Fraction | int) -> Any:
        """A rational number."""
        exact = Fraction(value)
        if self.modulus is None:
            return float(exact)
        return exact.numerator * pow(exact.denominator, -1, self.modulus) % self.modulus

    def zeros(self, shape: Sequence[int]) -> Values:
        """An array of zeros."""
        return np.zeros(shape, dtype=np.float64 if self.modulus is None else np.int64)

    def random(self, generator: np.random.Generator, shape: Sequence[int]) -> Values:
        """Random numbers: standard normal floats, or any residues but 0."""
        if self.modulus is None:
            return generator.normal(size=tuple(shape))
        return generator.integers(1, self.modulus, size=tuple(shape))

    def contract(self, subscripts: str, left: Values, right: Values) -> Values:
        """Sum of products of two arrays, by the subscripts of `numpy.einsum`."""
        return np.asarray(self.reduced(np.einsum(subscripts, left, right, optimize=_PAIR)))

    def residual(self, measured: Values, expected: Values) -> float:
        """Largest difference, relative to the largest value; of residues 0.0 or 1.0."""
        if self.modulus is not None:
            return float(bool(self.reduced(measured - expected).any()))
        size = float(np.abs(expected).max(initial=0.0))
        return float(np.abs(measured - expected).max(initial=0.0)) / (size or 1.0)


def graded_product(numbers: Numbers, left: Values, right: Values) -> Values:
    """Product of graded arrays, which broadcast but for their first axis, the grade, up to their highest."""
    parts = []
    for grade in range(len(left)):
        terms = (numbers.reduced(left[i] * right[grade - i]) for i in range(grade + 1))
        parts.append(numbers.reduced(sum(terms)))
    return np.stack(parts)


def graded_contraction(numbers: Numbers, subscripts: str, left: Values, right: Values) -> Values:
    """Contraction of graded arrays, by subscripts of what follows their first axis, likewise."""
    first = numbers.contract(subscripts, left[0], right[0])
    if len(left) == 1:
        return first[None]
    present = [[bool(part.any()) for part in array] for array in (left, right)]
    total = numbers.zeros((len(left), *first.shape))
    total[0] = first
    for grade in range(1, len(left)):
        for i in range(grade + 1):
            if present[0][i] and present[1][grade - i]:
                total[grade] += numbers.contract(subscripts, left[i], right[grade - i])
    return np.asarray(numbers.reduced(total))


def prime_with_root(root: int, limit: int) -> int:
    """The largest prime below a limit modulo which there are roots of unity of an order.

    >>> prime_with_root(6, 100)
    97
    """
    first = (limit - 2) // root * root + 1
    return next(p for p in range(first, root, -root) if sp.isprime(p))


def roots_of_unity(root: int, prime: int) -> IntArray:
    """The powers of one root of unity of an order modulo a prime: residues (root,).

    >>> roots_of_unity(4, 13).tolist()
    [1, 8, 12, 5]
    """
    unit = pow(int(sp.primitive_root(prime)), (prime - 1) // root, prime)
    return np.array([pow(unit, power, prime) for power in range(root)], dtype=np.int64)
