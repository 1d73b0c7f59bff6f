"""What the reduced ODE makes of a run's first snapshot, as a run, so that one function draws both."""

from collections.abc import Mapping

import numpy as np

from odekit.arrays import ComplexArray, FloatArray, IndexArray
from odekit.comparison import LiftedNeurons, Modes, ReducedFlow, project
from odekit.comparison.flows import is_in_blocks
from odekit.derivation import derive
from odekit.groups import from_modes, mode_basis
from odekit.simulation import Run
from odekit.solvers import solve

__all__ = ["reduced_run"]

RTOL = 1e-10  # far finer than a line is wide


def reduced_run(run: Run, times: FloatArray) -> Run:
    """Weights (T, M, n) of the reduced ODE from the run's first snapshot.

    Parameters
    ----------
    run: a quadratic network, with or without spheres, on any group; or one on a cyclic group of odd order
        with an activation that is no polynomial, each neuron at one frequency, of which one harmonic is kept.
    times: (T,) in the run's time, from its first one on, increasing, and before anything blows up.
    """
    elapsed = times - run.t[0]
    start = {name: values[0] for name, values in run.weights.items()}
    network = run.network
    if is_in_blocks(network):
        weights: Mapping[str, FloatArray] = LiftedNeurons(network).evolve(start, elapsed, RTOL)
    elif network.activation_polynomial is None:
        weights = _one_harmonic(run, elapsed)
    else:
        first = project(start, network.finite_group)
        moved = ReducedFlow(network).evolve(first.amplitudes, elapsed, RTOL)
        weights = Modes(network.finite_group, moved, first.means).lift()
    return Run(times, weights, network)


def _one_harmonic(run: Run, elapsed: FloatArray) -> dict[str, FloatArray]:
    """Each neuron's dominant frequency, moved by the field that is truncated to it."""
    network, first = run.network, project(run).at(0)
    own = (np.arange(network.neurons), first.dominant)
    names = ("alpha", "phi", "beta", "psi")
    start = dict(zip(names, (first.alpha[own], first.phi[own], first.beta[own], first.psi[own]), strict=True))
    solution = solve(derive(network), start, elapsed * network.flow_rate(), rtol=RTOL)
    return {
        name: _at_frequencies(run, first.dominant, solution[size] * np.exp(1j * solution[phase]))
        for name, size, phase in (("theta", "alpha", "phi"), ("xi", "beta", "psi"))
    }


def _at_frequencies(run: Run, places: IndexArray, values: ComplexArray) -> FloatArray:
    """Weights (T, M, n) with one amplitude (T, M) a neuron, at its place."""
    group = run.network.finite_group
    amplitudes = np.zeros((*values.shape, len(mode_basis(group))), dtype=np.complex128)
    amplitudes[:, np.arange(values.shape[1]), places] = values
    return from_modes(amplitudes, group)
