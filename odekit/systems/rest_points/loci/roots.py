"""The real points of a piece of solutions that is of points alone: by formulas, or by digits."""

from collections.abc import Mapping, Sequence

import sympy as sp

from odekit.systems.rest_points.loci.components import Component
from odekit.systems.rest_points.loci.locus import is_zero

__all__ = ["formulas", "real_solutions"]

# An imaginary part below this share is one of rounding, at as many digits.
DIGITS, NEGLIGIBLE = 40, 1e-30
# Formulas of more points than this hold cubic roots and worse, which SymPy takes minutes to shorten.
MAX_COUNT, MAX_COUNT_OF_SEVERAL = 4, 2
# Combinations of the unknowns' roots that are tried.
MAX_TRIALS = 2_000

Values = Mapping[sp.Symbol, sp.Expr]


def real_solutions(component: Component) -> tuple[list[Values], bool] | None:
    """Values of the letters, and whether they are all; None where there are too many.

    By formulas where there are such, else 40 digits. With parameters only those that have formulas, and whose
    realness depends on parameters at most.

    >>> x = sp.Symbol("x", real=True)
    >>> for polynomial in (x**2 - 2, x**3 - 3 * x + 1, x**5 - x + 1):
    ...     print(len(real_solutions(Component((polynomial,), (x,), 0, {}))[0]))
    2
    3
    1
    """
    most = MAX_COUNT if component.has_parameters or len(component.letters) == 1 else MAX_COUNT_OF_SEVERAL
    solutions = formulas(component) if component.count <= most else []
    solutions = [values for values in solutions if len(values) == len(component.letters)]
    if component.has_parameters:
        real = [values for values in solutions if all(map(_may_be_real, values.values()))]
        others = [values for values in solutions if values not in real]
        is_whole = len(solutions) >= component.count and all(
            any(map(_is_complex, values.values())) for values in others
        )
        return real, is_whole
    real = [values for values in solutions if all(map(_is_real, values.values()))]
    has_formulas = len(solutions) == component.count
    if has_formulas and not any(value.has(sp.I) for values in real for value in values.values()):
        return real, True
    found = _by_roots(component)
    return None if found is None else (found, True)


def formulas(component: Component, unknowns: Sequence[sp.Symbol] = ()) -> list[Values]:
    """What SymPy solves for, which may leave some letters open; nothing where it knows no formula.

    Parameters
    ----------
    component: the equations.
    unknowns: the letters that are solved for; all where none are named.
    """
    # SymPy loses solutions where it knows that the unknowns are real.
    plain = {letter: sp.Dummy(letter.name) for letter in component.letters}
    named = {other: letter for letter, other in plain.items()}
    wanted = [plain[letter] for letter in unknowns or component.letters]
    try:
        found = sp.solve([e.xreplace(plain) for e in component.basis], wanted, dict=True)
    except NotImplementedError:
        return []
    return [{named[k]: _tidy(value.xreplace(named)) for k, value in one.items()} for one in found]


def _tidy(value: sp.Expr) -> sp.Expr:
    return value if value.is_number and value.has(sp.I, sp.CRootOf) else sp.radsimp(sp.simplify(value))


def _may_be_real(value: sp.Expr) -> bool:
    return value.is_real is not False and not value.has(sp.I)


def _is_complex(value: sp.Expr) -> bool:
    """Whether a value is never real at general parameters."""
    known = {symbol: sp.Dummy(real=True, nonzero=True) for symbol in value.free_symbols}
    return value.xreplace(known).is_real is False


def _is_real(value: sp.Expr) -> bool:
    if value.is_real is not None:
        return bool(value.is_real)
    number = sp.N(value, DIGITS)
    return bool(abs(sp.im(number)) <= NEGLIGIBLE * abs(number))


def _by_roots(component: Component) -> list[Values] | None:
    """Real roots of what each letter alone fulfils, in all combinations that fulfil everything.

    Letter by letter, so that what two of them fulfil rules combinations out before there is a third.
    """
    found: list[Values] = [{}]
    known: set[sp.Symbol] = set()
    for letter in component.letters:
        known.add(letter)
        roots = _roots_of(letter, component)
        if len(found) * len(roots) > MAX_TRIALS:
            return None
        due = [e for e in component.basis if letter in e.free_symbols and e.free_symbols <= known]
        trials = [{**values, letter: root} for values in found for root in roots]
        found = [values for values in trials if _fulfils(values, due)]
    return found


def _fulfils(values: Values, equations: Sequence[sp.Expr]) -> bool:
    digits = {letter: sp.N(value, DIGITS) for letter, value in values.items()}
    return all(is_zero(equation, digits) for equation in equations)


def _roots_of(letter: sp.Symbol, component: Component) -> list[sp.Expr]:
    others = [other for other in component.letters if other != letter]
    basis = sp.groebner(list(component.basis), *others, letter, order="lex").exprs
    alone = next(element for element in basis if element.free_symbols <= {letter})
    return [root for factor, _ in sp.Poly(alone, letter).factor_list()[1] for root in _real_roots(factor)]


def _real_roots(polynomial: sp.Poly) -> list[sp.Expr]:
    """Of an irreducible polynomial: square roots where they do, else digits, from intervals apart."""
    if polynomial.degree() <= 2:
        return [root for root in sp.roots(polynomial) if root.is_real]
    return [root.evalf(DIGITS) for root in polynomial.real_roots(radicals=False)]
