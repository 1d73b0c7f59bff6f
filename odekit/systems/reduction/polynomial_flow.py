"""A flow as exact polynomials in its states and in what is constant: its parameters, and time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyRing

from odekit.errors import InputError
from odekit.systems.algebra import Integers, values_at
from odekit.systems.system import System

__all__ = ["PolynomialFlow"]


@dataclass(frozen=True)
class PolynomialFlow:
    """Polynomials with rational coefficients; decimal numbers are taken as they are written.

    Parameters
    ----------
    system: the flow.

    Raises
    ------
    InputError: on the first question, a flow that is no polynomial.
    """

    system: System

    @property
    def count(self) -> int:
        """How many states there are; they come first among the letters."""
        return len(self.system.states)

    @cached_property
    def constants(self) -> tuple[sp.Symbol, ...]:
        """Parameters, and time where the field depends on it."""
        clock = () if self.system.time is None else (self.system.time,)
        return (*self.system.parameters, *clock)

    @cached_property
    def ring(self) -> Any:
        """Of the states and the constants."""
        return PolyRing([*self.system.states, *self.constants], sp.QQ, sp.grevlex)

    @cached_property
    def field(self) -> list[Any]:
        """Velocity of each state."""
        rates = list(self.system.rhs.items())[: self.count]
        return [self.polynomial(entry, f"the velocity of {state}") for state, entry in rates]

    def polynomial(self, expression: sp.Expr, what: str) -> Any:
        """An expression in the ring.

        Raises
        ------
        InputError: it is no polynomial.
        """
        decimals = {number: sp.Rational(str(float(number))) for number in expression.atoms(sp.Float)}
        try:
            return self.ring.from_expr(sp.expand(expression.xreplace(decimals)))
        except (ValueError, sp.PolynomialError, sp.CoercionFailed):
            raise InputError(
                f"{what} is no polynomial in the states and the parameters",
                expected="polynomials",
                received=str(expression)[:80],
                hint="an ansatz, for a flow that is no polynomial",
            ) from None

    def along(self, polynomial: Any) -> Any:
        """The time derivative of a polynomial."""
        return self.applied(self.field, polynomial)

    def applied(self, velocities: Iterable[Any], polynomial: Any) -> Any:
        """The derivative of a polynomial along any velocities of the states."""
        total = self.ring.zero
        for letter, rate in zip(self.ring.gens, velocities, strict=False):
            if rate:
                total += polynomial.diff(letter) * rate
        return total

    def degree(self, polynomial: Any) -> int:
        """The largest degree in the states."""
        return max((sum(key[: self.count]) for key in polynomial), default=0)

    def values(self, polynomial: Mapping[Any, Any], points: Integers, prime: int) -> Integers:
        """Values at points (letter, point) modulo a prime."""
        return values_at(dict(polynomial), points, prime)
