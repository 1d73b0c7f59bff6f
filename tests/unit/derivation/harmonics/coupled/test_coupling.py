"""Order parameters and their weights, against correlations of the activation summed on a grid."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from odekit.derivation.harmonics.coupled import Coupling, harmonic_coupling, torus_coefficient
from odekit.errors import ReductionError
from odekit.networks import parse_activation

FloatArray = NDArray[np.float64]
POINTS = 96
NAMES = ["relu", "abs", "abs(z)**3", "z*abs(z)", "relu(z) + z**2", "exp(z)", "tanh(z)", "1/(1 + exp(-z))"]


def kernel(activation: str, magnitudes: tuple[float, float], order: int | None = None) -> FloatArray:
    """Fourier coefficients in D of <act(a (cos X + cos Y)) act(b (cos(X + D) + cos(Y + D)))>, from charge 0.

    Over a grid of X and Y; or over a lattice and a common shift of both.
    """
    turns = 2 * np.pi * np.arange(POINTS) / POINTS
    places = turns if order is None else 2 * np.pi * np.arange(order) / order
    act = parse_activation(activation)

    def summed(shift: float) -> FloatArray:
        x = places[:, None] + shift
        one, other = (
            act.evaluate({"z": size * (np.cos(x + angle)[:, None] + np.cos(x + angle))})
            for size, angle in ((magnitudes[0], 0.0), (magnitudes[1], turns))
        )
        return np.asarray((one * other).mean(axis=(0, 1)))

    shifts = [0.0] if order is None else 2 * np.pi / order * (np.arange(16) + 0.5) / 16
    return np.asarray(np.fft.fft(np.mean([summed(shift) for shift in shifts], axis=0)).real / POINTS)


def stated(coupling: Coupling, magnitudes: tuple[float, float]) -> FloatArray:
    """The same by the channels."""
    found = np.zeros(POINTS)
    values = [[float(channel.profile(a)) for channel in coupling.channels] for a in magnitudes]
    for (i, j), weight in coupling.numbers.items():
        found[coupling.channels[i].charge] += weight * values[0][i] * values[1][j]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_weights_are_the_kernel_s_charges_but_for_what_is_left_out(name: str) -> None:
    coupling, magnitudes = harmonic_coupling(name), (0.4, 0.9)
    size = np.sqrt(np.prod([kernel(name, (a, a)).sum() for a in magnitudes]))
    gap = np.abs(kernel(name, magnitudes) - stated(coupling, magnitudes)).max()
    # by Cauchy and Schwarz at most the share that is left out, and 1/96^2 of the sum over a grid with kinks
    assert gap <= (coupling.left_out + 1e-4) * size
    assert coupling.left_out < 1e-3


@pytest.mark.parametrize("name", ["relu", "exp(z)"])
def test_what_is_left_out_is_told(name: str) -> None:
    coupling = harmonic_coupling(name)
    missing = 1 - stated(coupling, (1.0, 1.0)).sum() / kernel(name, (1.0, 1.0)).sum()
    # the grid's sum is off by 1/96^2 at kinks
    assert missing == pytest.approx(coupling.left_out, abs=1e-4)


def test_closed_forms() -> None:
    relu, square = harmonic_coupling("relu"), harmonic_coupling("abs(z)**2")
    assert [relu.weights[i, i] for i in (0, 1, 3, 5)] == [
        2 / sp.pi**2,
        sp.Rational(1, 8),
        2 / (9 * sp.pi**2),
        2 / (225 * sp.pi**2),
    ]
    assert [channel.charge for channel in square.channels] == [0, 2, -2]
    assert list(square.weights.values()) == [sp.Rational(3, 2), sp.Rational(3, 8), sp.Rational(3, 8)]
    assert square.left_out == 0


@pytest.mark.parametrize("name", ["exp(z)", "relu(z) + z**2"])
def test_on_a_small_lattice_more_coefficients_meet(name: str) -> None:
    magnitudes = (0.7, 1.0)
    found = kernel(name, magnitudes, order=3)
    exact, limit = (harmonic_coupling(name, order, 1e-5) for order in (3, None))
    size = np.abs(found).sum()
    # 1e-5 of the variance is left out; and sums over grids of shifts are off by some 1e-4 at kinks
    assert np.abs(found - stated(exact, magnitudes)).max() < 3e-4 * size
    assert np.abs(found - stated(limit, magnitudes)).max() > 1e-3 * size


def test_coefficients_without_a_closed_form_are_means() -> None:
    known, measured = torus_coefficient("sinh(z)", 2, 1), torus_coefficient("sinh(z) + 0*tanh(z)", 2, 1)
    assert known.is_closed
    numeric = torus_coefficient("tanh(z) + sinh(z)", 2, 1)(0.8) - torus_coefficient("tanh(z)", 2, 1)(0.8)
    assert float(numeric) == pytest.approx(float(known(0.8)), abs=1e-13)
    assert float(measured(0.8)) == pytest.approx(float(known(0.8)), abs=1e-13)


@pytest.mark.parametrize("name", ["sign(z)", "step(z) + z"])
def test_a_jump_is_refused(name: str) -> None:
    with pytest.raises(ReductionError, match="the activation jumps"):
        harmonic_coupling(name)


def test_what_is_not_finite_is_refused() -> None:
    with pytest.raises(ReductionError, match="not finite at the inputs"):
        harmonic_coupling("exp(exp(exp(z)))")
