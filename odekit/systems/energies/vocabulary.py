"""Reads a user's formulas, text or SymPy, into the symbols that were declared for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy as sp

from odekit.errors import InputError, UnknownNameError
from odekit.expressions import Names, respelt
from odekit.systems.algebra import Families, read_formula
from odekit.systems.energies.variables import TIME, Variable, declared_parameters
from odekit.systems.written import entries_by_name, whole_numbers

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
    clock: what time is called.
    advice: what else to try with a name that nothing declares.
    """

    variables: tuple[Variable, ...]
    parameters: tuple[sp.Symbol, ...]
    values: Mapping[str, sp.Expr]
    clock: str = TIME.name
    advice: str = ""

    @cached_property
    def states(self) -> tuple[sp.Symbol, ...]:
        """The real states of all variables."""
        return tuple(symbol for variable in self.variables for symbol in variable.symbols)

    @cached_property
    def known(self) -> Mapping[str, sp.Expr]:
        """What each name stands for."""
        complex_numbers = {v.name: v.value for v in self.variables if v.is_complex and not v.shape}
        symbols = {symbol.name: symbol for symbol in (*self.states, *self.parameters)}
        return {self.clock: TIME, "pi": sp.pi, **complex_numbers, **symbols, **self.values}

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        return {name: int(value) for name, value in self.values.items() if value.is_Integer}

    @cached_property
    def _names(self) -> Names:
        return Names(self.known)

    @cached_property
    def _families(self) -> Families:
        return Families(self.known)

    def read(self, formula: Any, what: str, indices: Mapping[str, int] = MappingProxyType({})) -> sp.Expr:
        """A formula in the declared symbols, which may be complex.

        Parameters
        ----------
        formula: text, a real number or a SymPy expression.
        what: what it is, for messages.
        indices: whole numbers by name, which may stand in brackets and in ranges of text, beside the
            parameters that have such a value.

        Raises
        ------
        InputError: text that is no formula, something that is neither text, number nor expression, or a
            division by zero.
        InputError: a sum, product, integral or derivative without closed form, or an undefined function.
        UnknownNameError: a name that nothing declares.
        """
        try:
            return read_formula(
                formula,
                self.known,
                what,
                names=self._names,
                families=self._families,
                indices={**self._sizes, **indices},
            )
        except UnknownNameError as error:
            if not error.kind.startswith("name"):
                raise
            meant = respelt(str(formula)) if respelt(error.name) else ""
            otherwise = "" if meant else self._declared(error.name)
            raise UnknownNameError(error.kind, error.name, error.known, otherwise, meant) from None

    def _declared(self, name: str) -> str:
        return f"parameters={name!r} if it is a constant{self.advice}"

    def read_real(
        self, formula: Any, what: str, indices: Mapping[str, int] = MappingProxyType({})
    ) -> sp.Expr:
        """A formula whose value is real.

        Raises
        ------
        InputError: as `read`, or an imaginary part, with its value at a point.
        """
        expression = self.read(formula, what, indices)
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


def parameter_values(
    parameters: Any, clock: str = TIME.name
) -> tuple[tuple[sp.Symbol, ...], Mapping[str, sp.Expr]]:
    """Free parameters, and the values of those that were given one.

    Parameters
    ----------
    parameters: names or symbols, also entries of vectors such as ``w[i] for i in 1..n``; or a mapping from
        them to a number, a formula in time, a list of these for the entries of a vector, or None.
    clock: what time is called.

    Raises
    ------
    InputError: a name that can't be one, or a value that is no number and no formula in time.
    """
    written = entries_by_name(parameters, whole_numbers(parameters), "parameters")
    known = Vocabulary((), (), {}, clock)
    symbols = declared_parameters([entry.name for entry in written])
    values = {
        symbol.name: known.read_real(entry.formula, f"the value of {symbol.name}", entry.indices)
        for symbol, entry in zip(symbols, written, strict=True)
        if entry.formula is not None
    }
    return _free(symbols, values), values


def _free(symbols: Sequence[sp.Symbol], values: Mapping[str, sp.Expr]) -> tuple[sp.Symbol, ...]:
    return tuple(symbol for symbol in symbols if symbol.name not in values)
