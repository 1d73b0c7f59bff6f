"""Where groups come from: cyclic groups and their products, names, tables and files of tables.

What enters is an order, a name, a table or a path; what leaves is a `FiniteGroup`, or a `CyclicFamily`
where the order is a symbol. This module knows no characters.
"""

from __future__ import annotations

import math
import operator
import os
import re
import zipfile
import zlib
from collections.abc import Sequence
from itertools import product as cartesian_product
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.errors import FileError, InputError, UnknownNameError
from odekit.groups.axioms import MAX_ORDER, IntArray, residue_table, square_indices
from odekit.groups.group import CyclicFamily, FiniteGroup

__all__ = ["cyclic", "from_table", "group", "load_table", "product"]

_FAMILIES = {"Zp": CyclicFamily("Zp", "p"), "Zn": CyclicFamily("Zn", "n")}
_PRODUCT_OF_CYCLIC = re.compile(r"Z\d{1,9}(xZ\d{1,9})*")
_TABLE_KEYS = ("table", "mult_table")


def cyclic(n: int) -> FiniteGroup:
    """Return the cyclic group of order n: the integers modulo n under addition.

    Parameters
    ----------
    n: the order, from 1 to `MAX_ORDER` (4096).

    Raises
    ------
    InputError: n isn't a whole number in that range.

    Examples
    --------
    >>> int(cyclic(5).table[3, 4])
    2
    """
    order = _checked_order(n)
    return FiniteGroup(f"Z{order}", residue_table((order,)), factors=(order,))


def product(*groups: FiniteGroup) -> FiniteGroup:
    """Return the direct product, the last group's element varying fastest.

    The element (a, b) of G x H has the index a |H| + b, and its label is ``"(a,b)"``.

    Parameters
    ----------
    groups: one or more groups; the product of their orders is at most `MAX_ORDER`.

    Raises
    ------
    InputError: there is no group, or one of symbolic order among them.
    InputError: the product is too large.

    Examples
    --------
    >>> G = product(cyclic(3), cyclic(5))
    >>> G.name, G.labels[7]
    ('Z3xZ5', '(1,2)')
    """
    _check_factor_groups(groups)
    if len(groups) == 1:
        return groups[0]
    name = "x".join(G.name for G in groups)
    if all(G.factors for G in groups):
        factors = tuple(factor for G in groups for factor in G.factors)
        return FiniteGroup(name, residue_table(factors), factors=factors)
    labels = tuple(f"({','.join(parts)})" for parts in cartesian_product(*(G.labels for G in groups)))
    return FiniteGroup(name, _product_table(groups), labels)


def from_table(table: ArrayLike, name: str = "custom", labels: tuple[str, ...] = ()) -> FiniteGroup:
    """Return the group of a multiplication table, after its axioms are checked.

    Parameters
    ----------
    table: ``(n, n)`` integers; entry (g, h) is the index of g h.
    name: what to call the group.
    labels: n distinct names of the elements; by default their indices.

    Raises
    ------
    InputError: the table isn't a group's, or the labels don't name its elements.

    Examples
    --------
    >>> from_table([[1, 0], [0, 1]]).identity
    1
    """
    return FiniteGroup(name, square_indices(table), labels)


def group(name: str) -> FiniteGroup | CyclicFamily:
    """Return the group or family of groups that a name stands for.

    Parameters
    ----------
    name: ``"Z23"``, a product such as ``"Z3xZ5"``, or ``"Zp"`` and ``"Zn"`` for a symbolic order.

    Raises
    ------
    UnknownNameError: no group bears the name; the nearest one is suggested.
    InputError: the order is 0, or above `MAX_ORDER`.

    Examples
    --------
    >>> group("Z2xZ2xZ3").order
    12
    >>> group("Zp")
    CyclicFamily(name='Zp', symbol='p')
    """
    if name in _FAMILIES:
        return _FAMILIES[name]
    if not _PRODUCT_OF_CYCLIC.fullmatch(name):
        raise UnknownNameError("group", name, _known_names(name))
    orders = [int(digits) for digits in re.findall(r"\d+", name)]
    _check_total_order(orders)
    return product(*map(cyclic, orders))


def load_table(path: str | os.PathLike[str]) -> FiniteGroup:
    """Read a multiplication table from a file and return its group, named after the file.

    Parameters
    ----------
    path: a ``.npy`` file, or an ``.npz`` file with the array ``table`` or ``mult_table``. Pickled
        objects in it are refused.

    Raises
    ------
    FileError: the file can't be read, or has no such array.
    InputError: the table isn't a group's.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            loaded = np.load(stream, allow_pickle=False)
            array = loaded if isinstance(loaded, np.ndarray) else _table_of_archive(loaded, file)
    except FileError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise FileError(
            f"no multiplication table can be read from {str(file)!r}",
            expected="a .npy file, or an .npz file, without pickled objects",
            received=str(error),
        ) from error
    return from_table(array, name=file.stem)


def _table_of_archive(archive: np.lib.npyio.NpzFile, file: Path) -> NDArray[np.generic]:
    for key in _TABLE_KEYS:
        if key in archive:
            table: NDArray[np.generic] = archive[key]
            return table
    raise FileError(
        f"{str(file)!r} has no multiplication table",
        expected=f"an array called {' or '.join(_TABLE_KEYS)}",
        received=f"arrays {', '.join(archive.files) or '(none)'}",
    )


def _checked_order(n: int) -> int:
    try:
        order = operator.index(n)
    except TypeError:
        order = 0
    if isinstance(n, bool) or order < 1:
        raise InputError(
            "the order of a cyclic group isn't a positive whole number", expected="n >= 1", received=f"{n!r}"
        )
    _check_total_order([order])
    return order


def _check_total_order(orders: Sequence[int]) -> None:
    total = math.prod(orders)
    if total > MAX_ORDER:
        raise InputError(
            "the group is too large for a multiplication table",
            expected=f"order at most {MAX_ORDER}",
            received=f"order {total}",
            hint="'Zp' or 'Zn' where the order may stay a symbol",
        )


def _check_factor_groups(groups: Sequence[FiniteGroup]) -> None:
    if not groups or not all(isinstance(G, FiniteGroup) for G in groups):
        raise InputError(
            "a direct product needs finite groups",
            expected="one or more groups of known order",
            received=", ".join(repr(G) for G in groups) or "none",
        )
    _check_total_order([G.order for G in groups])


def _product_table(groups: Sequence[FiniteGroup]) -> IntArray:
    table = np.zeros((1, 1), dtype=np.intp)
    for G in groups:
        blocks = table[:, None, :, None] * G.order + G.table[None, :, None, :]
        table = blocks.reshape(table.shape[0] * G.order, -1)
    return table


def _known_names(name: str) -> list[str]:
    """List what `group` accepts, the reading of a misspelt product of cyclic groups first."""
    orders = [int(digits) for digits in re.findall(r"\d{1,9}", name)]
    letters = {character.lower() for character in name if character.isalpha()}
    is_misspelt = bool(orders) and all(orders) and letters <= set("czx")
    reading = ["x".join(f"Z{order}" for order in orders)] if is_misspelt else []
    examples = ["Zp", "Zn", "Z23", "Z3xZ5", "Z2xZ2xZ3", "likewise for other orders"]
    return list(dict.fromkeys(reading + examples))
