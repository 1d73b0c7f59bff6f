"""First integrals of any system beyond its constraint: polynomials in states, sines and exponentials."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial, reduce
from itertools import combinations_with_replacement
from math import comb
from typing import Any

import sympy as sp

from odekit.errors import AlgebraError, LimitError
from odekit.limits import bounded
from odekit.systems.algebra import PRIME, Exponents, Poly, null_space, to_sympy, value_modulo
from odekit.systems.integrals.conserved import conserved_combinations
from odekit.systems.integrals.independence import Independence, random_point
from odekit.systems.integrals.opaque_field import opaque_field
from odekit.systems.integrals.polynomial_field import PolynomialField, polynomial_field
from odekit.systems.integrals.search import by_grade, independent_integrals
from odekit.systems.known import Search, gathered
from odekit.systems.system import System

__all__ = ["polynomial_integrals"]

# Of degree 5, an ansatz in ten letters already has more than MAX_MONOMIALS.
MAX_DEGREE = 4
# Monomials of one search, and unknowns of one linear system: each takes about a second.
MAX_MONOMIALS = 2_000
MAX_UNKNOWNS = 200
# Most of the unknowns of a quadratic form are 0 at a glance, so that more may be tried.
QUADRATIC = 2
# Rational functions of the parameters cost a hundred times as much as numbers.
MAX_UNKNOWNS_WITH_PARAMETERS = 20

# Of the time that there is, for writing the field and for the ansatz.
WRITING, ANSATZ = 0.5, 0.5

NO_POLYNOMIAL = "the field is no polynomial in the states and functions of them, or has too many terms"


def polynomial_integrals(system: System, degree: int = MAX_DEGREE) -> Search[sp.Expr]:
    """Functionally independent polynomials that the flow conserves, lowest degree first.

    Parameters
    ----------
    system: any system; a field that depends on time is taken as a function of its own at every moment.
    degree: the largest one that is tried in the states and in sines, cosines and exponentials of them.

    >>> from odekit.systems.energies.gradient_flow import gradient_flow
    >>> print(polynomial_integrals(gradient_flow("(x*y*z - 1)**2", "x y z")))
    x**2 - y**2
    x**2 - z**2
    complete: no more can be independent
    """
    field, obstacle = _field(system, polynomial_field)
    letters = "the states, sines, cosines and exponentials"
    if field is not None and comb(len(field.candidates) + QUADRATIC, QUADRATIC) > MAX_MONOMIALS:
        field, obstacle = None, f"quadratic forms have more than {MAX_MONOMIALS} monomials in its functions"
    if field is None:
        field, _ = _field(system, opaque_field)
        degree, letters = min(degree, QUADRATIC), f"the states, whatever its functions are, since {obstacle}"
    if field is None:
        return Search((), "not tried", obstacle)
    most = len(system.states) - len(system.constraints) - any(field.rates[: field.states])
    reached = 0

    def next_levels() -> Iterator[list[list[Exponents]]]:
        nonlocal reached
        for level in _levels(field, degree):
            reached += 1
            yield level

    work = independent_integrals(next_levels(), partial(_conserved, field), _known(field), most)
    found, obstacle = gathered(work, "the search for polynomials that are conserved", ANSATZ)
    items = tuple(sp.powsimp(to_sympy(polynomial, field.symbols), combine="exp") for polynomial in found)
    if len(items) >= most:
        return Search(items, "complete", "no more can be independent")
    size = f"at most {MAX_MONOMIALS} monomials, {MAX_UNKNOWNS} together"
    return Search(items, "partial", obstacle or f"polynomials up to degree {reached} in {letters}, {size}")


def _field(
    system: System, write: Callable[[System], PolynomialField | None]
) -> tuple[PolynomialField | None, str]:
    """The field as one kind of polynomials, or what is in the way."""
    try:
        field = bounded("the writing of the field as polynomials", share=WRITING)(write)(system)
    except (LimitError, AlgebraError) as error:
        return None, str(error).removesuffix(".")
    return field, NO_POLYNOMIAL if field is None else ""


def _levels(field: PolynomialField, degree: int) -> Iterator[list[list[Exponents]]]:
    """By degree, the monomials up to it in classes that the field does not mix, each with a new one."""
    gradings, monomials = _gradings(field), list[Exponents]()
    for level in range(1, degree + 1):
        if len(monomials) + comb(len(field.candidates) + level - 1, level) > MAX_MONOMIALS:
            return
        new = set(_monomials(field, level))
        monomials += sorted(new, reverse=True)
        classes = by_grade(monomials, gradings)
        small = (alike for alike in classes if level <= QUADRATIC or len(alike) <= MAX_UNKNOWNS)
        yield [alike for alike in small if not new.isdisjoint(alike)]


def _monomials(field: PolynomialField, degree: int) -> Iterator[Exponents]:
    for chosen in combinations_with_replacement(field.candidates, degree):
        exponents = tuple(map(chosen.count, range(len(field.symbols))))
        if field.is_reduced(exponents):
            yield exponents


def _gradings(field: PolynomialField) -> list[list[Fraction]]:
    """Degrees of the letters in which the field raises the degree of everything by one number, a basis."""
    count = len(field.symbols)
    moving = count - field.constants
    rows = [
        {**{j: power - (i == j) for j, power in enumerate(key[:moving])}, moving: -1}
        for i, rate in enumerate(field.rates)
        for key in rate
    ]
    rows += [{place: 1} for circle in field.circles for place in circle]
    entries = {i: {j: Fraction(v) for j, v in row.items() if v} for i, row in enumerate(rows)}
    basis = null_space(entries, max(len(rows), 1), moving + 1)
    return [[*vector[:moving], *[Fraction(0)] * field.constants] for vector in basis]


def _conserved(field: PolynomialField, monomials: Sequence[Exponents]) -> Iterator[Poly]:
    """The conserved combinations; their coefficients hold the parameters if there are few."""
    if not field.constants or len(monomials) > MAX_UNKNOWNS_WITH_PARAMETERS:
        rate = partial(_rate, field)
        yield from conserved_combinations(monomials, rate, most=MAX_UNKNOWNS)
        return
    domain = sp.QQ.frac_field(*sp.symbols(f"c:{field.constants}"))
    for found in conserved_combinations(monomials, partial(_over_constants, field, domain), domain):
        yield _cleared(found, field.constants)


def _rate(field: PolynomialField, monomial: Exponents) -> Poly:
    return field.along({monomial: Fraction(1)})


def _over_constants(field: PolynomialField, domain: Any, monomial: Exponents) -> dict[Exponents, Any]:
    """The rate of a monomial with the constants in the coefficients."""
    moving = len(field.symbols) - field.constants
    rates: dict[Exponents, Any] = {}
    for key, value in field.along({monomial: Fraction(1)}).items():
        coefficient = domain.convert_from(sp.QQ(value.numerator, value.denominator), sp.QQ)
        for generator, power in zip(domain.gens, key[moving:], strict=True):
            coefficient *= generator**power
        rates[key[:moving]] = rates.get(key[:moving], domain.zero) + coefficient
    return rates


def _cleared(combination: dict[Exponents, Any], constants: int) -> Poly:
    """Without denominators and common factors of the constants, which become letters again."""
    common = reduce(lambda a, b: a.lcm(b), (value.denom for value in combination.values()))
    whole = {key: value.numer * common.exquo(value.denom) for key, value in combination.items()}
    divisor = reduce(lambda a, b: a.gcd(b), whole.values())
    return {
        (*key[: len(key) - constants], *powers): Fraction(int(v.numerator), int(v.denominator))
        for key, value in whole.items()
        for powers, v in value.exquo(divisor).terms()
    }


def _known(field: PolynomialField) -> Independence:
    """Independence at one point of the circles, where the constraint's functions count as known."""
    point = random_point(len(field.symbols))
    for sine, cosine in field.circles:
        slope, scale = point[sine], pow(1 + point[sine] ** 2, -1, PRIME)
        point[sine], point[cosine] = 2 * slope * scale % PRIME, (1 - slope**2) * scale % PRIME
    jacobian = [[value_modulo(slope, point) for slope in row] for row in field.slopes]
    known = Independence(point, jacobian)
    for function in field.constraints:
        known.grows_by(function)
    return known
