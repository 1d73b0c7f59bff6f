"""Models that odekit has never seen: gradient descent in NumPy, and the ODE that a theorist would write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.comparison import Trajectory

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """Weights, their velocity under gradient flow, what is recorded of them, and its closed ODE as text."""

    weights: Array
    velocity: Callable[[Array], Array]
    recorded: Callable[[Array], dict[str, float]]
    equations: dict[str, str]
    end: float

    def descend(self, learning_rate: float, records: int = 40) -> Trajectory:
        """A run of gradient descent, with its learning rate stated."""
        steps = round(self.end / learning_rate)
        kept = set(np.linspace(0, steps, records).round().astype(int).tolist())
        weights, found, times = self.weights, [], []
        for step in range(steps + 1):
            if step in kept:
                found.append(self.recorded(weights))
                times.append(step * learning_rate)
            weights = weights + learning_rate * self.velocity(weights)
        values = {name: np.array([record[name] for record in found]) for name in found[0]}
        return Trajectory(times, values, {"learning_rate": learning_rate})


def two_layer_linear(generator: np.random.Generator) -> Model:
    """(s - a b)^2/2, a two-layer linear network in one mode."""
    s = round(float(generator.uniform(0.5, 3.0)), 3)
    return Model(
        generator.uniform(0.1, 0.5, 2),
        lambda w: (s - w[0] * w[1]) * w[::-1],
        lambda w: {"a": w[0], "b": w[1]},
        {"a": f"b*({s} - a*b)", "b": f"a*({s} - a*b)"},
        5 / s,
    )


def factorisation(generator: np.random.Generator) -> Model:
    """(y - <A, B>)^2/2 of two vectors, by u = |A|^2, v = |B|^2 and s = <A, B>."""
    y, width = round(float(generator.uniform(0.5, 3.0)), 3), int(generator.integers(2, 6))
    return Model(
        0.4 * generator.normal(size=(2, width)),
        lambda w: (y - w[0] @ w[1]) * w[::-1],
        lambda w: {"u": w[0] @ w[0], "v": w[1] @ w[1], "s": w[0] @ w[1]},
        {"u": f"2*({y} - s)*s", "v": f"2*({y} - s)*s", "s": f"({y} - s)*(u + v)"},
        3 / y,
    )


def quadratic_features(generator: np.random.Generator) -> Model:
    """Sum of (tau - w^2)^2/2 over features w^2, by the features."""
    tau = generator.uniform(0.5, 2.0, 3).round(3)
    names = ("x", "y", "z")
    return Model(
        generator.uniform(0.2, 0.6, 3),
        lambda w: 2 * w * (tau - w**2),
        lambda w: dict(zip(names, w**2, strict=True)),
        {name: f"4*{name}*({value} - {name})" for name, value in zip(names, tau, strict=True)},
        2.0,
    )


def damped_mode(generator: np.random.Generator) -> Model:
    """Linear regression with weight decay, by its overlap with the teacher and its squared length."""
    teacher, decay = generator.normal(size=4), round(float(generator.uniform(0.2, 0.6)), 3)
    length = float(teacher @ teacher)
    return Model(
        0.4 * generator.normal(size=4),
        lambda w: teacher - w - decay * w,
        lambda w: {"m": w @ teacher, "q": w @ w},
        {"m": f"{length} - m - {decay}*m", "q": f"2*m - 2*q - 2*{decay}*q"},
        4.0,
    )


MAKERS = (two_layer_linear, factorisation, quadratic_features, damped_mode)


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.__name__)
def model(request: pytest.FixtureRequest) -> Model:
    """One of the models, drawn with a seed."""
    return request.param(np.random.default_rng(7))


@pytest.fixture
def drawn() -> Callable[[int], Model]:
    """A model by number, each with its own seed."""
    return lambda number: MAKERS[number % len(MAKERS)](np.random.default_rng([11, number]))
