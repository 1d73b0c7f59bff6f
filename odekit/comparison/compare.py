"""compare: a training run, or any trajectory, against the ODE that starts from its first record."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from odekit.arguments import mapping
from odekit.arrays import FloatArray
from odekit.comparison.accuracy import check_flow_time, snapshots_before_horizon
from odekit.comparison.checks import check_of_runs, check_prediction, check_speed, checked_pair
from odekit.comparison.compare_blocks import compare_blocks
from odekit.comparison.compare_modes import compare_modes
from odekit.comparison.compare_population import Coupled
from odekit.comparison.comparison import Comparison, Reach
from odekit.comparison.control import Control
from odekit.comparison.explanation import explain_clock, forgiven, why_no_verdict
from odekit.comparison.flows import is_in_blocks
from odekit.comparison.judge import Judge
from odekit.comparison.parts import Parts, relative_gap
from odekit.comparison.predict import Prediction
from odekit.comparison.trajectories import Trajectory, TrajectoryComparison, compare_trajectory
from odekit.errors import ReductionError
from odekit.numbers import integer, positive, real
from odekit.simulation import CUMULANTS, Run, blas_threads, load_run
from odekit.systems import System

__all__ = ["compare"]

# Any factor above 1 is too slow; the margin, and asking for half of the neurons, spares a true clock.
TOO_SLOW, MOST = 1.5, 0.5
# Of a trajectory's ODE: below, rtol/100 is beyond float64; above, the error is no longer proportional to it.
RTOL = (1e-12, 1e-3)


@overload
def compare(
    source: Trajectory,
    system: System,
    *,
    observe: Mapping[str, Any] | None = None,
    parameters: Mapping[str, ArrayLike] | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    tolerance: float = 1e-2,
    rtol: float = 1e-9,
) -> TrajectoryComparison: ...


@overload
def compare(
    source: Run | str | os.PathLike[str],
    *,
    tolerance: float = 1e-2,
    horizon_level: float = 1e-2,
    scale_field: float = 1.0,
    order: int | None = None,
    prediction: Prediction | None = None,
) -> Comparison: ...


def compare(
    source: Run | Trajectory | str | os.PathLike[str],
    system: System | None = None,
    *,
    observe: Mapping[str, Any] | None = None,
    parameters: Mapping[str, ArrayLike] | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    tolerance: float = 1e-2,
    rtol: float = 1e-9,
    horizon_level: float = 1e-2,
    scale_field: float = 1.0,
    order: int | None = None,
    prediction: Prediction | None = None,
) -> Comparison | TrajectoryComparison:
    """Compare a run with its reduced ODE, or a trajectory of any model with any ODE, from the first record.

    The gap of a neuron, or of a recorded run, is measured against its own error budget, a bound, and
    verdicts are given up to the horizon, the first snapshot at which the median budget passes
    ``horizon_level``, or for a trajectory ``tolerance``, relative to the size of the state. The comparison
    is confirmed if at least 99 % of the neurons or runs stay within their budget up to there, the median
    gap within ``tolerance``, and a field 5 % faster and one as much slower, put to the same record, are
    refuted. It is refuted if more than 1 % leave their budget by a factor of 2, or so many leave it at all
    that a share of 1 % would give as many with a probability below 1e-4; or if no snapshot of a run lies
    before the horizon and most neurons move more slowly than the flow of the stated loss can. Else it is
    inconclusive: too few snapshots give a large budget, not a wrong verdict.

    The budget of a trajectory adds up the integration of the ODE, the stated learning rate, the stated
    noise (5 standard deviations), and the digits of the numbers. All are carried along the linearised flow.
    What the trajectory doesn't state has no budget.

    At order 1 the softmax is uniform and each neuron moves by itself. At order 2 or 3 the loss keeps the
    second or third cumulant of the logits, which couple all neurons; what the order neglects is its distance
    to the flow with the whole softmax. Plain descent of known steps is followed by its modified equation,
    which it leaves by the square of the step alone; on spheres it is put to the flow itself.

    Parameters
    ----------
    source: a run or its file, which is compared with the ODE that odekit derives; or a `Trajectory`.
    system: the ODE of a trajectory, whose t is the trajectory's.
    observe: formula in states by name, for what was recorded beside the states: ``{"u": "a**2 + b**2"}``.
    parameters: values by name, numbers or (batch,); they win over those of the trajectory's meta.
    start: of states that weren't recorded, the value at the first record, a number or (batch,).
    tolerance: of a run the largest median gap, of a trajectory the largest median budget; above 0.
    rtol: tolerance of the ODE's integration, which is done again at rtol/100; from 1e-12 to 1e-3.
    horizon_level: of a run, the median budget at which the horizon lies, above 0.
    scale_field: of a run, factor on the ODE's right-hand side, not 0; anything but 1 is a false statement,
        for controls; above 0 at orders 2 and 3.
    order: of a run, 1, 2 or 3; by default the lowest that refutes, where one does, or whose budget stays
        below the level to the end of the run, or else the lowest of those that reach furthest; 1 where the
        run doesn't tell its steps, and for steps on spheres.
    prediction: of a run, what `predict` says of its first snapshot, where it has been asked before; by
        default it is asked.

    Returns
    -------
    comparison: a `Comparison`, not applicable where the run's t is no flow time (an adaptive optimiser,
        momentum, weight decay, a part of the data) or its network has no reduction per mode; or a
        `TrajectoryComparison`.

    Raises
    ------
    FileError: a file that can't be read.
    InputError: a tolerance or level that is not positive, a factor that is zero, or a run whose meta
        contradicts itself; a prediction of another start; a trajectory without a system, or with an order or
        a prediction, or a run with a system; a state whose beginning is not known, a parameter without value,
        or a formula that can't be read.
    UnknownNameError: a name that neither the trajectory nor the system has.

    >>> import numpy as np, odekit
    >>> a, b, h, records = 0.1, 0.2, 0.002, []  # a two-layer linear network, by gradient descent
    >>> for step in range(3001):
    ...     records.append((h * step, a, b))
    ...     a, b = a + h * b * (1 - a * b), b + h * a * (1 - a * b)
    >>> t, *weights = np.array(records)[::100].T
    >>> record = odekit.Trajectory(t, dict(zip("ab", weights)), {"learning_rate": h})
    >>> right = odekit.system("a' = b*(1 - a*b); b' = a*(1 - a*b)")
    >>> wrong = odekit.system("a' = b*(1 - a*b); b' = a*(1 - 1.05*a*b)")
    >>> odekit.compare(record, right).outcome, odekit.compare(record, wrong).outcome
    ('confirmed', 'refuted')
    """
    if isinstance(source, Trajectory) or system is not None:
        check_of_runs(order, prediction)
        return compare_trajectory(
            *checked_pair(source, system),
            mapping({} if observe is None else observe, "observables", '{"u": "a**2 + b**2"}'),
            mapping({} if parameters is None else parameters, "parameters", '{"s": 1.0}'),
            mapping({} if start is None else start, "the start", '{"b": 0.1}'),
            positive(tolerance, "tolerance"),
            real(rtol, "rtol", *RTOL),
        )
    tolerance, horizon_level = positive(tolerance, "tolerance"), positive(horizon_level, "horizon_level")
    wanted = None if order is None else integer(order, "the order", CUMULANTS[0], CUMULANTS[-1])
    check_speed(scale_field, wanted)
    run = source if isinstance(source, Run) else load_run(source)
    name = run.file or repr(run)
    if prediction is not None:
        check_prediction(prediction, run)
    try:
        check_flow_time(run)
        with np.errstate(over="ignore", invalid="ignore"), blas_threads(run.network):
            parts = _parts(run, scale_field)
            winners = parts.winners(prediction)
            first = replace(_compared(name, run, parts, tolerance, horizon_level), winners=winners)
            if wanted in (None, 1) and first.outcome == "refuted" and scale_field == 1:
                first = _explained(first, parts, horizon_level)
            if wanted == 1 or (wanted is None and _is_enough(first, scale_field)):
                return first
            return _at_order(wanted, first, parts, horizon_level, scale_field)
    except ReductionError as error:
        return Comparison(name, run, tolerance, "not_applicable", str(error))


def _is_enough(first: Comparison, scale_field: float) -> bool:
    """Whether nothing is left for a higher order to say, which then isn't asked for."""
    reaches_end = first.horizon == float("inf") and first.outcome == "confirmed"
    return reaches_end or first.outcome == "refuted" or scale_field < 0 or len(first.run) < 2


def _at_order(
    wanted: int | None, first: Comparison, parts: Parts, level: float, scale_field: float
) -> Comparison:
    """The comparison at the order that is wanted, or at the lowest that refutes, or reaches furthest.

    Raises
    ------
    ReductionError: an order that is wanted isn't to be had.
    """
    run, orders = first.run, CUMULANTS[1:] if wanted is None else (wanted,)
    try:
        coupled = Coupled(run, orders, level, scale_field)
    except ReductionError:
        if wanted is None:
            return first
        raise
    reached = {1: first} if wanted is None else {}
    for order in orders:
        judged = _compared(first.name, run, coupled.parts(order, parts), first.tolerance, level)
        reached[order] = replace(judged, winners=first.winners)
        if judged.horizon == float("inf") or judged.outcome == "refuted":
            break
    chosen = max(reached.values(), key=_rank)
    return replace(chosen, orders=tuple(Reach(n, c.horizon, c.outcome) for n, c in reached.items()))


def _rank(comparison: Comparison) -> tuple[bool, float, bool, int]:
    """What refutes, which no longer reach takes back; then by reach, by a verdict, and the lowest order."""
    outcome = comparison.outcome
    return outcome == "refuted", comparison.horizon or 0.0, outcome == "confirmed", -comparison.order


def _explained(refuted: Comparison, parts: Parts, level: float) -> Comparison:
    """The comparison, and which clock or declaration would explain it, if one does."""
    run = refuted.run
    count = max(2, int(np.searchsorted(run.t, refuted.horizon or 0.0)))

    def again(changed: Run) -> Comparison:
        return _compared(refuted.name, changed, _parts(changed, 1.0), refuted.tolerance, level)

    return replace(
        refuted, reason=refuted.reason + explain_clock(run, parts, count, parts.budget.total, again)
    )


def _parts(run: Run, scale_field: float) -> Parts:
    """What the run's ODE says of it: blocks on spheres and non-Abelian groups, else independent modes."""
    compared = compare_blocks if is_in_blocks(run.network) else compare_modes
    return compared(run, scale_field)


def _compared(name: str, run: Run, parts: Parts, tolerance: float, level: float) -> Comparison:
    gap, budget = relative_gap(run, parts.weights), parts.budget
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
    horizon = float(run.t[count]) if count < len(run) else float("inf")
    return Comparison(
        name=name,
        run=run,
        tolerance=tolerance,
        outcome=outcome,
        reason=reason,
        order=parts.order,
        orders=(Reach(parts.order, horizon, outcome),),
        errors=parts.errors,
        gap=gap,
        budget=budget,
        horizon=horizon,
        control=control,
        predicted=parts.modes,
        follow=parts.at,
    )


def _is_too_slow(slow: FloatArray | None) -> bool:
    return slow is not None and float((slow > TOO_SLOW).mean()) > MOST
