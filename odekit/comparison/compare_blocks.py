"""A run on spheres, or on a non-Abelian group, against the lifted flow from its first snapshot."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import (
    MeasuredOrbit,
    error_budget,
    modified_step,
    neglected_gradients,
    neuron_lengths,
)
from odekit.comparison.flows import LiftedNeurons
from odekit.comparison.measures import ErrorCurve, irrep_shares
from odekit.comparison.parts import COARSE, FINE, Parts, Weights, count_winners, evolve_at_speed, solver_error
from odekit.simulation import Run, check_run

__all__ = ["compare_blocks", "lifted_errors", "lifted_orbit"]


def compare_blocks(run: Run, scale_field: float) -> Parts:
    """What the lifted flow, its field multiplied by a factor, says of a run.

    Without spheres plain descent of known steps is followed by its modified equation.

    Raises
    ------
    ReductionError: no lifted flow.
    InputError: a run that leaves its spheres.
    """
    neurons, step = LiftedNeurons(run.network), modified_step(run)
    check_run(run)
    start = {name: w[0] for name, w in run.weights.items()}

    def moved(begun: Weights, times: FloatArray, factor: float, rtol: float) -> dict[str, FloatArray]:
        follow = partial(neurons.evolve, rtol=rtol, step=np.sign(factor * scale_field) * step)
        return evolve_at_speed(follow, begun, times - run.t[0], factor * scale_field)

    def evolve(factor: float, count: int, rtol: float = FINE) -> dict[str, FloatArray]:
        return moved(start, run.t[:count], factor, rtol)

    def at(times: FloatArray, chosen: Sequence[int]) -> Weights:
        return moved({name: w[list(chosen)] for name, w in start.items()}, times, 1.0, FINE)

    weights = evolve(1.0, len(run))
    error = solver_error(run, weights, evolve(1.0, len(run), COARSE))
    neglected = neglected_by_neuron(run)
    shares = irrep_shares(next(w[-1] for w in run.weights.values()), run.network.finite_group)
    return Parts(
        evolve,
        weights,
        lifted_errors(run, weights),
        error_budget(run, lifted_orbit(run, neurons), neglected, error, step),
        neglected,
        partial(count_winners, run, shares.argmax(axis=-1) - 1, shares.max(axis=-1)),
        at,
    )


def lifted_errors(run: Run, predicted: Weights) -> dict[str, ErrorCurve]:
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
