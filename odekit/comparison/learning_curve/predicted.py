"""From a run's first snapshot to its whole training, with a band: a second, better orbit beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import check_flow_time, is_step_known, learning_rate, shortfall
from odekit.comparison.flows import MOST_GRADIENTS, PopulationFlow
from odekit.comparison.learning_curve.learning_curve import LearningCurve, PredictionCost
from odekit.comparison.learning_curve.orbit import STEPS, PredictedOrbit, follow_orbit
from odekit.errors import InputError, ReductionError
from odekit.numbers import real
from odekit.simulation import LossGradient, Run, blas_threads, has_kink

__all__ = ["END", "predict_curve"]

END = "end"
# Relative tolerance of the second orbit.
LOOSER = 1e-4
# Of the distance to the second orbit, which has errors of its own.
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
    flow = PopulationFlow(run.network, step=step, power=2)
    stack = flow.stack({name: w[0] for name, w in run.weights.items()})
    with blas_threads(run.network):
        orbit = follow_orbit(run.network, stack, step, begin, last)
        if len(orbit.points) == 1:
            raise ReductionError(
                "nothing can be predicted", received=orbit.ended, hint="smaller weights, or a smaller step"
            )
        gradient = LossGradient(run.network)
        before = time.perf_counter()
        loss_band, neuron_band = _bands(flow, orbit, gradient)
        band_seconds = time.perf_counter() - before
        weights = flow.by_name(np.array([point.stack for point in orbit.points]))
        predicted = Run(np.array([point.t for point in orbit.points]), weights, run.network)
        accuracy = np.array([gradient.accuracy(*predicted.snapshot(i)) for i in range(len(predicted))])
    elapsed = float(predicted.t[-1] - begin)
    cost = PredictionCost(
        gradients=orbit.gradients,
        band_gradients=flow.gradients + len(predicted),
        steps=round(elapsed / step) if step else None,
        seconds=time.perf_counter() - start,
        band_seconds=band_seconds,
    )
    return LearningCurve(
        t=predicted.t,
        loss=np.array([point.loss for point in orbit.points]),
        accuracy=accuracy,
        loss_band=loss_band,
        neuron_band=neuron_band,
        weights=predicted.weights,
        network=run.network,
        step=step,
        regimes=orbit.regimes,
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
    if shortfall(run, run.t).max() > EQUAL * step:
        return step, (f"The run's steps vary: this is what descent in the longest, {step:.4g}, does.",)
    return step, ()


def _bands(
    flow: PopulationFlow, orbit: PredictedOrbit, gradient: LossGradient
) -> tuple[FloatArray, FloatArray]:
    """Distances of the loss (T,) and of every neuron (T, M), relative, to the better orbit, doubled."""
    points = orbit.points
    times = np.array([point.t for point in points])
    loss = np.full(len(points), np.inf)
    neurons = np.full((len(points), points[0].stack.shape[-1]), np.inf)
    for point, (place, stack) in zip(points, enumerate(_better(flow, orbit, times)), strict=False):
        loss[place] = abs(float(gradient.evaluate(stack)[0]) - point.loss)
        apart, size = (np.sqrt((w**2).sum(axis=(0, 1))) for w in (stack - point.stack, point.stack))
        neurons[place] = np.divide(apart, size, out=np.zeros_like(size), where=size > 0)
    return SAFETY * np.maximum.accumulate(loss), SAFETY * np.maximum.accumulate(neurons, axis=0)


def _better(flow: PopulationFlow, orbit: PredictedOrbit, times: FloatArray) -> Iterator[FloatArray]:
    """Stacks of the better orbit at the times, by steps of descent from where these were taken."""
    last = orbit.regimes[-1]
    switch = int(np.searchsorted(times, last.start)) if last.name == STEPS else len(times) - 1
    place = 0
    for t, stack in flow.follow(orbit.points[0].stack, times[: switch + 1], LOOSER, 1):
        if t == times[place]:
            yield stack
            place += 1
        if flow.gradients > MOST_GRADIENTS:
            return
    if place == switch + 1:
        further = flow.descend(stack, times[switch:].tolist())
        next(further)
        yield from (stack for _, stack in further)
