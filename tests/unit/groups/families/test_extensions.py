"""Semidirect products, dihedral, dicyclic and Frobenius groups against the things they are groups of."""

from __future__ import annotations

from itertools import product as pairs

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import FiniteGroup, cyclic, dicyclic, dihedral, frobenius, group, product, semidirect


def table_of_matrices(matrices: list[np.ndarray]) -> np.ndarray:
    """Multiply matrices by brute force and look the products up."""
    stack = np.array(matrices)
    products = stack[:, None] @ stack
    gaps = np.abs(products[:, :, None] - stack).max(axis=(3, 4))
    assert gaps.min(axis=2).max() < 1e-12
    return gaps.argmin(axis=2)


@pytest.mark.parametrize("n", [3, 4, 5, 8])
def test_a_dihedral_group_multiplies_like_rotations_and_reflections_of_the_plane(n: int) -> None:
    angles = 2 * np.pi * np.arange(n) / n
    rotations = [np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in angles]
    reflections = [rotation @ np.diag([1, -1]) for rotation in rotations]
    assert np.array_equal(dihedral(n).table, table_of_matrices(rotations + reflections))


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_a_dicyclic_group_multiplies_like_unit_quaternions(n: int) -> None:
    root = np.exp(1j * np.pi / n)
    a, b = np.diag([root, root.conj()]), np.array([[0, -1], [1, 0]])
    words = [
        np.linalg.matrix_power(a, i) @ np.linalg.matrix_power(b, j) for j in range(2) for i in range(2 * n)
    ]
    assert np.array_equal(dicyclic(n).table, table_of_matrices(words))


def test_the_quaternion_units_multiply_as_hamilton_wrote() -> None:
    Q8 = dicyclic(2)
    number = {label: index for index, label in enumerate(Q8.labels)}

    def times(*units: str) -> str:
        result = number["1"]
        for unit in units:
            result = Q8.table[result, number[unit]]
        return Q8.labels[result]

    assert {times("i", "i"), times("j", "j"), times("k", "k"), times("i", "j", "k")} == {"-1"}
    assert (times("i", "j"), times("j", "k"), times("k", "i"), times("j", "i")) == ("k", "i", "j", "-k")


@pytest.mark.parametrize(("p", "q", "k"), [(7, 3, 2), (5, 4, 2), (7, 6, 3), (3, 2, 2), (13, 4, 5)])
def test_a_frobenius_group_composes_affine_maps(p: int, q: int, k: int) -> None:
    maps = [(pow(k, j, p), t) for j in range(q) for t in range(p)]
    number = {affine: index for index, affine in enumerate(maps)}
    assert len(number) == p * q
    G = frobenius(p, q)
    for (c, t), (d, u) in pairs(maps, repeat=2):
        assert G.table[number[c, t], number[d, u]] == number[c * d % p, (c * u + t) % p]


def test_the_smallest_of_each_family_are_known_groups() -> None:
    assert np.array_equal(dihedral(1).table, cyclic(2).table)
    assert dihedral(2).is_abelian
    assert dihedral(2).exponent == 2
    assert dicyclic(1).element_orders.tolist() == cyclic(4).element_orders[[0, 2, 1, 3]].tolist()
    assert np.array_equal(dihedral(3).table, frobenius(3, 2).table)


def test_the_trivial_action_gives_the_direct_product() -> None:
    direct = product(cyclic(4), cyclic(3))  # (b, a) with a fastest
    assert np.array_equal(semidirect(3, 4, 1).table, direct.table)
    assert semidirect(1, 5, 1).order == 5


def test_words_are_labels() -> None:
    assert dihedral(3).labels == ("e", "r", "r2", "s", "rs", "r2s")
    assert frobenius(3, 2).labels == ("e", "a", "a2", "b", "ab", "a2b")


@pytest.mark.parametrize(
    "G", [dihedral(7), dicyclic(6), frobenius(11, 5), semidirect(8, 2, 3)], ids=lambda G: G.name
)
def test_the_relations_of_a_and_b_hold(G: FiniteGroup) -> None:
    names = ("r", "s") if "r" in G.labels else ("a", "b")
    a, b = (G.labels.index(name) for name in names)
    conjugated = G.table[G.table[b, a], G.inverse[b]]
    power = {"D7": 6, "Dic6": 11, "F55": 3, "Z8:Z2(3)": 3}[G.name]
    assert conjugated == power  # a^i has the index i


def test_what_is_no_group_is_refused() -> None:
    with pytest.raises(InputError, match=r"2 gives no action of Z3 on Z9.*for example 4.*2\^3 = 8 modulo 9"):
        semidirect(9, 3, 2)
    with pytest.raises(InputError, match=r"no Frobenius group Z9 : Z3.*p = 9, q = 3.*semidirect"):
        frobenius(9, 3)
    with pytest.raises(InputError, match="no Frobenius group Z7 : Z5"):
        frobenius(7, 5)
    for make in (dihedral, dicyclic):
        with pytest.raises(InputError, match="must be a whole number from 1"):
            make(0)
        with pytest.raises(InputError, match="order at most 4096"):
            make(5000)


def test_a_name_with_an_action_can_be_read_again() -> None:
    made = semidirect(15, 4, 2)
    assert group(made.name) == made
