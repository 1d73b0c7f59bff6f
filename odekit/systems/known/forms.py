"""Other forms of a flow as data: exact solutions, polynomial systems with the maps there and back, kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import sympy as sp

__all__ = [
    "Coordinates",
    "EllipticCurve",
    "EllipticForm",
    "EquivalentForm",
    "SphereForm",
    "SphereMode",
    "Template",
]

S = TypeVar("S")

Coordinates = Literal["polar", "cartesian", "signed", "misalignment", "invariants"]


@dataclass(frozen=True)
class EllipticForm:
    """The elliptic solution of ``u' = 2 r v conj(u), v' = r u^2``, and which states hold u and v.

    Parameters
    ----------
    rate: r, in the parameters; positive, the sign being that of ``readout_scale``.
    readout_scale: the factor that the solved v is divided by: v = readout_scale * v_canonical.
    coordinates: how the states hold u = alpha e^(i phi) and v = beta e^(i psi): ``"polar"`` by alpha, phi,
        beta, psi; ``"cartesian"`` by real and imaginary parts; ``"signed"`` by two real numbers;
        ``"misalignment"`` by alpha, beta and D = 2 phi - psi; ``"invariants"`` by alpha^2, beta cos D and
        beta sin D.
    states: the states in the order in which their coordinates are named above.
    """

    rate: sp.Expr
    readout_scale: sp.Expr
    coordinates: Coordinates
    states: tuple[sp.Symbol, ...]


@dataclass(frozen=True)
class EllipticCurve:
    """``(s')^2 = squared_velocity``, a cubic in s.

    Parameters
    ----------
    variable: the symbol s.
    meaning: what s is, such as beta^2.
    squared_velocity: a cubic in s, in the parameters and the integrals' values.
    integrals: the symbols c and K, each with the first integral whose value it is.
    """

    variable: sp.Symbol
    meaning: sp.Expr
    squared_velocity: sp.Expr
    integrals: Mapping[sp.Symbol, sp.Expr]

    @property
    def time_scale(self) -> sp.Expr:
        """``2 / sqrt(leading coefficient)``: R_F(s - e1, s - e2, s - e3) times it is the time to infinity.

        The integral of ds/sqrt(A (s - e1)(s - e2)(s - e3)) from s to infinity is 2/sqrt(A) times Carlson's
        R_F.
        """
        return 2 / sp.sqrt(sp.Poly(self.squared_velocity, self.variable).LC())

    def __str__(self) -> str:
        return f"({self.variable}')**2 = {self.squared_velocity}"


@dataclass(frozen=True)
class EquivalentForm(Generic[S]):
    """A polynomial system, and the maps between its states and those of the system it stands for.

    Parameters
    ----------
    system: the polynomial system.
    entries: each of its states as an expression in the original states.
    exits: original states and phase combinations, each as an expression in the states of ``system``.
    phases: those of the exits that are angles known up to a multiple of 2 pi.
    magnitudes: those of the exits that are never negative.
    definitions: the phase combinations that may occur in ``entries``, in the original phases.
    """

    system: S
    entries: Mapping[sp.Symbol, sp.Expr]
    exits: Mapping[sp.Symbol, sp.Expr]
    phases: frozenset[sp.Symbol]
    magnitudes: frozenset[sp.Symbol]
    definitions: Mapping[sp.Symbol, sp.Expr]


@dataclass(frozen=True)
class SphereMode:
    """One frequency of theta1, theta2 and xi.

    Parameters
    ----------
    magnitudes: the three magnitudes, or the three signed values.
    phases: the three phases, the combination being the first plus the second minus the third; empty where the
        values are signed.
    growth: kappa.
    weight: the part of a sphere's squared length that a magnitude of 1 takes.
    """

    magnitudes: tuple[sp.Symbol, ...]
    phases: tuple[sp.Symbol, ...]
    growth: sp.Expr
    weight: sp.Expr


@dataclass(frozen=True)
class SphereForm:
    """All modes of a neuron on three spheres."""

    modes: tuple[SphereMode, ...]


@dataclass(frozen=True)
class Template(Generic[S]):
    """The system of one kind of mode at a concrete order, and the characters of that kind."""

    characters: tuple[str, ...]
    system: S
