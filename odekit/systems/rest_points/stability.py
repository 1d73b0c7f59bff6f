"""Stability from the spectrum: signs of real parts, proved for all parameters at which the point exists."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import sympy as sp

from odekit.systems.rest_points.loci import is_zero

__all__ = ["CENTRE", "numeric_roots", "signs_say"]

# Substitutions, to be made in this order.
Existence = Sequence[tuple[sp.Symbol, sp.Expr]]

# A real part below this share of the eigenvalue, at as many digits, is 0 or can't be told from it, and so is
# one below the other share of the largest eigenvalue where the coefficients are digits themselves.
DIGITS, NEGLIGIBLE, LOST = 30, 1e-18, 1e-30

# Hurwitz's determinants of more eigenvalues are too long to tell their sign.
MAX_HURWITZ = 4
# Formulas of more eigenvalues hold cubic roots, whose signs can't be told.
MAX_FORMULAS = 2

CENTRE = "linear centre"


def signs_say(
    eigenvalues: Sequence[sp.Expr], coefficients: Sequence[sp.Expr], values: Mapping[sp.Symbol, sp.Expr]
) -> str:
    """``"attracts"``, ``"repels"``, ``"saddle"``, ``"degenerate"``, ``"depends on values"``, or `CENTRE`.

    The last where all eigenvalues are imaginary, so that the linearisation alone tells nothing.

    Parameters
    ----------
    eigenvalues: all but the zeros that something explains, where there are formulas.
    coefficients: of the monic polynomial of which these are the roots, from the second on.
    values: of the states, whose roots of parameters have to be real for the point to exist.
    """
    if not coefficients or coefficients[-1] == 0:
        return "degenerate"
    if not any(entry.free_symbols for entry in coefficients):
        is_exact = not any(entry.has(sp.Float) for entry in coefficients)
        told = _by_coefficients(coefficients, ()) if is_exact else ""
        return told or _by_numbers(numeric_roots(coefficients), 0.0 if is_exact else LOST)
    where = _existence(values)
    told = _by_coefficients(coefficients, where)
    if not told and len(eigenvalues) == len(coefficients) <= MAX_FORMULAS:
        told = _by_parts([_at(value, where) for value in eigenvalues])
    return told or "depends on values"


def numeric_roots(coefficients: Sequence[sp.Expr]) -> list[sp.Expr]:
    """The roots of a monic polynomial of numbers, to 30 digits, the least stable first."""
    letter = sp.Dummy("eigenvalue")
    if all(entry.is_Rational for entry in coefficients):
        parts = sp.Poly([sp.S.One, *coefficients], letter).factor_list()[1]
        roots = [root for part, count in parts for root in _roots(part) * count]
    else:
        # SymPy takes coefficients for 0 that are small beside 1.
        digits = [sp.N(entry, 2 * DIGITS) for entry in coefficients]
        size = max((abs(entry) ** sp.Rational(1, power) for power, entry in enumerate(digits, 1)))
        scaled = [entry / size**power for power, entry in enumerate(digits, 1)] if size else digits
        polynomial = sp.Poly([sp.S.One, *scaled], letter)
        roots = [size * root for root in polynomial.nroots(n=DIGITS, maxsteps=500)]
    return sorted(roots, key=lambda root: (-sp.re(root), sp.im(root)))


def _roots(polynomial: sp.Poly) -> list[sp.Expr]:
    """To as many digits, by formulas where they are short: digits alone are those of the largest root."""
    if polynomial.degree() <= 2:
        found = sp.roots(polynomial)
        return [sp.N(root, DIGITS) for root, count in found.items() for _ in range(count)]
    return list(polynomial.nroots(n=DIGITS, maxsteps=500))


def _by_numbers(eigenvalues: Sequence[sp.Expr], lost: float) -> str:
    size = lost * max(map(abs, eigenvalues))
    signs = {_digit_sign(sp.re(value), max(NEGLIGIBLE * abs(value), size)) for value in eigenvalues}
    if {1, -1} <= signs:
        return "saddle"
    if 0 in signs:
        return CENTRE if signs == {0} else "degenerate"
    return "attracts" if signs == {-1} else "repels"


def _digit_sign(value: sp.Expr, rounding: sp.Expr) -> int:
    return 0 if abs(value) <= rounding else 1 if value > 0 else -1


def _by_coefficients(coefficients: Sequence[sp.Expr], where: Existence) -> str:
    """What the coefficients say, by Hurwitz's and Descartes' criteria; nothing where they say nothing.

    All roots have negative real parts where all of Hurwitz's determinants are positive; some root has a
    positive one where a coefficient is negative.
    """
    there = [_at(entry, where) for entry in coefficients]
    mirrored = [entry if power % 2 == 0 else -entry for power, entry in enumerate(there, 1)]
    if len(there) == 2 and there[0] == 0 and _sign(there[1]) == 1:
        return CENTRE
    if any(_sign(entry) == -1 for entry in there) and any(_sign(entry) == -1 for entry in mirrored):
        return "saddle"
    if len(there) > MAX_HURWITZ:
        return ""
    for entries, word in ((there, "attracts"), (mirrored, "repels")):
        if all(_sign(determinant) == 1 for determinant in _hurwitz(entries)):
            return word
    return ""


def _hurwitz(coefficients: Sequence[sp.Expr]) -> Iterator[sp.Expr]:
    """The leading principal minors of Hurwitz's matrix."""
    count = len(coefficients)
    entry = {0: sp.S.One, **dict(enumerate(coefficients, 1))}
    matrix = sp.Matrix(count, count, lambda i, j: entry.get(2 * j - i + 1, sp.S.Zero))
    return (matrix[:size, :size].det() for size in range(1, count + 1))


def _by_parts(eigenvalues: Sequence[sp.Expr]) -> str:
    """What the signs of the real parts say; nothing where one is not known."""
    parts = [sp.re(value) if value.is_real is not True else value for value in eigenvalues]
    signs = {_sign(part) for part in parts}
    if {1, -1} <= signs:
        return "saddle"
    if None in signs or 0 in signs:
        return ""
    return "attracts" if signs == {-1} else "repels"


def _existence(values: Mapping[sp.Symbol, sp.Expr]) -> Existence:
    """Parameters by positive numbers, such that what stands under the values' square roots is positive.

    >>> a, x = sp.symbols("a x", real=True)
    >>> (pair,) = _existence({x: sp.sqrt(1 - a)})
    >>> pair[0], pair[1].subs(next(iter(pair[1].free_symbols)), 3)
    (a, -2)
    """
    found: list[tuple[sp.Symbol, sp.Expr]] = []
    for value in values.values():
        for power in sorted(value.atoms(sp.Pow), key=sp.default_sort_key):
            radicand = _at(power.base, found)
            if not (power.exp.is_Rational and power.exp.q % 2 == 0) or radicand.is_positive:
                continue
            for symbol in sorted(radicand.free_symbols, key=str):
                margin = sp.Dummy("margin", positive=True)
                if symbol.is_positive is None and symbol.is_negative is None:
                    solved = sp.solve(radicand - margin, symbol)
                    if len(solved) == 1:
                        found.append((symbol, solved[0]))
                        break
    return found


def _at(expression: sp.Expr, where: Existence) -> sp.Expr:
    for symbol, value in where:
        expression = expression.subs(symbol, value)
    return sp.simplify(expression) if where else expression


def _sign(expression: sp.Expr) -> int | None:
    """The sign for all real symbols in general, none of them 0, where SymPy can tell."""
    if expression == 0:
        return 0
    if not expression.free_symbols:
        if is_zero(expression, {}):
            return 0
        value = sp.N(expression, DIGITS)
        return int(sp.sign(value)) if value.is_real and value.is_finite else None
    known = {s: sp.Dummy(real=True, nonzero=True) for s in expression.free_symbols if s.is_positive is None}
    for form in (expression, sp.factor(expression), sp.expand(expression)):
        named = form.xreplace(known)
        # What is nowhere negative and not 0 as a formula is positive in general.
        if named.is_nonnegative or named.is_nonpositive:
            return 1 if named.is_nonnegative else -1
    return next((sign for sign in (1, -1) if _is_square_sum(sign * expression)), None)


def _is_square_sum(expression: sp.Expr) -> bool:
    """Whether a rational expression is nowhere negative since its mixed terms are outweighed by even ones.

    ``p + q >= 2 sqrt(p q)`` outweighs what has half of their powers, as in ``1 - 2 x y + x^2 y^2``.
    """
    numerator, denominator = sp.fraction(sp.together(expression))
    symbols = sorted(expression.free_symbols, key=str)
    product = sp.expand(numerator * denominator)
    if not product.is_polynomial(*symbols):
        return False
    terms = sp.Poly(product, *symbols).as_dict()
    if not all(value.is_Rational for value in terms.values()):
        return False
    left = {p: value for p, value in terms.items() if value > 0 and not any(power % 2 for power in p)}
    for powers, value in terms.items():
        if powers in left:
            continue
        pair = next((pair for pair in combinations(left, 2) if _outweigh(pair, powers, value, left)), None)
        if pair is None:
            return False
        for each in pair:
            left[each] -= abs(value) / 2
    return True


def _outweigh(
    pair: Sequence[tuple[int, ...]], powers: tuple[int, ...], value: sp.Rational, left: Mapping[Any, sp.Expr]
) -> bool:
    is_between = all(a + b == 2 * p for a, b, p in zip(*pair, powers, strict=True))
    return is_between and all(left[each] >= abs(value) / 2 for each in pair)
