"""Reductions at a size that is a symbol: found at some sizes, interpolated, and certified at further ones."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NoReturn

import sympy as sp

from odekit.arguments import expect
from odekit.errors import InputError, OdekitError, ReductionError
from odekit.numbers import is_integer
from odekit.systems.energies import declared_parameters
from odekit.systems.known import Search
from odekit.systems.reduction.by_observables import by_observables
from odekit.systems.reduction.outcome import ReducedAnswers, ReductionCertificate
from odekit.systems.system import System

__all__ = ["at_any_size"]

# Polynomials of the size up to degree 3, over at most its square; and as many sizes again to certify them.
INTERPOLATED, CERTIFIED, MOST_BELOW = 4, 3, 2

Build = Callable[[int], Any]
Monomials = dict[tuple[int, ...], Fraction]


def at_any_size(flow: Any, observables: Any, sizes: Any) -> System:
    """The reduced system with the size as a parameter; as `reduce`."""
    expect(callable(flow), "the flow of a size is no function", "a function from a size to a System", flow)
    expect(callable(observables), "the observables of a size are no function", "a function", observables)
    symbol, first = _size(sizes)
    chosen = range(first, first + INTERPOLATED + CERTIFIED)
    found: list[System] = []
    for size in chosen:
        found.append(_reduced(flow, observables, size))
        _check_alike(found[0], found[-1], size, symbol)
    rates = [[_monomials(rate, system) for rate in system.vector_field] for system in found]
    velocities = {
        state: _interpolated([each[place] for each in rates], found[0], chosen, symbol)
        for place, state in enumerate(found[0].states)
    }
    fitted, certified = chosen[:INTERPOLATED], chosen[INTERPOLATED:]
    proof = (
        f"interpolated in {symbol} from {symbol} = {', '.join(map(str, fitted))}, and certified at "
        f"{', '.join(map(str, certified))}, each proved as identities of polynomials"
    )
    lines = tuple(f"at {symbol} = {chosen[0]}: {line}" for line in found[0].ansatz())
    reason = "every rate is a polynomial of the variables at each of these sizes; others were not tried"
    certificate = ReductionCertificate(
        origin="observables", proof=proof, search=Search(lines, "partial", reason), exact=False
    )
    return replace(
        found[0],
        velocities=velocities,
        answers=ReducedAnswers(certificate),
        parameters=(*found[0].parameters, symbol),
        conditions=(f"{symbol} is a whole number, {first} or more", *lines),
    )


def _size(sizes: Any) -> tuple[sp.Symbol, int]:
    is_one = isinstance(sizes, Mapping) and len(sizes) == 1
    expect(is_one, "the size is not given by name", 'its smallest value by name, {"n": 2}', sizes)
    ((name, first),) = sizes.items()
    expect(is_integer(first) and first >= 1, f"the smallest {name} is no size", "1, 2, ...", first)
    (symbol,) = declared_parameters([name])
    return symbol, int(first)


def _reduced(flow: Build, observables: Build, size: int) -> System:
    system, wanted = _made(flow, size, "flow"), _made(observables, size, "observables")
    expect(isinstance(system, System), f"the flow of size {size} is no System", "a System", system)
    found = by_observables(system, wanted, False)
    if not found.closed:
        name, parts = next(iter(found.leaks.items()))
        raise ReductionError(
            f"the observables don't close at size {size}",
            expected="observables that close at each size",
            received=f"{name}' leaks {' + '.join(parts)}"[:160],
            hint="reduce at that size alone, for the whole leak",
        )
    return found


def _made(function: Build, size: int, what: str) -> Any:
    """What a user's function makes of a size."""
    try:
        return function(size)
    except OdekitError:
        raise
    except Exception as error:
        raise InputError(
            f"the function of the {what} fails",
            expected=f"the {what} of size {size}",
            received=f"{type(error).__name__}: {str(error)[:120]}",
        ) from error


def _check_alike(first: System, system: System, size: int, symbol: sp.Symbol) -> None:
    """Refuse a system whose variables or parameters are not those of the first, or called like the size."""
    expected, received = ([s.name for s in each.states + each.parameters] for each in (first, system))
    if symbol.name in expected:
        raise InputError(f"{symbol} stands for two things", expected="distinct names", received=symbol.name)
    if expected != received:
        raise InputError(
            f"the variables and parameters at size {size} are others than at the smallest",
            expected=", ".join(expected),
            received=", ".join(received),
        )


def _monomials(rate: sp.Expr, system: System) -> Monomials:
    """Coefficients of a rate by exponents of the variables and the parameters."""
    polynomial = rate.as_poly(*system.states, *system.parameters)
    if polynomial is None or not all(value.is_Rational for value in polynomial.coeffs()):
        raise ReductionError(
            "a rate is no polynomial of the variables", expected="polynomials", received=str(rate)[:80]
        )
    return {key: Fraction(int(value.p), int(value.q)) for key, value in polynomial.terms()}


def _interpolated(
    rates: Sequence[Monomials], system: System, chosen: Sequence[int], symbol: sp.Symbol
) -> sp.Expr:
    letters = (*system.states, *system.parameters)
    keys = dict.fromkeys(key for rate in rates for key in rate)
    terms = []
    for key in keys:
        values = [rate.get(key, Fraction(0)) for rate in rates]
        power = sp.Mul(*(letter**exponent for letter, exponent in zip(letters, key, strict=True)))
        fit = next(_fits(values, chosen, symbol), None)
        if fit is None:
            _refuse(values, chosen, symbol, power)
        terms.append(fit * power)
    return sp.factor(sp.Add(*terms))


def _fits(values: Sequence[Fraction], chosen: Sequence[int], symbol: sp.Symbol) -> Iterator[sp.Expr]:
    """Polynomials of the size through the first values, over powers of it, that all further values have."""
    for below in range(MOST_BELOW + 1):
        numbers = (sp.Rational(value.numerator, value.denominator) for value in values)
        whole = [number * n**below for number, n in zip(numbers, chosen, strict=True)]
        points = list(zip(chosen, whole, strict=True))
        fit = sp.interpolate(points[:INTERPOLATED], symbol)
        if all(fit.subs(symbol, n) == value for n, value in points):
            yield sp.expand(fit) / symbol**below


def _refuse(values: Sequence[Fraction], chosen: Sequence[int], symbol: sp.Symbol, power: sp.Expr) -> NoReturn:
    raise ReductionError(
        f"a rate is no polynomial of {symbol}, also over {symbol} or its square",
        expected=f"a polynomial of degree {INTERPOLATED - 1} or less",
        received=f"the coefficient of {power} is {', '.join(map(str, values))} at {list(chosen)}"[:160],
        hint="observables that are scaled by the size in another way",
    )
