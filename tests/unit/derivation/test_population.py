"""The waves of a diversified population, against brute-force averages over phases."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation.population import population_logits
from odekit.errors import ReductionError
from odekit.networks import Network

ALPHA, BETA = 0.8, 1.3


def heights(network: Network) -> dict[tuple[int, ...], float]:
    return {
        wave.form: wave.evaluate(alpha=ALPHA, beta=BETA, theta0=0.0) for wave in population_logits(network)
    }


def test_addition_has_one_right_wave_and_two_ghosts_of_half_its_height() -> None:
    waves = population_logits(Network("Zp"))
    assert [(wave.form, str(wave.height)) for wave in waves] == [
        ((1, 1, -1), "alpha**2*beta/2"),
        ((0, 2, -1), "alpha**2*beta/4"),
        ((2, 0, -1), "alpha**2*beta/4"),
    ]


def averaged_logit(
    network: Network, charge: int, n: int, k: int, inputs: tuple[int, ...], output: int
) -> float:
    """The logit of a neuron averaged over its phase by brute force, psi = charge * phi: D = 0."""
    w = 2 * np.pi * k / n
    total, count = 0.0, 64
    for phi in 2 * np.pi * np.arange(count) / count:
        z = ALPHA * sum(np.cos(w * x + phi) for x in inputs)
        hidden = float(network.activation.evaluate({"z": np.asarray(z)}))
        total += BETA * np.cos(w * output + charge * phi) * hidden
    return total / count


@pytest.mark.parametrize(
    ("options", "charge"),
    [
        ({}, 2),
        ({"task": "x-y"}, 0),
        ({"activation": "z**2 + z"}, 2),
        ({"activation": "quartic"}, 2),
        ({"task": "x+y+z", "activation": "cubic"}, 3),
    ],
    ids=["addition", "subtraction", "with a linear part", "quartic", "three inputs"],
)
def test_the_waves_add_up_to_the_phase_average_of_a_neurons_logit(
    options: dict[str, str], charge: int
) -> None:
    network = Network("Zp", **options)
    n, k, generator = 13, 3, np.random.default_rng(0)
    for _ in range(5):
        *inputs, output = (int(v) for v in generator.integers(n, size=network.task.summands + 1))
        expected = sum(
            height * np.cos(2 * np.pi * k * np.dot(form, (*inputs, output)) / n)
            for form, height in heights(network).items()
        )
        measured = averaged_logit(network, charge, n, k, tuple(inputs), output)
        # 64 phases average every harmonic below 64 exactly, up to rounding.
        assert measured == pytest.approx(expected, abs=1e-13)


def test_a_network_with_two_embeddings_is_refused_and_not_read_as_a_shared_one() -> None:
    with pytest.raises(ReductionError, match=r"no population logits.*Received: unshared embedding"):
        population_logits(Network("Zp", embedding="unshared"))


def test_a_task_that_needs_two_frequencies_of_theta_is_refused() -> None:
    with pytest.raises(ReductionError, match=r"no population logits.*task 2\*x\+3\*y"):
        population_logits(Network("Zp", task="2*x+3*y"))
