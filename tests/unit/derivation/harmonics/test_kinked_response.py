"""The leakage's formulas against numerical Fourier coefficients."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.derivation.harmonics.kinked_response import M, degree_one_leakage


def embedding_force(D: float, points: int = 6000) -> np.ndarray:
    """T(a) by summing over b, the sign function and nothing else known."""
    a = 2 * np.pi * (np.arange(200) + 0.5) / 200
    b = 2 * np.pi * (np.arange(points) + 0.5) / points
    force = (np.cos(a[:, None] + b - D) * np.sign(np.cos(a)[:, None] + np.cos(b))).mean(axis=1)
    return np.array([abs((force * np.exp(-1j * m * a)).mean()) for m in range(8)])


@pytest.mark.parametrize("D", [0.0, 0.4, 1.2, np.pi / 2])
def test_harmonics_of_theta(D: float) -> None:
    sizes = embedding_force(D)
    found = [float(sp.N(degree_one_leakage().theta(D).subs(M, m))) for m in (1, 2, 3)]
    # 200 points in a alias a function with a kink by order 1e-4; the jump in b costs about 1/points.
    np.testing.assert_allclose(found, sizes[[3, 5, 7]] / sizes[1], atol=1e-3)
    assert sizes[[0, 2, 4, 6]].max() < 1e-3


def test_harmonics_of_xi() -> None:
    t = 2 * np.pi * (np.arange(4096) + 0.5) / 4096
    sizes = np.array([abs((np.abs(np.cos(t)) * np.cos(2 * m * t)).mean()) for m in range(6)])
    found = [float(degree_one_leakage().xi.subs(M, m)) for m in range(1, 6)]
    np.testing.assert_allclose(found, sizes[1:] / sizes[1], atol=1e-5)


def test_the_known_sizes() -> None:
    assert degree_one_leakage().sizes(3) == {
        "xi": [sp.Rational(1, 5), sp.Rational(3, 35), sp.Rational(1, 21)],
        "aligned": [sp.Rational(3, 5), sp.Rational(1, 7), sp.Rational(1, 15)],
        "quarter": [sp.Rational(1, 5), sp.Rational(1, 35), sp.Rational(1, 105)],
    }
