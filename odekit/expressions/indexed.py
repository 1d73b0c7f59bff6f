"""Entries and sums over indices: ``x[i+1]`` and ``sum(sin(x[j]) for j in 1..n)``, spelled out.

A range ``1..n`` holds both its ends. Python's own parser reads it, with ``..`` written as ``<<``, which has
no other meaning in formulas and binds more loosely than ``+``.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from odekit.errors import InputError

__all__ = ["MAX_COUNT", "Indices", "declared_names", "entry_name", "spelled_range"]

# Entries of one range, and terms of one sum: more is no system that formulas are written for.
MAX_COUNT = 10_000
_RANGE = ".."
_ARITHMETIC: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_ORDER: Mapping[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def spelled_range(text: str) -> str:
    """The text with ranges as Python's parser can read them, as long as before.

    >>> spelled_range("x[i] for i in 1..n")
    'x[i] for i in 1<<n'
    """
    return text.replace(_RANGE, "<<")


def entry_name(name: str, place: Sequence[int]) -> str:
    """The name of an entry of a vector or matrix: x3 of x[3], A12 of A[1, 2], A1_12 of A[1, 12].

    >>> entry_name("A", (1, 2)), entry_name("A", (1, 12))
    ('A12', 'A1_12')
    """
    between = "_" if len(place) > 1 and max(place) > 9 else ""
    return name + between.join(map(str, place))


def declared_names(text: str, sizes: Mapping[str, int]) -> list[tuple[str, Mapping[str, int]]]:
    """The names that ``x``, ``x[3]`` or ``x[i] for i in 1..n`` stands for, each with what its indices are.

    Parameters
    ----------
    text: a name, an entry, or entries over ranges with conditions.
    sizes: whole numbers by name.

    Raises
    ------
    InputError: something else.

    >>> [name for name, _ in declared_names("x[i] for i in 1..n if i != 2", {"n": 3})]
    ['x1', 'x3']
    """

    def refused(what: str, column: int) -> InputError:
        return InputError(
            f"{text!r} {what} (column {column})",
            expected="a name, an entry such as x[2], or entries such as x[i] for i in 1..n",
        )

    if not re.search(r"[\[\s]", text.strip()):
        return [(text.strip(), sizes)]
    try:
        node = ast.parse(f"({spelled_range(text)})", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise refused("declares no name", 1) from None
    loops = node.generators if isinstance(node, ast.GeneratorExp) else []
    entry = node.elt if isinstance(node, ast.GeneratorExp) else node
    if not isinstance(entry, ast.Subscript):
        raise refused("declares no entry", 1)
    scopes = list(islice(Indices(sizes, refused).over(loops), MAX_COUNT + 1))
    if len(scopes) > MAX_COUNT:
        raise refused(f"declares more than {MAX_COUNT:,} names", 1)
    return [(scope.entry(entry), scope.values) for scope in scopes]


@dataclass(frozen=True)
class Indices:
    """What indices stand for in one formula.

    Parameters
    ----------
    values: the whole number of each index and size, by name.
    refused: makes the error for a part of the formula, from what is wrong and its column.
    """

    values: Mapping[str, int]
    refused: Callable[[str, int], InputError]

    def whole(self, node: ast.expr) -> int:
        """The number that an index is, in sums, differences and products of indices.

        Raises
        ------
        InputError: something else.
        """
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return node.value
        if isinstance(node, ast.Name) and node.id in self.values:
            return self.values[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -self.whole(node.operand)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            left, right = self.whole(node.left), self.whole(node.right)
            if right != 0 or not isinstance(node.op, ast.FloorDiv | ast.Mod):
                return _ARITHMETIC[type(node.op)](left, right)
        raise self.refused("holds an index that is no whole number", node.col_offset + 1)

    def entry(self, node: ast.Subscript) -> str:
        """The name of ``x[i]`` or ``A[i, j]``.

        Raises
        ------
        InputError: what is no name with whole positive numbers in brackets.
        """
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        found = [self.whole(place) for place in places]
        if not isinstance(node.value, ast.Name) or not found or min(found) < 1:
            shown = f"[{', '.join(map(str, found))}]"
            raise self.refused(f"holds the entry {shown}, which counts from 1", node.col_offset + 1)
        return entry_name(node.value.id, found)

    def over(self, loops: Sequence[ast.comprehension]) -> Iterator["Indices"]:
        """The indices of each pass of loops such as ``for i in 1..n for j in 1..n if i != j``.

        Raises
        ------
        InputError: a loop over something else than a range, or one that is too long.
        """
        if not loops:
            yield self
            return
        first, *rest = loops
        for value in self._range(first):
            inner = Indices({**self.values, self._name(first): value}, self.refused)
            if all(inner._holds(condition) for condition in first.ifs):
                yield from inner.over(rest)

    def _name(self, loop: ast.comprehension) -> str:
        if not isinstance(loop.target, ast.Name):
            raise self.refused("has a loop without an index", loop.target.col_offset + 1)
        return loop.target.id

    def _range(self, loop: ast.comprehension) -> range:
        limits = loop.iter
        if not (isinstance(limits, ast.BinOp) and isinstance(limits.op, ast.LShift)):
            raise self.refused("has a loop over no range such as 1..n", limits.col_offset + 1)
        first, last = self.whole(limits.left), self.whole(limits.right)
        if last - first >= MAX_COUNT:
            raise self.refused(f"has a range of more than {MAX_COUNT:,} numbers", limits.col_offset + 1)
        return range(first, last + 1)

    def _holds(self, condition: ast.expr) -> bool:
        if not (isinstance(condition, ast.Compare) and all(type(op) in _ORDER for op in condition.ops)):
            raise self.refused("has a condition that compares no indices", condition.col_offset + 1)
        sides = [self.whole(side) for side in (condition.left, *condition.comparators)]
        return all(
            _ORDER[type(op)](a, b) for op, a, b in zip(condition.ops, sides[:-1], sides[1:], strict=True)
        )
