"""One formula of a user's, text, number or SymPy, as an expression in known names; no text is evaluated."""

import numbers
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from odekit.errors import InputError, UnknownNameError, shown
from odekit.expressions import FORMULA, Names, parse
from odekit.numbers import is_real
from odekit.systems.algebra.families import Families
from odekit.systems.algebra.symbolic import to_symbolic

__all__ = ["read_formula"]

# What stands for a number that has to be worked out before there is a formula.
_PENDING = (sp.Sum, sp.Product, sp.Integral, sp.Derivative, sp.Limit, sp.Subs)


def read_formula(
    formula: Any,
    known: Mapping[str, sp.Expr],
    what: str,
    *,
    names: Names | None = None,
    families: Families | None = None,
    indices: Mapping[str, int] = MappingProxyType({}),
) -> sp.Expr:
    """A formula in known names, which may be complex.

    Parameters
    ----------
    formula: text, a real number, or a SymPy expression, whose symbols are taken by their names.
    known: what each name stands for.
    what: what the formula is, for the message.
    names: the known names, where they have been looked at before.
    families: of these names, where formulas of one shape are expected.
    indices: whole numbers by name, which may stand in brackets and in ranges of text.

    Raises
    ------
    InputError: text that is no formula, something that is neither text, number nor expression, or a
        division by zero.
    InputError: a sum, product, integral or derivative without closed form, or an undefined function.
    UnknownNameError: a name that is not known.

    >>> read_formula("x**2/2", {"x": sp.Symbol("x")}, "the value")
    x**2/2
    """
    if isinstance(formula, str):
        tree = parse(formula, known if names is None else names, FORMULA, indices)
        expression = to_symbolic(tree, known) if families is None else families.read(tree)
    else:
        expression = _read(formula, known, what)
    if expression.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
        raise InputError(f"{what} is finite nowhere", received=str(formula)[:80])
    return expression


def _read(formula: Any, known: Mapping[str, sp.Expr], what: str) -> sp.Expr:
    if is_real(formula):
        is_exact = isinstance(formula, numbers.Rational)
        return sp.Rational(str(formula) if is_exact else repr(float(formula)))
    if isinstance(formula, sp.MatrixBase) and formula.shape == (1, 1):
        formula = formula[0, 0]
    if not isinstance(formula, sp.Expr):
        raise InputError(
            f"{what} is no formula",
            expected="text, a finite number or a SymPy expression",
            received=shown(formula),
        )
    return _matched(_worked_out(formula, what), known, what)


def _matched(formula: sp.Expr, known: Mapping[str, sp.Expr], what: str) -> sp.Expr:
    for symbol in formula.free_symbols:
        if symbol.name not in known:
            raise UnknownNameError(f"name in {what}:", symbol.name, known)
    return formula.xreplace({symbol: known[symbol.name] for symbol in formula.free_symbols})


def _worked_out(formula: sp.Expr, what: str) -> sp.Expr:
    """The formula with its sums, products, integrals and derivatives done.

    Raises
    ------
    InputError: one that SymPy can't do, or a function that nothing defines.
    """
    done = formula.doit() if formula.has(*_PENDING) else formula
    if not isinstance(done, sp.Expr):
        raise InputError(f"{what} is no formula", expected="a SymPy expression", received=str(done)[:80])
    undefined = sorted(map(str, done.atoms(AppliedUndef)))
    if undefined:
        raise InputError(
            f"{what} holds {undefined[0]}, a function that nothing defines",
            expected="functions that SymPy knows, of the declared names",
            received=str(formula)[:80],
        )
    if pending := sorted(done.atoms(*_PENDING), key=str):
        raise InputError(
            f"{what} holds {str(pending[0])[:60]}, which SymPy can't work out",
            expected="sums, products, integrals and derivatives with a closed form",
            received=str(formula)[:80],
            hint="the closed form, or an equation of its own",
        )
    return done
