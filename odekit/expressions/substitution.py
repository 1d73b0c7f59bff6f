"""Trees taken apart and put together: which names occur, and other trees in their place.

What enters and leaves are trees; what the names mean is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from fractions import Fraction

from odekit.expressions.tree import ONE, Expression, Number, Product, Symbol, times

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
    if isinstance(expression, Symbol):
        return frozenset({expression.name})
    return frozenset().union(*(names_in(child) for child in children(expression)))


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """The tree with other trees in the place of some names, all at once."""
    if isinstance(expression, Symbol):
        return values.get(expression.name, expression)
    changed = {
        field.name: substitute(value, values)
        for field in fields(expression)
        if isinstance(value := getattr(expression, field.name), Expression)
    }
    return replace(expression, **changed) if changed else expression


def extent(expression: Expression, values: Mapping[str, tuple[int, int]] | None = None) -> tuple[int, int]:
    """How many parts and levels a tree has, with trees of the given extents in the place of some names.

    >>> from odekit.expressions import parse
    >>> extent(parse("x*x", ("x",)), {"x": (10, 4)})
    (21, 5)
    """
    if isinstance(expression, Symbol):
        return (values or {}).get(expression.name, (1, 1))
    below = [extent(child, values) for child in children(expression)]
    return 1 + sum(parts for parts, _ in below), 1 + max((levels for _, levels in below), default=0)


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
