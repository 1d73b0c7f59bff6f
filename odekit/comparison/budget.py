"""The error budget: how far network and ODE may be apart, measured on the run itself.

The reduction replaces the softmax by 1/n. What that neglects is known at every snapshot: the difference of
the two gradients at the measured weights. Descent with a finite learning rate lr follows its flow up to
lr/2 times the second derivative of the orbit. Both push a neuron off the orbit at a known rate, and a
deviation grows at most at the largest eigenvalue mu of the reduced flow's linearisation:

    b' = mu b + |g_full - g_uniform| + (lr/2) |w''| + rounding,      b(0) = rounding of the first snapshot.

Between snapshots mu and the pushes are convex near a blow-up, where they matter, so that the trapezoidal
rule errs on the safe side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from odekit.comparison.modes import Modes, project
from odekit.comparison.reduced_flow import ReducedFlow
from odekit.simulation import LossGradient, Run

__all__ = ["Budget", "reduction_budget"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Budget:
    """Relative bound of each neuron's deviation over time, (T, M), and its parts.

    Parameters
    ----------
    reduction: departure of the softmax from uniform.
    learning_rate: finite steps of the optimiser.
    integrator: error estimate of the run's own integration, and of the ODE's solution.
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


def reduction_budget(run: Run, modes: Modes, flow: ReducedFlow) -> Budget:
    """Bound the relative deviation of every neuron of a run from the reduced flow through its first snapshot.

    Parameters
    ----------
    run: T snapshots of M neurons.
    modes: the run's projection.
    flow: the reduced flow of the run's network.
    """
    size = _size(run)
    growth, acceleration = _linearisations(modes, flow)
    neglected = _neglected(run, flow)
    step = _learning_rate(run)
    precision = _precision(run)
    per_step = 0.5 * precision / step if step and precision > 1e-10 else 0.0
    norms = _mode_norms(modes, flow)
    start = 0.5 * precision * norms[0]
    nothing = np.zeros_like(neglected)
    floor = 4.0 * np.finfo(np.float64).eps + 0.5 * precision
    return Budget(
        reduction=_propagate(run.t, growth, neglected, nothing[0]) / size,
        learning_rate=_propagate(run.t, growth, _pad(0.5 * step * acceleration), nothing[0]) / size,
        integrator=_integrator(run)[:, None] + np.zeros_like(size),
        rounding=_propagate(run.t, growth, _pad(per_step * norms), _pad(start)) / size + floor,
    )


def _size(run: Run) -> FloatArray:
    """|w| of each neuron over time, (T, M)."""
    return np.sqrt(sum((values**2).sum(axis=-1) for values in run.weights.values()))


def _linearisations(modes: Modes, flow: ReducedFlow) -> tuple[FloatArray, FloatArray]:
    snapshots = [flow.linearisation(modes.at(i).amplitudes) for i in range(len(modes.alpha))]
    growth, acceleration = (np.array(part) for part in zip(*snapshots, strict=True))
    return growth, acceleration


def _mode_norms(modes: Modes, flow: ReducedFlow) -> FloatArray:
    """Length of each mode in the metric of the flow, (T, M, n_modes)."""
    scale = np.where(modes.basis.is_real, 1.0, 0.5) * modes.group.order
    total = sum(np.abs(u) ** 2 / flow.network.rates[name] for name, u in modes.amplitudes.items())
    return np.sqrt(scale * total)


def _neglected(run: Run, flow: ReducedFlow) -> FloatArray:
    """Length of g_full - g_uniform by mode, in the metric of the flow; the last entry is the mean's."""
    gradient = LossGradient(run.network)
    rates = run.network.rates
    names = flow.names
    rows = []
    for index in range(len(run)):
        theta, xi = run.snapshot(index)
        _, full_theta, full_xi = gradient(theta, xi)
        uniform_theta, uniform_xi = gradient.uniform(theta, xi)
        full = [*_as_tuple(full_theta), full_xi]
        uniform = [*_as_tuple(uniform_theta), uniform_xi]
        moved = {
            name: np.sqrt(rates[name]) * (f - u) for name, f, u in zip(names, full, uniform, strict=True)
        }
        rows.append(_by_mode(project(moved, run.network.finite_group)))
    return np.array(rows)


def _by_mode(modes: Modes) -> FloatArray:
    """Length by mode, and of the mean, (M, n_modes + 1)."""
    scale = np.where(modes.basis.is_real, 1.0, 0.5) * modes.group.order
    pairs = np.sqrt(scale * sum(np.abs(u) ** 2 for u in modes.amplitudes.values()))
    mean = np.sqrt(modes.group.order * sum(m**2 for m in modes.means.values()))
    return np.concatenate([pairs, mean[..., None]], axis=-1)


def _pad(values: FloatArray) -> FloatArray:
    """A column of zeros for the mean mode, which the reduced flow keeps at rest."""
    return np.concatenate([values, np.zeros_like(values[..., :1])], axis=-1)


def _propagate(t: FloatArray, growth: FloatArray, push: FloatArray, start: FloatArray) -> FloatArray:
    """Solve b' = mu b + push along the snapshots, by mode, and add the modes up to neurons: (T, M)."""
    mu = _pad(growth)
    bound = np.empty_like(push)
    bound[0] = start
    with np.errstate(over="ignore", invalid="ignore"):
        for i, step in enumerate(np.diff(t)):
            factor = np.exp(0.5 * step * (mu[i] + mu[i + 1]))
            bound[i + 1] = factor * bound[i] + 0.5 * step * (factor * push[i] + push[i + 1])
        return np.sqrt((bound**2).sum(axis=-1))


def _learning_rate(run: Run) -> float:
    is_flow = run.meta.get("optimiser") in (None, "gradient flow")
    return 0.0 if is_flow else float(run.meta.get("learning_rate") or 0.0)


def _precision(run: Run) -> float:
    """Unit roundoff of the numbers that the run was trained or stored in."""
    name = run.meta.get("dtype", run.meta.get("stored_dtype", "float64"))
    return float(np.finfo(np.float32 if "32" in str(name) else np.float64).eps)


def _integrator(run: Run) -> FloatArray:
    error = run.integrator_error
    return np.zeros(len(run)) if error is None else np.asarray(error, dtype=np.float64)


def _as_tuple(theta: object) -> tuple[FloatArray, ...]:
    return theta if isinstance(theta, tuple) else (np.asarray(theta),)
