"""A vector field as exact polynomials, in the states and in the functions of them that occur in it.

Sine and cosine are letters with s' = c a', c' = -s a', s^2 + c^2 = 1, an exponential one with e' = e a'; any
other function can't be part of an integral. What has a kink is written by its step, relu(u) = u H(u) with
H^2 = H, which stands still between kinks. A common denominator is cleared, which keeps the orbits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import comb

import sympy as sp
from sympy.polys.rings import PolyRing

from odekit.systems.algebra import Exponents, Poly, add, constant, from_ring, is_tame, letter, multiply
from odekit.systems.integrals.search import along_field
from odekit.systems.integrals.steps import in_steps, without_powers_of_steps
from odekit.systems.system import System

__all__ = ["MAX_TERMS", "PolynomialField", "expanded_size", "polynomial_field"]

# A field with more terms than this takes SymPy minutes to expand.
MAX_TERMS = 20_000

_MEANINGS = {
    sp.tan: lambda x: sp.sin(x) / sp.cos(x),
    sp.sinh: lambda x: (sp.exp(x) - sp.exp(-x)) / 2,
    sp.cosh: lambda x: (sp.exp(x) + sp.exp(-x)) / 2,
    sp.tanh: lambda x: (sp.exp(x) - sp.exp(-x)) / (sp.exp(x) + sp.exp(-x)),
}


@dataclass(frozen=True)
class PolynomialField:
    """A field times its common denominator.

    Parameters
    ----------
    symbols: what each letter stands for: the states, then functions of them, then what is constant.
    states, constants: how many of the first letters are states, and of the last ones constant.
    rates: the velocity of each letter; empty for a letter without one.
    slopes: derivative of each letter by each state.
    circles: sine and cosine of one argument, by their places.
    candidates: places of the letters that an integral can be made of.
    constraints: what a constraint keeps, as far as it is a polynomial.
    """

    symbols: tuple[sp.Expr, ...]
    states: int
    constants: int
    rates: tuple[Poly, ...]
    slopes: tuple[tuple[Poly, ...], ...]
    circles: tuple[tuple[int, int], ...]
    candidates: tuple[int, ...]
    constraints: tuple[Poly, ...]

    def along(self, polynomial: Poly) -> Poly:
        """Derivative along the field, with no square of a cosine."""
        return self._reduced(along_field(polynomial, self.rates))

    def is_reduced(self, exponents: Exponents) -> bool:
        """Whether a monomial has no square of a cosine."""
        return all(exponents[cosine] < 2 for _, cosine in self.circles)

    def _reduced(self, polynomial: Poly) -> Poly:
        for sine, cosine in self.circles:
            while any(exponents[cosine] > 1 for exponents in polynomial):
                polynomial = add(
                    (1, _without_square(key, value, sine, cosine)) for key, value in polynomial.items()
                )
        return polynomial


def polynomial_field(system: System) -> PolynomialField | None:
    """The field as polynomials; None where it has too many terms, or an entry can't be written so."""
    entries = [_rational(entry, system) for entry in system.vector_field]
    if not all(map(is_tame, entries)) or sum(map(expanded_size, entries)) > MAX_TERMS:
        return None
    expanded = [without_powers_of_steps(sp.expand(_in_sines(in_steps(entry)))) for entry in entries]
    # A power of a sum inside of an exponential shows its large multiples only now.
    if not all(map(is_tame, expanded)):
        return None
    fractions = [_fraction(entry) for entry in expanded]
    denominator = reduce(sp.lcm, (below for _, below in fractions), sp.S.One)
    cleared = [
        above if denominator == 1 else sp.expand(above * sp.cancel(denominator / below))
        for above, below in fractions
    ]
    kept = [sp.expand(_in_sines(_rational(function, system))) for function in system.constraints.values()]
    writer = _Writer(system, [*cleared, *kept])
    velocities = [writer.polynomial(entry) for entry in cleared]
    if any(velocity is None for velocity in velocities):
        return None
    constraints = [polynomial for function in kept if (polynomial := writer.polynomial(function))]
    return writer.field([velocity or {} for velocity in velocities], constraints)


def expanded_size(expression: sp.Expr) -> int:
    """A bound of the number of terms after expansion.

    >>> a, b = sp.symbols("a b")
    >>> expanded_size((a + b) ** 3), expanded_size(a * (a + b))
    (4, 2)
    """
    if expression.is_Add:
        return sum(map(expanded_size, expression.args))
    if expression.is_Mul:
        return int(sp.prod([expanded_size(factor) for factor in expression.args]))
    if expression.is_Pow and expression.exp.is_Integer:
        terms, power = expanded_size(expression.base), abs(int(expression.exp))
        return comb(terms + power - 1, power)
    return 1


class _Writer:
    """Writes expressions as polynomials in the states, the functions that occur in them, and constants."""

    def __init__(self, system: System, entries: Sequence[sp.Expr]) -> None:
        self._states = system.states
        found = _functions(entries, system.states)
        for argument in _arguments(found, sp.sin, sp.cos):
            found |= {sp.sin(argument): None, sp.cos(argument): None}
        moving = {*system.states, *([] if system.time is None else [system.time])}
        functions = [function for function in found if function.free_symbols & moving]
        constants = [function for function in found if not function.free_symbols & moving]
        self._functions = functions
        self._constants = [*system.parameters, *(c for c in constants if c not in system.parameters)]
        self.symbols = (*system.states, *functions, *self._constants)
        self._dummies = [sp.Dummy(f"f{i}") for i in range(len(self.symbols))]
        self._letters = dict(zip(self.symbols, self._dummies, strict=True))
        self._ring = PolyRing(self._dummies, sp.QQ, sp.grevlex)

    def polynomial(self, expression: sp.Expr) -> Poly | None:
        """The expression in the letters; None where it is no polynomial in them."""
        try:
            written = self._ring.from_expr(_lettered(sp.expand(expression), self._letters))
        except (ValueError, sp.PolynomialError, sp.CoercionFailed):
            return None
        return from_ring(written)

    def field(self, velocities: Sequence[Poly], constraints: Sequence[Poly]) -> PolynomialField:
        """The field of all letters, from that of the states."""
        count, states = len(self.symbols), len(self._states)
        slopes = [tuple(constant(int(i == j), count) for j in range(states)) for i in range(states)]
        candidates = [*range(states)]
        for place, function in enumerate(self._functions, states):
            slope = self._slope(function)
            slopes.append(slope or ({},) * states)
            candidates += [place] if slope is not None else []
        slopes += [({},) * states] * len(self._constants)
        rates = [
            add((1, multiply(part, v)) for part, v in zip(slope, velocities, strict=True)) for slope in slopes
        ]
        places = {symbol: place for place, symbol in enumerate(self.symbols)}
        circles = [
            (places[sp.sin(a)], places[sp.cos(a)]) for a in _arguments(self._functions, sp.sin, sp.cos)
        ]
        return PolynomialField(
            self.symbols,
            states,
            len(self._constants),
            tuple(rates),
            tuple(slopes),
            tuple(circles),
            tuple(candidates),
            tuple(constraints),
        )

    def _slope(self, function: sp.Expr) -> tuple[Poly, ...] | None:
        """Derivative of a sine, cosine or exponential by each state, if its argument is a polynomial."""
        factor: Poly
        if isinstance(function, sp.sin):
            factor = letter(self.symbols.index(sp.cos(function.args[0])), len(self.symbols))
        elif isinstance(function, sp.cos):
            factor = letter(self.symbols.index(sp.sin(function.args[0])), len(self.symbols), -1)
        elif isinstance(function, sp.exp):
            factor = letter(self.symbols.index(function), len(self.symbols))
        else:
            return None
        inner = [self.polynomial(function.args[0].diff(state)) for state in self._states]
        if any(part is None for part in inner) or not function.free_symbols <= set(self.symbols):
            return None
        return tuple(multiply(factor, part or {}) for part in inner)


def _rational(expression: sp.Expr, system: System) -> sp.Expr:
    meant = expression.xreplace(dict(system.definitions))
    return sp.nsimplify(meant, rational=True) if meant.has(sp.Float) else meant


def _in_sines(expression: sp.Expr) -> sp.Expr:
    """With sines and cosines of single terms, and exponentials, only."""
    for function, meaning in _MEANINGS.items():
        expression = expression.replace(function, meaning)
    return sp.expand_trig(expression)


def _fraction(expression: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator, where exponentials are factors of the numerator whatever their sign."""
    if not any(power.exp.is_Integer and power.exp < 0 for power in expression.atoms(sp.Pow)):
        return expression, sp.S.One
    exponentials = {power: sp.Dummy() for power in expression.atoms(sp.exp)}
    parts = sp.fraction(sp.together(expression.xreplace(exponentials)))
    back = {dummy: power for power, dummy in exponentials.items()}
    return parts[0].xreplace(back), parts[1].xreplace(back)


def _functions(entries: Iterable[sp.Expr], states: Sequence[sp.Symbol]) -> dict[sp.Expr, None]:
    """Every factor that is no power of a state or a parameter."""
    found: dict[sp.Expr, None] = {}
    for entry in entries:
        for term in sp.Add.make_args(entry):
            for factor in sp.Mul.make_args(term):
                base, exponent = factor.as_base_exp()
                is_power = exponent.is_Integer and exponent > 0
                if factor.free_symbols and not (base in states and is_power):
                    found[base if is_power else factor] = None
    return found


def _arguments(functions: Iterable[sp.Expr], *kinds: type[sp.Function]) -> list[sp.Expr]:
    return list(dict.fromkeys(f.args[0] for f in functions if isinstance(f, kinds)))


def _lettered(entry: sp.Expr, letters: Mapping[sp.Expr, sp.Symbol]) -> sp.Expr:
    return sp.Add(*(sp.Mul(*_factors(term, letters)) for term in sp.Add.make_args(entry)))


def _factors(term: sp.Expr, letters: Mapping[sp.Expr, sp.Symbol]) -> Iterator[sp.Expr]:
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if exponent.is_Integer and exponent > 0 and base in letters:
            yield letters[base] ** exponent
        else:
            yield letters.get(factor, factor)


def _without_square(exponents: Exponents, value: Fraction, sine: int, cosine: int) -> Poly:
    """A monomial with one square of the cosine replaced by 1 - sin^2, if it has one."""
    if exponents[cosine] < 2:
        return {exponents: value}
    lowered = tuple(e - 2 * (i == cosine) for i, e in enumerate(exponents))
    raised = tuple(e + 2 * (i == sine) for i, e in enumerate(lowered))
    return {lowered: value, raised: -value}
