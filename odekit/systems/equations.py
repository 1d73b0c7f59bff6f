"""Equations: expressions by symbol, which may also be looked up by name."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from typing import Any

import sympy as sp

from odekit.errors import ReductionError, UnknownNameError

__all__ = ["Equations", "closed_part", "left_out", "spelled_out"]


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
        name = key.name if isinstance(key, sp.Symbol | sp.MatrixSymbol) else str(key)
        if name not in self._named:
            raise UnknownNameError(self._kind, name, self._named)
        return self._entries[self._named[name]]

    def get(self, key: sp.Symbol | str, default: Any = None) -> Any:
        """The right-hand side of a symbol or name, or ``default`` where there is none."""
        found: Any = default
        with suppress(UnknownNameError):
            found = self[key]
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._named or key in self._entries

    def __iter__(self) -> Iterator[sp.Symbol]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def lines(self, text: Callable[[sp.Expr], str]) -> list[str]:
        """One for each symbol, its right-hand side written by a function."""
        return [f"{symbol}' = {text(entry)}" for symbol, entry in self.items()]

    def __repr__(self) -> str:
        return repr(self._entries)


def closed_part(
    known: Equations, wanted: Set[sp.Symbol], constants: Set[sp.Symbol | None], states: Iterable[sp.Symbol]
) -> dict[sp.Symbol, sp.Expr]:
    """The equations of some symbols, in the order of all, where they need no others.

    Parameters
    ----------
    known: all equations.
    wanted: whose are asked for.
    constants: what they may hold besides.
    states: of the whole system, for the message.

    Raises
    ------
    ReductionError: they need others, or one of them has no equation.
    """
    entries = {symbol: entry for symbol, entry in known.items() if symbol in wanted}
    missing = set().union(*(entry.free_symbols for entry in entries.values())) - {*entries, *constants}
    if missing or len(entries) < len(wanted):
        needed = ", ".join(sorted(map(str, missing or wanted - entries.keys())))
        raise ReductionError(
            "these states do not form a system of their own",
            expected="states whose equations need no others",
            received=f"{', '.join(s.name for s in entries)}, which need {needed}",
            hint=f"all of {', '.join(s.name for s in states)}",
        )
    return entries


def left_out(leaks: Mapping[str, tuple[str, ...]]) -> str:
    """Whose equations leave out what leaks, in words; nothing where they are all of it.

    >>> left_out({"z": ("a**2",), "u": ()})
    'not closed: z leaks'
    """
    leaking = [name for name, parts in leaks.items() if parts]
    return f"not closed: {', '.join(leaking)} leak{'s' if len(leaking) == 1 else ''}" if leaking else ""


def spelled_out(
    entries: Mapping[sp.Symbol, sp.Expr], definitions: Mapping[sp.Symbol, sp.Expr]
) -> dict[sp.Symbol, sp.Expr]:
    """Expressions with every definition, also a nested one, written out.

    >>> x, D, E = sp.symbols("x D E")
    >>> spelled_out({x: E}, {D: 2 * x, E: D**2})
    {x: 4*x**2}
    """
    found = dict(entries)
    for _ in definitions:
        found = {symbol: entry.xreplace(dict(definitions)) for symbol, entry in found.items()}
    return found
