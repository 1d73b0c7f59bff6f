"""From a run's first snapshot to its whole training, with a band."""

from __future__ import annotations

import time

import numpy as np

from odekit.comparison.accuracy import check_flow_time, is_step_known, learning_rate, shortfall
from odekit.comparison.flows import PopulationFlow
from odekit.comparison.learning_curve.learning_curve import LearningCurve, PredictionCost
from odekit.comparison.learning_curve.orbit import follow_orbit
from odekit.errors import InputError, ReductionError
from odekit.numbers import real
from odekit.simulation import LossGradient, Run, blas_threads, has_kink

__all__ = ["END", "predict_curve"]

END = "end"
# For what the carried error leaves out, without a bound: its growth between gradients, what the checkpoints'
# residuals do between them, and directions in which the integrator's error grows faster.
SAFETY = 2.0
# Share of the longest step by which others may be shorter and count as equal.
EQUAL = 1e-3


def predict_curve(run: Run, until: float | str) -> LearningCurve:
    """Predict the training of a run from its first snapshot; `predict` says how.

    Parameters
    ----------
    run: whose first snapshot, network and steps count.
    until: a time after the first snapshot's, or ``"end"``.

    Raises
    ------
    InputError: another end.
    ReductionError: the run's t is not the time of a gradient flow of its loss, its softmax was uniform, its
        activation has a kink, it descends on spheres, or in no stable way from the first step on, or its loss
        overflows.
    """
    begin = float(run.t[0])
    last = _end(until, begin)
    _check_predictable(run)
    step, notes = _step(run)
    if step and run.network.constraint != "none":
        raise ReductionError(
            "descent on spheres is not predicted",
            expected="a gradient flow, or a network without constraint",
            received=f"descent with constraint {run.network.constraint}",
        )
    start = time.perf_counter()
    flow = PopulationFlow(run.network)
    stack = flow.stack({name: w[0] for name, w in run.weights.items()})
    with blas_threads(run.network):
        orbit = follow_orbit(run.network, stack, step, begin, last)
        points = orbit.points
        if len(points) == 1:
            raise ReductionError(
                "nothing can be predicted", received=orbit.ended, hint="smaller weights, or a smaller step"
            )
        gradient = LossGradient(run.network)
        weights = flow.by_name(np.array([point.stack for point in points]))
        predicted = Run(np.array([point.t for point in points]), weights, run.network)
        accuracy = np.array([gradient.accuracy(*predicted.snapshot(i)) for i in range(len(predicted))])
    elapsed = float(predicted.t[-1] - begin)
    neuron_error = np.array([np.broadcast_to(point.neuron_error, run.network.neurons) for point in points])
    cost = PredictionCost(
        gradients=orbit.tally.gradients,
        band_gradients=orbit.band.tally.gradients,
        operations=orbit.tally.operations,
        band_operations=orbit.band.tally.operations,
        steps=round(elapsed / step) if step else None,
        operations_of_a_step=gradient.operations,
        seconds=time.perf_counter() - start,
        band_seconds=orbit.band.seconds,
    )
    return LearningCurve(
        t=predicted.t,
        loss=np.array([point.loss for point in points]),
        accuracy=accuracy,
        loss_band=SAFETY * np.maximum.accumulate([point.loss_error for point in points]),
        neuron_band=SAFETY * np.maximum.accumulate(neuron_error, axis=0),
        weights=predicted.weights,
        network=run.network,
        step=step,
        regimes=orbit.regimes,
        symmetries=orbit.population.classes,
        cost=cost,
        ended=orbit.ended,
        notes=notes,
    )


def _end(until: float | str, begin: float) -> float | None:
    """The last time, None for the end of the training."""
    if isinstance(until, str) and until == END:
        return None
    if isinstance(until, str):
        raise InputError(
            "no end of a prediction", expected='a time, or "end"', received=until, hint='until="end"'
        )
    last = real(until, "until")
    if not last > begin:
        raise InputError(
            "the prediction ends before it begins",
            expected=f"until after the first snapshot, t = {begin:g}",
            received=f"{last:g}",
        )
    return last


def _check_predictable(run: Run) -> None:
    check_flow_time(run)
    if run.meta.get("softmax") == "uniform":
        raise ReductionError(
            "the run was trained at uniform softmax, where its loss is a sum of energies",
            hint="predict without until",
        )
    if has_kink(run.network.activation):
        raise ReductionError(
            "the flow of a network with kinks is not followed to the end",
            expected="a smooth activation",
            received=run.network.activation_name,
            hint="odekit.simulate",
        )


def _step(run: Run) -> tuple[float, tuple[str, ...]]:
    """The step of descent, and a note where it is assumed to be 0, or always the longest."""
    if not is_step_known(run):
        return 0.0, ("The run doesn't tell its steps: this is what the gradient flow does.",)
    step = learning_rate(run)
    if step and run.steps is None:
        return step, (f"The run counts no steps: this is what descent in steps of {step:.4g} does.",)
    if shortfall(run, run.t).max() > EQUAL * step:
        return step, (f"The run's steps vary: this is what descent in the longest, {step:.4g}, does.",)
    return step, ()
