"""The modified field of descent, and the flow of the whole population, against descent step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from odekit.comparison.flows import Orbit, PopulationFlow
from odekit.networks import Network

Field = Callable[[np.ndarray], np.ndarray]

NETWORKS = [
    Network("Z5", neurons=3),
    Network("S3", neurons=3, embedding="unshared"),
    Network("Z6", neurons=3, logit_scale=2.0, rates={"theta": 0.5, "xi": 1.0}),
]


def start(network: Network, scale: float = 0.3) -> np.ndarray:
    shape = (len(network.embeddings) + 1, network.finite_group.order, network.neurons)
    return scale * np.random.default_rng(3).normal(size=shape)


def along(field: Field, stack: np.ndarray, time: float, steps: int = 32) -> np.ndarray:
    """Where a field leads, by Runge and Kutta's classical method."""
    h = time / steps
    for _ in range(steps):
        first = field(stack)
        second = field(stack + h / 2 * first)
        third = field(stack + h / 2 * second)
        stack = stack + h / 6 * (first + 2 * second + 2 * third + field(stack + h * third))
    return stack


@pytest.mark.parametrize("order", [None, 2, 3])
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_one_step_of_descent_leaves_each_field_by_the_next_power_of_the_step(
    network: Network, order: int | None
) -> None:
    """The flow by h^2, the modified one by h^3, and with the next term by h^4."""
    begun, misses = start(network), []
    for step in (0.01, 0.005):
        flow = PopulationFlow(network, order, step)
        taken = begun + step * flow.velocity(begun)
        fields: tuple[Field, ...] = (
            flow.velocity,
            flow.field,
            PopulationFlow(network, order, step, power=2).field,
        )
        misses.append([np.linalg.norm(along(field, begun, step) - taken) for field in fields])
    slopes = np.log2(np.divide(*misses))
    assert slopes == pytest.approx([2, 3, 4], abs=0.15)


@pytest.mark.parametrize("order", [None, 2, 3])
def test_descent_leaves_the_modified_flow_by_the_square_of_the_step(order: int | None) -> None:
    network, end, misses = NETWORKS[0], 3.2, []
    for step in (0.08, 0.04):
        flow = PopulationFlow(network, order, step)
        stack = start(network)
        for _ in range(round(end / step)):
            stack = stack + step * flow.velocity(stack)
        *_, (_, followed) = flow.follow(start(network), np.array([0.0, end]), 1e-10)
        *_, (_, plain) = PopulationFlow(network, order).follow(start(network), np.array([0.0, end]), 1e-10)
        misses.append([np.linalg.norm(followed - stack), np.linalg.norm(plain - stack)])
    slopes = np.log2(np.divide(*misses))
    assert slopes == pytest.approx([2, 1], abs=0.15)


@pytest.mark.parametrize("power", [1, 2])
def test_without_a_step_the_field_is_the_velocity(power: int) -> None:
    flow = PopulationFlow(NETWORKS[0], 2, power=power)
    stack = start(NETWORKS[0])
    assert np.array_equal(flow.field(stack), flow.velocity(stack))


def test_the_orbit_comes_at_the_times_that_are_asked_for_and_at_the_ends_of_steps() -> None:
    flow, times = PopulationFlow(NETWORKS[0], 2), np.array([1.0, 1.5, 4.0])
    plain = list(flow.follow(start(NETWORKS[0]), times, 1e-9))
    dense = list(flow.follow(start(NETWORKS[0]), times, 1e-9, parts=1))
    assert [t for t, _ in plain] == times.tolist()
    assert len(dense) > 3
    assert np.all(np.diff([t for t, _ in dense]) > 0)
    at = dict(dense)
    for t, stack in plain:
        assert np.array_equal(stack, at[t])
        exact = along(flow.velocity, start(NETWORKS[0]), t - 1.0, 400) if t > 1 else start(NETWORKS[0])
        np.testing.assert_allclose(stack, exact, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("order", [None, 3])
def test_the_next_term_is_what_another_power_of_the_step_adds(order: int | None) -> None:
    first, second = (PopulationFlow(NETWORKS[0], order, 0.05, power) for power in (1, 2))
    stack = start(NETWORKS[0])
    term = second.field(stack) - first.field(stack)
    np.testing.assert_allclose(first.next_term(stack), term, rtol=1e-9, atol=1e-15)
    half = PopulationFlow(NETWORKS[0], order, 0.025).next_term(stack)
    assert np.linalg.norm(term) == pytest.approx(4 * np.linalg.norm(half), rel=0.1)
    assert not PopulationFlow(NETWORKS[0], order).next_term(stack).any()


def test_what_a_step_strays_is_within_the_tolerance() -> None:
    flow, rtol = PopulationFlow(NETWORKS[0], 2), 1e-6
    assert flow.error == 0
    ends = flow.follow(start(NETWORKS[0]), np.array([0.0, 4.0]), rtol, parts=1)
    next(ends)
    for _, stack in ends:
        assert 0 < np.linalg.norm(flow.error) < 2 * rtol * np.linalg.norm(stack)


def test_an_orbit_that_blows_up_ends() -> None:
    flow = PopulationFlow(Network("Z5", neurons=3), 1)
    found = list(flow.follow(start(NETWORKS[0], 0.6), np.linspace(0.0, 1e4, 11), 1e-8))
    assert 1 <= len(found) < 11
    assert all(np.isfinite(stack).all() for _, stack in found)


def test_a_field_that_overflows_at_the_start_leaves_the_start_alone() -> None:
    flow = PopulationFlow(NETWORKS[0], step=1.0)
    found = list(flow.follow(start(NETWORKS[0], 1e150), np.array([0.0, 1.0]), 1e-8))
    assert [t for t, _ in found] == [0.0]


def test_an_orbit_is_integrated_no_further_than_it_is_asked_for() -> None:
    asked: list[float] = []

    def moving() -> Any:
        for t in (0.0, 1.0, 2.0):
            asked.append(t)
            yield t, np.array([t])

    orbit = Orbit(moving())
    assert orbit(1.0) == np.array([1.0])
    assert orbit(0.0) == np.array([0.0])
    assert asked == [0.0, 1.0]
    assert orbit(3.0) is None
    assert orbit(2.0) == np.array([2.0])


def test_an_orbit_is_left_after_the_most_gradients() -> None:
    flow, times = PopulationFlow(NETWORKS[0]), np.linspace(0.0, 3.2, 9)
    reached = [t for t, _ in flow.follow(start(NETWORKS[0]), times, 1e-8, 1, most=40)]
    assert 0.0 < reached[-1] < times[-1]
    assert 40 <= flow.gradients < 80
