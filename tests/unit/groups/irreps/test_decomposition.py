"""Irreps of any group against the laws that define them, exact matrices by induction, and known counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from odekit.errors import InputError, OdekitError
from odekit.groups import (
    FiniteGroup,
    Irrep,
    character_labels,
    characters,
    conjugacy_classes,
    conjugate_characters,
    dicyclic,
    dihedral,
    find_irreps,
    frobenius,
    from_table,
    group,
    product,
    symmetric,
)
from odekit.groups.irreps.invariant_subspaces import InvariantSubspace, find_invariant_subspaces

TOLERANCE = 1e-13  # a few hundred eps: products of unitary matrices from well separated eigenspaces
NAMES = [
    "S3",
    "D4",
    "D5",
    "Q8",
    "Q16",
    "Dic3",
    "A4",
    "F20",
    "F21",
    "S4",
    "Z9:Z3",
    "A5",
    "Q8xS3",
    "S5",
    "A4xZ3",
]


def named(name: str) -> FiniteGroup:
    G = group(name)
    assert isinstance(G, FiniteGroup)
    return G


def renumbered(G: FiniteGroup, seed: int) -> tuple[FiniteGroup, np.ndarray]:
    number = np.random.default_rng(seed).permutation(G.order)
    table = np.empty_like(G.table)
    table[np.ix_(number, number)] = number[G.table]
    return from_table(table, f"{G.name}, renumbered"), number


GROUPS = [named(name) for name in NAMES]
GROUPS += [renumbered(named(name), seed)[0] for seed, name in enumerate(["D4", "Dic3", "F21", "S4", "Q8xS3"])]
GROUPS += [named("Z1"), named("Z2"), named("Z12"), named("Z3xZ5"), renumbered(named("Z2xZ4"), 9)[0]]
groups = pytest.mark.parametrize("G", GROUPS, ids=lambda G: G.name)


@groups
def test_matrices_are_unitary_homomorphisms_in_every_product(G: FiniteGroup) -> None:
    for irrep in G.irreps:
        rho, d = irrep.matrices, irrep.dimension
        assert rho.shape == (G.order, d, d)
        assert np.array_equal(rho[G.identity], np.eye(d))
        assert np.abs(rho @ rho.conj().transpose(0, 2, 1) - np.eye(d)).max() < TOLERANCE
        for g in range(G.order):
            assert np.abs(rho[g] @ rho - rho[G.table[g]]).max() < TOLERANCE


@groups
def test_matrix_entries_are_orthogonal_by_schur(G: FiniteGroup) -> None:
    entries = np.concatenate(
        [np.sqrt(irrep.dimension) * irrep.matrices.reshape(G.order, -1) for irrep in G.irreps], axis=1
    )
    assert entries.shape == (G.order, G.order)
    assert np.abs(entries.conj().T @ entries / G.order - np.eye(G.order)).max() < TOLERANCE


@groups
def test_there_are_as_many_irreps_as_classes_and_their_squares_add_up(G: FiniteGroup) -> None:
    assert len(G.irreps) == len(conjugacy_classes(G))
    assert sum(irrep.dimension**2 for irrep in G.irreps) == G.order


@groups
def test_the_conjugate_irrep_has_exactly_the_conjugate_matrices(G: FiniteGroup) -> None:
    for index, irrep in enumerate(G.irreps):
        assert G.irreps[irrep.conjugate].conjugate == index
        assert (irrep.conjugate == index) == (irrep.type != "C")
        if irrep.type == "C":
            assert np.array_equal(G.irreps[irrep.conjugate].matrices, irrep.matrices.conj())
        if irrep.type == "R":
            assert not irrep.matrices.imag.any()


@groups
def test_types_agree_with_the_sum_of_characters_of_squares(G: FiniteGroup) -> None:
    for irrep in G.irreps:
        indicator = sum(np.trace(irrep.matrices[G.table[g, g]]) for g in range(G.order)) / G.order
        assert abs(indicator - {"R": 1, "C": 0, "H": -1}[irrep.type]) < TOLERANCE


@groups
def test_the_trivial_one_is_first_and_names_are_unique(G: FiniteGroup) -> None:
    assert np.array_equal(G.irreps[0].matrices, np.ones((G.order, 1, 1)))
    dimensions = [irrep.dimension for irrep in G.irreps]
    assert dimensions == sorted(dimensions)
    assert len({irrep.name for irrep in G.irreps}) == len(G.irreps)
    for irrep in G.irreps:
        if not G.is_abelian:
            assert irrep.name.startswith(f"{irrep.dimension}")


@groups
def test_irreps_of_dimension_one_are_exact_roots_of_unity(G: FiniteGroup) -> None:
    for irrep in G.irreps:
        if irrep.dimension == 1:
            values = irrep.matrices[:, 0, 0]
            assert irrep.type == "C" or set(values.tolist()) <= {1, -1}
            assert np.abs(values**G.exponent - 1).max() < G.exponent * 1e-15


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("S3", "1R 1R 2R"),
        ("D4", "1R 1R 1R 1R 2R"),
        ("Q8", "1R 1R 1R 1R 2H"),
        ("Dic3", "1R 1R 1C 1C 2R 2H"),
        ("A4", "1R 1C 1C 3R"),
        ("F21", "1R 1C 1C 3C 3C"),
        ("F20", "1R 1R 1C 1C 4R"),
        ("S4", "1R 1R 2R 3R 3R"),
        ("A5", "1R 3R 3R 4R 5R"),
        ("S5", "1R 1R 4R 4R 5R 5R 6R"),
        ("Q8xS3", "1R 1R 1R 1R 1R 1R 1R 1R 2R 2R 2R 2R 2H 2H 4H"),
    ],
)
def test_dimensions_and_types_are_the_known_ones(name: str, kinds: str) -> None:
    assert " ".join(f"{irrep.dimension}{irrep.type}" for irrep in named(name).irreps) == kinds


def test_names_mark_conjugates_and_give_letters_only_where_needed() -> None:
    names = {
        name: " ".join(irrep.name for irrep in named(name).irreps) for name in ("F21", "S4", "F20", "Q8")
    }
    assert names["F21"] == "1 1a 1a* 3 3*"
    assert names["S4"] == "1 1a 2 3a 3b"
    assert names["F20"] == "1 1a 1b 1b* 4"
    assert names["Q8"] == "1 1a 1b 1c 2"
    many = [irrep.name for irrep in dihedral(60).irreps if irrep.dimension == 2]
    assert (many[0], many[25], many[26], many[28]) == ("2a", "2z", "2aa", "2ac")


@pytest.mark.parametrize("name", ["Z1", "Z5", "Z12", "Z3xZ5", "Z2xZ4"])
def test_an_abelian_group_has_its_exact_characters_in_their_order(name: str) -> None:
    G = named(name)
    assert np.array_equal(np.stack([irrep.matrices[:, 0, 0] for irrep in G.irreps]), characters(G))
    assert tuple(irrep.name for irrep in G.irreps) == character_labels(G)
    assert [irrep.conjugate for irrep in G.irreps] == conjugate_characters(G).tolist()


def induced_from_cyclic(G: FiniteGroup, a: int, eigenvalue: complex) -> np.ndarray:
    """Induce the character a -> eigenvalue of the subgroup of powers of a: exact monomial matrices."""
    powers = [G.identity]
    while (following := int(G.table[powers[-1], a])) != G.identity:
        powers.append(following)
    exponent = {element: k for k, element in enumerate(powers)}
    cosets: list[int] = []
    for g in range(G.order):
        if all(int(G.table[G.inverse[t], g]) not in exponent for t in cosets):
            cosets.append(g)
    matrices = np.zeros((G.order, len(cosets), len(cosets)), dtype=complex)
    for g in range(G.order):
        for column, t in enumerate(cosets):
            moved = int(G.table[g, t])
            for row, s in enumerate(cosets):
                inside = int(G.table[G.inverse[s], moved])
                if inside in exponent:
                    matrices[g, row, column] = eigenvalue ** exponent[inside]
    return matrices


def intertwiner(G: FiniteGroup, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Average a random matrix to T with one(g) T = T other(g); it vanishes unless both are equivalent."""
    start = np.random.default_rng(5).standard_normal((one.shape[1], other.shape[1]))
    averaged = (one @ start @ other.conj().transpose(0, 2, 1)).mean(axis=0)
    size = np.linalg.norm(averaged) / np.sqrt(other.shape[1])
    return averaged / size if size > 1e-12 else averaged


@pytest.mark.parametrize(
    ("G", "order_of_a"),
    [
        (symmetric(3), 3),
        (dihedral(4), 4),
        (dicyclic(2), 4),
        (dicyclic(3), 6),
        (frobenius(7, 3), 7),
        (dihedral(9), 9),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_exact_monomial_matrices_are_equivalent_to_one_irrep_each(G: FiniteGroup, order_of_a: int) -> None:
    a = int(np.flatnonzero(G.element_orders == order_of_a)[0])
    hit: Counter[str] = Counter()
    for k in range(1, order_of_a):
        exact = induced_from_cyclic(G, a, np.exp(2j * np.pi * k / order_of_a))
        overlap = [
            np.vdot(irrep.character, np.trace(exact, axis1=1, axis2=2)) / G.order for irrep in G.irreps
        ]
        assert np.abs(np.array(overlap) - np.rint(np.real(overlap))).max() < TOLERANCE
        if round(sum(abs(value) ** 2 for value in overlap)) > 1:
            continue  # reducible, for example at k = n/2
        irrep = G.irreps[int(np.argmax(np.abs(overlap)))]
        T = intertwiner(G, irrep.matrices, exact)
        assert np.abs(T @ T.conj().T - np.eye(irrep.dimension)).max() < 100 * TOLERANCE
        assert np.abs(irrep.matrices @ T - T @ exact).max() < 100 * TOLERANCE
        hit[irrep.name] += 1
    assert set(hit) == {irrep.name for irrep in G.irreps if irrep.dimension == len(exact[0])}


def standard_of_permutations(points: int) -> np.ndarray:
    """Permutation matrices on the vectors that sum to zero."""
    basis = np.linalg.svd(np.eye(points) - 1 / points)[0][:, : points - 1]
    return np.array([basis.T @ np.eye(points)[:, list(s)] @ basis for s in permutations(range(points))])


@pytest.mark.parametrize("points", [3, 4, 5])
def test_the_standard_representation_of_permutations_is_among_the_irreps(points: int) -> None:
    G = symmetric(points)
    standard = standard_of_permutations(points)
    for g in range(G.order):
        assert np.abs(standard[g] @ standard - standard[G.table[g]]).max() < TOLERANCE
    sizes = [
        float(np.linalg.norm(intertwiner(G, irrep.matrices, standard)))
        for irrep in G.irreps
        if irrep.dimension == points - 1
    ]
    assert sum(size > 0.5 for size in sizes) == 1
    assert sum(size < TOLERANCE for size in sizes) == len(sizes) - 1


def test_a_product_has_the_products_of_irreps() -> None:
    Q8, S3 = dicyclic(2), symmetric(3)
    G = product(Q8, S3)
    found = {tuple(np.round(irrep.character, 9).tolist()) for irrep in G.irreps}
    expected = {
        tuple(np.round(np.outer(left.character, right.character).ravel(), 9).tolist())
        for left in Q8.irreps
        for right in S3.irreps
    }
    assert found == expected


@pytest.mark.parametrize("name", ["F21", "Dic3", "S4", "Q8xS3"])
def test_another_numbering_of_the_elements_permutes_the_characters(name: str) -> None:
    G = named(name)
    other, number = renumbered(G, 3)

    def rows(H: FiniteGroup, order: np.ndarray) -> list[tuple[str, list[complex]]]:
        values = [(irrep.type, (np.round(irrep.character[order], 9) + 0.0).tolist()) for irrep in H.irreps]
        return sorted(values, key=str)

    assert rows(G, np.arange(G.order)) == rows(other, number)


@pytest.mark.parametrize("name", ["S4", "F21", "Q8xS3", "A5"])
def test_the_same_seed_gives_the_same_matrices_and_any_seed_the_same_names(name: str) -> None:
    first, again, other = (find_irreps(_fresh(name), seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a.matrices, b.matrices) for a, b in zip(first, again, strict=True))
    assert first is not again
    assert [irrep.name for irrep in first] == [irrep.name for irrep in other]
    assert max(np.abs(a.character - b.character).max() for a, b in zip(first, other, strict=True)) < 1e-13
    assert any(np.abs(a.matrices - b.matrices).max() > 0.01 for a, b in zip(first, other, strict=True))


_made: list[int] = []


def _fresh(name: str) -> FiniteGroup:
    """Make a group under a name of its own, so that nothing about it is remembered."""
    _made.append(0)
    return from_table(named(name).table, f"{name} number {len(_made)}")


def test_the_result_is_kept_for_equal_groups_and_other_seeds_apart() -> None:
    G = symmetric(4)
    assert G.irreps is find_irreps(G) is symmetric(4).irreps
    assert find_irreps(G, seed=3) is not G.irreps
    assert find_irreps(G, seed=3) is find_irreps(G, seed=3)


def test_arrays_are_read_only() -> None:
    for irrep in (*named("F21").irreps, *named("Z5").irreps):
        for array in (irrep.matrices, irrep.character):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 2


def test_a_large_group_is_refused_with_its_cost_unless_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odekit.groups.irreps.decomposition.LARGEST_ORDER_OF_IRREPS", 20)
    G = _fresh("S4")
    complaint = r"take long to find.*order at most 20.*order 24: some \d+ s or more, and \d+ MiB.*force=True"
    with pytest.raises(InputError, match=complaint):
        _ = G.irreps
    assert len(find_irreps(G, force=True)) == 5
    assert len(G.irreps) == 5


@pytest.mark.parametrize("failures", [1, 4, 5])
def test_a_draw_in_which_eigenvalues_meet_is_followed_by_another(
    monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    draws: list[int] = []

    def fails_at_first(G: FiniteGroup, rng: np.random.Generator) -> list[InvariantSubspace]:
        draws.append(0)
        return [] if len(draws) <= failures else find_invariant_subspaces(G, rng)

    monkeypatch.setattr("odekit.groups.irreps.decomposition.find_invariant_subspaces", fails_at_first)
    G = _fresh("A4")
    if failures < 5:
        assert [irrep.dimension for irrep in G.irreps] == [1, 1, 1, 3]
    else:
        with pytest.raises(OdekitError, match=r"irreps of A4 number .* couldn't be told apart.*another seed"):
            find_irreps(G)
    assert len(draws) == min(failures + 1, 5)


def test_an_abelian_group_above_the_limit_needs_no_force() -> None:
    irreps = named("Z1201").irreps
    assert (len(irreps), irreps[1].type) == (1201, "C")


def test_a_symbolic_order_has_no_irreps() -> None:
    with pytest.raises(InputError, match=r"irreps need a group of known order.*Zp"):
        find_irreps(group("Zp"))  # type: ignore[arg-type]


def test_an_irrep_says_what_it_is_without_its_matrices() -> None:
    assert repr(named("S3").irreps[2]) == "Irrep(name='2', type='R', conjugate=2)"


def broken(change: Callable[[np.ndarray], None]) -> float:
    """Return the error that the check of products finds after a change to good matrices."""
    G = symmetric(4)
    rho = np.array(G.irreps[3].matrices)
    change(rho)
    return float(max(np.abs(rho[g] @ rho - rho[G.table[g]]).max() for g in range(G.order)))


def test_the_check_of_products_sees_small_changes() -> None:
    def tilt(rho: np.ndarray) -> None:
        rho[5] *= np.exp(1e-9j)

    def swap(rho: np.ndarray) -> None:
        rho[[3, 4]] = rho[[4, 3]]

    assert broken(lambda rho: None) < TOLERANCE
    assert broken(tilt) > 1e3 * TOLERANCE
    assert broken(swap) > 0.1
    assert isinstance(symmetric(4).irreps[0], Irrep)
