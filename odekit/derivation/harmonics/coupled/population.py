"""The gradient of a few neurons' loss up to a cumulant, summed over a lattice, by no formula.

Neurons of one frequency, ``theta = alpha cos(kx + phi)`` and ``xi = beta cos(kh + psi)``, on a cyclic group:
``f = s sum xi[h] act(theta[x] + theta[y])``, and minus the loss over s is ``sum E - sum Var f/(2 s)``, less
``sum mean (f - mean f)^3/(6 s)`` at the third cumulant.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odekit.arrays import ComplexArray, FloatArray
from odekit.derivation.harmonics.hierarchy import KINK, HarmonicHierarchy

__all__ = ["HarmonicPopulation"]


@dataclass(frozen=True, eq=False)
class HarmonicPopulation:
    """Neurons of one frequency on a cyclic group, and the ascent of minus their loss, over the logit scale.

    Parameters
    ----------
    ladder: the group, the activation and the task, and how many harmonics of the gradient are told.
    alpha, phi, beta, psi: (neuron,) magnitudes and phases.
    scale: the logit scale s.
    order: the highest cumulant, 2 or 3.
    """

    ladder: HarmonicHierarchy
    alpha: FloatArray
    phi: FloatArray
    beta: FloatArray
    psi: FloatArray
    scale: float
    order: int = 2

    def gradients(
        self, shifts: FloatArray, weights: FloatArray
    ) -> tuple[tuple[ComplexArray, ComplexArray], tuple[ComplexArray, ComplexArray]]:
        """Harmonics 0 to H of the gradient of E, and of what further cumulants add, each in theta and in xi.

        In the frame of each neuron's own phases, averaged over common shifts of all phases.

        Parameters
        ----------
        shifts, weights: (shift,) added to every phi, and as often to psi as phi enters D; and their weights.

        Returns
        -------
        first, further: of theta and xi, each (1 + H, neuron).
        """
        turns = sum(self.ladder.network.task.coefficients)
        phases = self.phi[:, None] + shifts, self.psi[:, None] + turns * shifts
        theta, xi = (
            size[:, None] * np.cos(self._turns[:, None, None] + phase)
            for size, phase in zip((self.alpha, self.beta), phases, strict=True)
        )
        flat = (self.ladder.order, -1)
        uniform = self.ladder.gradient(theta.reshape(flat), xi.reshape(flat))
        first = tuple(
            self._projected(part.reshape(theta.shape), phase, weights)
            for part, phase in zip(uniform, phases, strict=True)
        )
        further = tuple(
            self._projected(part, phase, weights)
            for part, phase in zip(self._of_cumulants(theta, xi), phases, strict=True)
        )
        return (first[0], first[1]), (further[0], further[1])

    @cached_property
    def _turns(self) -> FloatArray:
        return 2 * np.pi * np.arange(self.ladder.order) / self.ladder.order

    def _of_cumulants(self, theta: FloatArray, xi: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Gradient of what is beyond the first, with weights and gradient (n, neuron, shift)."""
        order, activation = self.ladder.order, self.ladder.network.activation
        inputs = theta[:, None] + theta
        inputs = np.where(np.abs(inputs) <= KINK * np.abs(theta).max(axis=0), 0.0, inputs)
        with np.errstate(all="ignore"):
            hidden = np.broadcast_to(activation.evaluate({"z": inputs}), inputs.shape)
            slopes = np.broadcast_to(activation.derivative("z").evaluate({"z": inputs}), inputs.shape)
        centred = xi - xi.mean(axis=0)
        overlaps = np.einsum("hms,hks->mks", centred, centred) / order
        pulls = np.einsum("xyks,mks->xyms", hidden, overlaps)
        forces = -self.scale * slopes * pulls
        squares = np.einsum("xyms,xyks->mks", hidden, hidden, optimize=True)
        votes = -self.scale * np.einsum("mks,hks->hms", squares, centred) / order
        if self.order > 2:
            half = self.scale**2 / 2
            pairs = np.einsum("hks,hls->hkls", centred, centred)
            pairs -= pairs.mean(axis=0)
            overlaps = np.einsum("hms,hkls->mkls", centred, pairs) / order
            forces -= (
                half * slopes * np.einsum("xyks,xyls,mkls->xyms", hidden, hidden, overlaps, optimize=True)
            )
            cubes = np.einsum("xyms,xyks,xyls->mkls", hidden, hidden, hidden, optimize=True)
            votes -= half * np.einsum("mkls,hkls->hms", cubes, pairs) / order
        return forces.sum(axis=0) + forces.sum(axis=1), votes

    def _projected(self, gradient: FloatArray, phases: FloatArray, weights: FloatArray) -> ComplexArray:
        """Harmonics of (n, neuron, shift) in the frames of phases (neuron, shift), averaged over shifts."""
        multiples = np.arange(1 + self.ladder.harmonics)
        waves = np.exp(-1j * multiples[:, None] * self._turns)
        modes = np.einsum("hx,xms->hms", waves, gradient) * np.where(multiples, 2, 1)[:, None, None]
        frames = np.exp(-1j * multiples[:, None, None] * phases)
        return np.asarray((modes * frames) @ weights / self.ladder.order)
