"""The error budget: how far network and ODE may be apart, measured on the run itself.

The reduction neglects r, the difference of the gradients with the softmax and with 1/n. Descent with steps h
leaves its flow f by (h/2) |Df f|, and the modified field f(w - h f/2) by h^2 |Df Df f/3 - D^2f(f, f)/24| and
higher terms; arithmetic rounds. With mu the largest eigenvalue of the Jacobian of the field that is
followed, at the measured weights, and C a bound of its derivative, the distance to the orbit stays below the
solution of

    b' = (mu + C b/2) b + |r| + steps + rounding,        b(0) = rounding of the first snapshot,

since the Jacobian between the two orbits is within C b/2 of the measured one, in the metric in which the flow
is a gradient flow. `Tube` bounds that solution between the snapshots. So it is where neurons move by
themselves; where the logits couple them, `coupled_budget` measures the first two along two orbits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy.provenance import (
    integrator_error,
    learning_rate,
    shortfall,
    stored_roundoff,
    trained_roundoff,
)
from odekit.comparison.accuracy.tube import Tube
from odekit.comparison.flows import Linearisation, Separation
from odekit.comparison.measures import Modes
from odekit.simulation import Run

__all__ = ["Budget", "MeasuredOrbit", "coupled_budget", "error_budget", "neuron_lengths"]

# What closed forms and the first steps may round, as if the orbit had begun so far off.
FORMULAS = 100 * float(np.finfo(np.float64).eps)
# Some roundings of the transform to modes and back, which no comparison can resolve.
TRANSFORM = 16 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Budget:
    """Bound of each neuron's deviation over time relative to its length, (T, M), in parts.

    Parameters
    ----------
    reduction: departure of the softmax from uniform, or from what is kept of its cumulants.
    learning_rate: finite steps of the optimiser, or the next term of their modified equation.
    integrator: error of the run's own integration, and of the ODE's solution.
    rounding: the precision in which the run was trained and stored.
    has_small_steps: whether the first steps were short beside the time in which a neuron of the median moves;
        else they have no modified equation.
    """

    reduction: FloatArray
    learning_rate: FloatArray
    integrator: FloatArray
    rounding: FloatArray
    has_small_steps: bool = True

    @classmethod
    def of(cls, parts: Mapping[str, FloatArray], has_small_steps: bool = True) -> Budget:
        """From its parts by name."""
        return cls(
            reduction=parts["reduction"],
            learning_rate=parts["learning_rate"],
            integrator=parts["integrator"],
            rounding=parts["rounding"],
            has_small_steps=has_small_steps,
        )

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


def error_budget(
    run: Run, orbit: MeasuredOrbit, neglected: FloatArray, solver_error: FloatArray, step: float = 0.0
) -> Budget:
    """Bound the relative deviation of every neuron of a run from the reduced flow through its first snapshot.

    Parameters
    ----------
    run: T snapshots of M neurons.
    orbit: how orbits of the reduced flow part along the run, by part.
    neglected: (T, M, K + 1) what the reduction neglects, by part and in the rest.
    solver_error: (T, M) relative error of the ODE's solution.
    step: of descent whose modified equation was followed; 0 where the flow itself was.

    Raises
    ------
    InputError: meta or records of the run that contradict themselves.
    """
    with np.errstate(all="ignore"):
        tube = Tube.along(run.t, orbit.separations, step)
        if step:
            short = shortfall(run, run.t)[:, None, None]
            steps = step * (step * tube.next_term) + 0.5 * short * tube.acceleration
        else:
            taken = learning_rate(run)
            steps = 0.5 * taken * tube.acceleration * np.exp(taken * tube.growth)
    pushes = {"reduction": neglected, "learning_rate": _with_mean(steps)}
    parts = _carried(run, tube, orbit, neuron_lengths(run), pushes)
    parts["integrator"] += integrator_error(run)[:, None] + solver_error
    parts["rounding"] += TRANSFORM + stored_roundoff(run)
    begun = np.median(tube.next_term[:2].max(axis=-1), axis=1)
    return Budget.of(parts, not step or bool(np.isfinite(begun).all()))


def coupled_budget(
    run: Run, dense: Run, orbit: MeasuredOrbit, reduction: FloatArray, left_out: FloatArray
) -> Budget:
    """Bound the relative deviation of a run from the coupled flow of its neurons at a cumulant order.

    What the order neglects is the distance of its orbit to that with the whole softmax. What remains of the
    finite steps is how far the next term of the modified equation leads, since near the drop of the loss the
    neurons part each other's orbits faster than uniform softmax does. What shorter steps than the longest
    leave of the term before, and roundings, are carried along the orbit by uniform softmax.

    Parameters
    ----------
    run: T snapshots of M neurons.
    dense: the orbit with the whole softmax, at the first snapshots of the run and at times in between.
    orbit: how orbits of the reduced flow part along it.
    reduction: (count, M) distance of the two orbits over a neuron's length, at the first snapshots.
    left_out: (count, M) relative, by the integration of both and by the modified equation.

    Returns
    -------
    budget: (T, M); infinite after the snapshots that the orbit reaches.
    """
    tube = Tube.along(dense.t, orbit.separations)
    with np.errstate(all="ignore"):
        shorter = 0.5 * shortfall(run, dense.t)[:, None, None] * tube.acceleration
    pushes = {"reduction": np.zeros_like(orbit.noise), "learning_rate": _with_mean(shorter)}
    parts = _carried(run, tube, orbit, neuron_lengths(dense), pushes)
    count = len(reduction)
    chosen = np.searchsorted(dense.t, run.t[:count])
    parts = {name: part[chosen] for name, part in parts.items()}
    parts["reduction"] += reduction
    parts["integrator"] += integrator_error(run)[:count, None]
    parts["learning_rate" if learning_rate(run) else "integrator"] += left_out
    parts["rounding"] += TRANSFORM + stored_roundoff(run)
    beyond = np.full((len(run) - count, reduction.shape[1]), np.inf)
    return Budget.of({name: np.concatenate([part, beyond]) for name, part in parts.items()})


def _carried(
    run: Run, tube: Tube, orbit: MeasuredOrbit, size: FloatArray, pushes: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Each part of the budget, pushes and what begins at the start carried along an orbit, by neuron."""
    noise, step, stored = orbit.noise, learning_rate(run), stored_roundoff(run)
    per_time = trained_roundoff(run) / step if step else 0.0
    pushes = {**pushes, "integrator": np.zeros_like(noise), "rounding": per_time * noise}
    with np.errstate(all="ignore"):
        starts = {"rounding": stored * noise[0], "integrator": _with_mean(FORMULAS * orbit.norms[0])}
        bounds = tube.bounds(pushes, starts)
        return {name: _relative(np.sqrt((bound**2).sum(axis=-1)), size) for name, bound in bounds.items()}


def neuron_lengths(run: Run) -> FloatArray:
    """Length of each neuron's weights in the metric of the flow, (T, M)."""
    rates = run.network.rates
    with np.errstate(over="ignore"):
        squares = ((w**2).sum(axis=-1) / rates[name] for name, w in run.weights.items())
        return np.asarray(np.sqrt(sum(squares)))


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


def _relative(bound: FloatArray, size: FloatArray) -> FloatArray:
    """In units of the neuron's length; a neuron without weights must stay where it is."""
    return np.divide(bound, size, out=np.where(np.isfinite(bound), 0.0, np.inf), where=size > 0)
