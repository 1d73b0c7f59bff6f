"""Character tables against published ones, typed in by class, and their orthogonality."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import OdekitError
from odekit.groups import (
    FiniteGroup,
    Irrep,
    character_table,
    characters,
    conjugacy_classes,
    eigenvalue_multiplicities,
    frobenius_schur_indicators,
    group,
)
from odekit.groups.irreps.character_tables import _multiplicities

PHI, PSI = (1 + 5**0.5) / 2, (1 - 5**0.5) / 2
W = (-1 + 1j * 3**0.5) / 2
B = (-1 + 1j * 7**0.5) / 2

# Rows by irrep; columns by the elements in the first row, in these groups' labels. Serre, Linear
# Representations of Finite Groups, chapter 5, for S3, D4, Q8, A4, S4; the ATLAS of Finite Groups for A5, S5.
PUBLISHED: dict[str, tuple[list[str], list[list[complex]]]] = {
    "S3": (["e", "(12)", "(123)"], [[1, 1, 1], [1, -1, 1], [2, 0, -1]]),
    "D4": (
        ["e", "r2", "r", "s", "rs"],
        [[1, 1, 1, 1, 1], [1, 1, 1, -1, -1], [1, 1, -1, 1, -1], [1, 1, -1, -1, 1], [2, -2, 0, 0, 0]],
    ),
    "Q8": (
        ["1", "-1", "i", "j", "k"],
        [[1, 1, 1, 1, 1], [1, 1, 1, -1, -1], [1, 1, -1, 1, -1], [1, 1, -1, -1, 1], [2, -2, 0, 0, 0]],
    ),
    "A4": (
        ["e", "(12)(34)", "(123)", "(132)"],
        [[1, 1, 1, 1], [1, 1, W, W.conjugate()], [1, 1, W.conjugate(), W], [3, -1, 0, 0]],
    ),
    "S4": (
        ["e", "(12)", "(12)(34)", "(123)", "(1234)"],
        [[1, 1, 1, 1, 1], [1, -1, 1, 1, -1], [2, 0, 2, -1, 0], [3, 1, -1, 0, -1], [3, -1, -1, 0, 1]],
    ),
    "A5": (
        ["e", "(12)(34)", "(123)", "(12345)", "(12354)"],
        [[1, 1, 1, 1, 1], [3, -1, 0, PHI, PSI], [3, -1, 0, PSI, PHI], [4, 0, 1, -1, -1], [5, 1, -1, 0, 0]],
    ),
    "S5": (
        ["e", "(12)", "(12)(34)", "(123)", "(123)(45)", "(1234)", "(12345)"],
        [
            [1, 1, 1, 1, 1, 1, 1],
            [1, -1, 1, 1, -1, -1, 1],
            [4, 2, 0, 1, -1, 0, -1],
            [4, -2, 0, 1, 1, 0, -1],
            [5, 1, 1, -1, 1, -1, 0],
            [5, -1, 1, -1, -1, 1, 0],
            [6, 0, -2, 0, 0, 0, 1],
        ],
    ),
    "F21": (
        ["e", "a", "a3", "b", "b2"],
        [
            [1, 1, 1, 1, 1],
            [1, 1, 1, W, W.conjugate()],
            [1, 1, 1, W.conjugate(), W],
            [3, B, B.conjugate(), 0, 0],
            [3, B.conjugate(), B, 0, 0],
        ],
    ),
}
NAMES = [*PUBLISHED, "Dic3", "Q8xS3", "Z9:Z3", "F20", "Z6", "Z1"]


def named(name: str) -> FiniteGroup:
    G = group(name)
    assert isinstance(G, FiniteGroup)
    return G


def rounded_rows(table: np.ndarray) -> list[str]:
    return sorted(str((np.round(row, 12) + 0.0).tolist()) for row in np.asarray(table, dtype=complex))


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_table_is_the_published_one(name: str) -> None:
    G = named(name)
    labels, rows = PUBLISHED[name]
    column = {int(g): number for number, members in enumerate(conjugacy_classes(G)) for g in members}
    columns = [column[G.labels.index(label)] for label in labels]
    assert sorted(columns) == list(range(len(labels)))
    assert rounded_rows(character_table(G)[:, columns]) == rounded_rows(np.array(rows))


@pytest.mark.parametrize("name", NAMES)
def test_rows_and_columns_are_orthogonal(name: str) -> None:
    G = named(name)
    table = character_table(G)
    sizes = np.array([members.size for members in conjugacy_classes(G)])
    assert np.abs((table * sizes) @ table.conj().T - G.order * np.eye(len(sizes))).max() < 1e-12
    assert np.abs(table.conj().T @ table - np.diag(G.order / sizes)).max() < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_entries_are_the_traces_and_the_borders_are_exact(name: str) -> None:
    G = named(name)
    table = character_table(G)
    for row, irrep in zip(table, G.irreps, strict=True):
        for value, members in zip(row, conjugacy_classes(G), strict=True):
            assert np.abs(irrep.character[members] - value).max() < 1e-13
    assert table[:, 0].tolist() == [irrep.dimension for irrep in G.irreps]
    assert table[0].tolist() == [1] * len(table)


def test_rational_characters_are_exact_integers() -> None:
    table = character_table(named("S5"))
    assert np.array_equal(table, np.rint(table.real))


def test_the_table_of_an_abelian_group_is_its_characters() -> None:
    assert np.abs(character_table(named("Z6")) - characters(named("Z6"))).max() < 1e-15


@pytest.mark.parametrize("name", NAMES)
def test_multiplicities_of_eigenvalues_are_those_of_the_matrices(name: str) -> None:
    G = named(name)
    for multiplicities, irrep in zip(eigenvalue_multiplicities(G), G.irreps, strict=True):
        assert multiplicities.sum(axis=1).tolist() == [irrep.dimension] * len(G.irreps)
        for counted, members in zip(multiplicities, conjugacy_classes(G), strict=True):
            angles = np.angle(np.linalg.eigvals(irrep.matrices[members[0]])) / (2 * np.pi)
            exponents = np.rint(angles * G.exponent).astype(int) % G.exponent
            assert np.array_equal(np.bincount(exponents, minlength=G.exponent), counted)


def test_the_regular_character_vanishes_exactly_off_the_identity() -> None:
    for name in ("S4", "A5", "S5", "Q8xS3"):
        G = named(name)
        table = character_table(G)
        regular = [irrep.dimension for irrep in G.irreps] @ table
        assert np.abs(regular - G.order * (np.arange(len(table)) == 0)).max() < 1e-13


@pytest.mark.parametrize("name", NAMES)
def test_indicators_are_those_of_the_types(name: str) -> None:
    G = named(name)
    expected = [{"R": 1, "C": 0, "H": -1}[irrep.type] for irrep in G.irreps]
    # Sums of n roots of unity in double precision.
    assert frobenius_schur_indicators(G, character_table(G)) == pytest.approx(expected, abs=1e-12)


def test_a_character_that_is_no_sum_of_roots_of_unity_is_refused() -> None:
    broken = Irrep("broken", np.full((2, 1, 1), 0.9 + 0j), "R", 0)
    with pytest.raises(OdekitError, match="isn't a sum of roots of unity"):
        _multiplicities(broken, np.array([[0, 1]]))
