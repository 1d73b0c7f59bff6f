"""A run on an Abelian group without constraint against the flow of its modes from the first snapshot."""

from functools import partial

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import MeasuredOrbit, measure_departure, slowness
from odekit.comparison.flows import Linearisation, ReducedFlow
from odekit.comparison.measures import Modes, error_curves, project
from odekit.comparison.parts import COARSE, FINE, Parts, count_winners, evolve_at_speed, solver_error
from odekit.simulation import Run

__all__ = ["compare_modes"]


def compare_modes(run: Run, scale_field: float) -> Parts:
    """What the flow of decoupled modes, its field multiplied by a factor, says of a run.

    Raises
    ------
    ReductionError: the network has no reduction per mode.
    """
    flow, modes = ReducedFlow(run.network), project(run)
    first = modes.at(0)

    def evolve(factor: float, count: int, rtol: float = FINE) -> Modes:
        follow, elapsed = partial(flow.evolve, rtol=rtol), run.t[:count] - run.t[0]
        amplitudes = evolve_at_speed(follow, first.amplitudes, elapsed, factor * scale_field)
        means = {
            key: np.broadcast_to(values[0], (count, *values.shape[1:])) for key, values in modes.means.items()
        }
        return Modes(modes.group, amplitudes, means)

    predicted = evolve(1.0, len(run))
    weights = predicted.lift()
    error = np.zeros(weights["xi"].shape[:2])
    if not flow.is_exact:
        error = solver_error(run, weights, evolve(1.0, len(run), COARSE).lift())
    linearisation, neglected = Linearisation(flow), measure_departure(run)
    last = modes.at(-1)
    return Parts(
        lambda factor, count: evolve(factor, count).lift(),
        weights,
        error,
        error_curves(modes, predicted),
        MeasuredOrbit.of_modes(run, modes, linearisation),
        neglected,
        partial(count_winners, run, last.dominant, last.dominant_share),
        predicted,
        _slowness(run, modes, linearisation, neglected),
    )


def _slowness(
    run: Run, modes: Modes, linearisation: Linearisation, neglected: FloatArray
) -> FloatArray | None:
    if len(run) < 2:
        return None
    return slowness(modes, float(run.t[1] - run.t[0]), linearisation, neglected[:2, :, :-1])
