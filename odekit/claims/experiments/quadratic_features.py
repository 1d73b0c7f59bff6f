"""Neurons with quadratic features: derived flow of their moments on one sample, data, and measurements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.simulation import train_quadratic
from odekit.systems import Observables, System, gradient_flow, observables, reduce, system, variable

__all__ = [
    "DIMENSION",
    "QUADRATIC",
    "FeatureProblem",
    "data_means",
    "draw_features",
    "moment_names",
    "moment_observables",
    "moments",
    "moments_on_data",
    "output_in_moments",
    "outputs_by_moments",
    "sample_flow",
    "sample_moments",
]

QUADRATIC = "h + eps*h**2/2"
DIMENSION = 2
DERIVED = 3  # neurons where the flow is derived, so that no moment follows from the others
SAMPLES = 6
HIGHEST = 4  # power of an input in the rates: of the output's quadratic part, times the gradient's
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


@cache
def output_in_moments() -> Any:
    """The output on a sample in the moments: the label at which the reduced flow rests on it.

    That is where the residual is 0, which is a factor of each rate and alone depends on the label.
    """
    flow = sample_moments()
    rate = next(iter(flow.rhs.values()))
    label = next(symbol for symbol in flow.parameters if symbol.name == "y")
    return (label - rate / rate.diff(label)).cancel()


def outputs_by_moments(
    found: Mapping[str, FloatArray], inputs: FloatArray, alpha: float, eps: FloatArray | float
) -> FloatArray:
    """Outputs of networks by their moments.

    Parameters
    ----------
    found: moments by name, each (...). inputs: (..., samples, dimension).
    alpha: of the output. eps: of the quadratic part, a number or (...).

    Returns
    -------
    (..., samples) float64, of all leading axes as they broadcast.
    """
    flow = sample_moments()
    given = {f"x{j + 1}": inputs[..., j] for j in range(DIMENSION)} | {"y": 0.0, "alpha": alpha}
    given["eps"] = np.asarray(eps)[..., None]
    states = [found[state.name][..., None] for state in flow.states]
    (values,) = _output()(np.zeros(1), states, [np.asarray(given[each.name]) for each in flow.parameters])
    return np.asarray(values)


@cache
def _output() -> Observables:
    return observables(sample_moments(), {"f": output_in_moments()})


@cache
def moments_on_data(frozen: bool = False) -> System:
    """The reduced flow on a data set: its rates on a sample are polynomials, and depend on their means alone.

    Parameters
    ----------
    frozen: whether all but the residual keeps the moments u10, ... of the start, which is false.

    Returns
    -------
    flow: with alpha, eps and `data_means` as parameters.
    """
    flow = sample_moments()
    data = [symbol for symbol in flow.parameters if symbol.name not in ("alpha", "eps")]
    label = next(symbol for symbol in data if symbol.name == "y")
    start = {state: variable(f"{state.name}0").value for state in flow.states}
    rates: dict[Any, Any] = {}
    for state, rate in flow.rhs.items():
        kernel = rate.diff(label).subs(start, simultaneous=True)
        whole = kernel * (label - output_in_moments()) if frozen else rate
        terms = whole.as_poly(*data).terms()
        rates[state] = sum(factor * variable(_mean(powers)).value for powers, factor in terms)
    used = {symbol for rate in rates.values() for symbol in rate.free_symbols} - {*flow.states}
    return system(rates, parameters=sorted(used, key=str))


def data_means(inputs: FloatArray, labels: FloatArray) -> dict[str, FloatArray]:
    """Means of ``x1^i x2^j y^k`` over samples by the name Eijk, up to those that `moments_on_data` needs.

    Parameters
    ----------
    inputs: (..., samples, 2). labels: (..., samples).

    Returns
    -------
    means: (...) each.
    """
    x1, x2 = np.moveaxis(inputs, -1, 0)
    every = product(range(HIGHEST + 1), range(HIGHEST + 1), range(2))
    return {_mean((i, j, k)): np.asarray((x1**i * x2**j * labels**k).mean(axis=-1)) for i, j, k in every}


def _mean(powers: Sequence[int]) -> str:
    return "E" + "".join(map(str, powers))


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
