"""The error budget: how far network and ODE may be apart, measured on the run itself.

The reduction neglects r, the difference of the gradients with the softmax and with 1/n. Descent leaves its
own flow by lr/2 times the orbit's second derivative, and arithmetic rounds. With mu the largest eigenvalue of
the reduced flow's Jacobian at the measured weights, and C a bound of its derivative, the distance to the
orbit stays below the solution of

    b' = (mu + C b/2) b + |r| + (lr/2) |w''| + rounding,        b(0) = rounding of the first snapshot,

since the Jacobian between the two orbits is within C b/2 of the measured one, in the metric in which the flow
is a gradient flow. Between snapshots mu is bounded by its chord and the orbit's departure from a straight
line, and the pushes are summed by the trapezoidal rule, plus its error by their second differences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy.provenance import (
    integrator_error,
    learning_rate,
    stored_roundoff,
    trained_roundoff,
)
from odekit.comparison.flows import Linearisation, Separation
from odekit.comparison.measures import Modes
from odekit.simulation import Run

__all__ = ["Budget", "MeasuredOrbit", "error_budget", "neuron_lengths"]

# The bound at the end of a step depends on itself: a few rounds of the fixed point settle it.
ITERATIONS = 4
# Some roundings of the transform to modes and back, which no comparison can resolve.
TRANSFORM = 16 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Budget:
    """Bound of each neuron's deviation over time relative to its length, (T, M), in parts.

    Parameters
    ----------
    reduction: departure of the softmax from uniform.
    learning_rate: finite steps of the optimiser.
    integrator: error of the run's own integration, and of the ODE's solution.
    rounding: the precision in which the run was trained and stored.
    """

    reduction: FloatArray
    learning_rate: FloatArray
    integrator: FloatArray
    rounding: FloatArray

    @property
    def total(self) -> FloatArray:
        """Sum of the parts."""
        return self.reduction + self.learning_rate + self.integrator + self.rounding

    def parts(self) -> Mapping[str, FloatArray]:
        """The parts by name."""
        return {
            "reduction": self.reduction,
            "learning_rate": self.learning_rate,
            "integrator": self.integrator,
            "rounding": self.rounding,
        }


@dataclass(frozen=True, eq=False)
class MeasuredOrbit:
    """What the budget needs to know of a run, in parts that the reduced flow moves independently.

    Parameters
    ----------
    separations: one per snapshot, each (M, K): how fast orbits part.
    norms: (T, M, K) length of each part in the metric of the flow.
    noise: (T, M, K + 1) length that one relative unit of rounding may have in each part, and in the rest.
    """

    separations: Sequence[Separation]
    norms: FloatArray
    noise: FloatArray

    @classmethod
    def of_modes(cls, run: Run, modes: Modes, linearisation: Linearisation) -> MeasuredOrbit:
        """The orbit of decoupled modes: K is their number, and the rest is the mean."""
        norms = linearisation.flow.norms(modes.amplitudes)
        separations = [linearisation.at(modes.at(i).amplitudes) for i in range(len(run))]
        return cls(separations, norms, _noise(run, modes, norms, neuron_lengths(run)))


def error_budget(run: Run, orbit: MeasuredOrbit, neglected: FloatArray, solver_error: FloatArray) -> Budget:
    """Bound the relative deviation of every neuron of a run from the reduced flow through its first snapshot.

    Parameters
    ----------
    run: T snapshots of M neurons.
    orbit: how orbits of the reduced flow part along the run, by part.
    neglected: (T, M, K + 1) what the reduction neglects, by part and in the rest.
    solver_error: (M, K) relative error of the ODE's solution.

    Raises
    ------
    InputError: meta or records of the run that contradict themselves.
    """
    size, norms, noise = neuron_lengths(run), orbit.norms, orbit.noise
    step, stored = learning_rate(run), stored_roundoff(run)
    per_time = trained_roundoff(run) / step if step else 0.0
    with np.errstate(all="ignore"):
        tube = _Tube.along(run.t, orbit.separations)
        pushes = {
            "reduction": neglected,
            "learning_rate": _with_mean(0.5 * step * tube.acceleration * np.exp(step * tube.growth)),
            "integrator": np.zeros_like(noise),
            "rounding": per_time * noise,
        }
        starts = {"rounding": stored * noise[0], "integrator": _with_mean(solver_error * norms[0])}
        factors = tube.factors(np.sum([*pushes.values()], axis=0), np.sum([*starts.values()], axis=0))
        parts = {
            name: _relative(_propagate(run.t, factors, push, starts.get(name)), size)
            for name, push in pushes.items()
        }
    parts["integrator"] += integrator_error(run)[:, None]
    parts["rounding"] += TRANSFORM + stored
    return Budget(**parts)


def neuron_lengths(run: Run) -> FloatArray:
    """Length of each neuron's weights in the metric of the flow, (T, M)."""
    rates = run.network.rates
    with np.errstate(over="ignore"):
        squares = ((w**2).sum(axis=-1) / rates[name] for name, w in run.weights.items())
        return np.asarray(np.sqrt(sum(squares)))


@dataclass(frozen=True, eq=False)
class _Tube:
    """The measured orbit and the growth around it, each (T, M, n_modes)."""

    t: FloatArray
    growth: FloatArray
    acceleration: FloatArray
    curvature: FloatArray

    @classmethod
    def along(cls, t: FloatArray, rows: Sequence[Separation]) -> _Tube:
        growth, acceleration, curvature = (
            np.array([getattr(row, name) for row in rows]) for name in ("growth", "acceleration", "curvature")
        )
        return cls(t, growth, acceleration, curvature)

    def factors(self, push: FloatArray, start: FloatArray) -> FloatArray:
        """Growth of a deviation over each step, (T - 1, M, n_modes + 1), for the whole bound's size."""
        exponents, curvature = self._exponents(), _with_mean(self.curvature)
        factors, bound = np.ones_like(push[1:]), start
        for i, h in enumerate(np.diff(self.t)):
            after = bound
            for _ in range(ITERATIONS):
                bend = 0.25 * h * (curvature[i] * bound + curvature[i + 1] * after)
                factors[i] = np.exp(exponents[i] + bend)
                after = _step(h, factors[i], bound, push[i], push[i + 1])
            bound = after
        return factors

    def _exponents(self) -> FloatArray:
        """Integral of mu over each step: its chord, and the orbit's departure from a straight line."""
        h = np.diff(self.t)[:, None, None]
        chord = 0.5 * h * (self.growth[:-1] + self.growth[1:])
        bent = np.maximum(self.acceleration[:-1], self.acceleration[1:]) * h**3 / 12
        return _with_mean(chord + bent * np.maximum(self.curvature[:-1], self.curvature[1:]))


def _noise(run: Run, modes: Modes, norms: FloatArray, size: FloatArray) -> FloatArray:
    """Length that one relative unit of rounding may have in each mode, and in the mean.

    Rounding that stretches every mode by itself, and rounding that spreads over all modes like white noise.
    """
    dimensions = np.append(np.where(modes.basis.is_real, 1.0, 2.0), 1.0)
    rates, order = run.network.rates, run.network.finite_group.order
    mean = np.sqrt(order * sum(m**2 / rates[name] for name, m in modes.means.items()))
    own = np.concatenate([norms, mean[..., None]], axis=-1)
    return np.asarray(np.sqrt(own**2 + size[..., None] ** 2 * dimensions / order))


def _with_mean(values: FloatArray) -> FloatArray:
    """A column of zeros for the mean, which the reduced flow keeps at rest."""
    return np.concatenate([values, np.zeros_like(values[..., :1])], axis=-1)


def _propagate(t: FloatArray, factors: FloatArray, push: FloatArray, start: FloatArray | None) -> FloatArray:
    """Bounds by mode along the snapshots, added up to neurons: (T, M)."""
    bound = np.empty_like(push)
    bound[0] = 0.0 if start is None else start
    error = _quadrature(t, push)
    for i, h in enumerate(np.diff(t)):
        bound[i + 1] = _step(h, factors[i], bound[i], push[i], push[i + 1]) + error[i]
    return np.asarray(np.sqrt((bound**2).sum(axis=-1)))


def _step(h: float, factor: FloatArray, bound: FloatArray, push: FloatArray, later: FloatArray) -> FloatArray:
    """b' = mu b + push over one step, by the trapezoidal rule; infinite where that overflows."""
    return np.nan_to_num(factor * bound + 0.5 * h * (factor * push + later), nan=np.inf, posinf=np.inf)


def _quadrature(t: FloatArray, push: FloatArray) -> FloatArray:
    """Error of the trapezoidal rule on each step, h^3/12 times the second derivative: (T - 1, M, K)."""
    error = np.zeros_like(push[1:])
    if len(t) < 3:
        return error
    h = np.diff(t)[:, None, None]
    bend = 2 * np.abs(np.diff(np.diff(push, axis=0) / h, axis=0)) / (h[1:] + h[:-1])
    error[:-1] = bend
    error[1:] = np.maximum(error[1:], bend)
    return np.asarray(error * h**3 / 12)


def _relative(bound: FloatArray, size: FloatArray) -> FloatArray:
    """In units of the neuron's length; a neuron without weights must stay where it is."""
    return np.divide(bound, size, out=np.where(np.isfinite(bound), 0.0, np.inf), where=size > 0)
