"""A critical point of the energy on spheres, with the spectrum of the linearised flow at it."""

from dataclasses import dataclass

import sympy as sp

__all__ = ["ROUNDING", "CriticalPoint", "Eigenvalue"]

# Eigenvalues in units of the energy that are this close are one; they are computed to some 1e-14.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Eigenvalue:
    """A rate of the linearised flow in units of the energy, and how many directions have it.

    Parameters
    ----------
    value: in units of E; negative where the direction shrinks.
    count: an integer, or an expression in the order where that is a symbol.
    """

    value: float
    count: sp.Expr

    @property
    def multiplicity(self) -> int:
        """The number of directions, at a concrete order."""
        return int(self.count)


@dataclass(frozen=True)
class CriticalPoint:
    """A critical point of one real irrep.

    Parameters
    ----------
    irrep: name of the real irrep.
    type, m, r: K and the irrep's dimensions over K and over the reals.
    rank: K-rank of the blocks; 1 at a maximum.
    exact_energy: E there.
    spectrum: of the linearised flow on the tangent space, in units of E, highest first.
    """

    irrep: str
    type: str
    m: int
    r: int
    rank: int
    exact_energy: sp.Expr
    spectrum: tuple[Eigenvalue, ...]

    @property
    def energy(self) -> float:
        """E there, at a concrete order."""
        return float(self.exact_energy)

    @property
    def is_maximum(self) -> bool:
        """Whether no direction grows."""
        return all(eigenvalue.value <= ROUNDING for eigenvalue in self.spectrum)

    @property
    def rates(self) -> tuple[float, ...]:
        """Rates of approach along all directions that shrink, slowest first, each once."""
        return tuple(-e.value * self.energy for e in self.spectrum if e.value < -ROUNDING)
