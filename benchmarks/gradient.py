"""The full network's loss and gradient: odekit beside PyTorch's autograd, and beside a bare matrix product.

Quadratic activation, all p^2 pairs, M neurons. PyTorch gets what its users write, pairs looked up in
weights of shape (M, p), logits, cross entropy, ``backward``, in eager mode on all cores; and once more what
only works for all pairs at once, the hidden layer by broadcasting in a layout of its own. The floor is three
symmetric matrix products, ``6 M p^2 (p + 1)/2`` operations, at the rate of NumPy's product of two matrices of
order 2,048 in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from harness import Row, Settings, Timing, measure, say
from machine import matmul_rate
from numpy.typing import NDArray

from odekit import Network
from odekit.simulation import LossGradient

__all__ = ["BROADCAST", "NAME", "NEURONS", "ORDERS", "OURS", "PRECISIONS", "TORCH", "rows"]

Weights = NDArray[Any]

NAME = "gradient"
OURS, TORCH, BROADCAST = "odekit, numpy", "PyTorch autograd", "PyTorch autograd, broadcast by hand"
NEURONS = 512
ORDERS = (23, 47, 97, 197)
PRECISIONS: tuple[type[np.floating[Any]], ...] = (np.float64, np.float32)
WIDTHS = (128, 256, 1_024)
WIDTHS_AT = 97


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured."""
    for dtype in PRECISIONS:
        for order in ORDERS[:2] if settings.quick else ORDERS:
            yield from _compare(order, NEURONS, dtype, settings)
    for neurons in () if settings.quick else WIDTHS:
        theta, xi = _weights(WIDTHS_AT, neurons, np.float64, settings)
        _, timing = measure(_ours(WIDTHS_AT, neurons, theta, xi), most=15, budget=4.0)
        yield say(_row(OURS, WIDTHS_AT, neurons, np.float64, timing, None))


def _compare(order: int, neurons: int, dtype: type[Any], settings: Settings) -> Iterator[Row]:
    theta, xi = _weights(order, neurons, dtype, settings)
    exact = _gradient(_ours(order, neurons, theta.astype(np.float64), xi.astype(np.float64))())
    callers = {OURS: _ours(order, neurons, theta, xi)}
    if find_spec("jax"):
        callers["odekit, jax"] = _ours(order, neurons, theta, xi, backend="jax")
    if find_spec("torch"):
        callers |= {TORCH: _looked_up(order, theta, xi), BROADCAST: _broadcast(order, theta, xi)}
    for name, call in callers.items():
        result, timing = measure(call, most=25, budget=1.0 if settings.quick else 4.0)
        gap = float(np.abs(_gradient(result) - exact).max() / np.abs(exact).max())
        yield say(_row(name, order, neurons, dtype, timing, gap))


def _row(name: str, order: int, neurons: int, dtype: type[Any], timing: Timing, gap: float | None) -> Row:
    rate = _rate(np.dtype(dtype).name)
    operations = 6.0 * neurons * order * order * (order + 1) / 2
    case = f"p {order}, M {neurons}, {np.dtype(dtype).name}"
    facts = {
        "order": order,
        "neurons": neurons,
        "precision": np.dtype(dtype).name,
        "share_of_matmul_rate": operations / timing.best / rate,
        "matmul_gflops": rate / 1e9,
        "error_kind": "largest gap to odekit's float64 gradient, relative to its largest entry",
    }
    return Row(NAME, name, case, 1, 1, timing, gap, facts)


@cache
def _rate(precision: str) -> float:
    return matmul_rate(np.dtype(precision).type)


def _weights(order: int, neurons: int, dtype: type[Any], settings: Settings) -> tuple[Weights, Weights]:
    theta, xi = np.random.default_rng(settings.seed).normal(size=(2, neurons, order), scale=0.1)
    return theta.astype(dtype), xi.astype(dtype)


def _gradient(result: tuple[Any, Any, Any]) -> NDArray[np.float64]:
    return np.stack([np.asarray(each, dtype=np.float64) for each in result[1:]])


def _ours(
    order: int, neurons: int, theta: Weights, xi: Weights, backend: str = "numpy"
) -> Callable[[], tuple[Any, Any, Any]]:
    gradient = LossGradient(Network(f"Z{order}", neurons=neurons), dtype=theta.dtype, backend=backend)
    return lambda: gradient(theta, xi)


def _looked_up(order: int, theta: Weights, xi: Weights) -> Callable[[], tuple[Any, Any, Any]]:
    import torch

    x, y = torch.cartesian_prod(torch.arange(order), torch.arange(order)).T
    label = (x + y) % order
    embedding, readout = (torch.from_numpy(each.copy()).requires_grad_() for each in (theta, xi))

    def call() -> tuple[Any, Any, Any]:
        embedding.grad = readout.grad = None
        hidden = (embedding[:, x] + embedding[:, y]).square()
        loss = torch.nn.functional.cross_entropy(hidden.T @ readout, label)
        loss.backward()
        return loss.item(), embedding.grad.numpy(), readout.grad.numpy()

    return call


def _broadcast(order: int, theta: Weights, xi: Weights) -> Callable[[], tuple[Any, Any, Any]]:
    import torch

    element = torch.arange(order)
    label = ((element[:, None] + element) % order).reshape(-1)
    embedding, readout = (torch.from_numpy(each.T.copy()).requires_grad_() for each in (theta, xi))

    def call() -> tuple[Any, Any, Any]:
        embedding.grad = readout.grad = None
        hidden = (embedding[:, None] + embedding).square().reshape(order * order, -1)
        loss = torch.nn.functional.cross_entropy(hidden @ readout.T, label)
        loss.backward()
        return loss.item(), embedding.grad.numpy().T, readout.grad.numpy().T

    return call
