"""Formulas of one shape: the first is worked out, the others are the first in other symbols.

The velocities of a chain, ``x[i-1] - 2*x[i] + x[i+1]`` for every i, differ in their symbols alone.
"""

from collections.abc import Callable, Hashable, Mapping

import sympy as sp

from odekit.expressions import FUNCTION_NAMES, Expression, Meanings
from odekit.systems.algebra.symbolic import to_symbolic

__all__ = ["Families"]


class Families:
    """Reads trees as SymPy expressions in known names, as `to_symbolic` does, each shape once.

    Parameters
    ----------
    known: what each name stands for.
    """

    def __init__(self, known: Mapping[str, sp.Expr]) -> None:
        self._known = known
        self._kinds: dict[str, Hashable] = {}
        self._first: dict[Hashable, tuple[sp.Expr, list[sp.Expr]]] = {}

    def read(self, tree: Expression) -> sp.Expr:
        """The tree as a SymPy expression.

        Raises
        ------
        InputError: as for `to_symbolic`.
        """
        places: dict[str, int] = {}
        shape = tree.fold(_SHAPES, lambda name: (self._kind(name), places.setdefault(name, len(places))))
        symbols = [self._known[name] for name in places]
        if any(value.args for value in symbols):
            # A formula by name, in which a symbol that changes may occur as well.
            return to_symbolic(tree, self._known)
        if shape not in self._first:
            expression = to_symbolic(tree, self._known)
            self._first[shape] = expression, symbols
            return expression
        expression, others = self._first[shape]
        return expression.xreplace(dict(zip(others, symbols, strict=True)))

    def _kind(self, name: str) -> Hashable:
        """What is assumed of a name's symbol; of a name that stands for something else, that."""
        if name not in self._kinds:
            value = self._known[name]
            assumed = frozenset(value.assumptions0.items())
            self._kinds[name] = assumed if value.is_Symbol else value
        return self._kinds[name]


def _applied(name: str) -> Callable[[Hashable], Hashable]:
    return lambda argument: (name, argument)


_SHAPES: Meanings[Hashable] = Meanings(
    number=lambda value: value,
    constant=lambda name: name,
    add=lambda a, b: ("+", a, b),
    multiply=lambda a, b: ("*", a, b),
    power=lambda base, exponent: ("**", base, exponent),
    root=lambda base, degree: ("root", base, degree),
    functions={name: _applied(name) for name in FUNCTION_NAMES},
)
