"""The averaged loss of attention and the slow law of its heads, against known formulas and samples."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import (
    averaged_loss,
    finite_loss,
    least_slope,
    linear_loss,
    slow_law,
    valley_floor,
    valley_slope,
    vanishing_powers,
)
from odekit.simulation import Prompts, attention_gradient, draw_prompts
from odekit.systems import System, gradient_flow, reduce


def _at(formula: sp.Expr, **values: float) -> float:
    return float(formula.subs({symbol: values[symbol.name] for symbol in formula.free_symbols}))


def _on_manifold(second: str) -> System:
    averaged = averaged_loss(2)
    flow = gradient_flow(averaged.loss, [averaged.mu, averaged.omega], parameters=[*averaged.parameters])
    return reduce(flow, {"mu1": "m", "omega1": "w", "mu2": f"{second}m", "omega2": f"{second}w"})


@pytest.mark.slow
def test_the_averaged_loss_is_the_known_one() -> None:
    mu, omega = sp.Matrix(sp.symbols("mu1:4", real=True)), sp.Matrix(sp.symbols("omega1:4", real=True))
    c, d, s = sp.symbols("c d s", positive=True)
    noise = (omega * omega.T).applyfunc(lambda entry: entry + c * sp.exp(d * entry))
    known = (1 + s**2 - 2 * mu.dot(omega) + (mu.T * noise * mu)[0]) / 2
    assert sp.expand(averaged_loss(3).loss - known) == 0


@pytest.mark.parametrize("of", [averaged_loss, finite_loss])
def test_the_derived_loss_is_that_of_sampled_prompts(of: object) -> None:
    """What is left out is of order 1/200^2, and in the averaged one of order omega^2/200."""
    tokens, inputs, noise = 200, 6, 1.0
    mu, omega = np.array([1.1, -0.6]), np.array([0.2, -0.25])
    key_query = omega[:, None, None] * np.eye(inputs + 1, inputs)
    generator = np.random.default_rng(3)
    output = mu[:, None] * np.eye(inputs + 1)[-1]
    drawn = (draw_prompts(generator, 1000, tokens, inputs, noise) for _ in range(10))
    losses = [attention_gradient(key_query, output, prompts)[0] for prompts in drawn]
    values = {"mu1": 1.1, "mu2": -0.6, "omega1": 0.2, "omega2": -0.25, "d": inputs, "s": noise}
    derived = _at(of(2).loss, c=2 / tokens, **values)
    error = np.std(losses, ddof=1) / np.sqrt(len(losses))
    assert abs(derived - np.mean(losses)) < 5 * error


@pytest.mark.slow
def test_the_loss_of_two_tasks_is_that_of_sampled_prompts() -> None:
    """Each task has inputs and a label of its own; what is left out is as for one task."""
    tokens, inputs, noise = 200, 6, 1.0
    mu, omega = np.array([[1.1, 0.4], [-0.6, 0.8]]), np.array([[0.2, 0.15], [-0.25, 0.1]])
    key_query = np.concatenate([np.repeat(omega, inputs, axis=1), np.zeros((2, 1))], axis=1)
    key_query = key_query[:, :, None] * np.eye(2 * inputs + 1, 2 * inputs)
    generator = np.random.default_rng(3)
    losses = []
    for _ in range(10):
        x = generator.standard_normal((800, tokens + 1, 2 * inputs))
        loss = 0.0
        for task in range(2):
            own = x[..., task * inputs : (task + 1) * inputs]
            w = generator.standard_normal((800, inputs, 1)) / inputs**0.5
            y = own @ w + noise * generator.standard_normal((800, tokens + 1, 1))
            prompts = Prompts(np.concatenate([x, y], axis=2)[:, :-1], x[:, -1], y[:, -1, 0])
            output = mu[:, task, None] * np.eye(2 * inputs + 1)[-1]
            loss += attention_gradient(key_query, output, prompts)[0]
        losses.append(loss)
    of_two = averaged_loss(2, 2)
    entries = zip((*of_two.mu.symbols, *of_two.omega.symbols), (*mu.flat, *omega.flat), strict=True)
    values = {symbol.name: value for symbol, value in entries}
    derived = _at(of_two.loss, c=2 / tokens, d=inputs, s=noise, **values)
    error = np.std(losses, ddof=1) / np.sqrt(len(losses))
    assert abs(derived - np.mean(losses)) < 5 * error
    # The other task's labels count in the score: without it the loss differs.
    values = {**values, "omega12": 0.0, "omega22": 0.0}
    assert abs(_at(of_two.loss, c=2 / tokens, d=inputs, s=noise, **values) - np.mean(losses)) > 5 * error


def test_the_finite_loss_tends_to_the_averaged_one() -> None:
    """They differ by c/d, but for the means' shift ``-omega r e^(d omega^2)/n``; r^2 is 1 on average."""
    mu, noise, c = np.array([1.1, 0.6]), 2.0, 1.0
    remains = []
    for inputs in (1e5, 1e6):
        omega = np.array([0.8, 0.5]) / inputs**0.5
        place = {"mu1": mu[0], "mu2": mu[1], "omega1": omega[0], "omega2": omega[1]}
        values = {"d": inputs, "s": noise, "c": c, **place}
        difference = _at(finite_loss(2).loss - averaged_loss(2).loss, **values)
        shift = c / (1 + noise**2) * (mu * omega) @ np.exp(inputs * omega**2)
        remains.append(difference - shift)
    assert remains[0] / remains[1] == pytest.approx(10, rel=0.01)


@pytest.mark.slow
def test_the_slopes_of_pairs_and_of_equal_heads_are_the_known_ones() -> None:
    c, d = sp.symbols("c d", positive=True)
    assert sp.simplify(valley_slope(_on_manifold("-")) - 1 / (1 + c * d)) == 0
    slope, weight = least_slope(_on_manifold(""))
    assert sp.simplify(slope - 1 / (1 + sp.E * c * d)) == 0
    assert weight == 1 / sp.sqrt(d)


def test_the_valley_of_a_pair_leaves_the_fourth_power_of_its_weight() -> None:
    c, d, s = sp.symbols("c d s", positive=True)
    floor, power = valley_floor(_on_manifold("-"))
    assert sp.simplify(floor - (s**2 + c * d / (1 + c * d)) / 2) == 0
    assert power == 4


@pytest.mark.parametrize("heads", [2, 3])
def test_values_and_their_products_with_squared_weights_sum_to_0_in_the_valley(heads: int) -> None:
    assert vanishing_powers(averaged_loss(heads)) == (0, 2)


def test_no_sum_vanishes_without_the_noise_of_pooled_labels() -> None:
    averaged = averaged_loss(2)
    quiet = averaged.loss.subs(averaged.parameters[0], 0)
    assert vanishing_powers(dataclasses.replace(averaged, loss=quiet)) == ()


@pytest.mark.slow
def test_the_slow_law_is_the_known_one_with_its_next_order() -> None:
    c, d = sp.symbols("c d", positive=True)
    law = slow_law(_on_manifold("-"))
    assert (law.power, law.step) == (7, 4)
    assert sp.simplify(law.rate - 2 * c * d**3 / 3) == 0
    known = -(40 * (1 + c * d) ** 3 + 19 * c * d**3 - d**2) / (10 * (1 + c * d))
    assert sp.simplify(law.next - known) == 0
    assert str(law).startswith("w' = -(2*c*d**3/3)*w**7*(1 + ")


def test_the_loss_of_linear_attention_is_that_of_its_moments() -> None:
    """``E[f^2] = slope^2 (1 + c d)`` for many inputs, of ``f = slope sum_i y_i x_i . q/n``."""
    mu, omega = sp.Matrix(sp.symbols("mu1:3", real=True)), sp.Matrix(sp.symbols("omega1:3", real=True))
    c, d, s = sp.symbols("c d s", positive=True)
    slope = mu.dot(omega)
    known = (1 + s**2 - 2 * slope + slope**2 * (1 + c * d)) / 2
    assert sp.expand(linear_loss(2).loss - known) == 0
