"""What claims on cyclic groups share: groups they apply to, starts, and clocks of whole networks."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from odekit.arrays import ComplexArray, FloatArray, IndexArray
from odekit.claims.settings import Settings
from odekit.comparison import predict
from odekit.derivation import derive
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup, cyclic, from_modes, mode_basis
from odekit.networks import Network
from odekit.simulation import Run, initial_weights

__all__ = [
    "PAPER_A",
    "at_start",
    "blowing_up_together",
    "choose_group",
    "draw",
    "elliptic_rate",
    "is_cyclic",
    "is_odd_cyclic",
    "nearly_uniform",
    "residues",
    "single_modes",
]

PAPER_A = "2602.16849"
# So small that the softmax stays uniform even where weights have grown a hundredfold.
UNIFORM_LOGIT_SCALE = 1e-18


def is_cyclic(group: FiniteGroup) -> bool:
    """Whether the group is cyclic of order at least 5, so that it has two frequencies to compare.

    >>> from odekit.groups import group
    >>> [is_cyclic(group(name)) for name in ("Z3xZ5", "Z2xZ4", "Z4")]
    [True, False, False]
    """
    return group.order >= 5 and group.is_cyclic


def is_odd_cyclic(group: FiniteGroup) -> bool:
    """Whether it is cyclic of odd order, so that every frequency has a phase."""
    return is_cyclic(group) and group.order % 2 == 1


def choose_group(settings: Settings, order: int) -> FiniteGroup:
    """The group asked for, or the cyclic one of this order."""
    return settings.group if settings.group is not None else cyclic(order)


def residues(group: FiniteGroup) -> IndexArray:
    """Each element of a cyclic group as a power of one generator, (n,): an isomorphism to residues modulo n.

    >>> from odekit.groups import from_table
    >>> residues(from_table([[1, 0], [0, 1]])).tolist()
    [1, 0]
    """
    generator = int(np.flatnonzero(group.element_orders == group.order)[0])
    powers = np.empty(group.order, dtype=np.intp)
    element = group.identity
    for exponent in range(group.order):
        powers[element] = exponent
        element = int(group.table[element, generator])
    return powers


def nearly_uniform(group: FiniteGroup, neurons: int, factor: float = 1.0) -> Network:
    """A network whose softmax stays uniform: its weights are of order 1, its logits 1e-18 of their cubes.

    The logits, and all rates with them, can be made larger by a factor.
    """
    return Network(group, neurons=neurons, logit_scale=factor * UNIFORM_LOGIT_SCALE)


def draw(network: Network, init: str, scale: float, generator: np.random.Generator) -> dict[str, FloatArray]:
    """Weights of a shared network at a start that `simulate` knows by name."""
    theta, xi = initial_weights(network, init, scale, generator)
    return {"theta": theta.T, "xi": xi.T}


def single_modes(
    group: FiniteGroup, places: IndexArray, u: ComplexArray, v: ComplexArray
) -> dict[str, FloatArray]:
    """Weights with one mode per neuron: amplitude u of theta and v of xi at the mode ``places``."""
    shape = (len(places), len(mode_basis(group)))
    weights = {}
    for name, values in (("theta", u), ("xi", v)):
        amplitudes = np.zeros(shape, dtype=np.complex128)
        amplitudes[np.arange(len(places)), places] = values
        weights[name] = from_modes(amplitudes, group)
    return weights


def at_start(network: Network, weights: Mapping[str, FloatArray]) -> Run:
    """A run of one snapshot, for `predict` and `project`."""
    return Run(np.zeros(1), {name: values[None] for name, values in weights.items()}, network)


def blowing_up_together(
    network: Network, weights: Mapping[str, FloatArray]
) -> tuple[dict[str, FloatArray], float]:
    """Scale every neuron so that all blow up at one predicted time, and that time.

    A neuron's blow-up time is inverse to its scale. The time is that of the first neuron as given, so that no
    neuron shrinks.
    """
    times = predict(at_start(network, weights)).blow_up_time
    end = float(times.min())
    return {name: (times / end)[:, None] * values for name, values in weights.items()}, end


@lru_cache(maxsize=64)
def elliptic_rate(network: Network) -> float:
    """The derived rate r of ``u' = 2 r v conj(u), v' = r u^2`` for a mode with a phase.

    In the time of the network's own loss.

    Raises
    ------
    ReductionError: the derivation finds no such form.
    """
    form = derive(network).closed_form
    if form is None:
        raise ReductionError(
            "no elliptic form", expected="a quadratic network", received=network.activation_name
        )
    return float(form.rate) * network.flow_rate()
