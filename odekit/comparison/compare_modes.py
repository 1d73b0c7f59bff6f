"""A run on an Abelian group without constraint against the flow of its modes from the first snapshot."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import MeasuredOrbit, error_budget, measure_departure, modified_step, slowness
from odekit.comparison.flows import Linearisation, ReducedFlow
from odekit.comparison.measures import Modes, error_curves, project
from odekit.comparison.parts import COARSE, FINE, Parts, Weights, count_winners, evolve_at_speed, solver_error
from odekit.simulation import Run

__all__ = ["compare_modes"]


def compare_modes(run: Run, scale_field: float) -> Parts:
    """What the flow of decoupled modes, its field multiplied by a factor, says of a run.

    Plain descent of known steps is followed by its modified equation.

    Raises
    ------
    ReductionError: the network has no reduction per mode.
    """
    flow, modes, step = ReducedFlow(run.network), project(run), modified_step(run)
    first = modes.at(0)

    def moved(start: Modes, times: FloatArray, factor: float, rtol: float) -> Modes:
        follow = partial(flow.evolve, rtol=rtol, step=np.sign(factor * scale_field) * step)
        amplitudes = evolve_at_speed(follow, start.amplitudes, times - run.t[0], factor * scale_field)
        means = {key: np.broadcast_to(mean, (len(times), *mean.shape)) for key, mean in start.means.items()}
        return Modes(modes.group, amplitudes, means)

    def evolve(factor: float, count: int, rtol: float = FINE) -> Modes:
        return moved(first, run.t[:count], factor, rtol)

    def at(times: FloatArray, neurons: Sequence[int]) -> Weights:
        return moved(first.at(list(neurons)), times, 1.0, FINE).lift()

    predicted = evolve(1.0, len(run))
    weights = predicted.lift()
    error = np.zeros(weights["xi"].shape[:2])
    if step or not flow.is_exact:
        error = solver_error(run, weights, evolve(1.0, len(run), COARSE).lift())
    linearisation, neglected = Linearisation(flow), measure_departure(run)
    last = modes.at(-1)
    return Parts(
        lambda factor, count: evolve(factor, count).lift(),
        weights,
        error_curves(modes, predicted),
        error_budget(run, MeasuredOrbit.of_modes(run, modes, linearisation), neglected, error, step),
        neglected,
        partial(count_winners, run, last.dominant, last.dominant_share),
        at,
        predicted,
        _slowness(run, modes, linearisation, neglected),
    )


def _slowness(
    run: Run, modes: Modes, linearisation: Linearisation, neglected: FloatArray
) -> FloatArray | None:
    if len(run) < 2:
        return None
    return slowness(modes, float(run.t[1] - run.t[0]), linearisation, neglected[:2, :, :-1])
