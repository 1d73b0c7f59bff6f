"""Long sums of monomials with their common factor in front, which SymPy takes minutes to find.

`sympy.factor_terms` compares the terms as expressions. Here each is a coefficient, powers of magnitudes and a
sine or cosine, so that what is common is a minimum of integers; the result is the same expression.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import sympy as sp

__all__ = ["Monomial", "factored_sum"]

# Below this SymPy is fast enough.
FEW = 40

Key = tuple[tuple[sp.Expr, int], ...]


@dataclass(frozen=True)
class Monomial:
    """``coefficient * prod base^power``.

    Parameters
    ----------
    coefficient: a rational.
    powers: nonzero integers by symbol, sine or cosine.
    """

    coefficient: Fraction
    powers: Mapping[sp.Expr, int]

    def times(self, wave: sp.Expr) -> "Monomial | None":
        """Product with a sine or cosine, or a number that it has become; None where that is 0."""
        factor, rest = wave.as_coeff_Mul()
        if factor == 0:
            return None
        powers = dict(self.powers) if rest == 1 else {**self.powers, rest: 1}
        return Monomial(self.coefficient * Fraction(int(factor)), powers)

    def over(self, base: sp.Expr) -> "Monomial":
        """Quotient by a symbol."""
        powers = {**self.powers, base: self.powers.get(base, 0) - 1}
        return Monomial(self.coefficient, {key: power for key, power in powers.items() if power})

    @property
    def expression(self) -> sp.Expr:
        """As SymPy has it."""
        return sp.Mul(_rational(self.coefficient), *(base**power for base, power in self.powers.items()))


def factored_sum(monomials: Sequence[Monomial | None]) -> sp.Expr:
    """The sum of all but None, like terms collected, its common factor in front."""
    terms = _collected(monomials)
    if len(terms) <= FEW:
        return sp.factor_terms(sp.Add(*(term.expression for term in terms)))
    common = _common_powers(terms)
    scale = _common_number(terms)
    rest = sp.Add(*(_divided(term, common, scale).expression for term in terms))
    front = Monomial(scale, common).expression
    return sp.Mul(*(part for part in sp.Mul.make_args(front) if part != 1), rest, evaluate=False)


def _collected(monomials: Sequence[Monomial | None]) -> list[Monomial]:
    totals: dict[frozenset[tuple[sp.Expr, int]], Monomial] = {}
    for term in monomials:
        if term is not None:
            key = frozenset(term.powers.items())
            known = totals.get(key)
            value = term.coefficient + (known.coefficient if known is not None else 0)
            totals[key] = Monomial(value, term.powers)
    return [term for term in totals.values() if term.coefficient]


def _common_number(terms: Sequence[Monomial]) -> Fraction:
    """What is taken out of all coefficients; fractions stay where a term then has none."""
    numerator = gcd(*(term.coefficient.numerator for term in terms))
    denominator = lcm(*(term.coefficient.denominator for term in terms))
    stays = any((term.coefficient / numerator).denominator == 1 for term in terms)
    scale = Fraction(numerator, 1 if stays else denominator)
    return -scale if all(term.coefficient < 0 for term in terms) else scale


def _common_powers(terms: Sequence[Monomial]) -> dict[sp.Expr, int]:
    """What all share, numerators and denominators apart."""
    common = dict(terms[0].powers)
    for term in terms[1:]:
        common = {
            base: (min if power > 0 else max)(power, term.powers[base])
            for base, power in common.items()
            if term.powers.get(base, 0) * power > 0
        }
    return common


def _divided(term: Monomial, common: Mapping[sp.Expr, int], scale: Fraction) -> Monomial:
    powers = {base: power - common.get(base, 0) for base, power in term.powers.items()}
    return Monomial(term.coefficient / scale, {base: power for base, power in powers.items() if power})


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)
