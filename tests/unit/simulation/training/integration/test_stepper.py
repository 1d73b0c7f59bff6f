"""A flow under way: the cheaper method where it is stiff, and the same steps after a restoration."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.arrays import FloatArray
from odekit.errors import StoppedEarly
from odekit.simulation.training.integration import Stepper, follow, integrate
from odekit.simulation.training.integration.chebyshev import Chebyshev

DECAYS = np.array([[1.0, 2e5], [0.5, 30.0]])


def stiff(weights: np.ndarray) -> np.ndarray:
    """Towards (cos), at rates from .5 to 2e5."""
    return -DECAYS * (weights - weights**3 / 10)


def test_a_stiff_flow_is_followed_by_few_slopes_and_as_exactly() -> None:
    start, times = np.full((2, 2), 0.5), np.linspace(0.0, 2.0, 5)
    found = integrate(stiff, start, times, 1e-8, lambda done: None)
    # y' = -r (y - y^3/10) has y^2 = u/(1 + u/10), u = u0 exp(-2 r t), u0 = y0^2/(1 - y0^2/10).
    u = 0.25 / (1 - 0.025) * np.exp(-2 * DECAYS * times[:, None, None])
    np.testing.assert_allclose(found, np.sqrt(u / (1 + u / 10)), atol=1e-6)


def test_a_flow_that_is_not_stiff_keeps_its_method() -> None:
    way = Stepper(lambda w: -w, 0.0, np.ones(3), 50.0, 1e-8)
    while way.t < way.last:
        way.step()
        assert not isinstance(way._method, Chebyshev)


def test_too_many_slopes_stop_a_flow_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odekit.simulation.training.integration.passage.MAX_EVALUATIONS", 100)
    with pytest.raises(StoppedEarly, match=r"come no further than t = .*100 gradients"):
        integrate(stiff, np.full((2, 2), 0.5), np.linspace(0.0, 2.0, 5), 1e-8, lambda done: None)


@pytest.mark.parametrize(("last", "is_far"), [(1e300, True), (1e9, True), (0.1, False)])
def test_a_flow_that_will_not_reach_its_end_says_so(
    monkeypatch: pytest.MonkeyPatch, last: float, is_far: bool
) -> None:
    monkeypatch.setattr("odekit.simulation.training.integration.passage.MAX_EVALUATIONS", 300)

    def shaken(y: FloatArray) -> FloatArray:
        return np.array([1.0, np.cos(3e3 * y[0])])

    with pytest.raises(StoppedEarly, match="come no further than") as stopped:
        integrate(shaken, np.zeros(2), np.array([0.0, last]), 1e-8, lambda done: None)
    assert (f"its end, t = {last:g}, will not be reached" in str(stopped.value)) is is_far


@pytest.mark.parametrize("steps", [10, 80, 400])
def test_after_a_restoration_the_steps_are_the_same_to_the_last_bit(steps: int) -> None:
    start = np.full((2, 2), 0.5)
    way, other = (Stepper(stiff, 0.0, start, 2.0, 1e-8) for _ in range(2))
    for _ in range(steps):
        way.step()
    other.restore({name: value.copy() for name, value in way.state.items()})
    for _ in range(60):
        way.step()
        other.step()
        assert (way.t, way.evaluations) == (other.t, other.evaluations)
        np.testing.assert_array_equal(way.weights, other.weights)


def test_a_way_that_is_over_has_no_later_snapshots() -> None:
    times = np.linspace(0.0, 10.0, 11)
    way = Stepper(lambda w: -w, 0.0, np.ones(2), 10.0, 1e-8)
    snapshots = follow(way, times, lambda way: way.t > 4.5)
    assert 5 <= len(snapshots) < 11
    np.testing.assert_allclose(snapshots[:, 0], np.exp(-times[: len(snapshots)]), rtol=1e-6)
