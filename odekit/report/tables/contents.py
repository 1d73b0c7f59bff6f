"""What each table shows: verdicts, claims, comparisons, predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from odekit.arrays import FloatArray
from odekit.outcomes import outcome_text
from odekit.report.tables.table import Cell, Table, Value
from odekit.text import unmarked

if TYPE_CHECKING:
    from odekit.claims import Claim, Report, Verdict
    from odekit.comparison import Comparison, LearningCurve, Prediction, TrajectoryComparison

__all__ = [
    "claims_table",
    "comparison_table",
    "learning_curve_table",
    "prediction_table",
    "trajectory_table",
    "verdict_table",
    "winners_table",
]

CAPTION = "Verdicts: each gap has to lie within its budget, and the budget within its tolerance."
INTERVAL = ("interval, lower end", "interval, upper end")
FALLS = (0.1, 0.5, 1.0)  # nats of the mean loss below guessing, whose times are told
TIMES_BEFORE_HORIZON = 4  # enough to see errors grow, and few lines a run

Values = tuple[Value, ...]
Numbers = float | Mapping[str, float] | None


def verdict_table(report: Report) -> Table:
    """One row per verdict: what was predicted and measured, tolerance, budget and negative control.

    A quantity that has a name takes a line of its own below its claim.
    """
    columns = ("claim", "outcome", "predicted", "measured", "tolerance", "budget", "control")
    rows = tuple(_verdict_row(verdict) for verdict in report.verdicts)
    return Table(columns, rows, CAPTION)


def claims_table(claims: Sequence[Claim]) -> Table:
    """One row per claim: identifier, source, statement, and the settings that it takes."""
    rows = tuple(
        (claim.id, claim.source, unmarked(claim.statement), ", ".join(claim.takes)) for claim in claims
    )
    return Table(("id", "source", "statement", "settings"), rows, "What can be verified.")


def comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """One row per run, with the errors of the leading amplitude at a few times and at the last one."""
    names = short_names([comparison.name for comparison in comparisons])
    rows = tuple(_comparison_row(n, c) for n, c in zip(names, comparisons, strict=True))
    columns = ("run", "horizon", "t", "median error", "max error", "winners", "outcome")
    caption = (
        "Relative errors, reduced ODE against run: of alpha over the modes that lead their neuron, or where "
        "whole blocks move, of each neuron's weights, the largest over the weight groups. The "
        "outcome is about each neuron's whole gap before the horizon; what lies beyond it is not judged."
    )
    return Table(columns, rows, caption)


def trajectory_table(comparisons: Sequence[TrajectoryComparison]) -> Table:
    """A block for each trajectory: every state and observable where its gap is largest beside its budget."""
    names = short_names([comparison.name for comparison in comparisons])
    columns = ("run", "state", "t", "gap", "budget", "outcome")
    blocks = tuple(_trajectory_block(n, c) for n, c in zip(names, comparisons, strict=True))
    caption = (
        "Gaps |recorded - ODE| and what they may be, where the gap is largest beside its budget among the "
        "records before the horizon."
    )
    return Table(columns, blocks, caption)


def prediction_table(prediction: Prediction, count: int = 10) -> Table:
    """One row for each of the first ``count`` neurons."""
    columns = ("neuron", "winner", "blow-up time", "runner-up", "its time", "phi", "psi")
    entries = prediction.to_json()["neurons"][:count]
    rows = tuple(
        (
            number,
            _mode(entry["winner"]),
            entry["blow_up_time"],
            _mode(entry["runner_up"]),
            entry["runner_up_time"],
            entry["phases"].get("phi"),
            entry["phases"].get("psi"),
        )
        for number, entry in enumerate(entries)
    )
    return Table(columns, rows, "Predicted winners; phases in radians, at the blow-up.")


def learning_curve_table(curve: LearningCurve) -> Table:
    """The predicted training at its start, where regimes end, and where its mean loss has fallen so far."""
    tuples = curve.network.labels().size if curve.network.loss == "sum" else 1
    fallen = "loss fallen by" if tuples == 1 else "mean loss fallen by"
    moments = {
        "start": float(curve.t[0]),
        **{f"{fallen} {fall:g}": curve.time_of(tuples * fall) for fall in FALLS},
        **{f"end of {regime.name}": regime.end for regime in curve.regimes},
    }
    known = sorted((t, name) for name, t in moments.items() if np.isfinite(t))
    rows = tuple((name, t, float(curve.loss_at(t)), *_interpolated(t, curve)) for t, name in known)
    caption = "Predicted training; the band estimates by how much the loss may be off."
    return Table(("", "t", "loss", "band", "accuracy"), rows, caption)


def _interpolated(t: float, curve: LearningCurve) -> tuple[float, float]:
    return float(np.interp(t, curve.t, curve.loss_band)), float(np.interp(t, curve.t, curve.accuracy))


def winners_table(prediction: Prediction) -> Table:
    """How many neurons each mode wins, the most frequent winner first, and its first blow-up."""
    total = len(prediction.winner)
    rows = tuple(
        (name, won, f"{100 * won / total:.1f} %", first) for name, won, first in prediction.ranking()
    )
    return Table(("winner", "neurons", "share", "first blow-up"), rows, "Neurons won by each mode.")


def short_names(names: Sequence[str]) -> list[str]:
    """The files' names without folders, where those are distinct."""
    short = [name.rstrip("/").rpartition("/")[2] or name for name in names]
    return short if len(set(short)) == len(short) else list(names)


def _verdict_row(verdict: Verdict) -> tuple[Cell, ...]:
    names, predicted, measured = _lines(verdict)
    return (
        names,
        outcome_text(verdict.outcome),
        predicted,
        measured,
        verdict.tolerance,
        sum(verdict.budget.values()) if verdict.budget else None,
        "" if verdict.control is None else outcome_text(verdict.control.outcome),
    )


def _lines(verdict: Verdict) -> tuple[Values, Values, Values]:
    """The claim and the names of its quantities below it, and what was predicted and measured of each."""
    first, second = (_by_name(numbers) for numbers in (verdict.predicted, verdict.measured))
    if verdict.interval is not None:
        second = {**second, **dict(zip(INTERVAL, verdict.interval, strict=True))}
    names = [name for name in dict.fromkeys((*first, *second)) if name]
    predicted, measured = ([_plain(found.get(name)) for name in ("", *names)] for found in (first, second))
    return (verdict.id, *(f"- {name}" for name in names)), tuple(predicted), tuple(measured)


def _by_name(numbers: Numbers) -> Mapping[str, float]:
    if isinstance(numbers, Mapping):
        return numbers
    return {} if numbers is None else {"": numbers}


def _plain(value: float | None) -> Value:
    """A Python number, also where the experiment left a NumPy one."""
    return value.item() if isinstance(value, np.generic) else value


def _comparison_row(name: str, comparison: Comparison) -> tuple[Cell, ...]:
    network = comparison.run.network
    described: Cell = (name, f"{network.finite_group.name}, {network.neurons} neurons")
    if comparison.gap is None:
        return (described, "", None, None, None, "", outcome_text(comparison.outcome))
    median, largest = _shown_errors(comparison)
    shown = _times(comparison)
    return (
        described,
        _horizon(comparison),
        tuple(_time(comparison, i) for i in shown),
        tuple(_error(comparison, median[i]) for i in shown),
        tuple(_error(comparison, largest[i]) for i in shown),
        _winners(comparison),
        outcome_text(comparison.outcome),
    )


def _trajectory_block(name: str, comparison: TrajectoryComparison) -> tuple[Cell, ...]:
    trajectory = comparison.trajectory
    described: Values = (name, f"{len(trajectory)} times, batch {trajectory.batch}")
    states, times, gaps, budgets, outcomes = zip(*comparison.rows(), strict=True)
    told = tuple(map(outcome_text, outcomes))
    return (described, states, times, tuple(map(_blown_up, gaps)), tuple(map(_blown_up, budgets)), told)


def _shown_errors(comparison: Comparison) -> tuple[FloatArray, FloatArray]:
    """Median and maximum by time: of the first magnitude, or the largest over the weight groups."""
    curves = [curve for name, curve in comparison.errors.items() if name in comparison.run.weights]
    if not curves:
        first = next(iter(comparison.errors.values()))
        return first.median, first.max
    return np.max([curve.median for curve in curves], axis=0), np.max([curve.max for curve in curves], axis=0)


def _times(comparison: Comparison) -> list[int]:
    """A few snapshots evenly spaced up to the last before the horizon, and the run's last."""
    last = len(comparison.run) - 1
    place = max(_count_before_horizon(comparison) - 1, 0)
    spaced = np.linspace(0, place, TIMES_BEFORE_HORIZON + 1)[1:].round().astype(int)
    return sorted({*spaced.tolist(), last})


def _count_before_horizon(comparison: Comparison) -> int:
    horizon = comparison.horizon if comparison.horizon is not None else np.inf
    return int(np.searchsorted(comparison.run.t, horizon))


def _time(comparison: Comparison, index: int) -> str:
    """The time of a snapshot; no verdict is given from the horizon on."""
    text = f"{comparison.run.t[index]:.4g}"
    return text if index < _count_before_horizon(comparison) else f"{text}, beyond"


def _horizon(comparison: Comparison) -> Cell:
    if comparison.horizon is None or not np.isfinite(comparison.horizon):
        return "not reached"
    step = comparison.horizon_step
    return (f"t = {comparison.horizon:.4g}", *(() if step is None else (f"step {step}",)))


def _winners(comparison: Comparison) -> Cell:
    winners = comparison.winners
    if winners is None:
        return ""
    every = f"{100 * winners.agreement:.1f} % of {winners.count}"
    if not winners.clear_count:
        return every
    return (every, f"{100 * winners.clear_agreement:.1f} % of {winners.clear_count} clear")


def _error(comparison: Comparison, value: float) -> Value:
    """An error; nothing where order 2 or 3 was followed no further."""
    return None if comparison.order > 1 and np.isnan(value) else _blown_up(value)


def _blown_up(value: float) -> Value:
    """An error, or infinity where the prediction has blown up."""
    return float(value) if np.isfinite(value) else float("inf")


def _mode(name: int | str | None) -> str:
    return "none" if name is None else str(name)
