"""What a comparison measures of a few neurons, or recorded runs, beside what its ODE says at any time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arguments import chosen
from odekit.arrays import FloatArray
from odekit.comparison import Comparison, Modes, TrajectoryComparison, irrep_shares, project
from odekit.errors import InputError, shown
from odekit.report.figures.drawing import (
    COLOURS,
    TIME,
    chosen_places,
    even_places,
    in_math,
    plain_text,
    symbol_text,
)
from odekit.simulation import Run

__all__ = ["Curves", "curves_of", "has_curves"]

Weights = Mapping[str, FloatArray]
Measure = Callable[[Weights], FloatArray]

READABLE = 10.0  # relative, above which a gap or a budget tells nothing any more
MODE_QUANTITIES = ("alpha", "beta", "D")
SHOWN = 4  # neurons, unless others are asked for


@dataclass(frozen=True, eq=False)
class Curves:
    """A quantity of some neurons, or of some runs of a record.

    Parameters
    ----------
    t: (T,) of the snapshots.
    measured: (T, rows).
    follow: the ODE's values (K, rows) at any increasing times (K,).
    labels: of the rows.
    gap, budget: (T, rows), what was judged, and its bound.
    quantity, gap_label: labels of the axes.
    source: what was measured, in a word.
    is_positive: whether a logarithmic axis suits the values.
    is_angle: whether they are radians, of which whole turns don't count.
    time: label of t.
    horizon: inf where there is none.
    """

    t: FloatArray
    measured: FloatArray
    follow: Callable[[FloatArray], FloatArray]
    labels: tuple[str, ...]
    gap: FloatArray
    budget: FloatArray
    quantity: str
    gap_label: str
    source: str
    is_positive: bool
    is_angle: bool
    time: str
    horizon: float


def curves_of(
    comparison: Comparison | TrajectoryComparison, rows: Sequence[int] | None, quantity: str | None
) -> Curves:
    """The curves; parameters and errors are those of `plot_trajectories`."""
    if isinstance(comparison, TrajectoryComparison):
        return _of_record(comparison, rows, quantity)
    if isinstance(comparison, Comparison):
        return _of_run(comparison, rows, quantity)
    raise InputError(
        "this is no comparison",
        expected="what odekit.compare hands back",
        received=shown(comparison),
        hint="odekit.compare(run)",
    )


def has_curves(comparison: Comparison | TrajectoryComparison) -> bool:
    """Whether a run was compared with its ODE, after the first snapshot, to an error that can be read."""
    if comparison.outcome == "not_applicable":
        return False
    if isinstance(comparison, TrajectoryComparison):
        return len(comparison.trajectory.t) > 1
    if comparison.gap is None or comparison.budget is None:
        return False
    with np.errstate(all="ignore"):
        errors = [np.median(error[1:], axis=1) for error in (comparison.gap, comparison.budget.total)]
    return bool((np.fmin(*errors) <= READABLE).any())


def _of_record(comparison: TrajectoryComparison, rows: Sequence[int] | None, quantity: str | None) -> Curves:
    names = tuple(comparison.gaps)
    name = names[0] if quantity is None else chosen("quantity", quantity, names)
    record, follow = comparison.trajectory, comparison.follow
    values = record[name]
    picked = _picked(rows, values[-1], "recorded runs")
    if follow is None or not has_curves(comparison):
        raise _nothing_to_draw(comparison.name, comparison.reason)
    size = np.abs(values).max(axis=0)[picked]
    unit = np.where(size > 0, size, 1.0)
    return Curves(
        t=record.t,
        measured=values[:, picked],
        follow=lambda times: follow(times)[name][:, picked],
        labels=tuple(symbol_text(name) if record.batch == 1 else f"run {row}" for row in picked),
        gap=comparison.gaps[name][:, picked] / unit,
        budget=comparison.budget[name][:, picked] / unit,
        quantity=symbol_text(name),
        gap_label=f"gap / max$|{in_math(name)}|$" if name.isidentifier() else "gap / size",
        source="record",
        is_positive=_spans_decades(values[:, picked]),
        is_angle=False,
        time=plain_text(str(record.meta.get("time", "time"))) + " $t$",
        horizon=comparison.horizon,
    )


def _of_run(comparison: Comparison, rows: Sequence[int] | None, quantity: str | None) -> Curves:
    run, follow = comparison.run, comparison.follow
    if follow is None or comparison.gap is None or comparison.budget is None or not has_curves(comparison):
        raise _nothing_to_draw(comparison.name, comparison.reason)
    is_abelian = run.network.finite_group.is_abelian
    known = MODE_QUANTITIES if is_abelian else tuple(run.weights)
    name = known[0] if quantity is None else chosen("quantity", quantity, known)
    of_all, _ = (_mode_measure if is_abelian else _irrep_measure)(run, name, range(run.network.neurons))
    picked = _picked(rows, of_all({key: w[-1:] for key, w in run.weights.items()})[0], "neurons")
    measure, places = (_mode_measure if is_abelian else _irrep_measure)(run, name, picked)
    letter = "k" if is_abelian else r"\sigma"
    return Curves(
        t=run.t,
        measured=measure({key: w[:, picked] for key, w in run.weights.items()}),
        follow=lambda times: measure(follow(times, picked)),
        labels=tuple(
            f"$m={m}$, ${letter}$ = {plain_text(place)}" for m, place in zip(picked, places, strict=True)
        ),
        gap=comparison.gap[:, picked],
        budget=comparison.budget.total[:, picked],
        quantity=_quantity_label(name, is_abelian),
        gap_label="relative gap",
        source="network",
        is_positive=name != "D",
        is_angle=name == "D",
        time=TIME,
        horizon=np.inf if comparison.horizon is None else comparison.horizon,
    )


def _mode_measure(run: Run, name: str, neurons: Sequence[int]) -> tuple[Measure, list[str]]:
    """Amplitude or phase difference of each neuron's dominant mode at the last snapshot, and its label."""
    group = run.network.finite_group
    last = project({key: w[-1, list(neurons)] for key, w in run.weights.items()}, group)
    place = last.dominant

    def measure(weights: Weights) -> FloatArray:
        known = np.asarray(np.isfinite(weights["xi"]).all(axis=-1))
        modes = project({key: np.where(known[..., None], w, 0.0) for key, w in weights.items()}, group)
        values = _mode_values(modes, name)
        own = np.take_along_axis(values, np.broadcast_to(place[:, None], (*values.shape[:-1], 1)), axis=-1)
        return np.asarray(np.where(known, own[..., 0], np.nan))

    return measure, [last.basis.labels[index] for index in place]


def _mode_values(modes: Modes, name: str) -> FloatArray:
    if name == "alpha":
        return modes.alpha
    if name == "beta":
        return modes.beta
    inputs = [modes.amplitudes[key] for key in modes.embeddings]
    product = inputs[0] ** 2 if len(inputs) == 1 else np.prod(inputs, axis=0)
    return np.angle(product * modes.amplitudes["xi"].conj())


def _irrep_measure(run: Run, name: str, neurons: Sequence[int]) -> tuple[Measure, list[str]]:
    """Length of each neuron's weights in the real irrep that holds most of them at the end, and its name."""
    group = run.network.finite_group
    place = irrep_shares(run.weights[name][-1, list(neurons)], group).argmax(axis=-1)

    def measure(weights: Weights) -> FloatArray:
        shares = irrep_shares(weights[name], group)
        own = np.take_along_axis(shares, np.broadcast_to(place[:, None], (*shares.shape[:-1], 1)), axis=-1)
        return np.asarray(np.sqrt(own[..., 0]) * np.linalg.norm(weights[name], axis=-1))

    return measure, [group.real_irreps[index].name for index in place]


def _quantity_label(name: str, is_abelian: bool) -> str:
    if name == "D":
        return "phase difference $D$ (rad)"
    letter = in_math(name)
    what = rf"amplitude ${letter}_k$" if is_abelian else rf"length $\|{{{letter}}}\|_\sigma$"
    return f"{what} (dimensionless)"


def _picked(rows: Sequence[int] | None, last: FloatArray, kind: str) -> list[int]:
    """The rows asked for, or a few, evenly spaced in the order of their last values, the largest first."""
    if rows is not None:
        return chosen_places(rows, len(last), kind, len(COLOURS))
    order = np.argsort(-last, kind="stable")
    return [int(index) for index in order[even_places(len(last), SHOWN)]]


def _spans_decades(values: FloatArray) -> bool:
    return bool(values.min() > 0 and values.max() > 10 * values.min())


def _nothing_to_draw(name: str, reason: str) -> InputError:
    return InputError(
        "there is nothing to draw",
        expected="an applicable comparison of two snapshots or more, whose errors stay small at first",
        received=f"{name}: {reason}",
    )
