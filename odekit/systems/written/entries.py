"""Entries of vectors by ranges of indices, each with what its formula's indices are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from odekit.arguments import expect, is_series
from odekit.errors import InputError, shown
from odekit.expressions import declared_names
from odekit.numbers import is_integer

__all__ = ["Entry", "entries", "entries_by_name", "whole_numbers"]

# A comma between names, none between indices in brackets.
_APART = re.compile(r",(?![^\[]*\])")


@dataclass(frozen=True)
class Entry:
    """One name, what was written for it, and the indices of its range.

    Parameters
    ----------
    name: a symbol's name, or the symbol.
    formula: text, a number, a SymPy expression, or None.
    indices: whole numbers by name, which the formula may hold.
    """

    name: Any
    formula: Any
    indices: Mapping[str, int]


def whole_numbers(parameters: Any) -> dict[str, int]:
    """The parameters that were given a whole number, which may count in ranges."""
    given = parameters if isinstance(parameters, Mapping) else {}
    return {str(name): int(value) for name, value in given.items() if is_integer(value)}


def entries(written: Mapping[Any, Any], sizes: Mapping[str, int], what: str) -> list[Entry]:
    """Every entry that keys such as ``x[i] for i in 1..n`` stand for.

    Parameters
    ----------
    written: formula by name or by entries; a sequence of numbers for ``w[i] for i in ...`` or ``w`` is one
        number for each entry.
    sizes: whole numbers by name.
    what: what the names are, for messages.

    Raises
    ------
    InputError: a key that declares nothing, two for one name, or a sequence of another length.
    """
    found: list[Entry] = []
    for key, formula in written.items():
        expect(isinstance(key, str | sp.Symbol), f"{what} has no name", "a name or a SymPy symbol", key)
        found += _of_text(key, formula, sizes) if isinstance(key, str) else [Entry(key, formula, sizes)]
    seen: set[str] = set()
    for entry in found:
        if str(entry.name) in seen:
            raise InputError(
                f"{entry.name} is {what} twice",
                expected="each name once",
                hint="ranges that don't overlap, such as x[1] and x[i] for i in 2..n",
            )
        seen.add(str(entry.name))
    return found


def entries_by_name(names: Any, sizes: Mapping[str, int], what: str) -> list[Entry]:
    """Entries without a formula, of names apart by blanks or commas, or of a sequence; a mapping as it is.

    Raises
    ------
    InputError: something else, or as `entries`.
    """
    if isinstance(names, Mapping):
        return entries(names, sizes, what)
    if isinstance(names, str):
        names = [
            name for part in _APART.split(names) for name in ([part.strip()] if "[" in part else part.split())
        ]
    if isinstance(names, sp.Symbol):
        names = [names]
    if not is_series(names) and not isinstance(names, Iterator):
        raise InputError(
            f"{what} must be names, symbols or a mapping",
            expected='names such as "a b"',
            received=shown(names),
        )
    return [entry for name in names for entry in entries({name: None}, sizes, what)]


def _of_text(key: str, formula: Any, sizes: Mapping[str, int]) -> list[Entry]:
    names = declared_names(key, sizes)
    if not isinstance(formula, list | tuple):
        return [Entry(name, formula, indices) for name, indices in names]
    if len(names) == 1 and "[" not in key:
        names = declared_names(f"{key}[i] for i in 1..{len(formula)}", sizes)
    if len(names) != len(formula):
        raise InputError(
            f"{key!r} declares {len(names)} names",
            expected=f"{len(names)} values",
            received=f"{len(formula)} values",
        )
    return [Entry(name, value, indices) for (name, indices), value in zip(names, formula, strict=True)]
