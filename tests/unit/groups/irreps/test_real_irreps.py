"""Real irreps: orthogonal homomorphisms, irreducible over the reals, with the endomorphisms of their type."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.groups import FiniteGroup, RealIrrep, find_real_irreps, group, mode_basis

NAMES = ["S3", "D4", "Q8", "Dic3", "A4", "F21", "S4", "A5", "Q8xS3", "Z1", "Z5", "Z12", "Z3xZ5"]


def named(name: str) -> FiniteGroup:
    G = group(name)
    assert isinstance(G, FiniteGroup)
    return G


names = pytest.mark.parametrize("name", NAMES)


@names
def test_matrices_are_orthogonal_homomorphisms(name: str) -> None:
    G = named(name)
    for sigma in G.real_irreps:
        matrices, r = sigma.matrices, sigma.r
        assert (matrices.dtype, matrices.shape) == (np.float64, (G.order, r, r))
        assert np.abs(matrices @ matrices.transpose(0, 2, 1) - np.eye(r)).max() < 1e-13
        for g in range(G.order):
            assert np.abs(matrices[g] @ matrices - matrices[G.table[g]]).max() < 1e-13


def endomorphism_dimension(sigma: RealIrrep) -> int:
    """Count the X with sigma(g) X = X sigma(g) for all g, by the rank of their projector."""
    matrices, r = sigma.matrices, sigma.r
    projector = np.einsum("gij,gkl->ikjl", matrices, matrices).reshape(r * r, r * r) / len(matrices)
    return int(np.linalg.matrix_rank(projector, tol=1e-8))


@names
def test_the_matrices_that_commute_with_sigma_have_the_dimension_kappa(name: str) -> None:
    for sigma in named(name).real_irreps:
        assert endomorphism_dimension(sigma) == sigma.kappa == {"R": 1, "C": 2, "H": 4}[sigma.type]


@names
def test_dimensions_add_up(name: str) -> None:
    G = named(name)
    assert sum(sigma.kappa * sigma.m**2 for sigma in G.real_irreps) == G.order
    assert all(sigma.m * sigma.kappa == sigma.r for sigma in G.real_irreps)
    members = [member for sigma in G.real_irreps for member in sigma.members]
    assert sorted(members) == list(range(len(G.irreps)))


@names
def test_entries_of_different_real_irreps_are_orthogonal(name: str) -> None:
    G = named(name)
    entries = [sigma.matrices.reshape(G.order, -1) for sigma in G.real_irreps]
    for index, one in enumerate(entries):
        for other in entries[:index]:
            assert np.abs(one.T @ other).max() < 1e-12


@names
def test_the_character_is_that_of_the_members(name: str) -> None:
    G = named(name)
    for sigma in G.real_irreps:
        times = 2 if sigma.type == "H" else 1
        members = times * sum(G.irreps[member].character for member in sigma.members)
        assert np.abs(np.trace(sigma.matrices, axis1=1, axis2=2) - members).max() < 1e-13
        assert np.abs(sigma.character - members).max() < 1e-13


@names
def test_names_are_unique_and_the_trivial_one_is_first(name: str) -> None:
    G = named(name)
    assert len({sigma.name for sigma in G.real_irreps}) == len(G.real_irreps)
    assert np.array_equal(G.real_irreps[0].matrices, np.ones((G.order, 1, 1)))


def test_of_an_abelian_group_they_are_the_modes() -> None:
    for name in ("Z12", "Z3xZ5"):
        G = named(name)
        assert tuple(sigma.name for sigma in G.real_irreps[1:]) == mode_basis(G).labels
        assert [sigma.type == "R" for sigma in G.real_irreps[1:]] == mode_basis(G).is_real.tolist()
    turn = named("Z12").real_irreps[1].matrices[1]
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    assert np.abs(turn - [[c, -s], [s, c]]).max() < 1e-15


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Q8", [("1", "R", 1, 1), ("1a", "R", 1, 1), ("1b", "R", 1, 1), ("1c", "R", 1, 1), ("2", "H", 1, 4)]),
        ("F21", [("1", "R", 1, 1), ("1a", "C", 1, 2), ("3", "C", 3, 6)]),
        ("A4", [("1", "R", 1, 1), ("1a", "C", 1, 2), ("3", "R", 3, 3)]),
    ],
)
def test_known_groups_have_the_known_real_irreps(
    name: str, expected: list[tuple[str, str, int, int]]
) -> None:
    assert [(s.name, s.type, s.m, s.r) for s in named(name).real_irreps] == expected


def test_the_quaternionic_irrep_with_m_two_is_there() -> None:
    assert ("H", 2, 8, 4) in {(s.type, s.m, s.r, s.kappa) for s in named("Q8xS3").real_irreps}


def test_another_seed_is_another_basis_of_the_same() -> None:
    G = named("S4")
    one, other = find_real_irreps(G)[3], find_real_irreps(G, seed=1)[3]
    assert np.abs(one.character - other.character).max() < 1e-13
    assert np.abs(one.matrices - other.matrices).max() > 0.01


def test_matrices_are_read_only() -> None:
    for sigma in named("Q8").real_irreps:
        for array in (sigma.matrices, sigma.character):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 2


def test_a_reducible_sum_has_more_endomorphisms() -> None:
    pair = named("S4").real_irreps[3]
    twice = np.kron(np.eye(2), pair.matrices)
    assert endomorphism_dimension(RealIrrep("twice", "R", (3,), twice.astype(complex))) == 4
