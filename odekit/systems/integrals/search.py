"""The search for polynomials P that a field f conserves, ``sum_i f_i dP/dx_i = 0``, ansatz by ansatz."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from operator import mul

from odekit.systems.algebra import Exponents, Poly, add, differentiate, multiply
from odekit.systems.integrals.conserved import primitive
from odekit.systems.integrals.independence import Independence

__all__ = ["along_field", "by_grade", "grade", "independent_integrals"]


def independent_integrals(
    levels: Iterable[Iterable[Sequence[Exponents]]],
    conserved: Callable[[Sequence[Exponents]], Iterable[Poly]],
    known: Independence,
    most: int,
) -> Iterator[Poly]:
    """First integrals that are independent of what is known, with whole coefficients.

    Parameters
    ----------
    levels: by degree, the monomials of each ansatz; no more of them are asked for than needed.
    conserved: the conserved polynomials in some monomials.
    known: what counts as known; it grows by what is found.
    most: how many independent ones there can be beyond those.
    """
    wanted = known.count + most
    for level in levels:
        for monomials in level:
            for polynomial in conserved(monomials):
                if known.count < wanted and known.grows_by(polynomial):
                    yield primitive(polynomial, max(polynomial))
        if known.count >= wanted:
            return


def along_field(polynomial: Poly, field: Sequence[Poly]) -> Poly:
    """Time derivative of a polynomial in letters that move by a field."""
    slopes = ((differentiate(polynomial, i), f) for i, f in enumerate(field))
    return add((1, multiply(slope, f)) for slope, f in slopes if slope)


def grade(grading: Sequence[Fraction | int], exponents: Exponents) -> Fraction:
    """Degree of a monomial in a grading."""
    return sum(map(mul, grading, exponents), Fraction(0))


def by_grade(
    monomials: Iterable[Exponents], gradings: Sequence[Sequence[Fraction | int]]
) -> list[list[Exponents]]:
    """The monomials apart by their degree in each grading."""
    alike: dict[tuple[Fraction, ...], list[Exponents]] = {}
    for exponents in monomials:
        alike.setdefault(tuple(grade(grading, exponents) for grading in gradings), []).append(exponents)
    return list(alike.values())
