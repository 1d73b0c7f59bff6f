"""A run on spheres, or on a non-Abelian group, against the lifted flow from its first snapshot."""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison.accuracy import MeasuredOrbit, neglected_gradients, neuron_lengths
from odekit.comparison.comparison import Winners
from odekit.comparison.flows import LiftedNeurons
from odekit.comparison.measures import ErrorCurve, dominant_irreps, irrep_shares
from odekit.simulation import Run

__all__ = [
    "LiftedPrediction",
    "lifted_errors",
    "lifted_orbit",
    "lifted_winners",
    "neglected_by_neuron",
    "predict_weights",
]

# Far enough apart that the difference is the coarse solution's error, which bounds the fine one's.
COARSE, FINE = 1e-7, 1e-9


@dataclass(frozen=True, eq=False)
class LiftedPrediction:
    """The ODE's weights at the run's times, (T, M, n) by weight group, and its solution's error.

    Parameters
    ----------
    weights: by weight group.
    error: (M, 1) largest relative difference between two tolerances.
    winners: (M,) the real irrep that dominates each neuron at the last time.
    """

    weights: dict[str, FloatArray]
    error: FloatArray
    winners: IndexArray


def predict_weights(run: Run, neurons: LiftedNeurons, scale_field: float) -> LiftedPrediction:
    """Integrate the lifted flow from the first snapshot to all times of the run.

    The energy is linear in xi, so that the opposite flow from (theta, xi) mirrors the flow from (theta, -xi).
    """
    sign, elapsed = np.sign(scale_field), (run.t - run.t[0]) * abs(scale_field)
    start = {name: w[0] * (sign if name == "xi" else 1.0) for name, w in run.weights.items()}
    fine, coarse = (neurons.evolve(start, elapsed, rtol) for rtol in (FINE, COARSE))
    for solution in (fine, coarse):
        solution["xi"] = sign * solution["xi"]
    size = neuron_lengths(run)
    with np.errstate(all="ignore"):
        squares = sum(((fine[name] - coarse[name]) ** 2).sum(axis=-1) for name in fine)
        error = np.nan_to_num(np.sqrt(squares) / size, nan=np.inf).max(axis=0)[:, None]
    last = {name: w[-1] for name, w in fine.items()}
    return LiftedPrediction(fine, error, dominant_irreps(last, run.network.finite_group))


def lifted_winners(run: Run, predicted: LiftedPrediction) -> Winners:
    """Predicted dominant irreps against the observed ones at the last snapshot."""
    group = run.network.finite_group
    last = {name: w[-1] for name, w in run.weights.items()}
    agrees = predicted.winners == dominant_irreps(last, group)
    first = next(values for name, values in last.items() if name != "xi")
    return Winners.counted(agrees, irrep_shares(first, group).max(axis=-1))


def lifted_errors(run: Run, predicted: dict[str, FloatArray]) -> dict[str, ErrorCurve]:
    """|difference| / |snapshot| of each weight group, median and maximum over neurons by time."""
    errors = {}
    for name, measured in run.weights.items():
        with np.errstate(all="ignore"):
            distance = np.linalg.norm(predicted[name] - measured, axis=-1)
            relative = distance / np.linalg.norm(measured, axis=-1)
        errors[name] = ErrorCurve(np.median(relative, axis=1), relative.max(axis=1))
    return errors


def lifted_orbit(run: Run, neurons: LiftedNeurons) -> MeasuredOrbit:
    """How orbits part along the run: every neuron is one part, and there is no rest."""
    separations = [
        neurons.separation({name: w[index] for name, w in run.weights.items()}) for index in range(len(run))
    ]
    norms = neuron_lengths(run)[..., None]
    return MeasuredOrbit(separations, norms, np.concatenate([norms, np.zeros_like(norms)], axis=-1))


def neglected_by_neuron(run: Run) -> FloatArray:
    """Length of the tangent part of g_full - g_uniform, in the metric of the flow, (T, M, 2), the rest 0.

    It is not finite where the loss overflows.
    """
    rows = [
        _tangent_length(run, index, difference) for index, difference in enumerate(neglected_gradients(run))
    ]
    lengths = np.array(rows)[..., None]
    return np.concatenate([lengths, np.zeros_like(lengths)], axis=-1)


def _tangent_length(run: Run, index: int, difference: dict[str, FloatArray]) -> FloatArray:
    rates = run.network.rates
    squares = np.zeros(run.network.neurons)
    for sphere in _spheres(run):
        radial = sum((difference[name] * run.weights[name][index]).sum(axis=-1) for name in sphere)
        for name in sphere:
            tangent = difference[name] - np.asarray(radial)[:, None] * run.weights[name][index]
            squares += rates[name] * (tangent**2).sum(axis=-1)
    if run.network.constraint == "none":
        squares += sum(rates[name] * (part**2).sum(axis=-1) for name, part in difference.items())
    return np.sqrt(squares)


def _spheres(run: Run) -> tuple[tuple[str, ...], ...]:
    network = run.network
    if network.constraint == "none":
        return ()
    if network.constraint == "joint_sphere":
        return (network.embeddings, ("xi",))
    return tuple((name,) for name in run.weights)
