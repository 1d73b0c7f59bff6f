"""Two linear layers with ``W_2^T W_2 - W_1 W_1^T = l``: starts, statistics, and their closed form."""

from collections.abc import Sequence

import numpy as np

from odekit.arrays import FloatArray

__all__ = ["balanced_rate", "balanced_solution", "balanced_start", "layer_statistics"]


def balanced_start(generator: np.random.Generator, size: int, balance: float) -> list[FloatArray]:
    """Square layers of random directions; the first one is the larger where the balance is negative."""
    smaller, turn = generator.standard_normal((2, size, size)) / 2
    larger = np.linalg.qr(turn).Q @ _root(smaller @ smaller.T + abs(balance) * np.eye(size))
    return [larger.T, smaller.T] if balance < 0 else [smaller, larger]


def layer_statistics(weights: Sequence[FloatArray]) -> FloatArray:
    """``Q Q^T``, ``Q = [W_1^T; W_2]``: (T, inputs + outputs, inputs + outputs)."""
    first, second = weights
    stacked = np.concatenate([first.swapaxes(1, 2), second], axis=1)
    return np.asarray(stacked @ stacked.swapaxes(1, 2))


def balanced_rate(target: FloatArray, balance: float, square: FloatArray) -> FloatArray:
    """``F X + X F - X^2`` at ``X = Q Q^T``, ``F = [[-l/2, S^T], [S, l/2]]``.

    Parameters
    ----------
    target: S, (outputs, inputs). balance: l. square: X.
    """
    half = _half(target, balance)
    return np.asarray(half @ square + square @ half - square @ square)


def balanced_solution(target: FloatArray, balance: float, start: FloatArray, t: FloatArray) -> FloatArray:
    """``X = Q Q^T`` whose rate is `balanced_rate`.

    ``X(t) = e^(Ft) X (1 + G X)^-1 e^(Ft)``, ``G = int_0^t e^(2Fs) ds``, from each moment to the next, as the
    inverse loses digits over long times.

    Parameters
    ----------
    target: S, (outputs, inputs). balance: l. start: X at the first moment.
    t: (T,), equidistant.
    """
    values, vectors = np.linalg.eigh(_half(target, balance))
    step = t[1] - t[0]
    flow = (vectors * np.exp(values * step)) @ vectors.T
    divisors = np.where(values == 0, 1.0, 2 * values)
    sums = (vectors * np.where(values == 0, step, np.expm1(2 * values * step) / divisors)) @ vectors.T
    squares = [start]
    for _ in t[1:]:
        inverse = np.linalg.inv(np.eye(len(start)) + sums @ squares[-1])
        squares.append(flow @ squares[-1] @ inverse @ flow)
    return np.array(squares)


def _half(target: FloatArray, balance: float) -> FloatArray:
    """F."""
    outputs, inputs = target.shape
    half = np.diag(np.repeat([-balance / 2, balance / 2], [inputs, outputs]))
    half[inputs:, :inputs], half[:inputs, inputs:] = target, target.T
    return half


def _root(matrix: FloatArray) -> FloatArray:
    """The positive square root of a symmetric matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(values)) @ vectors.T)
