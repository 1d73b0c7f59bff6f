"""The Fourier convention against direct sums over elements and against numpy's transform."""

from __future__ import annotations

import cmath

import numpy as np
import pytest

from odekit.errors import InputError, ReductionError
from odekit.groups import (
    FiniteGroup,
    characters,
    cyclic,
    fourier_transform,
    from_table,
    group,
    inverse_fourier_transform,
)

EPS = np.finfo(float).eps
GROUPS = [
    cyclic(1),
    cyclic(2),
    cyclic(23),
    group("Z3xZ5"),
    group("Z2xZ2xZ3"),
    from_table(cyclic(12).table, "Z12 by its table"),
]
groups = pytest.mark.parametrize("G", GROUPS, ids=lambda G: G.name)


def random_function(G: FiniteGroup, seed: int, *batch: int) -> np.ndarray:
    parts = np.random.default_rng(seed).normal(size=(2, *batch, G.order))
    return parts[0] + 1j * parts[1]


def rounding(f: np.ndarray) -> float:
    """Bound the error of a sum of n terms: n eps sum |f|, generously."""
    return 4 * f.shape[-1] * EPS * float(np.abs(f).sum(axis=-1).max())


@groups
def test_a_coefficient_is_the_sum_of_function_times_character(G: FiniteGroup) -> None:
    f = random_function(G, 1)
    table = characters(G)
    direct = [sum(f[g] * table[r, g] for g in range(G.order)) for r in range(G.order)]
    assert np.abs(fourier_transform(f, G) - direct).max() < rounding(f)


def test_the_sign_of_the_exponent_is_plus() -> None:
    f = random_function(cyclic(7), 2)
    direct = sum(f[j] * cmath.exp(2j * cmath.pi * 3 * j / 7) for j in range(7))
    assert abs(fourier_transform(f, cyclic(7))[3] - direct) < rounding(f)
    assert abs(np.fft.fft(f)[3] - direct) > 0.1


def test_on_a_cyclic_group_it_is_numpys_inverse_transform_times_n() -> None:
    f = random_function(cyclic(101), 3, 4)
    assert np.abs(fourier_transform(f, cyclic(101)) - 101 * np.fft.ifft(f)).max() < rounding(f)


def test_on_a_product_it_is_numpys_transform_of_the_grid() -> None:
    f = random_function(group("Z3xZ5"), 4)
    grid = 15 * np.fft.ifft2(f.reshape(3, 5))
    assert np.abs(fourier_transform(f, group("Z3xZ5")) - grid.ravel()).max() < rounding(f)


def test_a_table_gives_what_the_named_group_gives() -> None:
    for named in (cyclic(30), group("Z4xZ6")):
        f = random_function(named, 5, 3)
        by_table = fourier_transform(f, from_table(named.table))
        assert np.abs(fourier_transform(f, named) - by_table).max() < rounding(f)


@groups
def test_the_inverse_undoes_the_transform(G: FiniteGroup) -> None:
    f = random_function(G, 6, 2, 3)
    assert np.abs(inverse_fourier_transform(fourier_transform(f, G), G) - f).max() < rounding(f)
    assert np.abs(fourier_transform(inverse_fourier_transform(f, G), G) - f).max() < rounding(f)


@groups
def test_a_convolution_becomes_a_product(G: FiniteGroup) -> None:
    f, h = random_function(G, 7, 2)
    convolution = np.zeros(G.order, dtype=complex)
    for a in range(G.order):
        for b in range(G.order):
            convolution[G.table[a, b]] += f[a] * h[b]
    gap = fourier_transform(convolution, G) - fourier_transform(f, G) * fourier_transform(h, G)
    assert np.abs(gap).max() < rounding(f) * np.abs(h).sum()


@groups
def test_inner_products_agree_by_plancherel(G: FiniteGroup) -> None:
    f, h = random_function(G, 8, 3), random_function(G, 9, 3)
    direct = (f * h.conj()).sum(axis=-1)
    by_plancherel = (fourier_transform(f, G) * fourier_transform(h, G).conj()).sum(axis=-1) / G.order
    assert by_plancherel.shape == (3,)
    assert np.abs(by_plancherel - direct).max() < rounding(f) * np.abs(h).sum()


def test_single_precision_is_computed_in_double() -> None:
    f = np.random.default_rng(10).normal(size=(2, 23)).astype(np.float32)
    single, double = fourier_transform(f, cyclic(23)), fourier_transform(f.astype(np.float64), cyclic(23))
    assert single.dtype == np.complex128
    assert np.array_equal(single, double)


@groups
def test_a_bad_row_spoils_no_other_row_and_warns_of_nothing(G: FiniteGroup) -> None:
    f = random_function(G, 11, 4)
    good = fourier_transform(f, G)[[0, 3]]
    f[1, 0], f[2, -1] = np.nan, np.inf
    transformed = fourier_transform(f, G)
    assert np.abs(transformed[[0, 3]] - good).max() < rounding(f[[0, 3]])
    assert not np.isfinite(transformed[1:3]).any()


def test_a_wrong_shape_is_refused() -> None:
    with pytest.raises(InputError, match=r"numbers of shape \(\.\.\., 5\).*shape \(2, 4\)"):
        fourier_transform(np.zeros((2, 4)), cyclic(5))
    with pytest.raises(InputError, match=r"numbers of shape \(\.\.\., 5\).*shape \(\)"):
        inverse_fourier_transform(1.0, cyclic(5))
    with pytest.raises(InputError, match=r"numbers of shape \(\.\.\., 2\)"):
        fourier_transform(["a", "b"], cyclic(2))


def test_a_group_that_is_not_abelian_is_refused() -> None:
    rows = ["012345", "120453", "201534", "354021", "435102", "543210"]
    S3 = from_table([[int(digit) for digit in row] for row in rows], "S3")
    with pytest.raises(ReductionError, match="characters need an Abelian group"):
        fourier_transform(np.zeros(6), S3)
