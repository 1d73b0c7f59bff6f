"""The averaged softmax-attention flow of two heads, as a system and as a loss for automatic differentiation.

Population loss ``L = (1 + s^2 - 2 mu.omega + mu^T (omega omega^T + c exp(d omega omega^T)) mu)/2``, the
exponential entry by entry, with c = (1 + s^2)/context length; gradient descent in mu and omega, d = 5,
c = .0275. A slow valley follows a fast start.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import odekit

__all__ = ["END", "START", "flow", "loss", "starts"]

END = 2e4
DIMENSION, SPREAD, NOISE = 5.0, 0.0275, 0.1
START = np.array([0.1, -0.05, 0.12, 0.08])


def flow() -> Any:
    """The system of m1, m2 (mu) and w1, w2 (omega)."""
    product = "(m1*w1 + m2*w2)"
    pairs = [(i, j) for i in "12" for j in "12"]
    spread = " + ".join(f"m{i}*m{j}*exp({DIMENSION}*w{i}*w{j})" for i, j in pairs)
    energy = f"(1 + {NOISE} - 2*{product} + {product}**2 + {SPREAD}*({spread}))/2"
    return odekit.gradient_flow(energy, ["m1", "m2", "w1", "w2"])


def loss(y: Any, numpy: Any) -> Any:
    """L at mu = y[:2], omega = y[2:]."""
    mu, omega = y[:2], y[2:]
    pairs = numpy.outer(omega, omega)
    return (1 + NOISE - 2 * mu @ omega + mu @ ((pairs + SPREAD * numpy.exp(DIMENSION * pairs)) @ mu)) / 2


def starts(batch: int, seed: int) -> NDArray[np.float64]:
    """Small random weights, (4, batch)."""
    return np.random.default_rng(seed).uniform(-0.15, 0.15, (4, batch))
