"""The irreps over the real numbers: the units in which real weights move."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from odekit.arrays import ComplexArray, FloatArray
from odekit.groups.irreps.decomposition import find_irreps
from odekit.groups.irreps.frobenius_schur import KAPPA
from odekit.groups.table import GroupTable

__all__ = ["RealIrrep", "find_real_irreps"]


@dataclass(frozen=True, eq=False)
class RealIrrep:
    """An irreducible representation sigma by real orthogonal matrices.

    ==== ============== ===== ======== ===== ===========================================
    type members        kappa m        r     matrices
    ==== ============== ===== ======== ===== ===========================================
    R    rho            1     d        d     rho(g), which is real
    C    rho, conj(rho) 2     d        2 d   ((A, -B), (B, A)) with rho(g) = A + i B
    H    rho            4     d / 2    2 d   likewise
    ==== ============== ===== ======== ===== ===========================================

    Matrices that commute with sigma are numbers of K = R, C or H, of real dimension kappa; over K, sigma has
    the dimension m. The sum of kappa m^2 over all real irreps is the group's order.

    Attributes
    ----------
    name: that of rho.
    type: ``"R"``, ``"C"`` or ``"H"``.
    members: positions in `FiniteGroup.irreps` of the complex irreps whose sum is sigma; of type H, rho twice,
        listed once.
    unitary: ``(n, d, d)`` complex128: rho's matrices.
    """

    name: str
    type: str
    members: tuple[int, ...]
    unitary: ComplexArray = field(repr=False)

    @property
    def kappa(self) -> int:
        """The dimension of K over the real numbers: 1, 2 or 4."""
        return KAPPA[self.type]

    @property
    def r(self) -> int:
        """The dimension of sigma over the real numbers."""
        d = int(self.unitary.shape[1])
        return d if self.type == "R" else 2 * d

    @property
    def m(self) -> int:
        """The dimension r / kappa of sigma over K."""
        return self.r // self.kappa

    @cached_property
    def matrices(self) -> FloatArray:
        """``(n, r, r)`` float64, orthogonal, read-only: sigma(g) for every element g."""
        real, imaginary = self.unitary.real, self.unitary.imag
        blocks = real if self.type == "R" else np.block([[real, -imaginary], [imaginary, real]])
        matrices: FloatArray = np.array(blocks, dtype=np.float64, order="C")
        matrices.setflags(write=False)
        return matrices

    @cached_property
    def character(self) -> FloatArray:
        """``(n,)`` float64: the trace of sigma(g), for every element g."""
        traces: FloatArray = np.trace(self.unitary.real, axis1=1, axis2=2) * (1 if self.type == "R" else 2)
        traces.setflags(write=False)
        return traces


def find_real_irreps(G: GroupTable, *, seed: int = 0, force: bool = False) -> tuple[RealIrrep, ...]:
    """Return the real irreps of a group, in the order of their first members: the trivial one first.

    Parameters
    ----------
    G, seed, force: see `find_irreps`.

    Raises
    ------
    InputError: as in `find_irreps`.

    Source: Serre, Linear Representations of Finite Groups, section 13.2.

    Examples
    --------
    >>> from odekit.groups import group
    >>> [(sigma.name, sigma.type, sigma.m, sigma.r) for sigma in find_real_irreps(group("Q8"))][-1]
    ('2', 'H', 1, 4)
    >>> [(sigma.name, sigma.type, sigma.r) for sigma in find_real_irreps(group("Z4"))]
    [('0', 'R', 1), ('1', 'C', 2), ('2', 'R', 1)]
    """
    irreps = find_irreps(G, seed=seed, force=force)
    return tuple(
        RealIrrep(irrep.name, irrep.type, tuple(sorted({index, irrep.conjugate})), irrep.matrices)
        for index, irrep in enumerate(irreps)
        if irrep.conjugate >= index
    )
