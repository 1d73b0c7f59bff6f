"""Given matrices: what passes, what is reported in words, and the published matrices."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import FiniteGroup, check_representation, from_table, group, load_table, symmetric


def standard() -> np.ndarray:
    """The two-dimensional irrep of S3, typed in: elements e, (23), (12), (123), (132), (13)."""
    c, s = -0.5, 0.75**0.5
    turn, mirror = np.array([[c, -s], [s, c]]), np.diag([1.0, -1.0])
    rotations = {"e": np.eye(2), "(123)": turn, "(132)": turn @ turn}
    first = {"(23)": mirror, "(12)": turn @ mirror, "(13)": turn @ turn @ mirror}
    both = rotations | first
    return np.array([both[label] for label in symmetric(3).labels])


def test_typed_in_matrices_of_the_triangle_pass() -> None:
    check = check_representation(standard(), symmetric(3))
    assert check.passes
    assert str(check) == "this is a unitary representation"
    assert max(check.homomorphism_error, check.unitarity_error, check.identity_error) < 1e-15
    assert check.anti_homomorphism_error > 1


def test_their_transposes_are_said_to_be_an_anti_homomorphism() -> None:
    check = check_representation(standard().transpose(0, 2, 1), symmetric(3))
    assert (check.passes, check.is_homomorphism, check.is_anti_homomorphism, check.is_unitary) == (
        False,
        False,
        True,
        True,
    )
    assert check.message == (
        "this is an anti-homomorphism: it represents the opposite group; "
        "transpose the matrices or use those of g^-1"
    )
    G = symmetric(3)
    assert check_representation(standard().transpose(0, 2, 1), from_table(G.table.T)).passes
    assert check_representation(standard().transpose(0, 2, 1)[G.inverse], G).passes


def test_a_sign_that_is_wrong_is_no_homomorphism_and_the_pair_is_a_real_one() -> None:
    G = symmetric(3)
    broken = standard()
    broken[4] *= -1
    check = check_representation(broken, G)
    assert not check.passes
    found = re.search(r"misses rho\(g h\) by 2 at g = (.+), h = (.+)", check.message)
    assert found is not None
    g, h = (G.labels.index(label) for label in found.groups())
    assert np.abs(broken[g] @ broken[h] - broken[G.table[g, h]]).max() > 1


def test_other_faults_are_named() -> None:
    G = symmetric(3)
    change = np.array([[1.0, 1.0], [0.0, 1.0]])
    skew = change @ standard() @ np.linalg.inv(change)
    check = check_representation(skew, G)
    assert check.is_homomorphism
    assert not check.passes
    assert "the matrices aren't unitary: rho(g) rho(g)^* misses 1 by" in check.message
    zero = check_representation(np.zeros((6, 2, 2)), G)
    assert zero.message.startswith("the identity's matrix misses the unit matrix by 1; the matrices aren't")
    assert not check_representation(1.001 * standard(), G).passes


def test_the_tolerance_decides() -> None:
    near = standard() + 1e-6
    assert not check_representation(near, symmetric(3)).passes
    assert check_representation(near, symmetric(3), tolerance=1e-5).passes


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_passes_nothing(value: float) -> None:
    broken = standard()
    broken[2, 0, 0] = value
    check = check_representation(broken, symmetric(3))
    assert not check.passes
    assert not check.is_anti_homomorphism
    assert not check.is_unitary
    assert "this is no homomorphism" in check.message


def test_all_own_irreps_pass_and_their_transposes_only_if_commutative() -> None:
    for name in ("Q8", "A4", "F21", "Z6"):
        G = group(name)
        assert isinstance(G, FiniteGroup)
        for irrep in G.irreps:
            assert check_representation(irrep.matrices, G).passes
            reverse = check_representation(irrep.matrices.transpose(0, 2, 1), G)
            assert reverse.passes == (irrep.dimension == 1)
            assert reverse.is_anti_homomorphism == (irrep.dimension > 1)


@pytest.mark.parametrize(
    ("matrices", "received"),
    [
        (np.zeros((5, 2, 2)), r"float64 of shape \(5, 2, 2\)"),
        (np.zeros((6, 2, 3)), r"\(6, 2, 3\)"),
        (np.zeros((6, 0, 0)), r"\(6, 0, 0\)"),
        (np.zeros(6), r"\(6,\)"),
        (np.full((6, 1, 1), "1"), "<U1"),
    ],
)
def test_what_is_not_a_matrix_for_each_element_is_refused(matrices: np.ndarray, received: str) -> None:
    with pytest.raises(
        InputError, match=rf"matrices for the elements of S3.*numbers of shape \(6, d, d\).*{received}"
    ):
        check_representation(matrices, symmetric(3))


@pytest.mark.reference
@pytest.mark.parametrize("name", ["S3", "A4", "F21"])
def test_published_matrices_pass_except_those_of_the_triangle(reference: Path, name: str) -> None:
    G = load_table(reference / f"{name}_irreps.npz")
    with np.load(reference / f"{name}_irreps.npz") as archive:
        checks = {
            key: check_representation(archive[key], G) for key in archive.files if key.startswith("rho_")
        }
    failed = {key for key, check in checks.items() if not check.passes}
    assert failed == ({"rho_[2,1]"} if name == "S3" else set())
    for key in failed:
        assert checks[key].message.startswith(
            "this is an anti-homomorphism: it represents the opposite group"
        )


@pytest.mark.reference
@pytest.mark.parametrize("name", ["A4", "F21"])
def test_published_irreps_have_the_characters_found_here(reference: Path, name: str) -> None:
    G = load_table(reference / f"{name}_irreps.npz")
    with np.load(reference / f"{name}_irreps.npz") as archive:
        published = [archive[key] for key in archive.files if key.startswith("rho_")]
    given = np.array([np.trace(matrices, axis1=1, axis2=2) for matrices in published])
    found = np.array([irrep.character for irrep in G.irreps])
    products = np.abs(given.conj() @ found.T) / G.order
    assert np.array_equal(np.rint(products).sum(axis=0), np.ones(len(found)))
    assert np.abs(products - np.rint(products)).max() < 1e-12
