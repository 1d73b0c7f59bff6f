"""Real modes against cosine sums written out term by term."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from odekit.errors import InputError, ReductionError
from odekit.groups import (
    FiniteGroup,
    coefficients_to_modes,
    cyclic,
    fourier_transform,
    from_modes,
    from_table,
    group,
    mean_mode,
    mode_basis,
    modes_to_coefficients,
    to_modes,
)

EPS = np.finfo(float).eps
GROUPS = [
    cyclic(1),
    cyclic(2),
    cyclic(12),
    cyclic(23),
    group("Z3xZ5"),
    group("Z2xZ2"),
    group("Z4xZ6"),
    from_table(group("Z2xZ6").table, "Z2xZ6 by its table"),
]
groups = pytest.mark.parametrize("G", GROUPS, ids=lambda G: G.name)


def random_weights(G: FiniteGroup, *batch: int) -> np.ndarray:
    return np.random.default_rng(G.order).normal(size=(*batch, G.order))


def cosine_sum(mean: float, alpha: list[float], phi: list[float], n: int) -> list[float]:
    """theta[j] = alpha0 + sum_k alpha_k cos(2 pi k j / n + phi_k), in plain Python."""
    return [
        mean
        + sum(
            a * math.cos(2 * math.pi * k * j / n + f)
            for k, (a, f) in enumerate(zip(alpha, phi, strict=True), start=1)
        )
        for j in range(n)
    ]


def test_the_modes_of_an_odd_cyclic_group_are_its_frequencies() -> None:
    basis = mode_basis(cyclic(7))
    assert basis.characters.tolist() == [1, 2, 3]
    assert basis.is_real.tolist() == [False, False, False]
    assert basis.labels == ("1", "2", "3")
    assert len(basis) == 3


def test_an_even_cyclic_group_ends_with_a_real_mode() -> None:
    basis = mode_basis(cyclic(6))
    assert basis.characters.tolist() == [1, 2, 3]
    assert basis.is_real.tolist() == [False, False, True]


def test_the_modes_of_products_are_named_by_both_frequencies() -> None:
    assert mode_basis(group("Z3xZ5")).labels == (
        *("(0,1)", "(0,2)", "(1,0)", "(1,1)", "(1,2)", "(1,3)", "(1,4)"),
    )
    klein = mode_basis(group("Z2xZ2"))
    assert klein.labels == ("(0,1)", "(1,0)", "(1,1)")
    assert klein.is_real.all()


@groups
def test_modes_and_mean_have_as_many_dimensions_as_the_group_has_elements(G: FiniteGroup) -> None:
    is_real = mode_basis(G).is_real
    assert 1 + is_real.sum() + 2 * (~is_real).sum() == G.order
    assert is_real.sum() == (G.element_orders == 2).sum()


def test_modes_of_a_direct_cosine_sum_are_its_magnitudes_and_phases() -> None:
    alpha, phi = [0.7, 0.2, 1.3], [0.4, -2.1, 3.0]
    w = cosine_sum(-0.5, alpha, phi, 7)
    expected = [a * complex(math.cos(f), math.sin(f)) for a, f in zip(alpha, phi, strict=True)]
    assert np.abs(to_modes(w, cyclic(7)) - expected).max() < 50 * EPS
    assert abs(mean_mode(w) + 0.5) < 10 * EPS
    assert np.abs(from_modes(expected, cyclic(7), mean=-0.5) - w).max() < 50 * EPS


def test_the_alternating_mode_of_an_even_group_is_signed_and_real() -> None:
    w = [a - 0.3 * (-1) ** j for j, a in enumerate(cosine_sum(0.1, [0.9], [1.2], 4))]
    u = to_modes(w, cyclic(4))
    assert abs(u[1].real + 0.3) < 20 * EPS
    assert u[1].imag == 0.0
    assert abs(u[0] - 0.9 * np.exp(1.2j)) < 20 * EPS
    assert np.abs(from_modes(u, cyclic(4), mean=0.1) - w).max() < 20 * EPS


def test_modes_of_a_product_are_cosines_of_both_residues() -> None:
    G = group("Z3xZ5")
    w = [
        1.1 * math.cos(2 * math.pi * (j1 / 3 + 2 * j2 / 5) + 0.6) + 0.4 * math.cos(2 * math.pi * j2 / 5 - 1.0)
        for j1 in range(3)
        for j2 in range(5)
    ]
    expected = np.zeros(7, dtype=complex)
    labels = mode_basis(G).labels
    expected[labels.index("(1,2)")] = 1.1 * np.exp(0.6j)
    expected[labels.index("(0,1)")] = 0.4 * np.exp(-1.0j)
    assert np.abs(to_modes(w, G) - expected).max() < 50 * EPS


@groups
def test_weights_are_recovered_from_modes_and_mean(G: FiniteGroup) -> None:
    w = random_weights(G, 2, 3)
    u = to_modes(w, G)
    assert u.shape == (2, 3, len(mode_basis(G)))
    assert np.all(u.imag[..., mode_basis(G).is_real] == 0)
    assert np.abs(from_modes(u, G, mean_mode(w)) - w).max() < 8 * G.order * EPS


@groups
def test_modes_and_coefficients_convert_both_ways(G: FiniteGroup) -> None:
    w = random_weights(G, 4)
    u, at_modes = to_modes(w, G), fourier_transform(w, G)[..., mode_basis(G).characters]
    assert np.abs(modes_to_coefficients(u, G) - at_modes).max(initial=0.0) < 40 * G.order * EPS
    assert np.abs(coefficients_to_modes(modes_to_coefficients(u, G), G) - u).max(initial=0.0) < 8 * EPS


def test_the_phase_of_a_coefficient_is_minus_the_phase_of_its_mode() -> None:
    u = np.array([2 * np.exp(0.5j), 0.0, 0.0])
    assert np.abs(modes_to_coefficients(u, cyclic(7)) - [7 * np.exp(-0.5j), 0, 0]).max() < 20 * EPS


@groups
def test_inner_products_of_modes_are_those_of_centred_weights(G: FiniteGroup) -> None:
    w, y = random_weights(G, 2, 5)
    centred = w - w.mean(axis=-1, keepdims=True)
    share = np.where(mode_basis(G).is_real, G.order, G.order / 2)
    gap = (share * to_modes(w, G) * to_modes(y, G).conj()).real.sum(axis=-1) - (centred * y).sum(axis=-1)
    assert np.abs(gap).max() < 40 * G.order * EPS


@groups
def test_modes_have_no_imaginary_part_at_order_two(G: FiniteGroup) -> None:
    basis = mode_basis(G)
    u = np.ones(len(basis)) + 1j * basis.is_real
    assert np.array_equal(from_modes(u, G), from_modes(u.real, G))


def test_a_mean_for_each_row_is_added() -> None:
    w = from_modes(np.zeros(3), cyclic(7), mean=[[1.0], [2.0]])
    assert w.shape == (2, 1, 7)
    assert np.abs(w - [[[1.0]], [[2.0]]]).max() < 10 * EPS


def test_single_precision_weights_are_projected_in_double() -> None:
    w = random_weights(cyclic(23), 3).astype(np.float32)
    assert np.array_equal(to_modes(w, cyclic(23)), to_modes(w.astype(np.float64), cyclic(23)))
    assert mean_mode(w).dtype == np.float64
    assert np.array_equal(mean_mode(w), mean_mode(w.astype(np.float64)))


@groups
def test_bad_rows_spoil_no_other_row_and_warn_of_nothing(G: FiniteGroup) -> None:
    w = random_weights(G, 4)
    good = w[3].copy()
    w[0, 0], w[1, 0], w[2] = np.nan, np.inf, 1.7e308
    w[1, -1] = -np.inf
    u = to_modes(w, G)
    again = from_modes(u, G, mean_mode(w))
    assert np.abs(again[3] - good).max() < 8 * G.order * EPS
    assert not np.isfinite(again[:2]).any()


def test_what_modes_are_not_made_of_is_refused() -> None:
    with pytest.raises(InputError, match=r"modes are of real weights.*complex128"):
        to_modes(np.zeros(5, dtype=complex), cyclic(5))
    with pytest.raises(InputError, match=r"shape \(\.\.\., 5\).*shape \(4,\)"):
        to_modes(np.zeros(4), cyclic(5))
    with pytest.raises(InputError, match=r"set of modes.*shape \(\.\.\., 2\).*shape \(3,\)"):
        from_modes(np.zeros(3), cyclic(5))


def test_a_group_that_is_not_abelian_has_no_such_modes() -> None:
    rows = ["012345", "120453", "201534", "354021", "435102", "543210"]
    S3 = from_table([[int(digit) for digit in row] for row in rows], "S3")
    with pytest.raises(ReductionError, match="characters need an Abelian group"):
        mode_basis(S3)


@pytest.mark.reference
def test_a_published_single_frequency_start_has_one_mode_for_each_neuron(reference: Path) -> None:
    with np.load(reference / "Z23_quadratic_singlefreq_sgd.npz") as run:
        theta = run["theta"][0]
    magnitudes = np.sort(np.abs(to_modes(theta, cyclic(23))), axis=-1)
    # A start of scale .02 in single precision, its arguments rounded at sizes up to 2 pi 11 22/23 = 66.
    rounded = 0.02 * 66 * np.finfo(np.float32).eps
    assert np.abs(magnitudes[:, -1] - 0.02).max() < rounded
    assert magnitudes[:, -2].max() < rounded
