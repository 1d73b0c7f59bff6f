"""Blocks of one type and size as real states: real at type R, complex at C, ((A, -conj B), (B, conj A)) at H.

Only independent numbers are states: a redundant one would be free to grow out of rounding errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import FloatArray

__all__ = ["BlockStack"]


@dataclass(frozen=True, eq=False)
class BlockStack:
    """Real irreps of one type and dimension, whose blocks move side by side.

    Parameters
    ----------
    kind: type ``"R"``, ``"C"`` or ``"H"``.
    dimension: d, the blocks are d by d.
    names: of the real irreps.
    members: indices into the group's irreps, (rho,) or (rho, conj rho), one tuple for each real irrep.
    matrices: (irrep, n, d, d) unitary, of the first member up to a change of basis: float64 at type R,
        complex128 at type C, complex128 of the form ((a, -conj b), (b, conj a)) at type H.
    is_trivial: whether this is the trivial irrep, which is a stack of its own.
    """

    kind: str
    dimension: int
    names: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    matrices: NDArray[Any]
    is_trivial: bool

    @property
    def columns(self) -> int:
        """Columns of a block that are states: half of them at type H."""
        return self.dimension // 2 if self.kind == "H" else self.dimension

    @property
    def rows(self) -> int:
        """Number of real states of one weight group."""
        return len(self.names) * self.dimension * self.columns * (1 if self.kind == "R" else 2)

    @property
    def metric(self) -> float:
        """What a squared state counts in the squared length of the weights: d/n, twice that at C and H."""
        return self.dimension * (1 if self.kind == "R" else 2) / float(self.matrices.shape[1])

    @cached_property
    def transform(self) -> FloatArray:
        """Real matrix (rows, n) with states = transform @ weights: real parts first, then imaginary ones."""
        kept = np.moveaxis(self.matrices[..., : self.columns], 1, -1).reshape(-1, self.matrices.shape[1])
        parts = [kept] if self.kind == "R" else [kept.real, kept.imag]
        return np.concatenate(parts).astype(np.float64)

    def one(self, place: int) -> BlockStack:
        """The stack of one of its irreps alone."""
        only = slice(place, place + 1)
        return BlockStack(
            self.kind,
            self.dimension,
            self.names[only],
            self.members[only],
            self.matrices[only],
            self.is_trivial,
        )

    def state_names(self, letter: str) -> list[str]:
        """Names of the states of one weight group, such as ``theta1[2a]_re_01``."""
        return [
            f"{letter}[{name}]_{part}_{i}{j}"
            for part in (("re",) if self.kind == "R" else ("re", "im"))
            for name in self.names
            for i in range(self.dimension)
            for j in range(self.columns)
        ]
