"""How fast two orbits of the reduced flow can separate: its linearisation, and bounds on the rest.

The flow of a mode is the gradient of a polynomial of degree D + 1, for D inputs, and its Jacobian J symmetric
in a metric. With s the largest speed at unit length, Banach's theorem (a symmetric form takes its norm on the
diagonal) bounds |J(z)| <= D s |z|^(D-1) and |J'(z)| <= D (D-1) s |z|^(D-2).
"""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.flows.reduced_flow import Amplitudes, Block, ReducedFlow

__all__ = ["Linearisation", "Separation"]

# A mode below this share of its neuron's length matters little, and a cheap bound will do.
SMALL = 0.05
# A power iteration ends at a local maximum: many starts find the largest, enough rounds settle it.
STARTS, ITERATIONS = 64, 80
# Nothing is subtracted, so nothing cancels; the square of the step vanishes in floating point.
COMPLEX_STEP = 1e-100


@dataclass(frozen=True, eq=False)
class Separation:
    """What bounds the growth of a deviation at given amplitudes, by mode, each (..., n_modes).

    Parameters
    ----------
    growth: largest eigenvalue of J, per unit of the run's time; an upper bound of it for modes that hold
        less than a twentieth of their neuron's length.
    acceleration: length of J w', the second time derivative of the weights.
    bend: per ``curvature h^2/8``, how far between two points a time h apart the largest eigenvalue may rise
        above its chord: the orbit's departure from a straight line, on which it is convex where J is linear,
        and what J itself bends along that line.
    curvature: bound of the change of J per unit of length.
    speed: length of the velocity w'.
    steepness: bound of |J|.
    """

    growth: FloatArray
    acceleration: FloatArray
    bend: FloatArray
    curvature: FloatArray
    speed: FloatArray
    steepness: FloatArray


class Linearisation:
    """The linearised reduced flow.

    Parameters
    ----------
    flow: whose every mode moves by a homogeneous field of degree D, the number of inputs.
    """

    def __init__(self, flow: ReducedFlow) -> None:
        self.flow = flow
        self.degree = flow.network.task.summands
        self.unit_speed = np.zeros(sum(len(block.places) for block in flow.blocks))
        for block in flow.blocks:
            self.unit_speed[block.places] = largest_speed(flow, block)

    def steepness(self, norms: FloatArray) -> FloatArray:
        """Bound of |J| at modes of these lengths, (..., n_modes)."""
        return np.asarray(self.degree * self.unit_speed * norms ** (self.degree - 1))

    def curvature(self, norms: FloatArray) -> FloatArray:
        """Bound of |J'| at modes of these lengths, (..., n_modes)."""
        factor = self.degree * (self.degree - 1)
        return np.asarray(factor * self.unit_speed * norms ** max(self.degree - 2, 0))

    def at(self, amplitudes: Amplitudes) -> Separation:
        """The bounds at amplitudes (..., n_modes)."""
        norms = self.flow.norms(amplitudes)
        steepness, speed = self.steepness(norms), self.flow.norms(self.flow.velocity(amplitudes))
        growth, acceleration = steepness.copy(), steepness * speed
        matters = norms > SMALL * np.sqrt((norms**2).sum(axis=-1, keepdims=True))
        matters &= np.isfinite(acceleration)
        for block in self.flow.blocks:
            chosen = np.zeros(norms.shape, dtype=bool)
            chosen[..., block.places] = matters[..., block.places]
            within = matters[..., block.places].reshape(-1)
            states = self.flow.states(block, amplitudes)[:, within]
            growth[chosen], acceleration[chosen] = self._exactly(block, states)
        turned = np.divide(speed**2, norms, out=np.zeros_like(norms), where=norms > 0)
        bend = acceleration + max(self.degree - 2, 0) * turned
        return Separation(growth, acceleration, bend, self.curvature(norms), speed, steepness)

    def _exactly(self, block: Block, states: FloatArray) -> tuple[FloatArray, FloatArray]:
        jacobian = self.jacobian(block, states)
        velocity = self.flow.field(block, states) * block.lengths[:, None]
        second = np.einsum("bij,jb->bi", jacobian, velocity)
        largest = np.linalg.eigvalsh(jacobian)[:, -1]
        return np.asarray(largest, dtype=np.float64), np.sqrt((second**2).sum(axis=1))

    def jacobian(self, block: Block, states: FloatArray) -> FloatArray:
        """J in unit lengths of the metric, (batch, state, state), symmetric; by complex step, so exact."""
        size, batch = states.shape
        shifted = np.repeat(states[:, None].astype(np.complex128), size, axis=1)
        shifted[np.arange(size), np.arange(size)] += 1j * COMPLEX_STEP
        moved = self.flow.field(block, shifted.reshape(size, -1)).imag / COMPLEX_STEP
        ratio = block.lengths[:, None] / block.lengths[None, :]
        return np.ascontiguousarray((moved.reshape(size, size, batch) * ratio[..., None]).transpose(2, 0, 1))


def largest_speed(flow: ReducedFlow, block: Block) -> float:
    """Largest length of the velocity on the unit sphere, by a shifted power iteration from many starts."""
    lengths = block.lengths[:, None]
    points = _unit(np.random.default_rng(0).standard_normal((len(lengths), STARTS)))
    largest = 0.0
    for _ in range(ITERATIONS):
        velocity = flow.field(block, points / lengths) * lengths
        speed = np.sqrt((velocity**2).sum(axis=0))
        largest = max(largest, float(speed.max()))
        if largest == 0.0:
            break
        points = _unit(velocity + 1.5 * largest * points)
    return largest


def _unit(points: FloatArray) -> FloatArray:
    return np.asarray(points / np.sqrt((points**2).sum(axis=0)))
