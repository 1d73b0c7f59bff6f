"""Invariant subspaces of the regular representation, and draws in which two eigenvalues meet."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.groups import FiniteGroup, group
from odekit.groups.irreps.invariant_subspaces import find_invariant_subspaces


class ZeroGenerator:
    """A generator whose first function on the group is chosen, so that eigenvalues can be made to meet."""

    def __init__(self, function: np.ndarray) -> None:
        self.draws = [function]

    def standard_normal(self, shape: object) -> np.ndarray:
        return self.draws.pop() if self.draws else np.random.default_rng(0).standard_normal(shape)


def named(name: str) -> FiniteGroup:
    G = group(name)
    assert isinstance(G, FiniteGroup)
    return G


@pytest.mark.parametrize("name", ["S3", "D4", "Q8", "F21", "Q8xS3", "S5"])
def test_each_subspace_is_mapped_into_itself_and_is_orthonormal(name: str) -> None:
    G = named(name)
    subspaces = find_invariant_subspaces(G, np.random.default_rng(1))
    for subspace in subspaces:
        V = subspace.basis
        assert np.abs(V.T @ V - np.eye(V.shape[1])).max() < 1e-13
        for g in range(G.order):
            moved = V[G.table[G.inverse[g]]]
            assert np.abs(moved - V @ (V.T @ moved)).max() < 1e-12
    kappa = {"R": 1, "C": 2, "H": 4}
    assert sum(subspace.basis.shape[1] ** 2 / kappa[subspace.type] for subspace in subspaces) == G.order


@pytest.mark.parametrize("name", ["S3", "D4", "F21", "S4", "Q8xS3"])
def test_eigenvalues_that_meet_by_chance_are_noticed(name: str) -> None:
    G = named(name)
    is_identity = np.arange(G.order) == G.identity
    met = [is_identity.astype(float), np.ones(G.order), is_identity + 0.5, np.zeros(G.order)]
    for function in met:
        assert find_invariant_subspaces(G, ZeroGenerator(function)) == []  # type: ignore[arg-type]


def test_two_real_irreps_that_meet_are_not_taken_for_a_conjugate_pair() -> None:
    G = named("D4")
    signs = [irrep.character.real for irrep in G.irreps[:4]]
    block = G.irreps[4].matrices.real
    generic = block[:, 0, 0] - 2 * block[:, 1, 1]
    function = 3 * signs[0] + 5 * signs[1] + 5 * signs[2] + 7 * signs[3] + generic
    assert find_invariant_subspaces(G, ZeroGenerator(function)) == []  # type: ignore[arg-type]
    apart = function + 0.5 * signs[2]
    assert len(find_invariant_subspaces(G, ZeroGenerator(apart))) == 5  # type: ignore[arg-type]


def test_the_basis_does_not_depend_on_how_eigenvectors_were_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    G = named("S4")
    plain = find_invariant_subspaces(G, np.random.default_rng(2))
    solve = np.linalg.eigh

    def turned(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, vectors = solve(matrix)
        vectors = vectors * np.where(np.arange(values.size) % 2, -1.0, 1.0)
        for start in np.flatnonzero(np.diff(values) < 1e-10):
            c, s = np.cos(start + 0.3), np.sin(start + 0.3)
            vectors[:, start : start + 2] = vectors[:, start : start + 2] @ [[c, -s], [s, c]]
        return values, vectors

    monkeypatch.setattr(np.linalg, "eigh", turned)
    again = find_invariant_subspaces(G, np.random.default_rng(2))
    gaps = [np.abs(a.basis - b.basis).max() for a, b in zip(plain, again, strict=True)]
    assert max(gaps) < 1e-12
