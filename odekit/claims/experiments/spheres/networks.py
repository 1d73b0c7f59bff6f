"""What experiments on spheres share: networks, starts, converged runs and the winners in them."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.claims.settings import Settings
from odekit.comparison import dominant_irreps
from odekit.groups import FiniteGroup
from odekit.groups import group as named_group
from odekit.networks import Network
from odekit.simulation import Run, initial_weights, simulate

__all__ = [
    "PAPER_B",
    "RESIDUAL",
    "choose_groups",
    "converged",
    "has_competitors",
    "is_non_abelian",
    "neurons_on",
    "random_start",
    "remaining_amplitude",
    "snapshot",
    "sphere_network",
    "winners",
]

PAPER_B = "2606.02993"
RESIDUAL = 1e-9  # what losers can have kept is about as large, far below the claims' tolerance of 1e-6


def sphere_network(
    group: FiniteGroup, neurons: int, embedding: str = "unshared", logit_scale: float = 1.0
) -> Network:
    """A quadratic network each of whose weight vectors lies on a unit sphere, with the summed loss.

    A shared embedding moves at half rate, so that on an Abelian group it moves like equal unshared ones.
    """
    return Network(
        group,
        neurons=neurons,
        embedding=embedding,
        constraint="sphere",
        loss="sum",
        logit_scale=logit_scale,
        rates={"theta": 0.5} if embedding == "shared" else None,
    )


def choose_groups(settings: Settings, quick: Sequence[str], full: Sequence[str] = ()) -> list[FiniteGroup]:
    """The group asked for; else those of the quick set, or of the quick and the full one."""
    if settings.group is not None:
        return [settings.group]
    return [_named(name) for name in (*quick, *(full if settings.full else ()))]


def has_competitors(group: FiniteGroup) -> bool:
    """Whether it has at least two nontrivial real irreps, so that one can win.

    >>> from odekit.groups import cyclic
    >>> has_competitors(cyclic(3)), has_competitors(cyclic(4))
    (False, True)
    """
    return len(group.real_irreps) > 2


def is_non_abelian(group: FiniteGroup) -> bool:
    """Whether it has an irrep of dimension at least 2."""
    return not group.is_abelian


def neurons_on(group: FiniteGroup) -> int:
    """A number of neurons that converge in a second or so: fewer on a large group.

    >>> from odekit.groups import cyclic
    >>> neurons_on(cyclic(6)), neurons_on(cyclic(60))
    (200, 64)
    """
    return max(64, min(200, 100_000 // group.order**2))


def random_start(network: Network, generator: np.random.Generator) -> dict[str, FloatArray]:
    """Weights (M, n) uniform on the network's spheres, by weight group."""
    stack = initial_weights(network, "iid", 1.0, generator)
    return {name: w.T for name, w in zip((*network.embeddings, "xi"), stack, strict=True)}


@lru_cache(maxsize=16)
def converged(group: FiniteGroup, neurons: int, seed: int, embedding: str = "unshared") -> Run:
    """Neurons at uniform softmax from uniform weights to a residual of 1e-9: the start and the end.

    The residual is the length of a neuron's velocity over that of its gradient. A neuron that takes too long
    is counted in ``meta["unconverged"]``. Runs are remembered, and shared by the claims that look at the end.
    """
    network = sphere_network(group, neurons, embedding)
    return simulate(network, seed=seed, softmax="uniform", until=RESIDUAL, snapshots=2, estimate_error=False)


def snapshot(run: Run, index: int) -> dict[str, FloatArray]:
    """Weights (M, n) by weight group at one of the run's times."""
    return {name: values[index] for name, values in run.weights.items()}


def winners(run: Run) -> IndexArray:
    """The real irrep that holds most of each neuron's embedding at the end, (M,)."""
    return dominant_irreps(snapshot(run, -1), run.network.finite_group)


def remaining_amplitude(run: Run) -> float:
    """Largest amplitude that a mode which decays at the energy E can have kept in any neuron at the end.

    Such a mode x moves at -E x while the gradient has the length sqrt(v) E, v the number of unit vectors of
    a neuron; so the residual is at least |x| / sqrt(v), up to corrections of the order of its square. On
    equal spheres, at equal radial rates.
    """
    residual = float(run.records["residual"][-1])
    return math.sqrt(len(run.weights)) * residual * (1 + math.sqrt(RESIDUAL))


@lru_cache(maxsize=32)
def _named(name: str) -> FiniteGroup:
    found = named_group(name)
    if not isinstance(found, FiniteGroup):
        raise TypeError(f"{name} has no definite order")
    return found
