"""compare: a training run against the reduced ODE that starts from its first snapshot."""

import os
from dataclasses import replace

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import check_flow_time, error_budget, snapshots_before_horizon
from odekit.comparison.compare_blocks import compare_blocks
from odekit.comparison.compare_modes import compare_modes
from odekit.comparison.comparison import Comparison, Control
from odekit.comparison.explanation import explain_clock, forgiven, why_no_verdict
from odekit.comparison.judge import Judge
from odekit.comparison.parts import Parts, relative_gap
from odekit.errors import InputError, ReductionError
from odekit.numbers import positive, real
from odekit.simulation import Run, blas_threads, load_run

__all__ = ["compare"]

# Any factor above 1 is too slow; the margin, and asking for half of the neurons, spares a true clock.
TOO_SLOW, MOST = 1.5, 0.5


def compare(
    source: Run | str | os.PathLike[str],
    *,
    tolerance: float = 1e-2,
    horizon_level: float = 1e-2,
    scale_field: float = 1.0,
) -> Comparison:
    """Compare a run with the reduced ODE from its first snapshot, in the run's own time.

    The gap of a neuron is measured against its own error budget, a bound, and verdicts are given up to the
    horizon, the first snapshot at which the median budget passes ``horizon_level``. The comparison is
    confirmed if at least 99 % of the neurons stay within their budget up to there, the median gap within
    ``tolerance``, and a field 5 % faster and one 5 % slower, put to the same run, are refuted. It is refuted
    if more than 1 % of the neurons leave their budget by a factor of 2, or so many leave it at all that a
    share of 1 % would give as many with a probability below 1e-4; or if no snapshot lies before the horizon
    and most neurons move more slowly than the flow of the stated loss can. Else it is inconclusive: too few
    snapshots give a large budget, not a wrong verdict. Nothing at a snapshot depends on a later one.

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
    run = source if isinstance(source, Run) else load_run(source)
    name = run.file or repr(run)
    try:
        check_flow_time(run)
        with np.errstate(over="ignore", invalid="ignore"), blas_threads(run.network):
            parts = _parts(run, scale_field)
            judged = _compared(name, run, parts, tolerance, horizon_level)
            comparison = replace(judged, winners=parts.winners())
            if comparison.outcome != "refuted" or scale_field != 1:
                return comparison

            count = max(2, int(np.searchsorted(run.t, comparison.horizon or 0.0)))

            def again(changed: Run) -> Comparison:
                return _compared(name, changed, _parts(changed, 1.0), tolerance, horizon_level)

            budget = comparison.budget.total if comparison.budget else np.ones(parts.weights["xi"].shape[:2])
            told = explain_clock(run, parts, count, budget, again)
            return replace(comparison, reason=comparison.reason + told)
    except ReductionError as error:
        return Comparison(name, run, tolerance, "not_applicable", str(error))


def _parts(run: Run, scale_field: float) -> Parts:
    """What the run's ODE says of it: blocks on spheres and non-Abelian groups, else independent modes."""
    in_blocks = run.network.constraint != "none" or not run.network.finite_group.is_abelian
    return compare_blocks(run, scale_field) if in_blocks else compare_modes(run, scale_field)


def _compared(name: str, run: Run, parts: Parts, tolerance: float, level: float) -> Comparison:
    gap = relative_gap(run, parts.weights)
    budget = error_budget(run, parts.orbit, parts.neglected, parts.solver_error)
    count = snapshots_before_horizon(budget, level)
    control: Control | None = None
    if count > 1:
        judge = Judge(run, budget.total, count, tolerance)
        outcome, reason, control = judge.outcome(gap, parts)
        reason += forgiven(run, gap, budget, count) if outcome == "confirmed" else ""
    elif _is_too_slow(parts.slow):
        outcome, reason = "refuted", "most neurons move more slowly than the flow of the stated loss can"
    else:
        outcome, reason = "inconclusive", why_no_verdict(run, parts, budget, level)
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
        control=control,
        predicted=parts.modes,
    )


def _is_too_slow(slow: FloatArray | None) -> bool:
    return slow is not None and float((slow > TOO_SLOW).mean()) > MOST
