"""Coupled harmonics against the gradient of the full network in weight space."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation import HarmonicHierarchy
from odekit.errors import InputError, ReductionError
from odekit.groups import from_modes, to_modes
from odekit.networks import Network
from odekit.simulation import uniform_gradient


@pytest.mark.parametrize("activation", ["relu", "abs(z)", "exp(z)", "gelu", "z**4 - z**3", "tanh(z)"])
@pytest.mark.parametrize("task", ["x+y", "x-y", "2*x+3*y"])
def test_the_field_is_the_projected_gradient(activation: str, task: str) -> None:
    network = Network("Z11", neurons=5, activation=activation, task=task, loss="sum", rates={"xi": 0.5})
    ladder = HarmonicHierarchy(network, 3)
    rng = np.random.default_rng(3)
    u, v = rng.normal(size=(2, 3, 5)) + 1j * rng.normal(size=(2, 3, 5))
    mean = rng.normal(size=5)
    padded = [np.concatenate([w, np.zeros((2, 5))]).T for w in (u, v)]
    theta, xi = from_modes(padded[0], network.finite_group, mean), from_modes(padded[1], network.finite_group)
    slope = uniform_gradient(network, theta, xi)
    du, dv, dmean = ladder.field(u, v, mean)
    np.testing.assert_allclose(du, -to_modes(slope[0], network.finite_group)[:, :3].T, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(
        dv, -0.5 * to_modes(slope[1], network.finite_group)[:, :3].T, rtol=1e-11, atol=1e-11
    )
    np.testing.assert_allclose(dmean, -slope[0].mean(axis=1), rtol=1e-11, atol=1e-11)


def test_other_networks_and_numbers_are_refused() -> None:
    with pytest.raises(ReductionError, match="need another network"):
        HarmonicHierarchy(Network("Z11", embedding="unshared"), 2)
    with pytest.raises(InputError, match="number of harmonics must be a whole number from 1"):
        HarmonicHierarchy(Network("Z11"), 6)
    with pytest.raises(ReductionError, match="equally many pairs"):
        HarmonicHierarchy(Network("Z9", task="3*x+3*y"), 2).field(np.ones((2, 1)), np.ones((2, 1)))


@pytest.mark.parametrize("harmonics", [2.5, "3"])
def test_a_number_of_harmonics_that_is_no_integer_is_refused(harmonics: object) -> None:
    with pytest.raises(InputError, match="number of harmonics must be a whole number from 1"):
        HarmonicHierarchy(Network("Z11", activation="relu"), harmonics)  # type: ignore[arg-type]
