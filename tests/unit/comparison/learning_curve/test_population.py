"""Predictions by living modes and over orbit classes, against those with all weights and against descent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from odekit.comparison import LearningCurve, predict
from odekit.comparison.flows import PopulationFlow
from odekit.comparison.learning_curve import orbit, population
from odekit.networks import Network
from odekit.simulation import LossGradient, Run, initial_weights
from odekit.simulation.gradient import components

# Of nats, between two ways to add the same numbers up that a blow-up drives apart.
ROUNDING = 1e-8
RATE = {"learning_rate": 0.2}


def begun(network: Network, stack: np.ndarray, **meta: Any) -> Run:
    return Run(np.zeros(1), PopulationFlow(network).by_name(stack[None]), network, meta={**RATE, **meta})


def gap(curve: LearningCurve, run: Run) -> np.ndarray:
    """Distance of the predicted loss at its points to descent's own, smooth between its steps."""
    flow, rate = PopulationFlow(run.network), run.meta["learning_rate"]
    stack, gradient = flow.stack({name: w[0] for name, w in run.weights.items()}), LossGradient(run.network)
    losses = []
    for _ in range(int(curve.t[-1] / rate) + 5):
        loss, slope = gradient.evaluate(stack)
        losses.append(float(loss))
        stack = stack - rate * slope
    smooth = CubicSpline(rate * np.arange(len(losses)), losses)
    return np.asarray(np.abs(curve.loss - smooth(curve.t)))


def apart(curve: LearningCurve, other: LearningCurve) -> float:
    """Largest distance of two losses, whose points may lie a rounding apart in time."""
    assert curve.t == pytest.approx(other.t, rel=1e-6)
    slope = np.gradient(other.loss, other.t)
    return float(np.abs(curve.loss - other.loss - slope * (curve.t - other.t)).max())


@pytest.fixture
def with_all_weights(monkeypatch: pytest.MonkeyPatch) -> Any:
    def predicted(run: Run, until: float) -> LearningCurve:
        with monkeypatch.context() as patch:
            patch.setattr(population, "has_components", lambda network: False)
            patch.setattr(population, "orbit_classes", lambda network, weights: None)
            return predict(run, until=until)

    return predicted


@pytest.fixture
def free_kinds(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Small networks' calls cost more than their products: let these alone count."""
    monkeypatch.setattr(components, "OF_A_KIND", 0.0)
    monkeypatch.setattr(components, "OF_A_WEIGHT", 0.0)
    return monkeypatch


def single_frequencies() -> Run:
    network = Network("Z11", neurons=100)
    return begun(network, initial_weights(network, "single_frequency", 0.1, np.random.default_rng(3)))


def symmetric() -> Run:
    """Every neuron moved along ``x -> x + s``, and mirrored."""
    base = 0.1 * np.random.default_rng(1).standard_normal((2, 5, 3))
    moved = [np.stack([np.roll(base[0], s, 0), np.roll(base[1], 2 * s, 0)]) for s in range(5)]
    both = [*moved, *(each[:, -np.arange(5) % 5] for each in moved)]
    stack = np.concatenate(both, axis=-1)
    return begun(Network("Z5", neurons=stack.shape[-1]), stack)


UNTIL = 60.0


def test_neurons_of_one_frequency_are_followed_by_what_lives_in_them(
    free_kinds: pytest.MonkeyPatch, with_all_weights: Any
) -> None:
    run = single_frequencies()
    curve, whole = predict(run, until=UNTIL), with_all_weights(run, UNTIL)
    assert curve.fall[-1] > 1
    assert curve.regimes[0].modes == 1
    assert all(regime.modes is None for regime in whole.regimes)
    assert curve.cost.operations < 0.8 * whole.cost.operations
    assert curve.symmetries == whole.symmetries == 1
    assert (gap(curve, run) <= curve.loss_band + 1e-6).all()
    assert "modes a neuron" in curve.told()
    assert curve.loss_band[-1] < 0.02 * np.log(11)


def test_with_no_mode_left_out_it_is_the_prediction_with_all_weights(
    free_kinds: pytest.MonkeyPatch, with_all_weights: Any
) -> None:
    free_kinds.setattr(population, "DEAD", (0.0,))
    free_kinds.setattr(population, "WORTH", np.inf)
    run = single_frequencies()
    noisy = {
        name: w + 1e-3 * np.random.default_rng(2).normal(size=w.shape) for name, w in run.weights.items()
    }
    run = Run(run.t, noisy, run.network, meta=run.meta)
    curve, whole = predict(run, until=UNTIL), with_all_weights(run, UNTIL)
    assert {regime.modes for regime in curve.regimes} == {6.0}
    assert apart(curve, whole) < ROUNDING
    assert np.abs(curve.weights["xi"] - whole.weights["xi"]).max() < 1e3 * ROUNDING


def test_modes_left_out_by_force_are_in_the_band(free_kinds: pytest.MonkeyPatch) -> None:
    network = Network("Z5", neurons=32)
    run = begun(network, initial_weights(network, "iid", 0.1, np.random.default_rng(1)))
    usual = predict(run, until=30.0)
    assert all(regime.modes is None for regime in usual.regimes)
    free_kinds.setattr(population, "DEAD", (0.01,))
    free_kinds.setattr(population, "ROOM", np.inf)
    free_kinds.setattr(population, "WORTH", np.inf)
    free_kinds.setattr(orbit, "OFF", np.inf)
    forced = predict(run, until=30.0)
    assert (gap(usual, run) <= usual.loss_band + 1e-6).all()
    assert (gap(forced, run) <= forced.loss_band + 1e-6).all()
    assert gap(forced, run).max() > usual.loss_band[-1]
    assert forced.regimes[0].distance > usual.regimes[0].distance


def test_a_symmetric_population_is_followed_over_its_classes_exactly(with_all_weights: Any) -> None:
    run = symmetric()
    curve, whole = predict(run, until=50.0), with_all_weights(run, 50.0)
    assert (curve.symmetries, whole.symmetries) == (10, 1)
    assert curve.fall[-1] > 0.5
    assert curve.cost.gradients == whole.cost.gradients
    assert curve.cost.operations < 0.5 * whole.cost.operations
    assert apart(curve, whole) < ROUNDING
    assert (gap(curve, run) <= curve.loss_band + 1e-6).all()
    assert "classes of 10 symmetries" in curve.told()


def test_the_band_costs_less_than_the_orbit_and_both_less_than_training() -> None:
    network = Network("Z5", neurons=32)
    run = begun(network, initial_weights(network, "iid", 0.05, np.random.default_rng(1)), learning_rate=0.05)
    cost = predict(run, until=75.0).cost
    assert cost.band_gradients < cost.gradients / 2
    assert 0 < cost.share < 1
    flow = predict(Run(run.t, run.weights, network, meta={"optimiser": "gradient flow"}), until=75.0).cost
    assert np.isnan(flow.share)
