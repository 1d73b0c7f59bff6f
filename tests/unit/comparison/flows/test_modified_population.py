"""The modified equation of descent in weight space: powers of the step, and steps of real descent."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.comparison.flows import PopulationFlow
from odekit.networks import Network
from odekit.simulation import LossGradient

FloatArray = NDArray[np.float64]

NETWORK = Network("Z5", neurons=4, rates={"theta": 0.5, "xi": 2.0})
RATES = np.array([0.5, 2.0])[:, None, None]
START: FloatArray = 0.6 * np.random.default_rng(0).standard_normal((2, 5, 4))
TIME = 1.0


def descended(step: float) -> FloatArray:
    gradient, w = LossGradient(NETWORK), START.copy()
    for _ in range(round(TIME / step)):
        w -= step * RATES * gradient.evaluate(w)[1]
    return w


def error(step: float, power: int | None) -> float:
    """Of the modified equation up to a power of the step, or of the flow itself."""
    flow = PopulationFlow(NETWORK, None, step if power else 0.0, power or 1)
    *_, (_, end) = flow.follow(START, np.array([0.0, TIME]), 1e-12)
    return float(np.abs(end - descended(step)).max())


@pytest.mark.parametrize(("power", "order"), [(None, 1), (1, 2), (2, 3)])
def test_descent_leaves_each_equation_at_its_own_order(power: int | None, order: int) -> None:
    first, second = (error(step, power) for step in (0.02, 0.01))
    assert np.log2(first / second) == pytest.approx(order, abs=0.1)


def test_gradients_are_counted() -> None:
    counts = []
    for step, power in ((0.0, 1), (0.1, 1), (0.1, 2)):
        flow = PopulationFlow(NETWORK, None, step, power)
        flow.field(START)
        counts.append(flow.gradients)
    assert counts == [1, 2, 3]


def test_steps_in_parts_and_times_come_in_order_and_lie_on_one_orbit() -> None:
    flow = PopulationFlow(NETWORK)
    times = np.array([0.0, 0.31, 0.77, 4.0])
    found = dict(flow.follow(START, times, 1e-8, parts=3))
    assert list(found) == sorted(found)
    assert set(times) <= set(found)
    assert len(found) > 9
    again = dict(flow.follow(START, np.array(sorted(found)), 1e-11))
    assert all(np.allclose(found[t], again[t], atol=1e-6) for t in found)
