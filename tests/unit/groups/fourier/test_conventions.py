"""The papers' conventions, each computed independently from its printed definition."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import (
    FiniteGroup,
    averaged_coefficients,
    characters,
    cyclic,
    fourier_transform,
    from_averaged_coefficients,
    from_modes,
    from_normalised_coefficients,
    from_polar,
    from_table,
    group,
    mode_basis,
    modes_to_coefficients,
    normalised_coefficients,
    to_modes,
    to_polar,
    wrap_phase,
)

EPS = np.finfo(float).eps
GROUPS = [
    cyclic(5),
    cyclic(12),
    group("Z3xZ5"),
    group("Z2xZ4"),
    from_table(group("Z2xZ4").table, "Z2xZ4 by its table"),
]
groups = pytest.mark.parametrize("G", GROUPS, ids=lambda G: G.name)


def test_polar_variables_are_those_of_the_cosines() -> None:
    p, k = 11, 4
    theta = [0.3 * math.cos(2 * math.pi * k * j / p + 2.5) for j in range(p)]
    xi = [0.8 * math.cos(2 * math.pi * k * j / p - 1.0) for j in range(p)]
    polar = to_polar(to_modes(theta, cyclic(p))[k - 1], to_modes(xi, cyclic(p))[k - 1])
    expected = [0.3, 2.5, 0.8, -1.0, 6.0 - 2 * math.pi]  # D = 2 * 2.5 + 1
    assert np.abs(np.array(polar) - expected).max() < 50 * EPS


def test_polar_and_back_gives_the_same_modes() -> None:
    u, v = np.random.default_rng(0).normal(size=(2, 50, 2)) @ [1, 1j]
    alpha, phi, beta, psi, D = to_polar(u, v)
    again = from_polar(alpha, phi, beta, psi)
    assert max(np.abs(again[0] - u).max(), np.abs(again[1] - v).max()) < 20 * EPS
    # e^{iD} |u|^2 |v| = u^2 conj(v), whatever the branch of the phases.
    assert np.abs(np.exp(1j * D) * alpha**2 * beta - u**2 * v.conj()).max() < 500 * EPS


def test_a_direct_cosine_sum_has_the_modes_of_its_polar_variables() -> None:
    alpha, phi = np.array([0.5, 1.5]), np.array([1.0, -3.0])
    u, _ = from_polar(alpha, phi, 1.0, 0.0)
    w = [sum(alpha[k] * math.cos(2 * math.pi * (k + 1) * j / 5 + phi[k]) for k in (0, 1)) for j in range(5)]
    assert np.abs(from_modes(u, cyclic(5)) - w).max() < 20 * EPS


def test_a_negative_real_mode_has_the_phase_pi_whatever_the_sign_of_its_zero() -> None:
    for zero in (0.0, -0.0):
        polar = to_polar(complex(-2.0, zero), complex(-1.0, zero))
        assert (polar.alpha, polar.phi, polar.psi, polar.D) == (2.0, math.pi, math.pi, math.pi)


def test_a_mode_that_vanishes_has_the_phase_zero() -> None:
    polar = to_polar([0.0, complex(-0.0, -0.0)], [1.0, 1.0])
    assert polar.phi.tolist() == [0.0, 0.0]
    assert polar.alpha.tolist() == [0.0, 0.0]


def test_phases_are_wrapped_to_one_turn_with_pi_included() -> None:
    edge = [math.pi, -math.pi, 3 * math.pi, np.nextafter(-math.pi, -4), np.nextafter(math.pi, 4), 0.0, -1.5]
    wrapped = wrap_phase(edge)
    assert wrapped[:2].tolist() == [math.pi, math.pi]
    assert np.all((wrapped > -math.pi) & (wrapped <= math.pi))
    assert wrapped[5:].tolist() == [0.0, -1.5]
    odd = np.arange(-2001, 2001, 2) * math.pi
    near = wrap_phase(
        np.concatenate([odd, np.nextafter(odd, -1e9), np.nextafter(odd, 1e9), np.linspace(-1e17, 1e17, 1001)])
    )
    assert np.all((near > -math.pi) & (near <= math.pi))
    many = np.random.default_rng(1).uniform(-50, 50, 10_000)
    inside = wrap_phase(many)
    assert np.all((inside > -math.pi) & (inside <= math.pi))
    assert np.abs(np.exp(1j * inside) - np.exp(1j * many)).max() < 100 * EPS


def test_bad_phases_become_nan_without_a_warning() -> None:
    assert np.isnan(wrap_phase([math.inf, math.nan])).all()
    assert np.isnan(to_polar([math.nan], [1.0]).D).all()
    assert np.isnan(from_polar([math.inf], [math.inf], [1.0], [math.nan])).all()


@groups
def test_averaged_coefficients_are_the_average_over_inverses(G: FiniteGroup) -> None:
    parts = np.random.default_rng(2).normal(size=(2, G.order))
    rho = characters(G)
    for f in (parts[0], parts[0] + 1j * parts[1]):
        direct = [sum(f[g] * rho[r, G.inverse[g]] for g in range(G.order)) / G.order for r in range(G.order)]
        fhat = fourier_transform(f, G)
        assert np.abs(averaged_coefficients(fhat, G) - direct).max() < 4 * G.order * EPS
        assert np.abs(from_averaged_coefficients(direct, G) - fhat).max() < 4 * G.order**2 * EPS


@groups
def test_of_a_real_function_they_are_the_conjugate_over_n(G: FiniteGroup) -> None:
    fhat = fourier_transform(np.random.default_rng(3).normal(size=(4, G.order)), G)
    assert np.abs(averaged_coefficients(fhat, G) - fhat.conj() / G.order).max() < 4 * G.order * EPS


def test_a_cosine_has_half_its_mode_as_averaged_coefficient() -> None:
    w = [0.6 * math.cos(2 * math.pi * 2 * j / 9 + 0.7) for j in range(9)]
    averaged = averaged_coefficients(fourier_transform(w, cyclic(9)), cyclic(9))
    assert abs(averaged[2] - 0.3 * cmath.exp(0.7j)) < 20 * EPS
    assert abs(averaged[7] - 0.3 * cmath.exp(-0.7j)) < 20 * EPS


@groups
def test_averaged_coefficients_and_back(G: FiniteGroup) -> None:
    fhat = np.random.default_rng(4).normal(size=(2, 3, G.order)) + 1j
    assert np.abs(from_averaged_coefficients(averaged_coefficients(fhat, G), G) - fhat).max() < 8 * EPS


@groups
def test_normalised_coefficients_have_the_functions_norm_and_convert_back(G: FiniteGroup) -> None:
    f = np.random.default_rng(5).normal(size=(3, G.order))
    fhat = fourier_transform(f, G)
    x = normalised_coefficients(fhat, G)
    gap = (np.abs(x) ** 2).sum(axis=-1) - (f**2).sum(axis=-1)
    assert np.abs(gap).max() < 40 * G.order * EPS
    assert np.abs(from_normalised_coefficients(x, G) - fhat).max() < 40 * EPS


def test_the_normalised_amplitude_of_a_cosine_is_half_its_magnitude_times_root_n() -> None:
    w = [0.6 * math.cos(2 * math.pi * 2 * j / 9 + 0.7) + 0.0 * j for j in range(9)]
    x = normalised_coefficients(modes_to_coefficients(to_modes(w, cyclic(9)), cyclic(9)), cyclic(9))
    assert abs(x[1] - 0.9 * cmath.exp(-0.7j)) < 20 * EPS  # sqrt(9)/2 * .6, and the phase is reversed


def test_d_reverses_its_sign_between_modes_and_coefficients() -> None:
    u, v = from_polar([1.0, 2.0], [0.3, -1.0], [0.5, 0.7], [1.1, 0.4])
    fhat, hhat = modes_to_coefficients(u, cyclic(5)), modes_to_coefficients(v, cyclic(5))
    assert np.abs(to_polar(u, v).D + to_polar(fhat, hhat).D).max() < 20 * EPS


def test_a_wrong_number_of_characters_is_refused() -> None:
    for convert in (averaged_coefficients, from_averaged_coefficients):
        with pytest.raises(InputError, match=r"shape \(\.\.\., 5\).*shape \(2,\)"):
            convert(np.zeros(len(mode_basis(cyclic(5)))), cyclic(5))
