"""Variables of a user's energy: numbers, vectors and small matrices, real or complex, as real states."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import sympy as sp

from odekit.arguments import flag, is_series
from odekit.errors import InputError, shown
from odekit.expressions import check_apart
from odekit.numbers import is_integer
from odekit.systems.declarations import check_name

__all__ = ["TIME", "Variable", "declared_parameters", "declared_variables", "variable"]

TIME = sp.Symbol("t", real=True)
# Symbolic gradients and projections in more states than this are too slow to be of use.
MAX_SIZE = 64


@dataclass(frozen=True)
class Variable:
    """A number, vector or matrix that moves.

    Parameters
    ----------
    name: what its states' names begin with.
    shape: () of a number, (n,) of a vector, (rows, columns) of a matrix.
    is_complex: whether each entry has a real and an imaginary part, which are states of their own.
    own: the symbol of a number that was declared by a SymPy symbol; None elsewhere.
    """

    name: str
    shape: tuple[int, ...] = ()
    is_complex: bool = False
    own: sp.Symbol | None = None

    @cached_property
    def entries(self) -> tuple[sp.Expr, ...]:
        """Each entry, row by row, in the states."""
        if self.own is not None:
            return (self.own,)
        names = [f"{self.name}{suffix}" for suffix in self._suffixes()]
        if not self.is_complex:
            return tuple(sp.Symbol(name, real=True) for name in names)
        parts = [(sp.Symbol(f"{n}_re", real=True), sp.Symbol(f"{n}_im", real=True)) for n in names]
        return tuple(re + sp.I * im for re, im in parts)

    @property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """The states: entries row by row, of complex ones the real and then the imaginary part."""
        if not self.is_complex:
            return self.entries
        return tuple(part for entry in self.entries for part in (sp.re(entry), sp.im(entry)))

    @property
    def value(self) -> sp.Expr | sp.ImmutableMatrix:
        """What stands for the variable in an energy: an expression, or a SymPy matrix (a vector is a column).

        >>> variable("A", 2, 2).value
        Matrix([
        [A11, A12],
        [A21, A22]])
        """
        if not self.shape:
            return self.entries[0]
        rows = self.shape[0]
        return sp.ImmutableMatrix(rows, len(self.entries) // rows, self.entries)

    def _suffixes(self) -> list[str]:
        between = "_" if max(self.shape, default=0) > 9 else ""
        return [between.join(str(i + 1) for i in index) for index in product(*map(range, self.shape))]


def variable(name: str, *shape: int, complex: bool = False) -> Variable:
    """A number ``variable("a")``, a vector ``variable("x", 3)`` or a matrix ``variable("A", 2, 3)``.

    Parameters
    ----------
    name: an identifier. The states of a matrix A are A11, A12, ...; of a complex z they are z_re and z_im.
    shape: no, one or two sizes, at least 1; at most 64 states in all.
    complex: whether its entries are complex.

    Raises
    ------
    InputError: a name that is no identifier, or is that of a function or of the time t.
    InputError: sizes that are not one or two positive integers, or too large.
    """
    check_name(name)
    if len(shape) > 2 or not all(is_integer(n) and n >= 1 for n in shape):
        raise InputError(
            f"the variable {name!r} has no such shape",
            expected="up to two sizes, 1, 2, ...",
            received=shown(shape),
        )
    complex = flag(complex, "complex")
    found = Variable(name, tuple(int(n) for n in shape), complex)
    if sp.prod(shape) * (1 + complex) > MAX_SIZE:
        raise InputError(f"the variable {name!r} is too large", expected=f"at most {MAX_SIZE} states")
    return found


def declared_variables(variables: Any) -> tuple[Variable, ...]:
    """Variables from what a user may write: one or several names, symbols or `Variable`s.

    Raises
    ------
    InputError: none, a symbol that is not real, two of one name, or something else.
    """
    single = isinstance(variables, str | sp.Symbol | Variable)
    items = variables.replace(",", " ").split() if isinstance(variables, str) else variables
    if single and not isinstance(variables, str):
        items = [variables]
    if not is_series(items) and not isinstance(items, Iterator):
        raise _unreadable(variables)
    found = tuple(_declared(item) for item in items)
    if not found:
        raise InputError("there are no variables", expected="at least one", received="none")
    _check_distinct([symbol.name for one in found for symbol in one.symbols])
    return found


def declared_parameters(parameters: Iterable[Any]) -> tuple[sp.Symbol, ...]:
    """Symbols of the constants, from names (real) or symbols.

    Raises
    ------
    InputError: what is neither, or a name that can't be one.
    """
    items = parameters.replace(",", " ").split() if isinstance(parameters, str) else list(parameters)
    for item in items:
        if not isinstance(item, str | sp.Symbol):
            raise InputError("a parameter must be a name or a symbol", received=shown(item))
        check_name(str(item))
    return tuple(item if isinstance(item, sp.Symbol) else sp.Symbol(item, real=True) for item in items)


def _declared(item: Any) -> Variable:
    if isinstance(item, Variable):
        return item
    if isinstance(item, str):
        return variable(item)
    if not isinstance(item, sp.Symbol):
        raise _unreadable(item)
    check_name(item.name)
    if item.is_real is False:
        raise InputError(
            f"the variable {item.name!r} is not real",
            expected="a real symbol",
            hint=f'variable("{item.name}", complex=True), whose states are its real and imaginary part',
        )
    return Variable(item.name, own=item)


def _unreadable(item: Any) -> InputError:
    return InputError(
        "this declares no variable",
        expected="names, real SymPy symbols, or variable(...)",
        received=shown(item),
    )


def _check_distinct(names: Sequence[str]) -> None:
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise InputError(
            "a name stands for two states", expected="distinct names", received=", ".join(repeated)
        )
    check_apart(names)
