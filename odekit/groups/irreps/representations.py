"""A check that given matrices are a unitary representation, with errors and advice where they are not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import ComplexArray, IndexArray
from odekit.errors import InputError
from odekit.groups.irreps.unitary_matrices import row_blocks
from odekit.groups.table import GroupTable, require_finite

__all__ = ["RepresentationCheck", "check_representation"]


@dataclass(frozen=True)
class RepresentationCheck:
    """What `check_representation` found.

    Attributes
    ----------
    identity_error: largest entry of rho(e) - 1.
    homomorphism_error: largest entry of rho(g) rho(h) - rho(g h).
    anti_homomorphism_error: largest entry of rho(h) rho(g) - rho(g h).
    unitarity_error: largest entry of rho(g) rho(g)^* - 1.
    worst_pair: labels of the g and h that the homomorphism misses by most.
    tolerance: what counts as zero.
    """

    identity_error: float
    homomorphism_error: float
    anti_homomorphism_error: float
    unitarity_error: float
    worst_pair: tuple[str, str]
    tolerance: float

    @property
    def is_homomorphism(self) -> bool:
        """Whether rho(g) rho(h) = rho(g h) and rho(e) = 1."""
        return self.homomorphism_error <= self.tolerance and self.identity_error <= self.tolerance

    @property
    def is_anti_homomorphism(self) -> bool:
        """Whether rho(h) rho(g) = rho(g h), this not being a homomorphism."""
        is_reversed = self.anti_homomorphism_error <= self.tolerance
        return is_reversed and self.homomorphism_error > self.tolerance

    @property
    def is_unitary(self) -> bool:
        """Whether rho(g) rho(g)^* = 1."""
        return self.unitarity_error <= self.tolerance

    @property
    def passes(self) -> bool:
        """Whether this is a unitary representation."""
        return self.is_homomorphism and self.is_unitary

    @property
    def message(self) -> str:
        """What was found, in a sentence or two."""
        if self.passes:
            return "this is a unitary representation"
        parts = (self._about_products(), self._about_identity(), self._about_unitarity())
        return "; ".join(filter(None, parts))

    def __str__(self) -> str:
        return self.message

    def _about_products(self) -> str:
        if self.is_anti_homomorphism:
            return (
                "this is an anti-homomorphism: it represents the opposite group; "
                "transpose the matrices or use those of g^-1"
            )
        if not self.homomorphism_error <= self.tolerance:
            g, h = self.worst_pair
            size = f"{self.homomorphism_error:.3g}"
            return f"this is no homomorphism: rho(g) rho(h) misses rho(g h) by {size} at g = {g}, h = {h}"
        return ""

    def _about_identity(self) -> str:
        if self.identity_error <= self.tolerance:
            return ""
        return f"the identity's matrix misses the unit matrix by {self.identity_error:.3g}"

    def _about_unitarity(self) -> str:
        if self.is_unitary:
            return ""
        return f"the matrices aren't unitary: rho(g) rho(g)^* misses 1 by {self.unitarity_error:.3g}"


def check_representation(
    matrices: ArrayLike, G: GroupTable, *, tolerance: float = 1e-10
) -> RepresentationCheck:
    """Check that matrices are a unitary representation: identity, all n^2 products, unitarity.

    Parameters
    ----------
    matrices: ``(n, d, d)`` real or complex, by element.
    G: any finite group, of order n.
    tolerance: the largest error of an entry that still passes.

    Returns
    -------
    check: the errors, which laws hold, and a message in words; a NaN among the matrices passes nothing.

    Raises
    ------
    InputError: these aren't n square matrices of numbers.

    Examples
    --------
    >>> from odekit.groups import symmetric
    >>> G = symmetric(3)
    >>> check_representation(G.irreps[2].matrices, G).passes
    True
    >>> check_representation(G.irreps[2].matrices.transpose(0, 2, 1), G).message[:30]
    'this is an anti-homomorphism: '
    """
    rho = _checked_matrices(matrices, require_finite(G, "representations"))
    unit = np.eye(rho.shape[1])
    with np.errstate(invalid="ignore", over="ignore"):
        forward, worst = _largest_gap(rho, G.table)
        reverse, _ = _largest_gap(rho, G.table.T)
        unitarity = float(np.abs(rho @ rho.conj().transpose(0, 2, 1) - unit).max())
        identity = float(np.abs(rho[G.identity] - unit).max())
    pair = (G.labels[worst[0]], G.labels[worst[1]])
    return RepresentationCheck(identity, forward, reverse, unitarity, pair, tolerance)


def _largest_gap(rho: ComplexArray, table: IndexArray) -> tuple[float, tuple[int, int]]:
    """Return the largest entry of rho(g) rho(h) - rho(table[g, h]), infinite at a NaN, and its pair."""
    n, d, _ = rho.shape
    largest, worst = -1.0, (0, 0)
    for rows in row_blocks(n, n * d * d):
        gaps = np.abs(rho[rows, None] @ rho - rho[table[rows]]).max(axis=(2, 3))
        gaps[np.isnan(gaps)] = np.inf
        g, h = np.unravel_index(int(np.argmax(gaps)), gaps.shape)
        if gaps[g, h] > largest:
            largest, worst = float(gaps[g, h]), (rows.start + int(g), int(h))
    return largest, worst


def _checked_matrices(matrices: ArrayLike, G: GroupTable) -> ComplexArray:
    array = np.asarray(matrices)
    n = G.order
    is_square = array.ndim == 3 and array.shape[1] == array.shape[2] > 0
    if array.dtype.kind not in "iufc" or not is_square or array.shape[0] != n:
        raise InputError(
            f"these aren't matrices for the elements of {G.name}",
            expected=f"numbers of shape ({n}, d, d)",
            received=f"{array.dtype} of shape {array.shape}",
        )
    return array.astype(np.complex128)
