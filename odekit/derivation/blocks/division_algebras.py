"""The real division algebras R, C and H as real matrices: left multiplication, adjoint as transpose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["KAPPA", "algebra_basis"]

FloatArray = NDArray[np.float64]

KAPPA = {"R": 1, "C": 2, "H": 4}


def algebra_basis(kind: str) -> FloatArray:
    """Basis of R, C or H, (kappa, kappa, kappa): the unit first, then imaginary units that square to -1.

    >>> i = algebra_basis("H")[1]
    >>> bool((i @ i == -algebra_basis("H")[0]).all())
    True
    """
    if kind == "R":
        return np.ones((1, 1, 1))
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    if kind == "C":
        return np.stack([np.eye(2), turn])
    flip, swap = np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])
    i, j = np.kron(turn, flip), np.kron(np.eye(2), turn)
    return np.stack([np.eye(4), i, np.kron(turn, swap), j])
