"""Blocks as real states: which numbers of a transform are independent, and how weights become them.

A block is real at type R, any complex matrix at type C, ((A, -conj B), (B, conj A)) in a basis at type H.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import ComplexArray
from odekit.groups import FiniteGroup
from odekit.systems.blocks import BlockStack

__all__ = ["block_stacks", "quaternionic_basis"]


def block_stacks(group: FiniteGroup) -> tuple[BlockStack, ...]:
    """All real irreps of a group in stacks of one type and dimension, the trivial one first.

    >>> from odekit.groups import cyclic
    >>> [(stack.kind, len(stack.names)) for stack in block_stacks(cyclic(6))]
    [('R', 1), ('C', 2), ('R', 1)]
    """
    alike: dict[tuple[bool, str, int], list[int]] = {}
    for index, irrep in enumerate(group.real_irreps):
        dimension = group.irreps[irrep.members[0]].dimension
        alike.setdefault((index > 0, irrep.type, dimension), []).append(index)
    return tuple(_stack(group, indices) for indices in alike.values())


def quaternionic_basis(matrices: ComplexArray) -> ComplexArray:
    """Unitary U, (d, d), in which U^* rho(g) U has the form ((a, -conj b), (b, conj a)).

    The antilinear map S v = J conj(v) with rho J = J conj(rho) commutes with the group, and S S = -1: the
    columns of U are orthonormal vectors v_1, ..., v_m and then S v_1, ..., S v_m.

    Parameters
    ----------
    matrices: (n, d, d) complex128, unitary, of type H.
    """
    structure = _structure(matrices)
    dimension = structure.shape[0]
    first: list[ComplexArray] = []
    second: list[ComplexArray] = []
    for candidate in np.eye(dimension, dtype=np.complex128):
        known = np.array([*first, *second]).reshape(-1, dimension)
        rest = candidate - known.T @ (known.conj() @ candidate)
        length = np.linalg.norm(rest)
        if length > 1 / (2 * np.sqrt(dimension)) and len(first) < dimension // 2:
            first.append(rest / length)
            second.append(structure @ first[-1].conj())
    return np.array([*first, *second]).T


def _structure(matrices: ComplexArray) -> ComplexArray:
    """The unitary J with rho(g) J = J conj(rho(g)): an average of rho X rho^T over the group."""
    dimension = matrices.shape[1]
    candidates = [_averaged(matrices, j) for j in range(1, dimension)]
    best = max(candidates, key=lambda matrix: float(np.linalg.norm(matrix)))
    return np.asarray(best * (np.sqrt(dimension) / np.linalg.norm(best)))


def _averaged(matrices: ComplexArray, column: int) -> ComplexArray:
    """Average of rho (e_0 e_j^T - e_j e_0^T) rho^T."""
    half = np.einsum("gi,gk->ik", matrices[:, :, 0], matrices[:, :, column])
    return np.asarray(half - half.T)


def _stack(group: FiniteGroup, indices: Sequence[int]) -> BlockStack:
    irreps = [group.real_irreps[index] for index in indices]
    matrices = np.array([_matrices(group, irrep) for irrep in irreps])
    return BlockStack(
        kind=irreps[0].type,
        dimension=matrices.shape[2],
        names=tuple(irrep.name for irrep in irreps),
        members=tuple(tuple(irrep.members) for irrep in irreps),
        matrices=matrices,
        is_trivial=indices[0] == 0,
    )


def _matrices(group: FiniteGroup, irrep: Any) -> NDArray[Any]:
    if irrep.type == "R":
        return np.asarray(irrep.matrices, dtype=np.float64)
    matrices = np.asarray(group.irreps[irrep.members[0]].matrices)
    if irrep.type == "C":
        return matrices
    basis = quaternionic_basis(matrices)
    return np.asarray(basis.conj().T @ matrices @ basis)
