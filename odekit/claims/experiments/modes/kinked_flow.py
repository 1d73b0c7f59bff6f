"""Experiments with ReLU: neurons at one frequency on an even spread of phases, and their descent.

The flow sits on the activation's kinks, which an adaptive integrator doesn't pass; descent does, with an
error proportional to its step. A step is given as a share of ``1/(2Cn)``, C = 4/(3 pi^2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.claims.experiments.modes.networks import is_odd_cyclic, single_modes
from odekit.comparison import Modes, project
from odekit.derivation import initial_rates
from odekit.derivation.harmonics import derive_harmonic
from odekit.groups import FiniteGroup, characters, mode_basis
from odekit.networks import Network
from odekit.simulation import Run, simulate

__all__ = [
    "Settled",
    "descend",
    "faithful_place",
    "is_wide_odd_cyclic",
    "limit_rates",
    "multiples",
    "settle",
    "spread_start",
]

Weights = dict[str, FloatArray]

# Steps and their numbers: the first settle quickly, the last three are extrapolated to a step of 0.
SETTLING = ((0.05, 300), (0.02, 700), (0.01, 1000), (0.005, 1500))
TINY = 1e-9  # above the rounding of a character, far below the distance of two of its values
LEAST_ORDER = 15  # see `is_wide_odd_cyclic`


@dataclass(frozen=True, eq=False)
class Settled:
    """Neurons that only grow, at the smallest step and extrapolated to none.

    Parameters
    ----------
    rates: (S, M) growth of the norm per step over the step, at each of the last steps' sizes.
    theta, xi: (S, M, H) sizes of harmonics relative to the frequency's own.
    ratio: (S, M) alpha/beta.
    steps: (S,) the sizes.
    """

    steps: FloatArray
    rates: FloatArray
    theta: FloatArray
    xi: FloatArray
    ratio: FloatArray


def is_wide_odd_cyclic(group: FiniteGroup) -> bool:
    """Whether it is cyclic of odd order at least 15.

    There the limit of a large order is near, and guessing is right less than once in ten times.
    """
    return is_odd_cyclic(group) and group.order >= LEAST_ORDER


@cache
def limit_rates() -> Mapping[str, float]:
    """Derived growth and alignment rate per element, in the limit of a large order."""
    system = derive_harmonic(Network("Zp", activation="relu"))
    order = system.parameters[0]
    return {name: float(rate / order) for name, rate in initial_rates(system).items()}


def faithful_place(group: FiniteGroup) -> int:
    """The first mode whose character tells all elements apart."""
    basis, values = mode_basis(group), characters(group)
    apart = [np.abs(values[row] - 1)[1:].min() > TINY for row in basis.characters]
    return int(np.flatnonzero(apart)[0])


def multiples(group: FiniteGroup, count: int) -> IndexArray:
    """Places of the modes at k, 2k, ..., of the first faithful k."""
    basis, values = mode_basis(group), characters(group)
    own = values[basis.characters[faithful_place(group)]]
    places = []
    for multiple in range(1, count + 1):
        distance = np.abs(values[basis.characters] - own**multiple).max(axis=1)
        mirrored = np.abs(values[basis.characters] - own.conj() ** multiple).max(axis=1)
        places.append(int(np.minimum(distance, mirrored).argmin()))
    return np.array(places)


def spread_start(group: FiniteGroup, phases: int, offset: float, angles: FloatArray) -> Weights:
    """Neurons with alpha = beta = 1 at each phase difference and each of evenly spread phases on the lattice.

    Parameters
    ----------
    phases: how many in one step of the lattice, 2 pi/n.
    offset: of the spread, in [0, 1).
    angles: the phase differences D; neurons are ordered by D, then phase.
    """
    phi = 2 * np.pi / group.order * (np.arange(phases) + offset) / phases
    first = np.tile(phi, len(angles))
    D = np.repeat(angles, phases)
    places = np.full(len(first), faithful_place(group))
    return single_modes(group, places, np.exp(1j * first), np.exp(1j * (2 * first - D)))


def descend(group: FiniteGroup, weights: Weights, share: float, steps: int, snapshots: int) -> Run:
    """Descent of ReLU neurons at uniform softmax, by steps of ``share/(2Cn)``."""
    network = Network(group, neurons=len(weights["theta"]), activation="relu")
    rate = share / (limit_rates()["growth"] * group.order)
    return simulate(
        network,
        weights=weights,
        method="sgd",
        softmax="uniform",
        learning_rate=rate,
        steps=steps,
        snapshots=snapshots,
    )


def settle(group: FiniteGroup, weights: Weights, harmonics: int, kept: int = 3) -> Settled:
    """Descend with smaller and smaller steps, renormalised in between, until neurons only grow."""
    rows = []
    places = multiples(group, harmonics)
    for share, steps in SETTLING:
        run = descend(group, weights, share, steps, 3)
        half = run.steps[2] - run.steps[1] if run.steps is not None else steps
        sizes = _norms(run)
        grown = (sizes[2] / sizes[1]) ** (1 / half)
        weights = {name: values[-1] / sizes[-1][:, None] for name, values in run.weights.items()}
        last = project(run).at(-1)
        theta, xi = (_relative(last, name, places) for name in ("theta", "xi"))
        own = places[0]
        ratio = np.abs(last.amplitudes["theta"][:, own] / last.amplitudes["xi"][:, own])
        rows.append((share, (grown - 1) / share, theta, xi, ratio))
    steps_kept, rates, theta, xi, ratio = (np.array(column) for column in zip(*rows[-kept:], strict=True))
    return Settled(steps_kept, rates, theta, xi, ratio)


def _norms(run: Run) -> FloatArray:
    return np.asarray(np.sqrt(sum((values**2).sum(axis=-1) for values in run.weights.values())))


def _relative(modes: Modes, name: str, places: IndexArray) -> FloatArray:
    sizes = np.abs(modes.amplitudes[name][:, places])
    return np.asarray(sizes / sizes[:, :1])
