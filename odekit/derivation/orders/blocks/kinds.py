"""Which blocks move? Those that neurons start with, and those into which each further cumulant leads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from odekit.derivation.orders.blocks.bases import Basis, modular_bases, real_bases
from odekit.derivation.orders.blocks.evaluation import Evaluation
from odekit.derivation.orders.blocks.flow import BlockMode, CoupledBlocks
from odekit.derivation.orders.brute_force import NEURONS, Numbers, prime_with_root
from odekit.networks import Network

__all__ = ["MODULAR_LIMIT", "coupled_blocks", "exact_flow", "random_evaluation"]

# Below it, sums of 2^15 products of residues fit into 64 bits.
MODULAR_LIMIT = 2**24
# A velocity below so much of the largest is rounding: random neurons make others some hundredths of it.
_ROUNDING = 1e-9


def coupled_blocks(network: Network, kinds: Sequence[Sequence[str]], order: int) -> CoupledBlocks:
    """The flow up to a cumulant, with the blocks into which it leads from those of each kind of neurons.

    Parameters
    ----------
    network: two inputs, a group of a definite order.
    kinds: the names of the real irreps on which the neurons of each kind live.
    order: the highest cumulant, 1, 2 or 3.
    """
    bases = real_bases(network.finite_group)
    trivial = next(iter(bases))
    start = tuple(
        tuple(
            BlockMode(weights, irrep)
            for weights in (*network.embeddings, "xi")
            for irrep in irreps
            if not (weights == "xi" and irrep == trivial)
        )
        for irreps in kinds
    )
    flow = CoupledBlocks(network, bases, start, 1, Numbers())
    for highest in range(2, order + 1):
        flow = _with_responses(replace(flow, order=highest), trivial)
    return flow


def _with_responses(flow: CoupledBlocks, trivial: str) -> CoupledBlocks:
    """The flow with the blocks that move at its last cumulant and did not at those before."""
    here = random_evaluation(exact_flow(flow), seed=14)
    kinds = []
    for kind, own in enumerate(flow.kinds):
        known = {(mode.weights, mode.irrep) for mode in own}
        others = [
            BlockMode(weights, irrep, flow.order - 1)
            for weights in flow.names
            for irrep in flow.bases
            if (weights, irrep) not in known and not (weights == "xi" and irrep == trivial)
        ]
        sizes = [float(np.abs(velocity).max()) for velocity in here.velocities(kind, [*own, *others])]
        moving = zip(others, sizes[len(own) :], strict=True)
        kinds.append((*own, *(mode for mode, size in moving if size > _ROUNDING * max(sizes))))
    return replace(flow, kinds=tuple(kinds))


def exact_flow(flow: CoupledBlocks) -> CoupledBlocks:
    """The same flow in residues modulo a prime where the group has monomial irreps, else in floats."""
    group = flow.network.finite_group
    prime = prime_with_root(group.exponent, MODULAR_LIMIT)
    bases: Mapping[str, Basis] | None = modular_bases(group, prime)
    return flow if bases is None else replace(flow, bases=bases, numbers=Numbers(prime))


def random_evaluation(flow: CoupledBlocks, seed: int) -> Evaluation:
    """The flow at three random neurons of each kind, at a random logit scale."""
    rng = np.random.default_rng(seed)
    widths = [sum(flow.rows(mode) for mode in kind) for kind in flow.kinds]
    amplitudes = [flow.numbers.random(rng, (width, NEURONS)) for width in widths]
    scale = flow.numbers.random(rng, (1,))[0]
    return Evaluation(flow, amplitudes, float(scale) if flow.numbers.modulus is None else int(scale))
