"""Populations in arrays, against sums over tuples in floating point and the full flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from odekit.derivation import ReducedPopulation, reduced_population
from odekit.derivation.orders import CoupledFlow
from odekit.errors import InputError, ReductionError
from odekit.networks import Network
from odekit.systems.algebra import evaluate

Arrays = dict[int, NDArray[np.complex128]]
NEURONS = 3


def started(population: ReducedPopulation, scale: float = 1.0, seed: int = 0) -> Arrays:
    """Random amplitudes in the modes that a neuron starts with, zero in all others."""
    rng = np.random.default_rng(seed)
    found = {}
    for kind, frequency in enumerate(population.frequencies):
        values = scale * (rng.normal(size=(len(population.modes[frequency]), NEURONS, 2)) @ [1, 1j])
        grades = population.flow.grades[kind]
        for row, mode in enumerate(population.modes[frequency]):
            if row >= len(grades) or grades[row]:
                values[row] = 0
            elif mode.is_real:
                values[row] = values[row].real
        found[frequency] = values
    return found


def gathered(population: ReducedPopulation, amplitudes: Arrays) -> dict[str, NDArray[np.float64]]:
    """The weights of all neurons, by group."""
    parts = [population.weights(own, frequency) for frequency, own in amplitudes.items()]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    ("group", "frequencies", "options"),
    [
        ("Z7", [1], {}),
        pytest.param("Z7", [1, 2, 3], {"logit_scale": 0.7}, marks=pytest.mark.long),
        ("Z8", [1, 4], {"loss": "sum", "task": "x-y"}),
        pytest.param(
            "Z9", [2, 3], {"embedding": "unshared", "rates": {"theta2": 0.5}}, marks=pytest.mark.long
        ),
        ("Z2xZ4", [1, 5], {}),
        pytest.param("Z11", [2], {"activation": "z**3 - z/2"}, marks=pytest.mark.long),
    ],
)
def test_velocities_are_the_gradient_of_the_truncated_loss(
    oracle: Any, group: str, frequencies: list[int], options: dict[str, Any], order: int
) -> None:
    network = Network(group, **options)
    population = reduced_population(network, frequencies, order)
    amplitudes = started(population, scale=0.5)
    gradient = oracle(network, gathered(population, amplitudes), order)
    velocities = population.velocities(amplitudes)
    for place, frequency in enumerate(frequencies):
        rows = slice(NEURONS * place, NEURONS * (place + 1))
        own = {
            name: network.flow_rate() * network.rates[name] * values[rows]
            for name, values in gradient.items()
        }
        expected = population.amplitudes(own, frequency)
        assert velocities[frequency] == pytest.approx(expected, rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize(("group", "frequencies"), [("Z7", [1]), ("Z8", [1, 2]), ("Z6", [2])])
def test_the_interaction_is_the_sum_of_cumulants_over_inputs(
    group: str, frequencies: list[int], order: int
) -> None:
    """With third moments where frequencies are resonant: 1 + 1 = 2 on Z8, 2 + 2 + 2 = 0 on Z6."""
    network = Network(group, logit_scale=0.6)
    population = reduced_population(network, frequencies, order)
    amplitudes = started(population)
    weights = gathered(population, amplitudes)
    z = weights["theta"][:, :, None] + weights["theta"][:, None, :]
    f = 0.6 * np.einsum("mab,mh->abh", z**2, weights["xi"])
    f -= f.mean(axis=-1, keepdims=True)
    cumulants = (f**2).mean(axis=-1).sum() / 2, (f**3).mean(axis=-1).sum() / 6
    values = list(population.order_parameters(amplitudes))
    found = network.finite_group.order**2 * evaluate(population.flow.interaction, values)
    assert found == pytest.approx(sum(cumulants[: order - 1]), rel=1e-11)
    assert (abs(cumulants[1]) > 1e-6) == (group != "Z7")


def test_the_first_order_is_no_gradient_of_the_second(oracle: Callable[..., Any]) -> None:
    network = Network("Z7")
    population = reduced_population(network, [1], 2)
    amplitudes = started(population)
    right = population.velocities(amplitudes)[1]
    gradient = oracle(network, gathered(population, amplitudes), 1)
    own = {name: network.flow_rate() * values for name, values in gradient.items()}
    assert abs(population.amplitudes(own, 1) - right).max() > 1e-3 * abs(right).max()


class Slow(CoupledFlow):
    """Every velocity is a millionth too small."""

    def field(self, kind: int) -> Any:
        factor = Fraction(999_999, 1_000_000)
        return tuple({key: factor * value for key, value in one.items()} for one in super().field(kind))


def test_a_population_is_certified_and_a_slower_one_is_not() -> None:
    population = reduced_population(Network("Z9"), [1, 3], 3)
    certificate = population.certify()
    assert certificate.passed
    assert certificate.exact
    flow = population.flow
    slow = replace(population, flow=Slow(flow.kinds, flow.grades, flow.order))
    assert not slow.certify().passed
    with pytest.raises(ReductionError, match="too many tuples"):
        reduced_population(Network("Z211"), [1], 1).certify()


def test_weights_and_amplitudes_are_inverse() -> None:
    population = reduced_population(Network("Z8"), [1, 4], 3)
    for frequency, own in started(population).items():
        assert population.amplitudes(population.weights(own, frequency), frequency) == pytest.approx(own)


def flown(population: ReducedPopulation, amplitudes: Arrays, t_end: float) -> Arrays:
    shapes = {frequency: own.shape for frequency, own in amplitudes.items()}
    ends = np.cumsum([own.size for own in amplitudes.values()])

    def split(y: NDArray[np.float64]) -> Arrays:
        parts = np.split(np.ascontiguousarray(y).view(np.complex128), ends[:-1])
        return {k: part.reshape(shapes[k]) for k, part in zip(shapes, parts, strict=True)}

    def joined(values: Mapping[int, NDArray[np.complex128]]) -> NDArray[np.float64]:
        return np.concatenate([values[k].ravel() for k in shapes]).view(np.float64)

    solution = solve_ivp(
        lambda t, y: joined(population.velocities(split(y))),
        (0, t_end),
        joined(amplitudes),
        method="DOP853",
        rtol=1e-13,
        atol=1e-18,
    )
    return split(solution.y[:, -1])


def full_flow(network: Network, weights: Mapping[str, NDArray[np.float64]], t_end: float) -> Any:
    """The flow of the full softmax of a quadratic shared network, by arrays over all pairs."""
    n, shape = network.finite_group.order, weights["theta"].shape
    label = np.eye(n)[network.labels()]

    def velocity(t: float, y: NDArray[np.float64]) -> NDArray[np.float64]:
        theta, xi = y.reshape(2, *shape)
        z = theta[:, :, None] + theta[:, None, :]
        f = np.einsum("mab,mh->abh", z**2, xi)
        softmax = np.exp(f - f.max(-1, keepdims=True))
        miss = label - softmax / softmax.sum(-1, keepdims=True)
        pull = 2 * z * np.einsum("abh,mh->mab", miss, xi)
        return np.concatenate([pull.sum(1) + pull.sum(2), np.einsum("abh,mab->mh", miss, z**2)]).ravel()

    y0 = np.concatenate([weights["theta"], weights["xi"]]).ravel()
    solution = solve_ivp(velocity, (0, t_end), y0, method="DOP853", rtol=1e-13, atol=1e-18)
    return solution.y[:, -1].reshape(2, *shape)


@pytest.mark.parametrize(
    ("group", "seed"),
    [
        ("Z11", 0),
        pytest.param("Z11", 1, marks=pytest.mark.long),
        pytest.param("Z12", 0, marks=pytest.mark.long),
    ],
)
def test_the_error_falls_at_three_times_the_order_in_the_scale(group: str, seed: int) -> None:
    """At a fixed rescaled time, in all weights, the leaked ones among them: theory.md, section 8."""
    network = Network(group, loss="sum")
    scales = np.array([0.1, 0.05])
    errors = np.zeros((3, 2))
    for place, scale in enumerate(scales):
        for order in (1, 2, 3):
            population = reduced_population(network, [1, 2], order)
            start = started(population, scale, seed)
            t_end = 0.1 / (2 * network.finite_group.order * scale)
            found = gathered(population, flown(population, start, t_end))
            full = full_flow(network, gathered(population, start), t_end)
            gap = np.concatenate([found["theta"] - full[0], found["xi"] - full[1]])
            errors[order - 1, place] = abs(gap).max() / abs(full).max()
    slopes = np.diff(np.log(errors), axis=1)[:, 0] / np.diff(np.log(scales))
    assert slopes == pytest.approx([3, 6, 9], abs=0.15)


@pytest.mark.parametrize("frequencies", [[], [0], [1, 6], ["9"], ["0"], ["1", 2], 3, [1, 20], None])
def test_frequencies_that_are_none_are_refused(frequencies: Any) -> None:
    with pytest.raises(InputError):
        reduced_population(Network("Z7"), frequencies)


def test_networks_without_higher_orders_are_refused() -> None:
    with pytest.raises(InputError, match=r"S3 is not Abelian.*names among 1a, 2"):
        reduced_population(Network("S3"), [1])
    with pytest.raises(InputError, match="symbol"):
        reduced_population(Network("Zp"), [1])
    with pytest.raises(ReductionError, match="no order above 1 in arrays for this activation"):
        reduced_population(Network("Z7", activation="relu"), [1], 2)


@pytest.mark.parametrize("amplitudes", [None, {}, {1: 3.0}, {1: np.zeros((2, 3))}, {1: None}])
def test_amplitudes_that_do_not_fit_are_refused(amplitudes: Any) -> None:
    population = reduced_population(Network("Z7"), [1], 2)
    with pytest.raises(InputError, match="amplitudes"):
        population.velocities(amplitudes)
