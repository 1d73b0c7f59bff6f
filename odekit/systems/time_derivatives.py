"""Time derivatives of functions of the states, by their sines and cosines, what multiplies each factored."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from math import gcd, lcm, prod

import sympy as sp

from odekit.systems.algebra import is_tame

__all__ = ["TimeDerivatives", "collected", "long_lines"]

# More of them take SymPy a minute to print.
MOST_OPERATIONS = 250_000
# Multiplying out and factoring takes some seconds for so many, and nobody reads them.
MOST_TERMS = 8_000
# Different polynomials, up to the names of their symbols, that are factored once.
KEPT = 4096

Pattern = tuple[tuple[int, tuple[int, ...]], ...]


class TimeDerivatives:
    """Along the flow of some velocities, each of which is multiplied out once.

    Parameters
    ----------
    velocities: time derivative of every state.
    """

    def __init__(self, velocities: Mapping[sp.Symbol, sp.Expr]) -> None:
        self._velocities = velocities
        self._expanded: dict[sp.Symbol, Sequence[tuple[sp.Expr, sp.Expr]]] = {}

    def of_all(self, definitions: Mapping[sp.Symbol, sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
        """Of functions of the states; where they have over 8,000 terms in all, as sums of products."""
        slopes = {
            symbol: {s: expression.diff(s) for s in self._velocities if s in expression.free_symbols}
            for symbol, expression in definitions.items()
        }
        sizes = (
            _terms(f) * _terms(self._velocities[s]) for found in slopes.values() for s, f in found.items()
        )
        slow = not all(is_tame(f) for found in slopes.values() for f in found.values())
        if slow or sum(sizes) > MOST_TERMS:
            return {
                symbol: sp.Add(*(slope * self._velocities[s] for s, slope in found.items()))
                for symbol, found in slopes.items()
            }
        return {symbol: self._multiplied_out(found) for symbol, found in slopes.items()}

    def _multiplied_out(self, slopes: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
        factors: dict[sp.Expr, list[sp.Expr]] = {}
        for state, slope in slopes.items():
            for wave, term in self._parts(state, slope):
                factors.setdefault(wave, []).append(term)
        return _sum_of(factors)

    def _parts(self, state: sp.Symbol, slope: sp.Expr) -> Iterator[tuple[sp.Expr, sp.Expr]]:
        if not slope.is_number:
            yield from _split(slope * self._velocities[state])
            return
        if state not in self._expanded:
            self._expanded[state] = tuple(_split(self._velocities[state]))
        yield from ((wave, slope * term) for wave, term in self._expanded[state])


def long_lines(
    velocities: Mapping[sp.Symbol, sp.Expr], definitions: Mapping[sp.Symbol, sp.Expr]
) -> list[str]:
    """The states' equations and the definitions, with a word on what is left out; none where all fits.

    Left out are the definitions' own time derivatives, where they would take over 250,000 operations.
    """
    sizes = {state: velocity.count_ops() for state, velocity in velocities.items()}
    total = sum(sizes.get(s, 0) for meaning in definitions.values() for s in meaning.free_symbols)
    if total <= MOST_OPERATIONS:
        return []
    return [
        *(f"{state}' = {velocity}" for state, velocity in velocities.items()),
        *(f"{symbol} = {meaning}" for symbol, meaning in definitions.items()),
        f"Time derivatives of the definitions are not written out: they take {total:,} operations.",
    ]


def collected(expression: sp.Expr) -> sp.Expr:
    """The expression by its sines and cosines, what multiplies each factored; as it is where that is long."""
    if not is_tame(expression):
        return expression
    factors: dict[sp.Expr, list[sp.Expr]] = {}
    for wave, term in _split(expression):
        factors.setdefault(wave, []).append(term)
    return _sum_of(factors)


def factored(terms: Sequence[sp.Expr]) -> sp.Expr:
    """What `sympy.factor` makes of their sum, the same but for names factored once.

    >>> a, b = sp.symbols("a b", positive=True)
    >>> factored([-4 * b, -(a**2) / b])
    -(a**2 + 4*b**2)/b
    """
    total = sp.Add(*terms)
    known = [_monomial(term) for term in sp.Add.make_args(total)]
    monomials = [monomial for monomial in known if monomial is not None]
    if len(monomials) < len(known) or len(known) == 1:
        return sp.factor(total)
    symbols = sp.Poly(sp.Add(*{s for _, powers in monomials for s in powers})).gens
    least = [min(powers.get(s, 0) for _, powers in monomials) for s in symbols]
    scale = sp.Rational(gcd(*(v.p for v, _ in monomials)), lcm(*(v.q for v, _ in monomials)))
    pattern = tuple(
        sorted(
            (int(v / scale), tuple(powers.get(s, 0) - low for s, low in zip(symbols, least, strict=True)))
            for v, powers in monomials
        )
    )
    leading = max(pattern, key=lambda term: term[1])[0]
    sign = 1 if leading > 0 else -1
    inner = _factored_pattern(tuple((sign * value, powers) for value, powers in pattern))
    inner = inner.xreplace(dict(zip(_names(len(symbols)), symbols, strict=True)))
    outer = sp.Mul(*(s**low for s, low in zip(symbols, least, strict=True))) * inner
    scale *= sign
    if scale in (1, -1):
        return scale * outer
    return sp.Mul(scale, *sp.Mul.make_args(outer), evaluate=False)


def _sum_of(factors: Mapping[sp.Expr, Sequence[sp.Expr]]) -> sp.Expr:
    return sp.Add(*(wave * factored(terms) for wave, terms in factors.items()))


def _split(expression: sp.Expr) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """Each term's sines and cosines, and the rest of it."""
    for term in sp.Add.make_args(sp.expand(expression)):
        waves: list[sp.Expr] = []
        others: list[sp.Expr] = []
        for part in sp.Mul.make_args(term):
            (waves if part.has(sp.sin, sp.cos) else others).append(part)
        yield sp.Mul(*waves), sp.Mul(*others)


def _terms(expression: sp.Expr) -> int:
    """How many terms it has where its sums are multiplied out, powers of sums left alone."""
    return prod(len(sp.Add.make_args(factor)) for factor in sp.Mul.make_args(expression))


def _monomial(term: sp.Expr) -> tuple[sp.Rational, dict[sp.Symbol, int]] | None:
    """A rational and integer powers of symbols; None where it is something else."""
    value, rest = term.as_coeff_Mul()
    powers = rest.as_powers_dict() if rest != 1 else {}
    is_known = value.is_Rational and all(
        base.is_Symbol and power.is_Integer for base, power in powers.items()
    )
    return (value, {base: int(power) for base, power in powers.items()}) if is_known else None


@lru_cache(maxsize=KEPT)
def _factored_pattern(pattern: Pattern) -> sp.Expr:
    """Of a primitive polynomial with a positive leading coefficient, in symbols of their own."""
    names = _names(len(pattern[0][1]))
    terms = (
        value * sp.Mul(*(name**power for name, power in zip(names, powers, strict=True)))
        for value, powers in pattern
    )
    return sp.factor(sp.Add(*terms))


@cache
def _names(count: int) -> tuple[sp.Symbol, ...]:
    """Symbols in the order in which SymPy sorts them."""
    return tuple(sp.Symbol(f"x{i}") for i in range(count))
