"""Equations: expressions by symbol, which may also be looked up by name."""

from collections.abc import Iterator, Mapping

import sympy as sp

from odekit.errors import UnknownNameError
from odekit.systems.algebra import is_tame

__all__ = ["Equations", "collected"]


class Equations(Mapping[sp.Symbol, sp.Expr]):
    """Right-hand sides by the symbol on the left, which may be that of a matrix, or by its name.

    >>> x = sp.Symbol("x")
    >>> equations = Equations("velocity", {x: -x})
    >>> equations["x"], equations[x], "y" in equations
    (-x, -x, False)

    Parameters
    ----------
    kind: what is looked up, for the message where a name isn't known.
    entries: expressions, or matrix expressions, by symbol.
    """

    def __init__(self, kind: str, entries: Mapping[sp.Symbol, sp.Expr]) -> None:
        self._kind = kind
        self._entries = dict(entries)
        self._named = {symbol.name: symbol for symbol in self._entries}

    def __getitem__(self, key: sp.Symbol | str) -> sp.Expr:
        """The right-hand side of a symbol or name.

        Raises
        ------
        UnknownNameError: nothing bears the name; the nearest is suggested.
        """
        name = key if isinstance(key, str) else key.name
        if name not in self._named:
            raise UnknownNameError(self._kind, name, self._named)
        return self._entries[self._named[name]]

    def __contains__(self, key: object) -> bool:
        return key in self._named or key in self._entries

    def __iter__(self) -> Iterator[sp.Symbol]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return repr(self._entries)


def collected(expression: sp.Expr) -> sp.Expr:
    """The expression by its sines and cosines, what multiplies each factored; as it is where that is long."""
    if not is_tame(expression):
        return expression
    factors: dict[sp.Expr, list[sp.Expr]] = {}
    for term in sp.Add.make_args(sp.expand(expression)):
        parts = sp.Mul.make_args(term)
        wave = sp.Mul(*(part for part in parts if part.has(sp.sin, sp.cos)))
        factors.setdefault(wave, []).append(sp.Mul(*(part for part in parts if not part.has(sp.sin, sp.cos))))
    return sp.Add(*(wave * sp.factor(sp.Add(*terms)) for wave, terms in factors.items()))
