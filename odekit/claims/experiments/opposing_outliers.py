"""Opposing signals: samples with a signal, and outliers that share a feature and have opposite labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from odekit.arrays import FloatArray
from odekit.simulation import descend_two_layers, two_layer_outputs

__all__ = ["Outliers", "draw_outliers"]

SAMPLES, PLAIN = 16, 12  # the others are outliers, half of each label


@dataclass(frozen=True, eq=False)
class Outliers:
    """Networks of two linear layers on samples ``x e + o f``, ``y = beta x``, x = 1 or -1, o = 0 or R.

    Parameters
    ----------
    inputs: (networks, samples, inputs). targets: (networks, samples).
    signal, feature: (inputs,), e and f, orthonormal.
    start: W (networks, hidden, inputs) and v (networks, hidden).
    """

    inputs: FloatArray
    targets: FloatArray
    signal: FloatArray
    feature: FloatArray
    start: Sequence[FloatArray]

    def only(self, place: int) -> Outliers:
        """One network of them."""
        one = slice(place, place + 1)
        start = [part[one] for part in self.start]
        return replace(self, inputs=self.inputs[one], targets=self.targets[one], start=start)

    def descend(
        self, rates: FloatArray, steps: Sequence[int], start: Sequence[FloatArray] | None = None
    ) -> list[FloatArray]:
        """The weights after each number of steps, at learning rates (networks,)."""
        begin = self.start if start is None else start
        return descend_two_layers(begin, self.inputs, self.targets, rates, steps)

    def nudged(self, weights: Sequence[FloatArray], size: float) -> list[FloatArray]:
        """Weights whose response to the feature is changed by ``size |v|``."""
        first, second = weights
        along = second / np.linalg.norm(second, axis=-1, keepdims=True)
        return [first + size * along[..., None] * self.feature, second]

    def response(self, weights: Sequence[FloatArray]) -> FloatArray:
        """(..., networks), the output on the feature alone."""
        return two_layer_outputs(weights, self.feature[None])[..., 0]

    def group_losses(self, weights: Sequence[FloatArray]) -> FloatArray:
        """(T, 2, networks): the mean loss of the outliers with labels above and below 0."""
        missing = (self.targets - two_layer_outputs(weights, self.inputs)) ** 2 / 2
        half = PLAIN + (SAMPLES - PLAIN) // 2
        return np.stack([missing[..., PLAIN:half].mean(axis=-1), missing[..., half:].mean(axis=-1)], axis=1)


def draw_outliers(
    generator: np.random.Generator,
    curvatures: FloatArray,
    label: float,
    first: float,
    second: float,
    shape: tuple[int, int],
) -> Outliers:
    """Samples and a start whose layers know one direction: ``W = first u e^T``, ``v = second u``.

    Parameters
    ----------
    curvatures: (networks,), the mean of o^2 over all samples. label: beta.
    shape: hidden units and inputs.
    """
    hidden, size = shape
    frame = np.linalg.qr(generator.standard_normal((size, 2))).Q.T
    unit = generator.standard_normal(hidden)
    unit /= np.linalg.norm(unit)
    signs = np.concatenate([np.tile([1.0, -1.0], PLAIN // 2), np.repeat([1.0, -1.0], (SAMPLES - PLAIN) // 2)])
    outlying = np.where(np.arange(SAMPLES) < PLAIN, 0.0, np.sqrt(SAMPLES / (SAMPLES - PLAIN)))
    inputs = signs[:, None] * frame[0] + np.sqrt(curvatures)[:, None, None] * outlying[:, None] * frame[1]
    count = len(curvatures)
    return Outliers(
        inputs,
        np.tile(label * signs, (count, 1)),
        frame[0],
        frame[1],
        [np.tile(first * np.outer(unit, frame[0]), (count, 1, 1)), np.tile(second * unit, (count, 1))],
    )
