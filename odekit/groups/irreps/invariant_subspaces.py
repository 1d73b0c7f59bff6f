"""One real invariant subspace of the regular representation for each real irrep of a group.

A function c with c(g) = c(g^-1) gives the real symmetric matrix H[x, y] = c(x^-1 y), which commutes with left
translation (L(g) v)[x] = v[g^-1 x]. At a random c its eigenspaces are irreducible, and each real irrep, of
dimension kappa m with endomorphisms of dimension kappa = 1, 2 or 4, occurs in m of them. Where two met by
chance, m, kappa and the Frobenius-Schur indicator don't fit together.
"""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.groups.classes import conjugacy_classes
from odekit.groups.irreps.frobenius_schur import TYPES, frobenius_schur_indicators
from odekit.groups.table import GroupTable

__all__ = ["InvariantSubspace", "find_invariant_subspaces"]

# Relative to the spectrum: eigenvalues that are closer differ by rounding only.
_SMALLEST_GAP = 1e-10
# Inner products of characters are integers; what misses one by more is no character.
_CHARACTER_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class InvariantSubspace:
    """A subspace on which left translation is irreducible over the reals.

    Attributes
    ----------
    type: ``"R"``, ``"C"`` or ``"H"``: the endomorphism algebra of the real irrep.
    basis: ``(n, r)`` float64, orthonormal columns.
    """

    type: str
    basis: FloatArray


def find_invariant_subspaces(G: GroupTable, rng: np.random.Generator) -> list[InvariantSubspace]:
    """Return one subspace for each real irrep, or an empty list if two eigenvalues met by chance.

    Of the m eigenspaces of an irrep the one farthest from all other eigenvalues is taken. Its basis
    depends on the subspace and the random generator only, not on how rounding turned the eigenvectors.
    """
    values, vectors = np.linalg.eigh(_random_commuting_matrix(G, rng))
    gaps = np.diff(values)
    edges = np.flatnonzero(gaps > _SMALLEST_GAP * np.ptp(values)) + 1
    starts = np.concatenate([[0], edges])
    sizes = np.diff(np.concatenate([starts, [G.order]]))
    walls = np.concatenate([[np.inf], gaps[edges - 1], [np.inf]])
    isolation = np.minimum(walls[:-1], walls[1:])
    kinds = _recognise(G, _characters_of(G, vectors, starts), sizes)
    reference = rng.standard_normal((G.order, int(sizes.max())))
    subspaces = []
    for kind, members in kinds:
        best = members[int(np.argmax(isolation[members]))]
        eigenvectors = vectors[:, starts[best] : starts[best] + sizes[best]]
        subspaces.append(InvariantSubspace(kind, _settled_basis(eigenvectors, reference)))
    return subspaces


def _random_commuting_matrix(G: GroupTable, rng: np.random.Generator) -> FloatArray:
    function = rng.standard_normal(G.order)
    function = function + function[G.inverse]
    matrix: FloatArray = function[G.table[G.inverse]]
    return matrix


def _characters_of(G: GroupTable, vectors: FloatArray, starts: IndexArray) -> FloatArray:
    """Return the trace of left translation on each eigenspace, ``(classes, eigenspaces)``."""
    rows = []
    for members in conjugacy_classes(G):
        translated = vectors[G.table[G.inverse[members[0]]]]
        rows.append(np.add.reduceat(np.einsum("xi,xi->i", translated, vectors), starts))
    return np.array(rows)


def _recognise(G: GroupTable, characters: FloatArray, sizes: IndexArray) -> list[tuple[str, IndexArray]]:
    """Return the type and the eigenspaces of each real irrep; nothing if the numbers don't fit."""
    class_sizes = np.array([members.size for members in conjugacy_classes(G)])
    products = (characters.T * class_sizes) @ characters / G.order
    indicators = frobenius_schur_indicators(G, characters.T)
    kappas, rounded = np.rint(products.diagonal()), np.rint(indicators)
    is_same = products > 0.5
    error = max(np.abs(products - is_same * kappas).max(), np.abs(indicators - rounded).max())
    found = []
    for first in np.unique(np.argmax(is_same, axis=1)):
        members = np.flatnonzero(is_same[first])
        kind = TYPES.get((int(kappas[first]), int(rounded[first])), "")
        if not kind or error > _CHARACTER_TOLERANCE or members.size * kappas[first] != sizes[first]:
            return []
        found.append((kind, members))
    return found


def _settled_basis(eigenvectors: FloatArray, reference: FloatArray) -> FloatArray:
    """Turn the basis towards the projections of given vectors, as far as it stays orthonormal."""
    left, _, right = np.linalg.svd(eigenvectors.T @ reference[:, : eigenvectors.shape[1]])
    return np.asarray(eigenvectors @ (left @ right))
