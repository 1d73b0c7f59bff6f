"""Deep linear networks for experiments: targets, starts on singular modes, and what is measured of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from odekit.arrays import FloatArray
from odekit.simulation import end_to_end, train_linear

__all__ = [
    "LinearProblem",
    "LinearRun",
    "decoupled_start",
    "draw_problem",
    "random_start",
    "rise_directions",
    "trained",
]


@dataclass(frozen=True, eq=False)
class LinearProblem:
    """A target by its singular value decomposition ``S = left diag(strengths) right^T``.

    Parameters
    ----------
    left: (outputs, modes). right: (inputs, modes). strengths: (modes,), decreasing.
    """

    left: FloatArray
    right: FloatArray
    strengths: FloatArray

    @property
    def target(self) -> FloatArray:
        """S, (outputs, inputs)."""
        return np.asarray((self.left * self.strengths) @ self.right.T)

    def modes(self, weights: Sequence[FloatArray]) -> FloatArray:
        """The part of the layers' product on every pair of modes, (T, modes, modes)."""
        return np.asarray(self.left.T @ end_to_end(weights) @ self.right)


@dataclass(frozen=True, eq=False)
class LinearRun:
    """Training of all matrices at a tolerance, and at a looser one.

    Parameters
    ----------
    problem: what was learnt.
    t: (T,).
    weights, looser: each layer's matrices, (T, outputs, inputs).
    """

    problem: LinearProblem
    t: FloatArray
    weights: Sequence[FloatArray]
    looser: Sequence[FloatArray]

    @property
    def strengths(self) -> FloatArray:
        """The product's part on every pair of modes, (T, modes, modes)."""
        return self.problem.modes(self.weights)

    @property
    def integrator_error(self) -> float:
        """Largest change of a mode's strength at the looser tolerance."""
        return float(np.abs(self.strengths - self.problem.modes(self.looser)).max())

    @property
    def imbalance(self) -> float:
        """Largest change of ``W_(l+1)^T W_(l+1) - W_l W_l^T`` over time and layers."""
        changes = [
            np.abs(differences - differences[0]).max()
            for below, above in pairwise(self.weights)
            for differences in [above.swapaxes(1, 2) @ above - below @ below.swapaxes(1, 2)]
        ]
        return float(max(changes))


def draw_problem(
    generator: np.random.Generator, outputs: int, inputs: int, strengths: FloatArray
) -> LinearProblem:
    """A target with given singular values and random singular vectors."""
    modes = len(strengths)
    return LinearProblem(_frame(generator, outputs, modes), _frame(generator, inputs, modes), strengths)


def decoupled_start(
    problem: LinearProblem, generator: np.random.Generator, factors: FloatArray, width: int
) -> list[FloatArray]:
    """Layers that are diagonal on the modes, with random orthonormal directions of the hidden layers.

    Parameters
    ----------
    factors: (layers, modes), the diagonals.
    width: of every hidden layer, at least the number of modes.
    """
    hidden = [_frame(generator, width, factors.shape[1]) for _ in factors[1:]]
    frames = [problem.right, *hidden, problem.left]
    return [
        (above * diagonal) @ below.T
        for (below, above), diagonal in zip(pairwise(frames), factors, strict=True)
    ]


def random_start(
    problem: LinearProblem, generator: np.random.Generator, width: int, scale: float
) -> list[FloatArray]:
    """Two layers of independent normal entries of standard deviation scale/sqrt(width)."""
    shapes = ((width, len(problem.right)), (len(problem.left), width))
    return [scale / np.sqrt(width) * generator.standard_normal(shape) for shape in shapes]


def rise_directions(problem: LinearProblem, start: Sequence[FloatArray]) -> FloatArray:
    """The growing part of every mode in the hidden layer, (modes, width), the strongest mode first.

    While all is small, ``W_1 v`` and ``W_2^T u`` of a mode drive each other, so that half their sum grows. A
    mode that has been learnt takes its direction from those that come later.
    """
    growing = (problem.right.T @ start[0].T + problem.left.T @ start[1]) / 2
    triangle = np.linalg.qr(growing.T)
    return np.asarray(np.diag(triangle.R)[:, None] * triangle.Q.T)


def trained(
    problem: LinearProblem, start: Sequence[FloatArray], t: FloatArray, rtol: float, looser: float
) -> LinearRun:
    """Gradient flow of all matrices, at two tolerances."""
    runs = [train_linear(start, problem.target, t, tolerance) for tolerance in (rtol, looser)]
    return LinearRun(problem, t, *runs)


def _frame(generator: np.random.Generator, size: int, count: int) -> FloatArray:
    """Orthonormal columns, (size, count)."""
    return np.asarray(np.linalg.qr(generator.standard_normal((size, count))).Q)
