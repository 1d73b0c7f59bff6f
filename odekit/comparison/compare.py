"""compare: a training run against the reduced ODE that starts from its first snapshot."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import (
    Budget,
    MeasuredOrbit,
    check_flow_time,
    error_budget,
    measure_departure,
    neuron_lengths,
    slowness,
    snapshots_before_horizon,
)
from odekit.comparison.compare_lifted import (
    lifted_errors,
    lifted_orbit,
    lifted_winners,
    neglected_by_neuron,
    predict_weights,
)
from odekit.comparison.comparison import Comparison, Winners
from odekit.comparison.flows import LiftedNeurons, Linearisation, ReducedFlow
from odekit.comparison.measures import ErrorCurve, Modes, error_curves, project
from odekit.comparison.predict import predict
from odekit.errors import InputError, ReductionError
from odekit.numbers import positive, real
from odekit.outcomes import Outcome
from odekit.simulation import Run, blas_threads, check_run, load_run

__all__ = ["compare"]

# Between snapshots the budget is estimated, so that a stray neuron outside of it refutes nothing.
WITHIN_BUDGET = 0.99
# Any factor above 1 is too slow; the margin, and asking for half of the neurons, spares a true clock.
TOO_SLOW, MOST = 1.5, 0.5
NO_SNAPSHOT = "no snapshot after the first lies before the horizon: keep more, or earlier ones"


def compare(
    source: Run | str | os.PathLike[str],
    *,
    tolerance: float = 1e-2,
    horizon_level: float = 1e-2,
    scale_field: float = 1.0,
) -> Comparison:
    """Compare a run with the reduced ODE from its first snapshot, in the run's own time.

    The gap of a neuron is measured against its own error budget, and verdicts are given up to the horizon,
    the first snapshot at which the median budget passes ``horizon_level``. The comparison is confirmed if at
    least 99 % of the neurons stay within their budget up to there, and the median gap within ``tolerance``;
    it is refuted if fewer do, or if no snapshot lies before the horizon and most neurons move more
    slowly than the flow of the stated loss can. Else, and where the weights move no further than the
    budget, it is inconclusive.

    Parameters
    ----------
    source: a run or its file.
    tolerance: largest median gap, above 0.
    horizon_level: median budget at which the horizon lies, above 0.
    scale_field: factor on the ODE's right-hand side, not 0; anything but 1 is a false statement, for
        controls.

    Returns
    -------
    comparison: not applicable where the run's t is no flow time (an adaptive optimiser, momentum, weight
        decay, a part of the data) or its network has no reduction per mode.

    Raises
    ------
    FileError: a file that can't be read.
    InputError: a tolerance or level that is not positive, a factor that is zero, or a run whose meta
        contradicts itself.
    """
    tolerance, horizon_level = positive(tolerance, "tolerance"), positive(horizon_level, "horizon_level")
    if real(scale_field, "scale_field") == 0:
        raise InputError("scale_field must not be 0", expected="a factor such as 1 or 1.05", received="0")
    run = source if isinstance(source, Run) else load_run(Path(source))
    name = run.file or repr(run)
    try:
        check_flow_time(run)
        with np.errstate(over="ignore", invalid="ignore"), blas_threads(run.network):
            parts = _lifted_parts(run, scale_field) if _is_lifted(run) else _mode_parts(run, scale_field)
            return _compared(name, run, parts, tolerance, horizon_level)
    except ReductionError as error:
        return Comparison(name, run, tolerance, "not_applicable", str(error))


@dataclass(frozen=True, eq=False)
class _Parts:
    """What a reduced ODE says of a run, by modes or by blocks."""

    weights: Mapping[str, FloatArray]
    errors: Mapping[str, ErrorCurve]
    orbit: MeasuredOrbit
    neglected: FloatArray
    solver_error: FloatArray
    winners: Winners | None
    modes: Modes | None = None
    slow: FloatArray | None = None


def _is_lifted(run: Run) -> bool:
    """Whether the run's ODE moves blocks instead of independent modes."""
    return run.network.constraint != "none" or not run.network.finite_group.is_abelian


def _mode_parts(run: Run, scale_field: float) -> _Parts:
    flow, modes = ReducedFlow(run.network), project(run)
    predicted, solver_error = _predicted(run, modes, flow, scale_field)
    linearisation, neglected = Linearisation(flow), measure_departure(run)
    slow = None
    if len(run) > 1:
        slow = slowness(modes, float(run.t[1] - run.t[0]), linearisation, neglected[:2, :, :-1])
    return _Parts(
        predicted.lift(),
        error_curves(modes, predicted),
        MeasuredOrbit.of_modes(run, modes, linearisation),
        neglected,
        solver_error,
        _winners(run, modes),
        predicted,
        slow,
    )


def _lifted_parts(run: Run, scale_field: float) -> _Parts:
    neurons = LiftedNeurons(run.network)
    check_run(run)
    predicted = predict_weights(run, neurons, scale_field)
    return _Parts(
        predicted.weights,
        lifted_errors(run, predicted.weights),
        lifted_orbit(run, neurons),
        neglected_by_neuron(run),
        predicted.error,
        lifted_winners(run, predicted),
    )


def _compared(name: str, run: Run, parts: _Parts, tolerance: float, level: float) -> Comparison:
    gap = _gap(run, parts.weights)
    budget = error_budget(run, parts.orbit, parts.neglected, parts.solver_error)
    count = snapshots_before_horizon(budget, level)
    if count > 1 or parts.slow is None:
        outcome, reason = _judge(run, gap, budget, count, tolerance)
    else:
        outcome, reason = _judge_clock(parts.slow)
    return Comparison(
        name=name,
        run=run,
        tolerance=tolerance,
        outcome=outcome,
        reason=reason,
        errors=parts.errors,
        gap=gap,
        budget=budget,
        horizon=float(run.t[count]) if count < len(run) else float("inf"),
        winners=parts.winners,
        predicted=parts.modes,
    )


def _predicted(run: Run, modes: Modes, flow: ReducedFlow, scale_field: float) -> tuple[Modes, FloatArray]:
    """The ODE's modes at the run's times, and the solver's relative error by mode.

    The energy is linear in xi, so that the opposite flow from (theta, xi) mirrors the flow from (theta, -xi).
    """
    sign, elapsed = np.sign(scale_field), (run.t - run.t[0]) * abs(scale_field)
    first = modes.at(0).amplitudes
    amplitudes, error = flow.evolve_with_error({**first, "xi": sign * first["xi"]}, elapsed)
    amplitudes["xi"] = sign * amplitudes["xi"]
    means = {key: np.broadcast_to(values[0], values.shape) for key, values in modes.means.items()}
    return Modes(modes.group, amplitudes, means), error


def _gap(run: Run, weights: Mapping[str, FloatArray]) -> FloatArray:
    """|w_ode - w_run| / |w_run| of every neuron in the flow's metric, (T, M); infinite past a blow-up."""
    rates = run.network.rates
    size = neuron_lengths(run)
    with np.errstate(all="ignore"):
        squares = (((weights[name] - w) ** 2).sum(axis=-1) / rates[name] for name, w in run.weights.items())
        distance = np.nan_to_num(np.sqrt(sum(squares)), nan=np.inf, posinf=np.inf)
        relative: FloatArray = np.divide(
            distance, size, out=np.where(distance == 0, 0.0, np.inf), where=size > 0
        )
    return relative


def _judge(run: Run, gap: FloatArray, budget: Budget, count: int, tolerance: float) -> tuple[Outcome, str]:
    if count < 2:
        return "inconclusive", NO_SNAPSHOT
    allowed = budget.total
    within = float((gap[1:count] <= allowed[1:count]).all(axis=0).mean())
    median = float(np.median(gap[1:count], axis=1).max())
    told = f"{100 * within:.1f} % of the neurons stay within their budget, the median gap within {median:.1e}"
    if within < WITHIN_BUDGET:
        return "refuted", told
    if _stands_still(run, allowed, count):
        return "inconclusive", f"{told}, but the weights move no further than the budget"
    if median > tolerance:
        return "inconclusive", f"{told}, which is above the tolerance {tolerance:g}"
    return "confirmed", told


def _stands_still(run: Run, allowed: FloatArray, count: int) -> bool:
    """Whether the median neuron moves no further than its budget, so that nothing is tested."""
    start = {name: np.broadcast_to(w[0], w.shape) for name, w in run.weights.items()}
    moved = _gap(run, start)[1:count]
    return bool((np.median(moved, axis=1) <= np.median(allowed[1:count], axis=1)).all())


def _judge_clock(slow: FloatArray) -> tuple[Outcome, str]:
    too_slow = float((slow > TOO_SLOW).mean())
    if too_slow > MOST:
        told = f"{100 * too_slow:.1f} % of the neurons move more slowly than the flow of the stated loss can"
        return "refuted", f"{told}: its time, loss or logit scale is another"
    return "inconclusive", NO_SNAPSHOT


def _winners(run: Run, modes: Modes) -> Winners | None:
    try:
        prediction = predict(run)
    except ReductionError:
        return None
    last = modes.at(-1)
    agrees = (prediction.winner == last.dominant) & np.isfinite(prediction.blow_up_time)
    return Winners.counted(agrees, last.dominant_share)
