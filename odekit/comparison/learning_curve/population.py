"""How a population's loss is evaluated at the least cost: by all its weights, or by what lives in it.

Two reductions, alone or together. *Living modes*, of a quadratic network on an Abelian group: modes that hold
next to nothing of a neuron's embeddings are left out, and the softmax sees the neurons through order
parameters. *Orbit classes*, of a population that symmetries of the task leave as it is: one tuple of inputs
stands for its class, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.comparison.flows import PopulationFlow
from odekit.networks import Network
from odekit.simulation import (
    ComponentGradient,
    Evaluator,
    LossGradient,
    SymmetricGradient,
    Velocity,
    has_components,
    mode_powers,
    orbit_classes,
)

__all__ = ["LEVEL", "OFF", "ORDER", "Population", "Tally"]

# The last cumulant that is kept while the next is small.
ORDER = 3
# Distance of the field up to the cumulant to that of the whole softmax, over its size, from which it is left.
LEVEL = 1e-3
# Distance of the field of the living modes to that of all weights from which they are chosen again, and that
# which a choice may begin with: half a per cent, which the band knows and carries along, and half of it, for
# what is small grows, and every choice costs a new start.
OFF, ROOM = 5e-3, 2.5e-3
# Shares of a neuron's power, in weights and in velocity, that its dead modes may hold together: that distance
# in length, and down from there. The largest that keeps the distance is taken.
DEAD = (2.5e-5, 2.5e-6, 2.5e-7)
# Share of the operations of all weights below which a reduction is worth these starts and checkpoints.
WORTH = 0.75


@dataclass
class Tally:
    """Full gradients, and what they cost in operations of matrix products."""

    gradients: int = 0
    operations: float = 0.0


@dataclass(frozen=True)
class _Counted:
    """An evaluator that tells a tally, but of the very stack that was kept last.

    Parameters
    ----------
    evaluator, tally: which.
    kept: by evaluator the last stack that was kept, with its loss and gradient.
    keeps: whether what this one evaluates is kept.
    """

    evaluator: Evaluator
    tally: Tally
    kept: dict[int, tuple[FloatArray, Any, FloatArray]]
    keeps: bool = False

    @property
    def operations(self) -> float:
        return self.evaluator.operations

    def evaluate(self, weights: FloatArray) -> tuple[Any, FloatArray]:
        stack, loss, slope = self.kept.get(id(self.evaluator), (None, None, weights))
        if stack is weights:
            return loss, slope.copy()
        self.tally.gradients += 1
        self.tally.operations += self.evaluator.operations
        loss, slope = self.evaluator.evaluate(weights)
        if self.keeps:
            self.kept[id(self.evaluator)] = weights, loss, slope.copy()
        return loss, slope


class Population:
    """The evaluators of one population's loss.

    Parameters
    ----------
    network: whose loss it is.
    start: (e + 1, n, M); what symmetry it has, its orbit keeps.

    Attributes
    ----------
    classes: length of the group of symmetries, 1 where there is none.
    rates: of the weight groups, (e + 1, 1, 1).
    modes: how many modes live in a neuron's embeddings, in the mean; None where all weights are kept.
    """

    def __init__(self, network: Network, start: FloatArray) -> None:
        self.network = network
        self._full = LossGradient(network)
        self._velocity = Velocity(network, gradient=self._full)
        self.rates = self._velocity.rates
        found = orbit_classes(network, start)
        self.classes, self._symmetries = len(found) if found else 1, found
        counts = None if found is None else found.counts
        orders = (None, ORDER)
        self._exact = {
            order: self._over(LossGradient(network, chosen=counts, order=order)) for order in orders
        }
        self._living: dict[int | None, Evaluator] = {}
        self._kept: dict[int, tuple[FloatArray, Any, FloatArray]] = {}
        self.modes: float | None = None

    def full(self, tally: Tally) -> Evaluator:
        """The loss with the whole softmax, also of weights that don't have the symmetry."""
        return _Counted(self._full, tally, self._kept)

    def exact(self, tally: Tally) -> Evaluator:
        """The same of weights that have it."""
        return _Counted(self._exact[None], tally, self._kept)

    def reduced(self, tally: Tally, order: int | None = None, keeps: bool = False) -> Evaluator:
        """The loss by what lives, up to a cumulant; what is kept costs nothing at the same stack again."""
        return _Counted((self._living or self._exact)[order], tally, self._kept, keeps)

    def flow(self, tally: Tally, order: int | None, step: float) -> PopulationFlow:
        """The modified flow of the reduced loss."""
        return PopulationFlow(self.network, order, step, gradient=self.reduced(tally, order))

    def velocity(self, stack: FloatArray, slope: FloatArray) -> FloatArray:
        """Of a gradient at a stack."""
        return self._velocity.turned(stack, -slope)

    @property
    def is_reduced(self) -> bool:
        """Whether modes are left out."""
        return bool(self._living)

    def choose(self, stack: FloatArray, slope: FloatArray, tally: Tally) -> None:
        """Leave out the modes that are dead, where this costs less and the field hardly moves.

        Parameters
        ----------
        stack, slope: weights, and the gradient of the whole loss there.
        """
        self._kept.clear()
        self._living, self.modes = {}, None
        if not has_components(self.network) or not np.isfinite(slope).all():
            return
        for share in DEAD:
            found = self._cheapest(stack, slope, share)
            if found is None:
                return
            whole, modes = found
            near = _Counted(self._over(whole), tally, {}).evaluate(stack)[1]
            if np.linalg.norm(near - slope) <= ROOM * np.linalg.norm(slope):
                self._living = {None: self._over(whole), ORDER: self._over(whole.at_order(ORDER))}
                self.modes = modes
                return

    def _cheapest(
        self, stack: FloatArray, slope: FloatArray, share: float
    ) -> tuple[ComponentGradient, float] | None:
        """Of two ways to sort the neurons the cheaper, and their mean number of modes, if it's worth it."""
        powers = [mode_powers(self.network.finite_group, part[:-1]) for part in (stack, slope)]
        living = np.logical_or(*(_holding(each, share) for each in powers))
        most = WORTH * self._exact[None].operations
        if not living.any() or self._least(living) >= most:
            return None
        counts = None if self._symmetries is None else self._symmetries.counts
        sets = living, _united(living, powers[0].argmax(axis=0))
        found = [ComponentGradient(self.network, each, counts) for each in sets]
        best = min((0, 1), key=lambda place: found[place].operations)
        if not (found[best].is_small and found[best].operations < most):
            return None
        return found[best], float(sets[best].sum(axis=0).mean())

    def _least(self, living: BoolArray) -> float:
        """Operations that the neurons' own order parameters take at least, with two waves to a mode."""
        columns = (2 * living.sum(axis=0) - 1) * len(self.network.embeddings)
        return 6.0 * self.network.finite_group.order * float((columns * (columns + 1) / 2).sum())

    def _over(self, evaluator: Evaluator) -> Evaluator:
        return evaluator if self._symmetries is None else SymmetricGradient(evaluator, self._symmetries)


def _holding(powers: FloatArray, share: float) -> BoolArray:
    """The fewest modes (mode, M) without which a neuron lacks at most a share of its power."""
    order = np.argsort(powers, axis=0)
    rising = np.cumsum(np.take_along_axis(powers, order, axis=0), axis=0)
    holds = np.empty(powers.shape, dtype=bool)
    np.put_along_axis(holds, order, rising > share * rising[-1], axis=0)
    return holds


def _united(living: BoolArray, leading: Any) -> BoolArray:
    """For every neuron what lives in any that the same mode leads."""
    found = np.empty_like(living)
    for mode in np.unique(leading):
        same = leading == mode
        found[:, same] = living[:, same].any(axis=1, keepdims=True)
    return found
