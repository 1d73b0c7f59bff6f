"""What a network answers: the logits of one pair of inputs, with the right answer and the spurious peaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from odekit.arguments import is_series
from odekit.errors import InputError, ReductionError, shown
from odekit.numbers import integer
from odekit.report.figures.drawing import COLOURS, GREY, drawn_on, legend_below
from odekit.report.figures.measures import check_run_given
from odekit.simulation import Run, logits

__all__ = ["plot_logits"]

MANY_LABELS = 13  # along the axis; of more, every second, third and so on

_RIGHT: Mapping[str, Any] = {"color": COLOURS[0], "marker": "o"}
_SPURIOUS: Mapping[str, Any] = {"color": COLOURS[1], "marker": "s"}
_OTHER: Mapping[str, Any] = {"color": GREY, "marker": "."}


def plot_logits(
    run: Run, inputs: Sequence[int] = (1, 2), snapshot: int = -1, *, axes: Axes | None = None
) -> Axes:
    """Logits of two inputs x, y over all answers, less their mean.

    The right answer is marked, and so are x*x and y*y (2x and 2y), where a shared embedding with a quadratic
    activation peaks half as high.

    Parameters
    ----------
    run: of a task with two inputs.
    inputs: places of x and y among the group's elements.
    snapshot: index of a time, from 0, or from -1 back.

    Raises
    ------
    ReductionError: a task with another number of inputs.
    InputError: no run, no such elements, or no such snapshot.

    Source: arXiv 2602.16849, the majority vote of a diversified network.
    """
    network = check_run_given(run).network
    if network.task.summands != 2:
        raise ReductionError("logits of two inputs are shown", expected="x*y", received=network.task.text)
    order = network.finite_group.order
    if not is_series(inputs) or len(inputs) != 2:
        raise InputError(
            "these are no two inputs", expected=f"two, from 0 to {order - 1}", received=shown(inputs)
        )
    x, y = (integer(value, "an input", 0, order - 1) for value in inputs)
    values = logits(network, *run.snapshot(snapshot))[x, y]
    values = values - values.mean()
    labels = network.labels()
    right = int(labels[x, y])
    spurious = {int(labels[x, x]), int(labels[y, y])} - {right} if network.embedding == "shared" else set()
    with drawn_on(axes) as chosen:
        kinds = {
            "right answer": ({right}, _RIGHT),
            "$x*x$ and $y*y$": (spurious, _SPURIOUS),
            "others": (set(range(order)) - spurious - {right}, _OTHER),
        }
        for label, (places, look) in kinds.items():
            if places:
                at = np.array(sorted(places))
                chosen.vlines(at, 0, values[at], color=look["color"], linewidth=1.0)
                chosen.plot(at, values[at], linestyle="", markersize=3.5, label=label, **look)
        chosen.axhline(0, color="black", linewidth=0.5)
        names = network.finite_group.labels
        every = -(-order // MANY_LABELS)
        is_long = max(map(len, names)) > 2
        chosen.set_xticks(range(0, order, every), names[::every], rotation=90 if is_long else 0)
        chosen.set(xlabel=f"answer to $x$ = {names[x]}, $y$ = {names[y]}", ylabel="logit less mean")
        chosen.grid(False, axis="x")
        legend_below(chosen)
    return chosen
