"""compare: a training run against the reduced ODE that starts from its first snapshot."""

import os
from pathlib import Path

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import check_flow_time, error_budget, snapshots_before_horizon
from odekit.comparison.compare_blocks import compare_blocks
from odekit.comparison.compare_modes import compare_modes
from odekit.comparison.comparison import Comparison, Control
from odekit.comparison.judge import Judge
from odekit.comparison.parts import Parts, relative_gap
from odekit.errors import InputError, ReductionError
from odekit.numbers import positive, real
from odekit.outcomes import Outcome
from odekit.simulation import Run, blas_threads, load_run

__all__ = ["compare"]

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
            parts = compare_blocks(run, scale_field) if _is_lifted(run) else compare_modes(run, scale_field)
            return _compared(name, run, parts, tolerance, horizon_level)
    except ReductionError as error:
        return Comparison(name, run, tolerance, "not_applicable", str(error))


def _is_lifted(run: Run) -> bool:
    """Whether the run's ODE moves blocks instead of independent modes."""
    return run.network.constraint != "none" or not run.network.finite_group.is_abelian


def _compared(name: str, run: Run, parts: Parts, tolerance: float, level: float) -> Comparison:
    gap = relative_gap(run, parts.weights)
    budget = error_budget(run, parts.orbit, parts.neglected, parts.solver_error)
    count = snapshots_before_horizon(budget, level)
    control: Control | None = None
    if count > 1:
        judge = Judge(run, budget.total, count, tolerance)
        control = judge.control(parts.follow)
        outcome, reason = judge.outcome(gap, control)
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
        control=control,
        winners=parts.winners,
        predicted=parts.modes,
    )


def _judge_clock(slow: FloatArray | None) -> tuple[Outcome, str]:
    too_slow = 0.0 if slow is None else float((slow > TOO_SLOW).mean())
    if too_slow > MOST:
        told = f"{100 * too_slow:.1f} % of the neurons move more slowly than the flow of the stated loss can"
        return "refuted", f"{told}: its time, loss or logit scale is another"
    return "inconclusive", NO_SNAPSHOT
