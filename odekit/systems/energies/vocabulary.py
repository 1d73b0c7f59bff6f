"""Reads a user's formulas, text or SymPy, into the symbols that were declared for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from odekit.arguments import is_series
from odekit.errors import InputError, UnknownNameError, shown
from odekit.expressions import respelt
from odekit.systems.algebra import read_formula
from odekit.systems.energies.variables import TIME, Variable, declared_parameters

__all__ = ["Vocabulary", "parameter_values"]

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
        try:
            return read_formula(formula, self.known, what)
        except UnknownNameError as error:
            if not error.kind.startswith("name"):
                raise
            meant = respelt(str(formula)) if respelt(error.name) else ""
            otherwise = "" if meant else _declared(error.name)
            raise UnknownNameError(error.kind, error.name, error.known, otherwise, meant) from None

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
    if not isinstance(parameters, str | Mapping | Iterator) and not is_series(parameters):
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
