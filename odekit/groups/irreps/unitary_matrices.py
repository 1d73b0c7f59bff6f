"""The unitary matrices of a complex irrep from an invariant subspace of the regular representation.

At type R these are the translations themselves. At types C and H the translations commute with a J such that
J^2 = -1; on its eigenspace at +i they are an irrep of half the dimension, at -i the conjugate one.
"""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import ComplexArray, FloatArray
from odekit.groups.characters import roots_of_unity
from odekit.groups.irreps.invariant_subspaces import InvariantSubspace
from odekit.groups.table import GroupTable

__all__ = ["homomorphism_error", "row_blocks", "unitary_matrices"]

AnyArray = TypeVar("AnyArray", FloatArray, ComplexArray)

# Bounds the memory of intermediate products to some 16 MB.
_NUMBERS_AT_A_TIME = 1_000_000
# Averaging squares the error, so that few steps reach rounding, and more steps gain nothing.
_ACCURATE = 1e-13
_POLISHING_STEPS = 3


def unitary_matrices(G: GroupTable, subspace: InvariantSubspace, rng: np.random.Generator) -> ComplexArray:
    """Return the irrep rho(g) on an invariant subspace, ``(n, d, d)`` complex128, read-only.

    At type R the imaginary parts are zero; at d = 1 the values are exact roots of unity.
    """
    translations = _translations(G, subspace.basis)
    if subspace.type == "R":
        matrices = _polished(G, translations).astype(np.complex128)
    else:
        matrices = _polished(G, _half_of(translations, rng))
    if matrices.shape[1] == 1:
        matrices = _nearest_roots_of_unity(matrices, G.exponent)
    matrices[G.identity] = np.eye(matrices.shape[1])
    matrices.setflags(write=False)
    return matrices


def homomorphism_error(G: GroupTable, matrices: NDArray[np.inexact]) -> float:
    """Return the largest entry of rho(b) rho(g) - rho(b g) over all g and all generators b."""
    gaps = [np.abs(matrices[b] @ matrices - matrices[G.table[b]]).max() for b in G.generators]
    return float(max(gaps, default=0.0))


def row_blocks(rows: int, numbers_a_row: int) -> Iterator[slice]:
    """Yield slices of rows that hold some million numbers together."""
    step = max(1, _NUMBERS_AT_A_TIME // max(1, numbers_a_row))
    for start in range(0, rows, step):
        yield slice(start, start + step)


def _translations(G: GroupTable, basis: FloatArray) -> FloatArray:
    """Return V^T L(g) V for every g, with (L(g) V)[x] = V[g^-1 x]."""
    n, r = basis.shape
    matrices = np.empty((n, r, r))
    for rows in row_blocks(n, n * r):
        matrices[rows] = basis.T @ basis[G.table[G.inverse[rows]]]
    return matrices


def _half_of(translations: FloatArray, rng: np.random.Generator) -> ComplexArray:
    """Return the translations on the eigenspace at +i of a J with J^2 = -1 that commutes with them."""
    r = translations.shape[1]
    drawn = rng.standard_normal((r, r))
    averaged = (translations @ (drawn - drawn.T) @ translations.transpose(0, 2, 1)).mean(axis=0)
    structure = averaged / np.sqrt(-np.trace(averaged @ averaged) / r)
    projector = (np.eye(r) - 1j * structure) / 2
    projected = projector @ rng.standard_normal((r, r // 2))
    left, _, right = np.linalg.svd(projected, full_matrices=False)
    half = left @ right
    return np.asarray(half.conj().T @ translations @ half)


def _polished(G: GroupTable, matrices: AnyArray) -> AnyArray:
    """Repeat `_averaged`, whose error is the square of the one before, until the matrices are accurate."""
    for _ in range(_POLISHING_STEPS):
        if homomorphism_error(G, matrices) < _ACCURATE:
            break
        matrices = _averaged(G, matrices)
    return matrices


def _averaged(G: GroupTable, matrices: AnyArray) -> AnyArray:
    """Return the unitary part of (1/n) sum_h rho(g h) rho(h)^*, which is rho(g) for a homomorphism."""
    n, d, _ = matrices.shape
    improved = np.empty_like(matrices)
    for rows in row_blocks(n, n * d * d):
        improved[rows] = np.tensordot(matrices[G.table[rows]], matrices.conj(), axes=([1, 3], [0, 2])) / n
    left, _, right = np.linalg.svd(improved)
    np.matmul(left, right, out=improved)
    return improved


def _nearest_roots_of_unity(matrices: ComplexArray, e: int) -> ComplexArray:
    exponents = np.rint(np.angle(matrices) * e / (2 * np.pi)).astype(np.intp)
    return roots_of_unity(e)[exponents % e]
