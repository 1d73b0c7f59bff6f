"""Modified fields by Lie series: the field whose flow, after a time eta, is one step of descent.

With L_g the derivative along a field g, its flow takes x to exp(eta L_g) x. That a step with momentum mu is

    exp(eta L_g) x = x + eta f + mu (x - exp(-eta L_g) x)

determines g = g_1 + eta g_2 + eta^2 g_3 + ..., one order in eta after the other.
"""

from collections.abc import Callable, Mapping
from functools import cache
from math import factorial
from typing import TypeAlias

import sympy as sp

__all__ = ["Field", "modified_fields"]

# Velocity of every symbol that moves.
Field: TypeAlias = Mapping[sp.Symbol, sp.Expr]


def modified_fields(
    field: Field, order: int, momentum: sp.Expr, along: Callable[[Field, Field], Field]
) -> list[Field]:
    """The coefficients g_1, ..., g_order of the modified field.

    Parameters
    ----------
    field: f.
    order: how many, at least 1.
    momentum: mu, a number or a symbol; 0 for plain descent.
    along: the derivative L_g v of a field v along a field g, called with g and v.

    Source: Hairer, Lubich and Wanner, Geometric Numerical Integration, chapter IX.1.

    >>> x = sp.Symbol("x")
    >>> slope = lambda g, v: {x: sp.expand(v[x].diff(x) * g[x])}
    >>> [each[x] for each in modified_fields({x: -x}, 4, sp.S.Zero, slope)]
    [-x, -x/2, -x/3, -x/4]
    """
    found: list[Field] = []

    @cache
    def term(power: int, degree: int) -> Field:
        """The coefficient of eta^degree in L_g^power x."""
        if power == 1:
            return found[degree]
        parts = [along(found[i], term(power - 1, degree - i)) for i in range(degree + 1)]
        return {symbol: sp.Add(*(part[symbol] for part in parts)) for symbol in field}

    for number in range(1, order + 1):
        # Of exp(eta L) + mu exp(-eta L), as far as earlier coefficients are in it.
        known = [
            (sp.Rational(1, factorial(power)) * (1 + (-1) ** power * momentum), term(power, number - power))
            for power in range(2, number + 1)
        ]
        found.append(
            {
                symbol: (
                    (velocity if number == 1 else sp.S.Zero)
                    - sp.Add(*(weight * part[symbol] for weight, part in known))
                )
                / (1 - momentum)
                for symbol, velocity in field.items()
            }
        )
    return found
