"""Are the velocities of blocks the gradient? The truncated loss of random neurons, by brute force."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odekit.derivation.certificates import TOLERANCE
from odekit.derivation.orders.blocks.evaluation import Evaluation
from odekit.derivation.orders.blocks.flow import BlockMode, CoupledBlocks
from odekit.derivation.orders.blocks.kinds import exact_flow, random_evaluation
from odekit.derivation.orders.brute_force import BruteForceGradient, Numbers, Values, check_cells
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.systems import Certificate

__all__ = ["BlockBruteForce", "certify_blocks"]


def certify_blocks(flow: CoupledBlocks) -> Certificate:
    """Compare a flow with brute force at all irreps: modulo a prime where they are monomial, else in floats.

    Raises
    ------
    ReductionError: there are too many pairs of inputs and outputs.
    """
    group = flow.network.finite_group
    check_cells(flow.network, group)
    exact = exact_flow(flow)
    residual = BlockBruteForce(random_evaluation(exact, seed=2602)).residual()
    return Certificate(
        group.order,
        (),
        exact.numbers.modulus is not None,
        residual,
        residual <= TOLERANCE,
        modulus=exact.numbers.modulus,
    )


@dataclass(frozen=True, eq=False)
class BlockBruteForce(BruteForceGradient):
    """The gradient of neurons on irreps, and what the flow says that it is.

    Parameters
    ----------
    evaluation: the flow at these neurons.
    """

    evaluation: Evaluation

    @property
    def _flow(self) -> CoupledBlocks:
        return self.evaluation.flow

    @property
    def network(self) -> Network:
        """The flow's network."""
        return self._flow.network

    @property
    def concrete_group(self) -> FiniteGroup:
        """The network's group."""
        return self.network.finite_group

    @property
    def numbers(self) -> Numbers:
        """Those of the flow."""
        return self._flow.numbers

    @property
    def highest_order(self) -> int:
        """The flow's order."""
        return self._flow.order

    @property
    def kind_count(self) -> int:
        """The number of the flow's kinds."""
        return len(self._flow.kinds)

    @property
    def scale(self) -> float:
        """That of the evaluation."""
        return self.evaluation.scale

    def weights(self, kind: int, weights: str) -> Values:
        """Weights of the blocks that act: (grade, neuron, n)."""
        return self.evaluation.weights(kind, weights)

    def residual(self) -> float:
        """Largest difference of a velocity, or of one that is not stated from 0, by the largest velocity."""
        pairs = [pair for kind, _ in enumerate(self._flow.kinds) for pair in self._pairs(kind)]
        measured, expected = (np.concatenate([pair[i].ravel() for pair in pairs]) for i in (0, 1))
        return self.numbers.residual(measured, expected)

    def _pairs(self, kind: int) -> list[tuple[Values, Values]]:
        """The velocities of all irreps as stated, and by brute force."""
        return [
            pair
            for weights in self.names
            for pair in zip(self._stated(kind, weights), self._transformed(kind, weights), strict=True)
        ]

    @cached_property
    def _irreps(self) -> list[str]:
        return list(self._flow.bases)

    def _stated(self, kind: int, weights: str) -> list[Values]:
        own = [mode for mode in self._flow.kinds[kind] if mode.weights == weights]
        found = dict(zip((mode.irrep for mode in own), self.evaluation.velocities(kind, own), strict=True))
        return [
            found[irrep] if irrep in found else self._nothing(kind, irrep) for irrep in self._all(weights)
        ]

    def _all(self, weights: str) -> list[str]:
        """All irreps that the loss sees: of xi not the trivial one."""
        return self._irreps[1:] if weights == "xi" else self._irreps

    def _nothing(self, kind: int, irrep: str) -> Values:
        neurons = self.evaluation.amplitudes[kind].shape[1]
        return self.numbers.zeros((self.highest_order, self._flow.rows(BlockMode("", irrep)), neurons))

    def _transformed(self, kind: int, weights: str) -> list[Values]:
        gradient = self.gradients[kind][weights]
        rate = self.numbers.number(self._flow.rate(weights))
        found = []
        for irrep in self._all(weights):
            analysis = self._flow.bases[irrep].analysis
            parts = [self.numbers.contract("mx,rx->rm", each, analysis) for each in gradient]
            found.append(np.asarray(self.numbers.reduced(rate * np.stack(parts))))
        return found
