"""The lifted flow of whole neurons on any finite group, and how fast two orbits of it can part."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.flows.linearisation import Separation
from odekit.comparison.flows.stepwise import follow_stepwise
from odekit.derivation import Lifted, system_in_blocks
from odekit.networks import Network
from odekit.solvers import compile

__all__ = ["LiftedNeurons", "is_in_blocks"]

Weights = Mapping[str, FloatArray]

# Central differences: larger steps truncate more, smaller ones round more.
STEP = 1e-5
# Of states that are shifted together: fewer make too many calls, more leave the cache.
ENTRIES = 500_000


def is_in_blocks(network: Network) -> bool:
    """Whether the reduced flow moves whole neurons in blocks: on spheres, and on non-Abelian groups."""
    return network.constraint != "none" or not network.finite_group.is_abelian


class LiftedNeurons:
    """All neurons of a network under the lifted flow, in the time of the network's own loss.

    Parameters
    ----------
    network: on a concrete group, quadratic activation, the group's product, any constraint.

    Raises
    ------
    ReductionError: no lifted flow.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rate = network.flow_rate()
        self.lifted = Lifted.of(network)
        self.blocks = self.lifted.blocks
        self.compiled = compile(system_in_blocks(self.lifted))
        self.names = self.blocks.letters

    def evolve(
        self, start: Weights, times: FloatArray, rtol: float = 1e-9, step: float = 0.0
    ) -> dict[str, FloatArray]:
        """Weights (T, M, n) at ``times`` (T,), measured from the start (M, n); NaN past a blow-up.

        With a step, which takes no spheres, they are those of the modified equation of descent with such
        steps in the run's t, as far as it is a small one.
        """
        states, rate = self.blocks.to_states(start), self.rate
        return self.blocks.to_weights(
            follow_stepwise(self.compiled, states, times * rate, rtol, self.lengths, step * rate)[0]
        )

    def separation(self, weights: Weights) -> Separation:
        """How orbits part at every neuron's weights (M, n), each field (M, 1).

        In the metric (Plancherel divided by the rates) the Jacobian on the tangent space is symmetric; its
        largest eigenvalue bounds how fast a deviation grows. The energy is trilinear of norm tau on unit
        vectors, and the second derivative of the projected field is at most 10 tau in length.
        """
        states = self.blocks.to_states(weights)
        lengths = self.lengths[:, None]
        jacobian = self._jacobian(states)
        tangent = self._tangent(states * lengths)
        projected = tangent @ jacobian @ tangent
        symmetric = (projected + projected.transpose(0, 2, 1)) / 2
        eigenvalues = np.asarray(np.linalg.eigvalsh(symmetric), dtype=np.float64)
        growth, steepness = eigenvalues[:, -1:], np.abs(eigenvalues).max(axis=1, keepdims=True)
        velocity = (self._field(states) * lengths).T
        acceleration = np.linalg.norm(np.einsum("bij,bj->bi", symmetric, velocity), axis=1)[:, None]
        curvature = np.full_like(growth, 10.0 * self._trilinear_norm)
        speed = np.linalg.norm(velocity, axis=1)[:, None]
        bend = acceleration + self._turned(speed)
        return Separation(growth, acceleration, bend, curvature, speed, steepness)

    def _turned(self, speed: FloatArray) -> FloatArray:
        """Acceleration towards the spheres' centres, (M, 1); 0 without any."""
        spheres = self.lifted.flow.spheres
        if not spheres:
            return np.zeros_like(speed)
        radius = min(1 / np.sqrt(self.network.rates[name]) for sphere in spheres for name in sphere)
        return np.asarray(speed**2 / radius)

    @cached_property
    def lengths(self) -> FloatArray:
        """Length in the metric of the flow of one unit of each real state, (state,)."""
        metrics = [self.blocks.metric / self.network.rates[name] for name in self.names]
        return np.sqrt(np.concatenate(metrics))

    @property
    def _trilinear_norm(self) -> float:
        """Largest energy of three unit vectors, in units of the run's time and rates: 2 sqrt(n) at most."""
        largest = max(self.network.rates.values())
        return 2.0 * float(np.sqrt(self.network.finite_group.order)) * self.rate * largest

    def _field(self, states: FloatArray) -> FloatArray:
        out = np.empty_like(states)
        batch = states.shape[1]
        self.compiled.rhs(np.zeros(batch), states, np.empty((0, batch)), out)
        return out * self.rate

    def _jacobian(self, states: FloatArray) -> FloatArray:
        """(batch, state, state) in unit lengths of the metric, by central differences, many at once."""
        size, batch = states.shape
        jacobian = np.empty((batch, size, size))
        shifts = np.diag(STEP / self.lengths)
        together = max(1, ENTRIES // max(1, 2 * states.size))
        for first in range(0, size, together):
            chosen = shifts[:, first : first + together, None]
            both = np.stack([states[:, None] + chosen, states[:, None] - chosen], axis=1)
            ahead, behind = self._field(both.reshape(size, -1)).reshape(both.shape).swapaxes(0, 1)
            moved = (ahead - behind) / (2 * STEP) * self.lengths[:, None, None]
            jacobian[:, :, first : first + together] = moved.transpose(2, 0, 1)
        return jacobian

    def _tangent(self, points: FloatArray) -> FloatArray:
        """Projectors (batch, state, state) on the tangent space of the spheres; the identity without any."""
        size, batch = points.shape
        projector = np.broadcast_to(np.eye(size), (batch, size, size)).copy()
        for sphere in self.lifted.flow.spheres:
            own = np.zeros((size, 1))
            for name in sphere:
                place = self.names.index(name) * self.blocks.rows
                own[place : place + self.blocks.rows] = 1.0
            unit = points * own
            unit = unit / np.linalg.norm(unit, axis=0)
            projector -= np.einsum("ib,jb->bij", unit, unit)
        return projector
