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
    from_table,
    group,
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


@groups
def test_averaged_coefficients_are_the_average_over_inverses(G: FiniteGroup) -> None:
    parts = np.random.default_rng(2).normal(size=(2, G.order))
    rho = characters(G)
    for f in (parts[0], parts[0] + 1j * parts[1]):
        direct = [sum(f[g] * rho[r, G.inverse[g]] for g in range(G.order)) / G.order for r in range(G.order)]
        fhat = fourier_transform(f, G)
        assert np.abs(averaged_coefficients(fhat, G) - direct).max() < 4 * G.order * EPS


@groups
def test_of_a_real_function_they_are_the_conjugate_over_n(G: FiniteGroup) -> None:
    fhat = fourier_transform(np.random.default_rng(3).normal(size=(4, G.order)), G)
    assert np.abs(averaged_coefficients(fhat, G) - fhat.conj() / G.order).max() < 4 * G.order * EPS


def test_a_cosine_has_half_its_mode_as_averaged_coefficient() -> None:
    w = [0.6 * math.cos(2 * math.pi * 2 * j / 9 + 0.7) for j in range(9)]
    averaged = averaged_coefficients(fourier_transform(w, cyclic(9)), cyclic(9))
    assert abs(averaged[2] - 0.3 * cmath.exp(0.7j)) < 20 * EPS
    assert abs(averaged[7] - 0.3 * cmath.exp(-0.7j)) < 20 * EPS


def test_a_wrong_number_of_characters_is_refused() -> None:
    with pytest.raises(InputError, match=r"shape \(\.\.\., 5\).*shape \(2,\)"):
        averaged_coefficients(np.zeros(2), cyclic(5))
