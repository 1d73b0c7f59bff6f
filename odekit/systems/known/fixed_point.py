"""A point at which something rests: phase combinations at any magnitudes, or all states of a system."""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

__all__ = ["FixedPoint", "Rate"]

# How fast a point is approached: an expression in the parameters, a number, or several by direction.
Rate = sp.Expr | float | tuple[float, ...]


@dataclass(frozen=True)
class FixedPoint:
    """A point at which the phase combinations rest, whatever the magnitudes.

    Parameters
    ----------
    values: value in radians by combination.
    stability: ``"attracts"``, ``"repels"``, ``"saddle"``, ``"depends on signs"`` (of the signed states) or
        ``"depends on magnitudes"``; of a point of rest also ``"centre"`` (orbits nearby stay near, provably),
        ``"depends on values"`` (of parameters, or along its family, or no sign is proved) or
        ``"degenerate"`` (the linearisation doesn't tell: an eigenvalue whose real part is 0, or can't be told
        from 0, and that nothing explains).
    rates: rate at which a small deviation of each combination shrinks (negative: grows), where the
        linearisation doesn't couple it to others.
    eigenvalues: of the linearisation along the constraint and the levels of the first integrals, for a point
        of rest of all states; empty for phases, and where the field has a kink.
    family: number of dimensions of the connected points of rest that it stands for, 0 where it is alone.
    equations: of a family that has no formula for each state, what vanishes on it, in the states without one.
    where: of a family that ends at a kink of the field, the inequalities that hold on it.
    radius: bound of each value's error, proved by interval arithmetic; 0 where the values are exact.
    """

    values: Mapping[sp.Symbol, sp.Expr]
    stability: str
    rates: Mapping[sp.Symbol, sp.Expr]
    eigenvalues: tuple[sp.Expr, ...] = ()
    family: int = 0
    radius: float = 0.0
    equations: tuple[sp.Expr, ...] = ()
    where: tuple[sp.Basic, ...] = ()

    @property
    def name(self) -> str:
        """The combinations and their values, such as ``D = 0``, a family's equations and inequalities."""
        values = (f"{symbol} = {value}" for symbol, value in self.values.items())
        return ", ".join(
            [*values, *(f"{function} = 0" for function in self.equations), *map(str, self.where)]
        )

    def __str__(self) -> str:
        return f"{self.name} {self.stability}"

    def _repr_latex_(self) -> str:
        """The point as a formula, and its stability in words."""
        equal = [f"{sp.latex(symbol)} = {sp.latex(value)}" for symbol, value in self.values.items()]
        zero = [f"{sp.latex(function)} = 0" for function in self.equations]
        formula = r",\; ".join([*equal, *zero, *map(sp.latex, self.where)])
        return rf"$\displaystyle {formula}$: {self.stability}"

    @property
    def slowest(self) -> sp.Expr | None:
        """The slowest rate of approach; None where the eigenvalues do not tell."""
        decaying = [-sp.re(value) for value in self.eigenvalues if value != 0]
        return sp.Min(*decaying) if decaying else None

    @property
    def rate(self) -> sp.Expr | None:
        """The rate of a single combination; None where there are several, or none that stands alone."""
        return next(iter(self.rates.values())) if len(self.values) == len(self.rates) == 1 else None
