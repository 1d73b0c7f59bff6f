"""Code of many formulas of few shapes, such as a chain's or a grid's: arrays over each shape's members.

Its text and the work to write it grow with the number of shapes, not with that of the formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from inspect import unwrap
from typing import Any

import numpy as np
import sympy

from odekit.arrays import FloatArray, IntArray
from odekit.solvers.codegen.expressions import Formulas, compile_expressions, silent

__all__ = ["Family", "compile_families", "compile_field", "families_of"]

# Fewer formulas are written out soon; one with more states is no matter of neighbours; and of fewer members,
# arrays over them gain little.
_MANY, _MOST_STATES, _LEAST_MEMBERS = 256, 32, 8
# Numbers in an array, which then stays in the cache.
_AT_ONCE = 8192

Function = Callable[[Any, Any, Any, Any], None]


@dataclass(frozen=True, eq=False)
class Family:
    """Formulas of one shape, which differ in their states and numbers alone.

    Parameters
    ----------
    template: the formula in ``states``, ``numbers``, t and parameters.
    states, numbers: placeholders.
    rows: (member,) int64, which of all formulas the members are.
    places: (placeholder, member) int64, the state that stands in each place of each member.
    values: (placeholder, member) float64, the numbers likewise.
    """

    template: sympy.Expr
    states: tuple[sympy.Symbol, ...]
    numbers: tuple[sympy.Symbol, ...]
    rows: IntArray
    places: IntArray
    values: FloatArray


def compile_field(formulas: Formulas) -> tuple[Function, str]:
    """The function ``f(t, y, p, out)`` on arrays and its source, as `compile_expressions` makes them.

    Raises
    ------
    InputError: as for `compile_expressions`.
    """
    families = families_of(formulas)
    if not families:
        return compile_expressions(formulas)
    return compile_families(formulas, [(family, (family.template,), (family.rows,)) for family in families])


def compile_families(
    formulas: Formulas, parts: Sequence[tuple[Family, tuple[sympy.Expr, ...], Sequence[IntArray]]]
) -> tuple[Function, str]:
    """The function ``f(t, y, p, out)`` and its source.

    Parameters
    ----------
    formulas: whose families they are.
    parts: a family, expressions in its placeholders, and for each of them its members' rows of ``out``.
    """
    compiled = []
    for family, expressions, rows in parts:
        parameters = (*formulas.parameters, *family.numbers)
        function, source = compile_expressions(Formulas(expressions, family.states, parameters))
        compiled.append((family, unwrap(function), rows, source))

    def evaluate(t: Any, y: Any, p: Any, out: Any) -> None:
        size = _AT_ONCE if y.ndim == 1 else max(1, _AT_ONCE // y.shape[1])
        for family, function, rows, _ in compiled:
            for first in range(0, len(family.rows), size):
                members = slice(first, first + size)
                numbers = family.values[:, members] if y.ndim == 1 else family.values[:, members, None]
                values: list[Any] = [None] * len(rows)
                function(t, y[family.places[:, members]], (*p, *numbers), values)
                for row, value in zip(rows, values, strict=True):
                    out[row[members]] = value

    return silent(evaluate), "\n".join(source for *_, source in compiled)


def families_of(formulas: Formulas) -> tuple[Family, ...]:
    """The families of formulas; none where there are too few formulas, or too many shapes."""
    if len(formulas.expressions) < _MANY:
        return ()
    place = {name: index for index, name in enumerate(formulas.names[0])}
    drafts: dict[Hashable, _Draft] = {}
    for row, expression in enumerate(formulas.expressions):
        member = _Member(place)
        draft = drafts.setdefault(member.shape(expression), _Draft(expression))
        draft.add(row, member)
        if len(member.states) > _MOST_STATES or len(drafts) * _LEAST_MEMBERS > len(formulas.expressions):
            return ()
    return tuple(draft.family(place) for draft in drafts.values())


class _Member:
    """What a formula holds in the places of its shape: its states and numbers, in the order of its parts."""

    def __init__(self, place: dict[str, int]) -> None:
        self._place = place
        self.states: dict[int, int] = {}
        self.numbers: list[sympy.Number] = []

    def shape(self, part: sympy.Basic, is_number_free: bool = False) -> Any:
        """The formula without its states and numbers; a number in an exponent or a function belongs to it."""
        if isinstance(part, sympy.Symbol):
            state = self._place.get(part.name)
            return part if state is None else (self.states.setdefault(state, len(self.states)),)
        if is_number_free and (part.is_Rational or part.is_Float):
            self.numbers.append(part)
            return None
        if not part.args:
            return part
        is_sum_or_product = isinstance(part, sympy.Add | sympy.Mul)
        return (part.func, *(self.shape(argument, is_sum_or_product) for argument in part.args))


@dataclass(eq=False)
class _Draft:
    """A family that is being collected."""

    first: sympy.Expr
    rows: list[int] = field(default_factory=list)
    members: list[_Member] = field(default_factory=list)

    def add(self, row: int, member: _Member) -> None:
        """One more member."""
        self.rows.append(row)
        self.members.append(member)

    def family(self, place: dict[str, int]) -> Family:
        """With placeholders for the states, and for the numbers that are not the same in all members."""
        names = list(place)
        states = {names[s]: _placeholder("state", i) for s, i in self.members[0].states.items()}
        columns = list(zip(*(member.numbers for member in self.members), strict=True))
        is_free = [len(set(column)) > 1 for column in columns]
        numbers = [
            _placeholder("number", index) if free else column[0]
            for index, (free, column) in enumerate(zip(is_free, columns, strict=True))
        ]
        places = list(zip(*(member.states for member in self.members), strict=True))
        values = [list(map(_float, column)) for free, column in zip(is_free, columns, strict=True) if free]
        return Family(
            template=_template(self.first, states, iter(numbers)),
            states=tuple(states.values()),
            numbers=tuple(number for number, free in zip(numbers, is_free, strict=True) if free),
            rows=np.array(self.rows, dtype=np.int64),
            places=np.array(places, dtype=np.int64).reshape(len(places), len(self.rows)),
            values=np.array(values, dtype=np.float64).reshape(len(values), len(self.rows)),
        )


def _template(
    part: sympy.Basic, states: dict[str, sympy.Symbol], numbers: Iterator[Any], is_number_free: bool = False
) -> Any:
    """The formula with its placeholders, in the order in which `_Member.shape` meets them."""
    if isinstance(part, sympy.Symbol):
        return states.get(part.name, part)
    if is_number_free and (part.is_Rational or part.is_Float):
        return next(numbers)
    if not part.args:
        return part
    is_sum_or_product = isinstance(part, sympy.Add | sympy.Mul)
    arguments = [_template(argument, states, numbers, is_sum_or_product) for argument in part.args]
    return part.func(*arguments)


def _placeholder(kind: str, index: int) -> sympy.Symbol:
    """A symbol that no formula holds: nobody can write its name."""
    return sympy.Symbol(f"{kind} {index}", real=True)


def _float(number: sympy.Number) -> float:
    return int(number.p) / int(number.q) if number.is_Rational else float(number)
