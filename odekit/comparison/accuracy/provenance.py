"""What a run's meta and numbers say of its training: step, precisions, and whether t is a flow's time."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from odekit.arrays import FloatArray, IntArray
from odekit.errors import InputError, ReductionError
from odekit.numbers import real
from odekit.simulation import FLOW, Run, is_gradient_flow, recorded_rate

__all__ = [
    "ROUNDOFFS",
    "check_flow_time",
    "exceeding_rate",
    "integrator_error",
    "is_step_known",
    "learning_rate",
    "modified_step",
    "shortfall",
    "stored_roundoff",
    "trained_roundoff",
]

# A sum of learning rates in single precision is so far off, relatively.
_ROUNDED = 1e-5
ROUNDOFFS: Mapping[str, float] = {
    "float64": 2.0**-53,
    "double": 2.0**-53,
    "float32": 2.0**-24,
    "single": 2.0**-24,
    "float16": 2.0**-11,
    "half": 2.0**-11,
    "bfloat16": 2.0**-8,
}


def check_flow_time(run: Run) -> None:
    """Refuse a run whose t is not the time of the gradient flow of its whole loss.

    Raises
    ------
    ReductionError: an adaptive optimiser, momentum, weight decay, or training on a part of the data.
    InputError: a meta entry that should be a number and is not.
    """
    optimiser = str(run.meta.get("optimiser") or FLOW)
    if optimiser.lower() not in (FLOW, "sgd"):
        raise ReductionError(
            "the run's t is not the time of a gradient flow",
            expected="gradient flow or SGD",
            received=f"optimiser {optimiser}",
        )
    for key, wanted in (("momentum", 0.0), ("weight_decay", 0.0), ("frac_train", 1.0)):
        value = _number(run.meta, key, wanted)
        if value != wanted:
            raise ReductionError(
                "the run is not a gradient flow of its loss over all data",
                expected=f"{key} {wanted:g}",
                received=f"{key} {value:g}",
            )


def learning_rate(run: Run) -> float:
    """Largest step of the optimiser in the run's t: as recorded, or from its steps; 0 for a gradient flow.

    Where nothing tells, a run may have taken a single step from one snapshot to the next: the shortest time
    between two snapshots bounds it.

    Raises
    ------
    InputError: a recorded learning rate that is not positive and finite.
    """
    if is_gradient_flow(run.meta):
        return 0.0
    recorded = recorded_rate(run.meta) or 0.0
    if run.steps is None or len(run) < 2:
        return recorded or float(np.diff(run.t).min(initial=np.inf) if len(run) > 1 else 0.0)
    return float(max(recorded, _mean_steps(run.t, run.steps).max()))


def shortfall(run: Run, times: FloatArray) -> FloatArray:
    """How much shorter the steps around some times may have been than the longest of the run, (K,).

    Their mean tells where they are counted; else they may have been as short as can be: a recorded learning
    rate is the largest of its schedule. 0 for a gradient flow.
    """
    if is_gradient_flow(run.meta) or len(run) < 2:
        return np.zeros(len(times))
    if run.steps is None:
        return np.full(len(times), learning_rate(run))
    short = np.maximum(learning_rate(run) - _mean_steps(run.t, run.steps), 0.0)
    after = np.searchsorted(run.t, times, side="right") - 1
    before = np.searchsorted(run.t, times, side="left") - 1
    return np.asarray(np.maximum(*(short[np.clip(i, 0, len(short) - 1)] for i in (before, after))))


def _mean_steps(t: FloatArray, steps: IntArray) -> FloatArray:
    """Mean length of a step between neighbouring snapshots, (T - 1,)."""
    return np.asarray(np.diff(t) / np.diff(steps))


def is_step_known(run: Run) -> bool:
    """Whether the run tells how long its steps were, or that it took none."""
    return is_gradient_flow(run.meta) or run.steps is not None or recorded_rate(run.meta) is not None


def modified_step(run: Run) -> float:
    """Longest step of plain descent whose modified equation can be followed; else 0, for the flow itself.

    On spheres the retraction has a modified equation of its own. A run that doesn't count its steps may have
    taken shorter ones than the recorded rate.
    """
    is_plain = run.steps is not None and run.network.constraint == "none"
    return learning_rate(run) if is_plain else 0.0


def exceeding_rate(run: Run) -> float | None:
    """The recorded learning rate where no step of it fits between the first two of at least two snapshots."""
    rate = recorded_rate(run.meta)
    return rate if rate is not None and rate > (1 + _ROUNDED) * float(run.t[1] - run.t[0]) else None


def stored_roundoff(run: Run) -> float:
    """Unit roundoff of the numbers as stored: of the shortest floating-point format that holds them all."""
    for name in ("bfloat16", "float16", "float32"):
        if all(_fits(weights, name) for weights in run.weights.values()):
            return ROUNDOFFS[name]
    return ROUNDOFFS["float64"]


def trained_roundoff(run: Run) -> float:
    """Unit roundoff in which the run was trained: meta's ``dtype``, or else that of the stored numbers."""
    name = str(run.meta.get("dtype") or "").lower().rpartition(".")[-1]
    return ROUNDOFFS.get(name, stored_roundoff(run))


def integrator_error(run: Run) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Bound of the run's own integration error at each time, (T,); 0 where nothing is recorded.

    Relative to a neuron's length in the metric of the flow, which divides squared lengths by their rates, and
    at no time less than before: an estimate that falls has met a change of sign. Infinite after the time
    ``first_arrival`` of meta, at which a neuron was left where it had come to rest.

    Raises
    ------
    InputError: a record that is not one nonnegative number a snapshot, or a time that is no number.
    """
    error = run.integrator_error
    left = run.t > _number(run.meta, "first_arrival", np.inf)
    if error is None:
        return np.where(left, np.inf, 0.0)
    if error.shape != (len(run),) or error.dtype.kind not in "fiu" or not (error >= 0).all():
        raise InputError(
            "the run's integrator_error doesn't fit its times",
            expected=f"{len(run)} nonnegative numbers",
            received=f"{error.dtype} of shape {error.shape}",
        )
    rates = run.network.rates.values()
    distortion = float(np.sqrt(max(rates) / min(rates)))
    return np.where(left, np.inf, np.maximum.accumulate(error.astype(np.float64)) * distortion)


def _fits(weights: FloatArray, name: str) -> bool:
    """Whether a format holds all of the numbers; bfloat16 is the upper half of a float32."""
    is_bfloat16 = name == "bfloat16"
    with np.errstate(over="ignore"):
        rounded = weights.astype(np.float32 if is_bfloat16 else name)
    if is_bfloat16 and (rounded.view(np.uint32) % 2**16).any():
        return False
    return bool(np.array_equal(weights, rounded))


def _number(meta: Mapping[str, Any], key: str, default: float) -> float:
    value = meta.get(key)
    return default if value is None else real(value, f"meta's {key}")
