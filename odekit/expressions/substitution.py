"""Questions about whole trees: which names occur, how large they are, and other trees in place of names."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from fractions import Fraction
from functools import partial

from odekit.expressions.meanings import FUNCTION_NAMES, Meanings
from odekit.expressions.tree import (
    ONE,
    Call,
    Constant,
    Expression,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
    times,
)

__all__ = ["children", "constant_factor", "extent", "names_in", "substitute"]


def children(expression: Expression) -> Iterator[Expression]:
    """The trees right below the root."""
    for field in fields(expression):
        value = getattr(expression, field.name)
        if isinstance(value, Expression):
            yield value


def names_in(expression: Expression) -> frozenset[str]:
    """All names that occur.

    >>> from odekit.expressions import parse
    >>> sorted(names_in(parse("x*sin(y) + x", ("x", "y"))))
    ['x', 'y']
    """
    return expression.fold(_NAMES, lambda name: frozenset({name}))


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """The tree with other trees in the place of some names, all at once."""
    return expression.fold(_TREE, lambda name: values.get(name, Symbol(name)))


def extent(expression: Expression, values: Mapping[str, tuple[int, int]] | None = None) -> tuple[int, int]:
    """How many parts and levels a tree has, with trees of the given extents in the place of some names.

    >>> from odekit.expressions import parse
    >>> extent(parse("x*x", ("x",)), {"x": (10, 4)})
    (21, 5)
    """
    return expression.fold(_EXTENT, lambda name: (values or {}).get(name, (1, 1)))


def constant_factor(expression: Expression) -> tuple[Fraction, Expression]:
    """A number and the rest, of which the tree is the product: what stands as a factor of a product.

    >>> from odekit.expressions import parse
    >>> constant_factor(parse("3*z**2", ("z",)).derivative("z"))
    (Fraction(6, 1), Symbol(name='z'))
    """
    if isinstance(expression, Number):
        return expression.value, ONE
    if isinstance(expression, Product):
        (a, left), (b, right) = constant_factor(expression.left), constant_factor(expression.right)
        return a * b, times(left, right)
    return Fraction(1), expression


_TREE: Meanings[Expression] = Meanings(
    number=Number,
    constant=Constant,
    add=Sum,
    multiply=Product,
    power=Power,
    root=Root,
    functions={name: partial(Call, name) for name in FUNCTION_NAMES},
)
_NAMES: Meanings[frozenset[str]] = Meanings(
    number=lambda value: frozenset(),
    constant=lambda name: frozenset(),
    add=lambda a, b: a | b,
    multiply=lambda a, b: a | b,
    power=lambda base, exponent: base,
    root=lambda base, degree: base,
    functions=dict.fromkeys(FUNCTION_NAMES, lambda argument: argument),
)


def _with_one_below(part: tuple[int, int], _: int = 0) -> tuple[int, int]:
    return 1 + part[0], 1 + part[1]


def _with_two_below(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return 1 + a[0] + b[0], 1 + max(a[1], b[1])


_EXTENT: Meanings[tuple[int, int]] = Meanings(
    number=lambda value: (1, 1),
    constant=lambda name: (1, 1),
    add=_with_two_below,
    multiply=_with_two_below,
    power=_with_one_below,
    root=_with_one_below,
    functions=dict.fromkeys(FUNCTION_NAMES, _with_one_below),
)
