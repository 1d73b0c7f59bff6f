"""Harmonic coefficients and energies of activations, against sums, quadrature and known special functions."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import scipy.special
import sympy as sp

from odekit.derivation.harmonics.lattice import energy_profile
from odekit.derivation.harmonics.profile import (
    Z,
    cosine_moment,
    harmonic,
    number,
    parity_parts,
    symbolic_activation,
)
from odekit.errors import InputError, ReductionError
from odekit.networks import Network, parse_activation

NAMES = ("relu", "abs", "quadratic", "gelu", "softplus", "exp(z)", "tanh(z)", "log(cosh(z))", "abs(z)**3")


def averaged(activation: str, alpha: float, points: int) -> float:
    """The energy's mean over both angles by brute force: <cos(a + b) act(alpha (cos a + cos b))>."""
    a = 2 * np.pi * (np.arange(points) + 0.25) / points
    act = parse_activation(activation)
    z = alpha * (np.cos(a)[:, None] + np.cos(a))
    return float((np.cos(a[:, None] + a) * act.evaluate({"z": z})).mean())


def test_relu_has_the_constant_four_thirds_over_pi_squared() -> None:
    alpha = sp.Symbol("alpha", positive=True)
    assert energy_profile("relu").expression == 4 * alpha / (3 * sp.pi**2)
    assert energy_profile("abs").expression == 8 * alpha / (3 * sp.pi**2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("alpha", [0.3, 1.4])
def test_the_energy_is_the_mean_over_both_angles(name: str, alpha: float) -> None:
    # A kink makes the brute-force mean converge with the square of the number of points.
    tolerance = 1e-5 if name in ("relu", "abs", "abs(z)**3") else 1e-12
    assert energy_profile(name)(alpha) == pytest.approx(averaged(name, alpha, 801), abs=tolerance)


def test_the_energy_of_the_exponential_is_a_squared_bessel_function() -> None:
    values = np.linspace(0.1, 3.0, 7)
    np.testing.assert_allclose(energy_profile("exp(z)")(values), scipy.special.iv(1, values) ** 2, rtol=1e-13)
    np.testing.assert_allclose(
        energy_profile("cos(z)")(values), -(scipy.special.jv(1, values) ** 2), rtol=1e-13
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["softplus", "gelu", "log(cosh(z))"])
def test_quadrature_gives_thirty_digits(name: str) -> None:
    found = energy_profile(name)
    assert not found.is_closed
    assert found.expression.has(sp.Integral)
    with mpmath.workdps(40):
        even = sp.lambdify(Z, parity_parts(name)[0], "mpmath")
        points = 240
        turns = [2 * mpmath.pi * (mpmath.mpf(i) + mpmath.mpf(1) / 3) / points for i in range(points)]
        half = mpmath.mpf(1) / 2
        waves = [mpmath.cos(t) for t in turns]
        sample = [mpmath.cos(2 * t) * even(2 * half * w) for t, w in zip(turns, waves, strict=True)]
        inner = mpmath.fsum(sample) / points
        at_top = harmonic(name, 2).evaluate("1", 30) / 2
        assert abs(inner - at_top) < mpmath.mpf(10) ** -29
    assert float(found.evaluate(1)) == pytest.approx(averaged(name, 1.0, 401), abs=1e-13)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("m", [0, 1, 2, 3, 4])
def test_harmonics_are_the_fourier_coefficients(name: str, m: int) -> None:
    points = 4001
    t = 2 * np.pi * np.arange(points) / points
    values = parse_activation(name).evaluate({"z": 0.7 * np.cos(t)})
    expected = (1 if m == 0 else 2) * float((values * np.cos(m * t)).mean())
    assert harmonic(name, m)(0.7) == pytest.approx(
        expected, abs=1e-6 if "abs" in name or name == "relu" else 1e-12
    )


@pytest.mark.parametrize("order", [3, 4, 7, 12, 23])
@pytest.mark.parametrize("power", [1, 2, 3, 6])
def test_moments_on_a_lattice_are_exact_sums(order: int, power: int) -> None:
    expected = np.mean(np.abs(np.cos(np.pi * np.arange(order) / order)) ** power)
    assert float(cosine_moment(power, order=order)) == pytest.approx(expected, abs=1e-14)


def test_the_lattice_tends_to_the_limit_with_the_square_of_the_order() -> None:
    limit = float(energy_profile("relu")(1.0))
    gaps = [float(energy_profile("relu", order)(1.0)) / limit - 1 for order in (23, 101)]
    np.testing.assert_allclose(gaps, [np.pi**2 / (24 * n**2) for n in (23, 101)], rtol=2e-3)


def test_parts_and_forms_of_an_activation() -> None:
    z = sp.Symbol("y")
    assert symbolic_activation(sp.Max(0, z)) == Z / 2 + sp.Abs(Z) / 2
    even, odd = parity_parts("z**3 + z**2 + relu(z)")
    assert even == Z**2 + sp.Abs(Z) / 2
    assert odd == Z**3 + Z / 2


def test_an_activation_of_two_variables_is_refused() -> None:
    with pytest.raises(InputError, match="function of one variable"):
        symbolic_activation(sp.Symbol("a") * sp.Symbol("b"))


def test_a_kink_away_from_zero_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ReductionError, match="has not settled"):
        energy_profile("abs(z - 1/3)")(1.0)


def test_integrals_inside_of_an_expression_are_evaluated() -> None:
    found = energy_profile("softplus")
    alpha = sp.Symbol("alpha", positive=True)
    assert number(3 * found.expression + alpha, {alpha: 1.0}) == pytest.approx(
        3 * float(found(1.0)) + 1, rel=1e-12
    )


def test_gelu_and_softplus_are_known_by_name() -> None:
    z = np.array([-1.5, 0.0, 2.0])
    gelu = Network("Z5", activation="gelu").activation
    np.testing.assert_allclose(gelu.evaluate({"z": z}), z * scipy.special.ndtr(z), rtol=1e-14, atol=1e-16)
    slope = scipy.special.ndtr(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(gelu.derivative("z").evaluate({"z": z}), slope, rtol=1e-14)


@pytest.mark.parametrize("order", [2, 0, -3, 3.5])
def test_an_order_out_of_range_is_refused(order: float) -> None:
    with pytest.raises(InputError, match="order must be a whole number from 3"):
        energy_profile("relu", order)  # type: ignore[arg-type]


@pytest.mark.parametrize("m", [-1, 0.5])
def test_a_harmonic_that_is_no_integer_from_0_is_refused(m: float) -> None:
    with pytest.raises(InputError, match="m must be a whole number from 0"):
        harmonic("relu", m)  # type: ignore[arg-type]
