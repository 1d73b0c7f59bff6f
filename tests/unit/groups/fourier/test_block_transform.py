"""The Fourier convention on any group against direct sums, convolutions and the Abelian transform."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import (
    FiniteGroup,
    fourier_transform,
    from_table,
    group,
    group_fourier,
    inverse_group_fourier,
)

NAMES = ["Z1", "Z6", "Z3xZ5", "S3", "D4", "Q8", "A4", "F21", "S4", "Q8xS3"]
names = pytest.mark.parametrize("name", NAMES)
ROUNDING = 1e-12  # sums of at most 48 terms of size 1, some hundreds of eps


def named(name: str) -> FiniteGroup:
    G = group(name)
    assert isinstance(G, FiniteGroup)
    return G


def random_function(G: FiniteGroup, seed: int, *batch: int) -> np.ndarray:
    parts = np.random.default_rng(seed).normal(size=(2, *batch, G.order))
    return parts[0] + 1j * parts[1]


@names
def test_a_block_is_the_sum_of_function_times_matrix(name: str) -> None:
    G = named(name)
    f = random_function(G, 1)
    for block, irrep in zip(group_fourier(f, G), G.irreps, strict=True):
        direct = sum(f[g] * irrep.matrices[g] for g in range(G.order))
        assert np.abs(block - direct).max() < ROUNDING


@names
def test_the_inverse_undoes_the_transform(name: str) -> None:
    G = named(name)
    f = random_function(G, 2, 2, 3)
    blocks = group_fourier(f, G)
    assert [block.shape for block in blocks] == [(2, 3, i.dimension, i.dimension) for i in G.irreps]
    assert np.abs(inverse_group_fourier(blocks, G) - f).max() < ROUNDING
    again = group_fourier(inverse_group_fourier(blocks, G), G)
    assert max(np.abs(a - b).max() for a, b in zip(again, blocks, strict=True)) < ROUNDING


@names
def test_the_inverse_is_the_sum_over_irreps(name: str) -> None:
    G = named(name)
    blocks = group_fourier(random_function(G, 3), G)
    f = inverse_group_fourier(blocks, G)
    for g in range(G.order):
        terms = [
            irrep.dimension * np.trace(irrep.matrices[g].conj().T @ block)
            for block, irrep in zip(blocks, G.irreps, strict=True)
        ]
        assert abs(f[g] - sum(terms) / G.order) < ROUNDING


@pytest.mark.parametrize("name", ["Z6", "Z3xZ5", "Z2xZ4"])
def test_on_an_abelian_group_it_is_the_transform_by_characters(name: str) -> None:
    for G in (named(name), from_table(named(name).table)):
        f = random_function(G, 4, 5)
        blocks = np.stack([block[:, 0, 0] for block in group_fourier(f, G)], axis=-1)
        assert np.array_equal(blocks, fourier_transform(f, G))


@names
def test_a_convolution_becomes_a_product_in_its_order(name: str) -> None:
    G = named(name)
    f, h = random_function(G, 5, 2)
    convolution = np.zeros(G.order, dtype=complex)
    for a in range(G.order):
        for b in range(G.order):
            convolution[G.table[a, b]] += f[a] * h[b]
    triples = list(zip(group_fourier(convolution, G), group_fourier(f, G), group_fourier(h, G), strict=True))
    assert max(np.abs(c - a @ b).max() for c, a, b in triples) < 50 * ROUNDING
    if not G.is_abelian:
        assert max(np.abs(c - b @ a).max() for c, a, b in triples) > 0.1


@names
def test_inner_products_agree_by_plancherel(name: str) -> None:
    G = named(name)
    f, h = random_function(G, 6, 3), random_function(G, 7, 3)
    direct = (f * h.conj()).sum(axis=-1)
    pairs = zip(group_fourier(f, G), group_fourier(h, G), strict=True)
    traces = (a.shape[-1] * (a * b.conj()).sum(axis=(-2, -1)) for a, b in pairs)
    by_plancherel = np.asarray(sum(traces)) / G.order
    assert by_plancherel.shape == (3,)
    assert np.abs(by_plancherel - direct).max() < 50 * ROUNDING


@names
def test_of_a_real_function_conjugate_irreps_have_conjugate_blocks(name: str) -> None:
    G = named(name)
    blocks = group_fourier(random_function(G, 8, 4).real, G)
    for block, irrep in zip(blocks, G.irreps, strict=True):
        assert np.abs(blocks[irrep.conjugate] - block.conj()).max() < ROUNDING or irrep.type == "H"
        if irrep.type == "R":
            assert np.abs(block.imag).max() < ROUNDING
    assert np.abs(inverse_group_fourier(blocks, G).imag).max() < ROUNDING


def test_translation_from_the_left_multiplies_from_the_left() -> None:
    G = named("F21")
    f, x = random_function(G, 9), 8
    moved = f[G.table[G.inverse[x]]]
    for block, before, irrep in zip(group_fourier(moved, G), group_fourier(f, G), G.irreps, strict=True):
        assert np.abs(block - irrep.matrices[x] @ before).max() < 10 * ROUNDING


def test_blocks_of_single_functions_and_of_batches_broadcast() -> None:
    G = named("S3")
    blocks = [np.zeros((1, 1)), np.zeros((4, 1, 1)), np.ones((2, 1, 2, 2))]
    assert inverse_group_fourier(blocks, G).shape == (2, 4, 6)
    Z2 = named("Z2")
    assert inverse_group_fourier([np.zeros((1, 1)), np.ones((3, 1, 1))], Z2).shape == (3, 2)


@pytest.mark.parametrize("name", ["Z6", "F21"])
def test_a_bad_row_spoils_no_other_row_and_warns_of_nothing(name: str) -> None:
    G = named(name)
    f = random_function(G, 10, 4)
    good = group_fourier(f[[0, 3]], G)
    f[1, 0], f[2, -1] = np.nan, np.inf
    for block, expected in zip(group_fourier(f, G), good, strict=True):
        assert np.abs(block[[0, 3]] - expected).max() < ROUNDING
        assert not np.isfinite(block[1:3]).all(axis=(1, 2)).any()
    assert np.isnan(inverse_group_fourier(group_fourier(f, G), G)[1:3]).all()


def test_a_wrong_shape_is_refused() -> None:
    G = named("S3")
    with pytest.raises(InputError, match=r"numbers of shape \(\.\.\., 6\).*shape \(2, 5\)"):
        group_fourier(np.zeros((2, 5)), G)
    with pytest.raises(InputError, match=r"blocks of a function on S3.*1 by 1, 1 by 1, 2 by 2.*nothing"):
        inverse_group_fourier([], G)
    with pytest.raises(InputError, match=r"Received: 1 by 1, 1 by 1, 3 by 3"):
        inverse_group_fourier([np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((3, 3))], G)
    with pytest.raises(InputError, match=r"Received: a number"):
        inverse_group_fourier([1.0], G)
