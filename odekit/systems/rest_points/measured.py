"""Stability of a point that is known in numbers: what is within an eigenvalue's own error is undecided."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from odekit.arrays import ComplexArray, FloatArray
from odekit.systems.known import FixedPoint
from odekit.systems.rest_points.centres import is_centre
from odekit.systems.rest_points.interval_proof import Proof
from odekit.systems.rest_points.loci import Locus
from odekit.systems.rest_points.newton import Equations
from odekit.systems.rest_points.spectrum import smooth_there
from odekit.systems.system import System

__all__ = ["Tangent", "Tangents", "measured"]

ZERO = 1e-8  # Singular values below the root of the floats' spacing count as 0.
SAFETY = 10.0  # Rounding in the eigenvalues' own computation, in units of what it is bounded by.
DIGITS = 15  # What a float holds.


@dataclass(frozen=True)
class Tangent:
    """The directions in which a point can be left, and how the families through it lie to what is kept.

    Parameters
    ----------
    basis: (state, direction), orthonormal: along all levels of what is kept, across the field's symmetries.
    levels: how many independent functions that are kept, beside constraints, change along the family.
    is_explained: whether nothing else makes the Jacobian singular.
    """

    basis: FloatArray
    levels: int
    is_explained: bool


class Tangents:
    """The tangents at points of rest of one system.

    Parameters
    ----------
    system, integrals: the system, without parameters, and what it conserves beside its constraints.
    shifts: directions in which all of the field's zeros can be moved.
    """

    def __init__(
        self, system: System, integrals: Sequence[sp.Expr], shifts: Sequence[tuple[int, ...]]
    ) -> None:
        held = list(system.constraints.values())
        self.field = Equations(system.vector_field, system.states)
        self._kept = Equations([*held, *integrals], system.states)
        self._held = Equations(held, system.states)
        self._moved = np.array(shifts, dtype=np.float64).reshape(-1, len(system.states))

    def at(self, point: FloatArray) -> Tangent:
        """The tangent at a point (state,); all directions where something has no slope there."""
        normals, slopes, moved = self._kept.jacobian(point), self.field.jacobian(point), self._moved
        if not (np.isfinite(normals).all() and np.isfinite(slopes).all()):
            return Tangent(np.eye(len(point)), 0, False)
        # A shift that leaves all levels alone is a direction of the level: it is taken out of it.
        along = moved[np.abs(normals @ moved.T).max(axis=0, initial=0.0) <= ZERO]
        basis = _null_space(np.vstack([normals, along]))
        sizes = np.linalg.svd(basis.T @ slopes @ basis, compute_uv=False)
        levels = _rank(normals) - _rank(self._held.jacobian(point)) - _rank(normals @ moved.T)
        return Tangent(basis, levels, bool((sizes > ZERO).all()))


def measured(
    locus: Locus, proof: Proof, tangents: Tangents, system: System, integrals: Sequence[sp.Expr]
) -> FixedPoint:
    """The point with eigenvalues in floats.

    Parameters
    ----------
    locus: the point's digits.
    proof: how far off they may be, and the Jacobian with them.
    tangents: those of the system.
    system, integrals: the system, without parameters, and what it conserves beside its constraints.
    """
    point = np.array([float(value) for value in locus.values.values()])
    basis = tangents.at(point).basis
    matrix = basis.T @ tangents.field.jacobian(point) @ basis
    if not np.isfinite(matrix).all():
        return FixedPoint(locus.values, "degenerate", {}, (), locus.dimension, proof.radius)
    eigenvalues = np.linalg.eigvals(matrix).astype(np.complex128)
    bound = _bound(matrix, proof.spread)
    real = np.where(np.abs(eigenvalues.real) <= bound, 0.0, eigenvalues.real)
    ordered = (real + 1j * np.where(np.abs(eigenvalues) <= bound, 0.0, eigenvalues.imag))[np.argsort(-real)]
    stability = _stability(ordered)
    if stability == "degenerate" and (ordered.real == 0).all() and (ordered != 0).all():
        stability = (
            "centre" if is_centre(locus, system, smooth_there(integrals, system, locus)) else "degenerate"
        )
    numbers = tuple(_number(value) for value in ordered)
    return FixedPoint(locus.values, stability, {}, numbers, locus.dimension, proof.radius)


def _stability(eigenvalues: ComplexArray) -> str:
    real = eigenvalues.real
    if (real > 0).any() and (real < 0).any():
        return "saddle"
    if (real == 0).any() or not real.size:
        return "degenerate"
    return "attracts" if (real < 0).all() else "repels"


def _bound(matrix: FloatArray, spread: float) -> float:
    """How far an eigenvalue may be off: Bauer and Fike's bound or Elsner's, whichever is smaller."""
    if not len(matrix):
        return 0.0
    size = float(np.linalg.norm(matrix, 2))
    change = SAFETY * len(matrix) * (spread + np.finfo(np.float64).eps * size)
    vectors = np.linalg.eig(matrix).eigenvectors
    general = (2 * size + change) ** (1 - 1 / len(matrix)) * change ** (1 / len(matrix))
    return min(float(np.linalg.cond(vectors)) * change, float(general))


def _rank(matrix: FloatArray) -> int:
    return int((np.linalg.svd(matrix, compute_uv=False) > ZERO).sum()) if matrix.size else 0


def _null_space(rows: FloatArray) -> FloatArray:
    """An orthonormal basis (state, direction) of what all rows (row, state) are orthogonal to."""
    if not len(rows):
        return np.eye(rows.shape[1])
    _, sizes, directions = np.linalg.svd(rows)
    kept: FloatArray = directions[int((sizes > ZERO).sum()) :].T
    return kept


def _number(value: complex) -> sp.Expr:
    real, imaginary = (sp.Float(round(part, DIGITS - 2), DIGITS) for part in (value.real, value.imag))
    return real + sp.I * imaginary if imaginary else real
