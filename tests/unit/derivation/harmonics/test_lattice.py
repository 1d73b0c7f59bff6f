"""The energy of one frequency on a lattice: every task has a mean of its own, and planted ones fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from scipy.special import erf

from odekit.derivation import derive
from odekit.derivation.harmonics.answers import HarmonicAnswers
from odekit.derivation.harmonics.certificate import certify_harmonic
from odekit.derivation.harmonics.lattice import energy_profile, left_out
from odekit.errors import ReductionError
from odekit.networks import Network

ACTIVATIONS: dict[str, Callable] = {
    "relu": lambda z: np.maximum(z, 0),
    "abs": np.abs,
    "abs(z)**3 + z": lambda z: abs(z) ** 3 + z,
    "relu(z)**2 + abs(z) + 3": lambda z: np.maximum(z, 0) ** 2 + abs(z) + 3,
    "exp(z)": np.exp,
    "cosh(2*z) - sinh(z)": lambda z: np.cosh(2 * z) - np.sinh(z),
    "gelu": lambda z: z * (1 + erf(z / np.sqrt(2))) / 2,
    "1/(1 + z**2)": lambda z: 1 / (1 + z**2),
}


def brute_force(act: Callable, order: int, alpha: float, signs: tuple[int, int]) -> float:
    """The energy per n^2 beta cos(D) at D = 0, summed over all pairs and averaged over phases."""
    # A Gauss rule between the phases pi/2 + pi s/n, at which an input passes 0.
    nodes, weights = np.polynomial.legendre.leggauss(24)
    phases = np.pi / 2 + np.pi / order * np.concatenate([(1 + nodes) / 2, (3 + nodes) / 2])
    x = np.arange(order)
    theta = alpha * np.cos(2 * np.pi * x[:, None] / order + phases)
    label = signs[0] * x[:, None] + signs[1] * x
    xi = np.cos(2 * np.pi * label[..., None] / order + sum(signs) * phases)
    energies = (xi * act(theta[:, None] + theta)).sum(axis=(0, 1)) / order**2
    return float(energies @ np.concatenate([weights, weights]) / 4)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("order", [3, 4, 5, 8])
@pytest.mark.parametrize("signs", [(1, 1), (1, -1)])
def test_the_profile_is_the_mean_on_the_lattice_of_the_task(
    name: str, order: int, signs: tuple[int, int]
) -> None:
    found = float(energy_profile(name, order, is_difference=sum(signs) == 0)(1.3))
    assert found == pytest.approx(brute_force(ACTIVATIONS[name], order, 1.3, signs), rel=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "alpha", "energy"), [("Z23", 1.3, 40.330), ("Z8", 1.3, None), ("Z12", 0.4, None)]
)
@pytest.mark.parametrize("task", ["x-y", "-x+y", "x+y", "-x-y"])
def test_the_energy_of_a_kinked_activation_is_that_of_its_own_task(
    group: str, alpha: float, energy: float | None, task: str
) -> None:
    network = Network(group, activation="relu", task=task)
    system, order = derive(network), network.finite_group.order
    values = {system["alpha"]: alpha, system["beta"]: 0.7, system["D"]: 0.9}
    signs = network.task.coefficients
    mean = brute_force(ACTIVATIONS["relu"], order, alpha, (signs[0], signs[1]))
    found = float(system.energy.subs(values))
    assert found == pytest.approx(order**2 * 0.7 * np.cos(0.9) * mean, rel=1e-12)
    if energy is not None and sum(signs) == 0:
        assert found == pytest.approx(energy, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["relu", "abs(z)**3", "exp(z)", "gelu"])
@pytest.mark.parametrize("order", [4, 5])
@pytest.mark.parametrize("task", ["x+y", "x-y"])
def test_the_lattice_mean_of_another_task_is_refused(activation: str, order: int, task: str) -> None:
    network = Network(f"Z{order}", activation=activation, task=task)
    own, other = (
        energy_profile(activation, order, is_difference=is_difference)
        for is_difference in (task == "x-y", task == "x+y")
    )
    right = HarmonicAnswers(network)
    planted = HarmonicAnswers(network)
    planted.__dict__["profile"] = other
    assert certify_harmonic(network, right.polar, None).passed
    assert float(own(1.0)) != pytest.approx(float(other(1.0)), rel=1e-9)
    certificate = certify_harmonic(network, planted.polar, None)
    assert not certificate.passed
    assert "DISAGREES" in str(certificate)
    with pytest.raises(ReductionError, match="disagree with the gradient summed over all tuples"):
        _ = planted.verified


@pytest.mark.parametrize("factor", [-1, sp.Rational(100001, 100000)])
@pytest.mark.parametrize("state", ["alpha", "phi", "beta", "psi"])
def test_a_wrong_sign_or_factor_of_one_line_is_refused(factor: sp.Expr, state: str) -> None:
    system = derive(Network("Z9", activation="relu"))
    wrong = {s: v * (factor if s.name == state else 1) for s, v in system.velocities.items()}
    assert system.certify().passed
    assert not replace(system, velocities=wrong).certify().passed


def test_a_symbolic_order_says_its_tolerance_and_a_concrete_one_has_none() -> None:
    assert "(tolerance 2.9e-04)" in str(derive(Network("Zp", activation="relu")).certify())
    assert derive(Network("Zp", activation="relu", task="x-y")).certify(23).tolerance == 3 / 23**2
    for activation in ("relu", "exp(z)"):
        certificate = derive(Network("Z23", activation=activation)).certify()
        assert certificate.tolerance is None
        assert certificate.residual < 1e-12


def test_the_limit_of_a_large_order_says_what_it_leaves_out() -> None:
    assert left_out("exp(z)", 5) is None
    assert left_out("exp(z)", 23) < 1e-10
    (said,) = (text for text in derive(Network("Z23", activation="exp(z)")).conditions if "large" in text)
    assert said == "order 23 counts as large: up to alpha = 3 the lattice changes h by at most 1e-10 of it"
    assert not any("large" in text for text in derive(Network("Z5", activation="exp(z)")).conditions)
