"""Reads a user's formulas, text or SymPy, into the symbols that were declared for them."""

import numbers
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from odekit.errors import InputError, UnknownNameError, shown
from odekit.expressions import Expression, parse
from odekit.numbers import is_real
from odekit.systems.algebra import to_symbolic
from odekit.systems.energies.variables import TIME, Variable, declared_parameters

__all__ = ["Vocabulary", "parameter_values"]

# What stands for a number that has to be worked out before there is a formula.
_PENDING = (sp.Sum, sp.Product, sp.Integral, sp.Derivative, sp.Limit, sp.Subs)

# An imaginary part that SymPy doesn't cancel, but that is rounding at all these points, counts as 0.
SAMPLES = 8
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Vocabulary:
    """What may occur in the formulas of one problem, and how they are read.

    Parameters
    ----------
    variables: what moves.
    parameters: symbols of the constants.
    values: parameters that were given a value, a number or an expression in t, by name.
    """

    variables: tuple[Variable, ...]
    parameters: tuple[sp.Symbol, ...]
    values: Mapping[str, sp.Expr]

    @cached_property
    def states(self) -> tuple[sp.Symbol, ...]:
        """The real states of all variables."""
        return tuple(symbol for variable in self.variables for symbol in variable.symbols)

    @cached_property
    def known(self) -> Mapping[str, sp.Expr]:
        """What each name stands for."""
        complex_numbers = {v.name: v.value for v in self.variables if v.is_complex and not v.shape}
        symbols = {symbol.name: symbol for symbol in (*self.states, *self.parameters)}
        return {"t": TIME, "pi": sp.pi, **complex_numbers, **symbols, **self.values}

    def read(self, formula: Any, what: str) -> sp.Expr:
        """A formula in the declared symbols, which may be complex.

        Raises
        ------
        InputError: text that is no formula, something that is neither text, number nor expression, or a
            division by zero.
        InputError: a sum, product, integral or derivative without closed form, or an undefined function.
        UnknownNameError: a name that nothing declares.
        """
        expression = self._read(formula, what)
        if expression.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
            raise InputError(f"{what} is finite nowhere", received=str(formula)[:80])
        return expression

    def _read(self, formula: Any, what: str) -> sp.Expr:
        if isinstance(formula, str):
            return to_symbolic(self._parsed(formula), self.known)
        if is_real(formula):
            is_exact = isinstance(formula, numbers.Rational)
            return sp.Rational(str(formula) if is_exact else repr(float(formula)))
        if isinstance(formula, sp.MatrixBase) and formula.shape == (1, 1):
            formula = formula[0, 0]
        if not isinstance(formula, sp.Expr):
            raise InputError(
                f"{what} is no formula", expected="text or a SymPy expression", received=shown(formula)
            )
        return self._matched(_worked_out(formula, what), what)

    def _parsed(self, formula: str) -> Expression:
        try:
            return parse(formula, self.known)
        except UnknownNameError as error:
            if not error.kind.startswith("name"):
                raise
            raise UnknownNameError(error.kind, error.name, error.known, _declared(error.name)) from None

    def read_real(self, formula: Any, what: str) -> sp.Expr:
        """A formula whose value is real.

        Raises
        ------
        InputError: as `read`, or an imaginary part, with its value at a point.
        """
        expression = self.read(formula, what)
        if not expression.has(sp.I, sp.conjugate, sp.re, sp.im):
            return expression
        real, imaginary = sp.expand(expression).as_real_imag()
        if sp.expand(imaginary) != 0:
            self._refuse_imaginary(imaginary, what)
        return sp.expand(real)

    def _matched(self, formula: sp.Expr, what: str) -> sp.Expr:
        replaced = {}
        for symbol in formula.free_symbols:
            if symbol.name not in self.known:
                raise UnknownNameError(f"name in {what}:", symbol.name, self.known, _declared(symbol.name))
            replaced[symbol] = self.known[symbol.name]
        return formula.xreplace(replaced)

    def _refuse_imaginary(self, imaginary: sp.Expr, what: str) -> None:
        generator = np.random.default_rng(0)
        for _ in range(SAMPLES):
            point = {
                s: round(generator.uniform(0.1, 1.0), 3) for s in sorted(imaginary.free_symbols, key=str)
            }
            value = complex(imaginary.subs(point).evalf())
            if not abs(value) <= NEGLIGIBLE:
                place = ", ".join(f"{symbol} = {number}" for symbol, number in point.items())
                raise InputError(
                    f"{what} is not real",
                    expected="a real function of real and imaginary parts",
                    received=f"imaginary part {value.real:.6g} at {place or 'every point'}",
                    hint="a squared modulus or a real part, such as z*conjugate(z) or re(z)",
                )


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


def parameter_values(parameters: Any) -> tuple[tuple[sp.Symbol, ...], Mapping[str, sp.Expr]]:
    """Free parameters, and the values of those that were given one.

    Parameters
    ----------
    parameters: names or symbols; or a mapping from them to a number, a formula in t, or None.

    Raises
    ------
    InputError: a name that can't be one, or a value that is no number and no formula in t.
    """
    given: Mapping[Any, Any] = parameters if isinstance(parameters, Mapping) else {}
    if not isinstance(parameters, Iterable) or getattr(parameters, "ndim", 1) == 0:
        raise InputError("parameters must be names, symbols or a mapping", received=shown(parameters))
    names: Iterable[Any] = parameters if not isinstance(parameters, Mapping) else parameters.keys()
    symbols = declared_parameters(names)
    clock = Vocabulary((), (), {})
    values = {
        symbol.name: clock.read_real(value, f"the value of {symbol.name}")
        for symbol, value in zip(symbols, given.values(), strict=False)
        if value is not None
    }
    return _free(symbols, values), values


def _free(symbols: Sequence[sp.Symbol], values: Mapping[str, sp.Expr]) -> tuple[sp.Symbol, ...]:
    return tuple(symbol for symbol in symbols if symbol.name not in values)


def _declared(name: str) -> str:
    """What to try with a name that nothing declares."""
    return f"parameters={name!r} if it is a constant"
