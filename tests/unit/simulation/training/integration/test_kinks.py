"""Which activations have a slope that jumps."""

from __future__ import annotations

import pytest

from odekit.networks import Network
from odekit.simulation.training.integration import has_kink


@pytest.mark.parametrize(
    "activation", ["relu", "abs", "relu(z - 2)", "abs(z**2 - 3)", "step(z)", "relu(-z)*3 + z", "sqrt(z**2)"]
)
def test_a_slope_that_jumps_is_found_wherever_it_does(activation: str) -> None:
    assert has_kink(Network("Z5", activation=activation).activation)


@pytest.mark.parametrize(
    "activation",
    [
        "quadratic",
        "gelu",
        "softplus",
        "tanh(z)",
        "relu(z)**2",
        "z*abs(z)",
        "abs(z**2 + 1)",
        "relu(z) - relu(-z)",
    ],
)
def test_what_is_smooth_is_told_so_though_it_is_written_with_kinks(activation: str) -> None:
    assert not has_kink(Network("Z5", activation=activation).activation)
