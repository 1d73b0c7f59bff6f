"""Neurons with quadratic features: derived flow of their moments on one sample, data, and measurements."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import numpy as np

from odekit.arrays import FloatArray
from odekit.simulation import train_quadratic
from odekit.systems import System, gradient_flow, reduce

__all__ = [
    "DIMENSION",
    "QUADRATIC",
    "FeatureProblem",
    "draw_features",
    "moment_names",
    "moment_observables",
    "moments",
    "sample_flow",
    "sample_moments",
]

QUADRATIC = "h + eps*h**2/2"
DIMENSION = 2
DERIVED = 3  # neurons where the flow is derived, so that no moment follows from the others
SAMPLES = 6
DECIMALS = 2  # of the data, which the reduced flow holds as exact fractions


def sample_flow(width: int = DERIVED, dimension: int = DIMENSION, feature: str = QUADRATIC) -> System:
    """The flow of all weights on one sample, any input x1, x2, ... with any label y.

    It goes down ``N (y - alpha/N sum_i phi(<w_i, x>))^2 / 2``. That on a data set is the mean over its
    samples, as the loss is.

    Parameters
    ----------
    width: N. dimension: of the input. feature: phi in ``h`` and ``eps``.
    """
    inputs = [f"x{j}" for j in range(1, dimension + 1)]
    names = _weights(width, dimension)
    features = [
        feature.replace("h", f"({' + '.join(f'{w}*{x}' for w, x in zip(neuron, inputs, strict=True))})")
        for neuron in names
    ]
    loss = f"{width}*(y - alpha/{width}*({' + '.join(features)}))**2/2"
    weights = [weight for neuron in names for weight in neuron]
    return gradient_flow(loss, weights, parameters=[*inputs, "y", "alpha", "eps"])


def moment_observables(width: int = DERIVED, dimension: int = DIMENSION) -> dict[str, str]:
    """The mean weight, u1, u2, ..., and the second moments, M11, M12, ..., in the weights."""
    names = _weights(width, dimension)
    return {
        moment: f"({' + '.join('*'.join(neuron[j] for j in places) for neuron in names)})/{width}"
        for moment, places in zip(moment_names(dimension), _places(dimension), strict=True)
    }


@cache
def sample_moments() -> System:
    """The reduced flow of the moments on one sample."""
    return reduce(sample_flow(), observables=moment_observables())


def moment_names(dimension: int = DIMENSION) -> list[str]:
    """u1, u2, ..., M11, M12, ..."""
    return [
        ("u" if len(places) == 1 else "M") + "".join(str(j + 1) for j in places)
        for places in _places(dimension)
    ]


def moments(weights: FloatArray) -> dict[str, FloatArray]:
    """The moments of weights (..., neurons, dimension) by name, each (...)."""
    dimension = weights.shape[-1]
    return {
        name: np.asarray(np.prod([weights[..., j] for j in places], axis=0).mean(axis=-1))
        for name, places in zip(moment_names(dimension), _places(dimension), strict=True)
    }


@dataclass(frozen=True, eq=False)
class FeatureProblem:
    """Data to learn, and weights to start from.

    Parameters
    ----------
    inputs: (samples, dimension). labels: (samples,).
    start: (neurons, dimension).
    """

    inputs: FloatArray
    labels: FloatArray
    start: FloatArray

    def trained(
        self, t: FloatArray, rtol: float, *, alpha: float, eps: float, centred: bool = False
    ) -> FloatArray:
        """The weights over time, (T, neurons, dimension); as `train_quadratic`."""
        return train_quadratic(
            self.start, self.inputs, self.labels, t, alpha=alpha, eps=eps, centred=centred, rtol=rtol
        )


def draw_features(
    generator: np.random.Generator, neurons: int, samples: int = SAMPLES, dimension: int = DIMENSION
) -> FeatureProblem:
    """Inputs, labels and weights of independent standard normal entries."""
    inputs, labels = (generator.standard_normal(shape) for shape in ((samples, dimension), samples))
    start = generator.standard_normal((neurons, dimension))
    return FeatureProblem(inputs.round(DECIMALS), labels.round(DECIMALS), start)


def _weights(width: int, dimension: int) -> list[list[str]]:
    return [[f"w{i}_{j}" for j in range(1, dimension + 1)] for i in range(1, width + 1)]


def _places(dimension: int) -> Sequence[tuple[int, ...]]:
    return [*((j,) for j in range(dimension)), *combinations_with_replacement(range(dimension), 2)]
