"""Laws of groups, characters and modes for random orders, products and numberings."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odekit.errors import InputError
from odekit.groups import (
    FiniteGroup,
    character_exponents,
    characters,
    conjugate_characters,
    cyclic,
    dicyclic,
    dihedral,
    dual_group,
    find_irreps,
    fourier_transform,
    from_modes,
    from_table,
    inverse_fourier_transform,
    mean_mode,
    mode_basis,
    product,
    semidirect,
    to_modes,
    wrap_phase,
)

EPS = np.finfo(float).eps
seeds = st.integers(0, 2**32 - 1)
factor_lists = st.lists(st.integers(1, 12), min_size=1, max_size=4).filter(lambda f: math.prod(f) <= 96)


def renumbered(G: FiniteGroup, seed: int) -> FiniteGroup:
    number = np.random.default_rng(seed).permutation(G.order)
    table = np.empty_like(G.table)
    table[np.ix_(number, number)] = number[G.table]
    return from_table(table)


products = factor_lists.map(lambda factors: product(*map(cyclic, factors)))
abelian_groups = st.one_of(products, st.builds(renumbered, products, seeds))


@given(abelian_groups)
@settings(max_examples=60, deadline=None)
def test_characters_are_all_the_homomorphisms_to_the_circle(G: FiniteGroup) -> None:
    exponents, e = character_exponents(G)
    assert e == math.lcm(*G.element_orders.tolist())
    assert len({row.tobytes() for row in exponents}) == G.order
    products_of_values = (exponents[:, :, None] + exponents[:, None, :]) % e
    assert np.array_equal(exponents[:, G.table], products_of_values)


@given(abelian_groups)
@settings(max_examples=40, deadline=None)
def test_the_dual_group_is_isomorphic_and_its_inverses_are_conjugates(G: FiniteGroup) -> None:
    dual = dual_group(G)
    exponents, e = character_exponents(G)
    assert np.array_equal(exponents[dual.table], (exponents[:, None] + exponents) % e)
    # Finite Abelian groups with equally many elements of each order are isomorphic.
    assert sorted(dual.element_orders) == sorted(G.element_orders)
    assert np.array_equal(dual.inverse, conjugate_characters(G))


@given(factor_lists)
@settings(max_examples=40, deadline=None)
def test_a_product_has_the_products_of_characters_in_its_own_numbering(factors: list[int]) -> None:
    expected = np.ones((1, 1))
    for n in factors:
        expected = np.kron(expected, np.exp(2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n))
    # Each factor's argument is at most 2 pi 11^2/12, rounded to that many eps.
    assert np.abs(characters(product(*map(cyclic, factors))) - expected).max() < 400 * len(factors) * EPS


@given(abelian_groups, seeds)
@settings(max_examples=60, deadline=None)
def test_transforms_invert_and_preserve_inner_products(G: FiniteGroup, seed: int) -> None:
    parts = np.random.default_rng(seed).normal(size=(2, 2, G.order))
    f, h = parts[0] + 1j * parts[1]
    fhat, hhat = fourier_transform(f, G), fourier_transform(h, G)
    bound = 16 * G.order * EPS * max(1.0, np.linalg.norm(f) * max(1.0, np.linalg.norm(h)))
    assert np.abs(inverse_fourier_transform(fhat, G) - f).max() < bound
    assert abs(np.vdot(hhat, fhat) / G.order - np.vdot(h, f)) < bound


@given(abelian_groups, seeds)
@settings(max_examples=60, deadline=None)
def test_weights_are_their_mean_plus_the_real_parts_of_their_modes(G: FiniteGroup, seed: int) -> None:
    w = np.random.default_rng(seed).normal(size=(3, G.order))
    u, basis = to_modes(w, G), mode_basis(G)
    direct = mean_mode(w)[:, None] + (u @ characters(G)[basis.characters]).real
    assert np.abs(direct - w).max() < 16 * G.order * EPS
    assert np.abs(from_modes(u, G, mean_mode(w)) - w).max() < 16 * G.order * EPS
    assert not u.imag[:, basis.is_real].any()


@given(abelian_groups, seeds)
@settings(max_examples=60, deadline=None)
def test_a_translation_of_the_weights_turns_each_mode_by_its_character(G: FiniteGroup, seed: int) -> None:
    w = np.random.default_rng(seed).normal(size=G.order)
    shift = seed % G.order
    turned = to_modes(w, G) * characters(G)[mode_basis(G).characters, shift]
    assert np.abs(to_modes(w[G.table[shift]], G) - turned).max(initial=0.0) < 16 * G.order * EPS


@given(products.filter(lambda G: G.order > 2), seeds)
@settings(max_examples=60, deadline=None)
def test_a_table_with_two_columns_exchanged_is_no_group(G: FiniteGroup, seed: int) -> None:
    table = renumbered(G, seed).table.copy()
    first, second = np.random.default_rng(seed).choice(G.order, size=2, replace=False)
    table[:, [first, second]] = table[:, [second, first]]
    with pytest.raises(InputError, match=r"has no identity|isn't associative"):
        from_table(table)


@given(st.floats(-1e6, 1e6))
def test_a_wrapped_phase_is_the_same_direction_in_the_half_open_turn(phase: float) -> None:
    wrapped = float(wrap_phase(phase))
    assert -math.pi < wrapped <= math.pi
    # 2 pi times the number of turns is rounded at the size of the phase.
    assert abs(math.remainder(wrapped - phase, 2 * math.pi)) < 4 * EPS * (abs(phase) + 4)


actions = [(n, m, k) for n in range(2, 14) for m in range(2, 7) for k in range(2, n) if pow(k, m, n) == 1]
twisted_groups = st.one_of(
    st.builds(dihedral, st.integers(3, 12)),
    st.builds(dicyclic, st.integers(2, 8)),
    st.sampled_from(actions).map(lambda action: semidirect(*action)),
)
small_products = st.builds(product, twisted_groups, st.builds(cyclic, st.integers(1, 3)))


@pytest.mark.slow
@given(small_products, seeds, seeds)
@settings(max_examples=40, deadline=None)
def test_irreps_of_any_table_from_any_seed_are_orthonormal_homomorphisms(
    named: FiniteGroup, numbering: int, seed: int
) -> None:
    G = renumbered(named, numbering)
    irreps = find_irreps(G, seed=seed)
    entries = [np.sqrt(rho.dimension / G.order) * rho.matrices.reshape(G.order, -1) for rho in irreps]
    basis = np.concatenate(entries, axis=1)
    assert basis.shape == (G.order, G.order)
    # Some thousand eps, for eigenvalues that come near each other.
    assert np.abs(basis.conj().T @ basis - np.eye(G.order)).max() < 1e-12
    for rho in irreps:
        assert np.abs(rho.matrices[:, None] @ rho.matrices - rho.matrices[G.table]).max() < 1e-12
