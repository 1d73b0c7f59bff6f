"""Losses of small networks as gradient flows in their weights, and how a reduced system is tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from odekit.solvers import solve
from odekit.systems import System, gradient_flow, variable


def linear_network(*widths: int) -> System:
    """Half the squared distance of the product of all layers from a target with entries m11, m12, ..."""
    layers = [variable(f"W{i}", n, m) for i, (m, n) in enumerate(pairwise(widths), 1)]
    product = layers[0].value
    for layer in layers[1:]:
        product = layer.value * product
    target = sp.Matrix(*product.shape, lambda i, j: sp.Symbol(f"m{i + 1}{j + 1}", real=True))
    energy = sum((target - product).applyfunc(lambda entry: entry**2)) / 2
    return gradient_flow(energy, layers, parameters=list(target))


def quadratic_features(
    inputs: Sequence[Sequence[sp.Rational]], targets: Sequence[sp.Rational], neurons: int, cubic: int = 0
) -> System:
    """Features h + eps h^2/2 + cubic h^3, averaged over neurons and scaled by alpha, on a data set."""
    weights = variable("w", neurons, len(inputs[0]))
    alpha, eps = sp.symbols("alpha eps", real=True)
    energy = sp.S.Zero
    for x, y in zip(inputs, targets, strict=True):
        fields = weights.value * sp.Matrix(x)
        output = alpha * sum(h + eps * h**2 / 2 + cubic * h**3 for h in fields) / neurons
        energy += (y - output) ** 2 / 2 / len(targets)
    metric = {weights: sp.Rational(1, neurons)}
    return gradient_flow(sp.expand(energy), [weights], metric=metric, parameters=[alpha, eps])


def assert_same_orbit(
    flow: System, reduced: System, start: np.ndarray, end: float, values: Mapping[str, float]
) -> None:
    """The reduced ODE from a start is what the full flow gives for its variables."""
    names = {symbol.name: symbol for symbol in (*flow.states, *flow.parameters)}
    meanings = [sp.sympify(line.split(" = ")[1], names) for line in reduced.ansatz()]
    observe = sp.lambdify([flow.states, flow.parameters], meanings)
    constants = [values[symbol.name] for symbol in flow.parameters]
    full = solve(flow, start, end, parameters=values, rtol=1e-11).y[-1, :, 0]
    ours = solve(reduced, observe(start, constants), end, parameters=values, rtol=1e-11).y[-1, :, 0]
    expected = np.array(observe(full, constants))
    assert np.linalg.norm(full - start) > 0.1
    np.testing.assert_allclose(ours, expected, rtol=1e-7, atol=1e-8)


@pytest.fixture(scope="session")
def networks() -> Mapping[str, Callable[..., System]]:
    """Builders of flows by name."""
    return {"linear": linear_network, "quadratic": quadratic_features}


@pytest.fixture(scope="session")
def same_orbit() -> Callable[..., None]:
    """Compares the orbits of a flow and of a reduced system."""
    return assert_same_orbit
