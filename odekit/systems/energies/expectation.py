"""expectation: means of formulas over jointly Gaussian variables, or over a finite set of data, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from odekit.errors import InputError, named, shown
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.numbers import is_real
from odekit.systems.algebra import read_formula
from odekit.systems.energies.exponentials import by_exponent
from odekit.systems.energies.variables import declared_parameters, declared_variables
from odekit.systems.energies.vocabulary import Vocabulary, parameter_values

__all__ = ["expectation"]

# A covariance of numbers may have an eigenvalue this far below 0, in units of the largest, by rounding.
ROUNDING = 1e-12


@bounded("the expectation", DERIVATION_SECONDS)
def expectation(
    expression: Any, gaussian: Mapping[Any, Any] | None = None, *, data: Any = None, parameters: Any = ()
) -> sp.Expr:
    """The mean of a formula, exactly: over Gaussian variables by Wick's theorem, or over a set of data.

    Parameters
    ----------
    expression: text, or a SymPy expression, whose other symbols are constants. Over Gaussian variables a
        polynomial in them, or several, each times the exponential of a linear form;
        over data any formula.
    gaussian: (mean, variance) by name, and covariance by pair of names, as numbers or formulas in the
        parameters: ``{"x": (0, 1), "y": ("m", "v"), ("x", "y"): "c"}``. Pairs that are left out have
        covariance 0.
    data: samples by name: (sample,) of a number, (sample, entry) of a vector x with entries x1, x2, ...; or
        an array alone, which is x. Decimal numbers are taken as they are written.
    parameters: names or symbols of the constants in text.

    Returns
    -------
    mean: in the constants; `gradient_flow` takes it as a part of an energy.

    Raises
    ------
    InputError: neither or both of the two, a formula that is none of these in Gaussian variables,
        covariances that no variables have, or data of different numbers of samples, or that are not finite.
    UnknownNameError: a name that nothing declares.

    Source: Isserlis 1918, and Wick 1950; by the recursion E[x_i f] = m_i E[f] + sum_j C_ij E[df/dx_j], and
    E[p(x) exp(l x)] = exp(l m + l C l/2) E[p(x + C l)].

    >>> expectation("(a*x - y)**2", {"x": (0, 1), "y": (0, "v"), ("x", "y"): "c"}, parameters="a c v")
    a**2 - 2*a*c + v
    >>> expectation("x*exp(a*x)", {"x": (0, 1)}, parameters="a")
    a*exp(a**2/2)
    >>> expectation("a*x**2", data=[1, 2, 3], parameters="a")
    14*a/3
    """
    if (gaussian is None) == (data is None):
        raise InputError("a mean is over Gaussian variables or over data", expected="one of them")
    constants = Vocabulary((), *parameter_values(parameters))
    if gaussian is not None:
        law = _Gaussian.read(gaussian, constants)
        return law.mean(_formula(expression, law.symbols, constants))
    samples = _samples(data)
    return _mean_over(samples, _formula(expression, tuple(samples), constants))


def _formula(expression: Any, symbols: Sequence[sp.Symbol], constants: Vocabulary) -> sp.Expr:
    """The formula in the symbols of the variables; one of SymPy brings its own constants."""
    variables = {symbol.name: symbol for symbol in symbols}
    if both := sorted(variables.keys() & constants.known.keys()):
        raise InputError("a name stands for two things", expected="distinct names", received=", ".join(both))
    own = expression.free_symbols if isinstance(expression, sp.Expr) else ()
    known = {**{symbol.name: symbol for symbol in own}, **constants.known, **variables}
    return read_formula(expression, known, "the formula")


@dataclass(frozen=True)
class _Gaussian:
    """Jointly Gaussian variables.

    Parameters
    ----------
    symbols: of the variables.
    means: of each.
    covariance: of all.
    """

    symbols: tuple[sp.Symbol, ...]
    means: tuple[sp.Expr, ...]
    covariance: sp.ImmutableMatrix

    @staticmethod
    def read(given: Any, words: Vocabulary) -> _Gaussian:
        if not isinstance(given, Mapping) or not given:
            raise InputError(
                "Gaussian variables are given by name", expected='{"x": (0, 1)}', received=shown(given)
            )
        laws = {key: value for key, value in given.items() if not isinstance(key, tuple)}
        symbols = tuple(symbol for one in declared_variables(list(laws)) for symbol in one.symbols)
        places = {symbol.name: place for place, symbol in enumerate(symbols)}
        means, covariance = [], sp.zeros(len(symbols))
        for place, (name, law) in enumerate(laws.items()):
            if not isinstance(law, Sequence) or isinstance(law, str) or len(law) != 2:
                raise InputError(
                    f"{named(name)} has no mean and variance",
                    expected="two numbers or formulas, (mean, variance)",
                    received=shown(law),
                    hint=f"({law}, 1), or (0, {law})" if is_real(law) else "(0, 1)",
                )
            means.append(words.read_real(law[0], f"the mean of {name}"))
            covariance[place, place] = words.read_real(law[1], f"the variance of {name}")
        for pair, value in given.items():
            if isinstance(pair, tuple):
                i, j = _pair(pair, places)
                if given.get(pair[::-1], value) != value:
                    raise InputError(
                        f"the covariance of {pair[0]} and {pair[1]} is given twice",
                        expected="one value",
                        received=f"{value} and {given[pair[::-1]]}",
                    )
                covariance[i, j] = covariance[j, i] = words.read_real(value, f"the covariance of {pair}")
        _check_positive(covariance)
        return _Gaussian(symbols, tuple(means), sp.ImmutableMatrix(covariance))

    def mean(self, formula: sp.Expr) -> sp.Expr:
        try:
            parts = by_exponent(formula, self.symbols)
        except sp.PolynomialError:
            raise InputError(
                "the formula is no polynomial in the Gaussian variables",
                expected=f"a polynomial in {', '.join(map(str, self.symbols))}, or several, each times the "
                "exponential of a linear form",
                received=str(formula)[:80],
                hint="data, or a Taylor polynomial",
            ) from None
        return sp.Add(*(self._weighted(polynomial, exponent) for exponent, polynomial in parts.items()))

    def _weighted(self, polynomial: sp.Poly, exponent: sp.Expr) -> sp.Expr:
        """Of a polynomial times exp(l): l moves the mean m to ``m + C l``, by completing the square."""
        slope = sp.Matrix([exponent.diff(symbol) for symbol in self.symbols])
        shift, means = self.covariance * slope, sp.Matrix(self.means)
        at_mean = exponent.xreplace(dict(zip(self.symbols, self.means, strict=True)))
        moved = replace(self, means=tuple((means + shift).applyfunc(sp.expand)))
        moments: dict[tuple[int, ...], sp.Expr] = {(0,) * len(self.symbols): sp.S.One}
        parts = (factor * moved._moment(powers, moments) for powers, factor in polynomial.terms())
        return sp.exp(sp.factor(at_mean + slope.dot(shift) / 2)) * sp.expand(sp.Add(*parts))

    def _moment(self, powers: tuple[int, ...], known: dict[tuple[int, ...], sp.Expr]) -> sp.Expr:
        """Of a monomial, from those of lower ones, which are kept."""
        if powers not in known:
            place = next(i for i, power in enumerate(powers) if power)
            rest = _lowered(powers, place)
            parts = [
                rest[j] * self.covariance[place, j] * self._moment(_lowered(rest, j), known)
                for j in range(len(rest))
                if rest[j] and self.covariance[place, j] != 0
            ]
            known[powers] = sp.expand(sp.Add(self.means[place] * self._moment(rest, known), *parts))
        return known[powers]


def _lowered(powers: tuple[int, ...], place: int) -> tuple[int, ...]:
    return tuple(power - (i == place) for i, power in enumerate(powers))


def _pair(pair: tuple[Any, ...], places: Mapping[str, int]) -> tuple[int, int]:
    names = [str(name) for name in pair]
    if len(names) != 2 or names[0] == names[1] or not all(name in places for name in names):
        raise InputError(
            "a covariance is given for no two of the variables",
            expected=f"a pair of {', '.join(places)}",
            received=shown(pair),
        )
    return places[names[0]], places[names[1]]


def _check_positive(covariance: sp.Matrix) -> None:
    """Refuse a covariance of numbers that has a negative eigenvalue."""
    if covariance.free_symbols:
        return
    values = np.linalg.eigvalsh(np.array(covariance.tolist(), dtype=np.float64))
    if values[0] < -ROUNDING * max(abs(values[-1]), 1e-300):
        raise InputError(
            "no variables have these covariances",
            expected="a covariance matrix without negative eigenvalues",
            received=f"the eigenvalue {values[0]:.6g}",
        )


def _samples(data: Any) -> dict[sp.Symbol, list[sp.Rational]]:
    """The values of each variable, the entries of vectors apart."""
    given = data if isinstance(data, Mapping) else {"x": data}
    found: dict[sp.Symbol, list[sp.Rational]] = {}
    for name, values in given.items():
        table = _table(values, str(name))
        names = [str(name)] if table.ndim == 1 else [f"{name}{i + 1}" for i in range(table.shape[1])]
        columns = table[:, None].T if table.ndim == 1 else table.T
        for symbol, column in zip(declared_parameters(names), columns, strict=True):
            found[symbol] = [_exact(value, f"the data of {name}") for value in column]
    counts = {len(values) for values in found.values()}
    if len(counts) != 1 or 0 in counts:
        raise InputError(
            "the data have no common number of samples",
            expected="as many samples of each variable, at least one",
            received=", ".join(f"{len(values)} of {symbol}" for symbol, values in found.items()) or "none",
        )
    return found


def _table(values: Any, name: str) -> np.ndarray[Any, Any]:
    try:
        table = np.array(values, dtype=object)
    except ValueError:
        table = np.array(None, dtype=object)
    if table.ndim not in (1, 2) or not table.size:
        raise InputError(
            f"the data of {name} are no table",
            expected="(sample,) or (sample, entry) numbers",
            received=shown(values),
        )
    return table


def _exact(value: Any, what: str) -> sp.Rational:
    """A number as it is written, so that 0.1 is a tenth."""
    if isinstance(value, sp.Rational):
        return value
    if isinstance(value, bool | np.bool_) or not is_real(value):
        raise InputError(f"{what} are not all numbers", expected="finite real numbers", received=shown(value))
    return read_formula(value, {}, what)


def _mean_over(samples: Mapping[sp.Symbol, Sequence[sp.Rational]], formula: sp.Expr) -> sp.Expr:
    """The mean of a formula over samples; a polynomial by the mean of each monomial."""
    count = len(next(iter(samples.values())))
    used = [symbol for symbol in samples if symbol in formula.free_symbols]
    if not used:
        return formula
    polynomial = formula.as_poly(*used)
    if polynomial is None:
        rows = (dict(zip(samples, row, strict=True)) for row in zip(*samples.values(), strict=True))
        return sp.Add(*(_real_at(formula, row) for row in rows)) / count
    return sp.expand(
        sp.Add(*(factor * _moment(samples, used, powers) for powers, factor in polynomial.terms())) / count
    )


def _real_at(formula: sp.Expr, row: Mapping[sp.Symbol, sp.Rational]) -> sp.Expr:
    """The value at one sample, which may hold constants.

    Raises
    ------
    InputError: it is not finite, or not real.
    """
    value = formula.xreplace(dict(row))
    is_complex = value.is_real is False or (value.has(sp.I) and sp.im(value) != 0)
    if is_complex or value.has(sp.zoo, sp.oo, -sp.oo, sp.nan):
        raise InputError(
            f"the formula {str(formula)[:80]} has no mean over the data",
            expected="a finite real number at each sample",
            received=f"{value} at {', '.join(f'{name} = {x}' for name, x in row.items())}",
        )
    return value


def _moment(
    samples: Mapping[sp.Symbol, Sequence[sp.Rational]], used: Sequence[sp.Symbol], powers: Sequence[int]
) -> sp.Rational:
    """The sum of a monomial over the samples."""
    columns = [[value**power for value in samples[s]] for s, power in zip(used, powers, strict=True) if power]
    total = Fraction(0)
    for row in zip(*columns, strict=True) if columns else [()] * len(samples[used[0]]):
        product = Fraction(1)
        for value in row:
            product *= Fraction(int(value.p), int(value.q))
        total += product
    return sp.Rational(total.numerator, total.denominator)
