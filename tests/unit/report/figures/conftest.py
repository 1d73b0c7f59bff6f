"""Results to draw, made once, and a checker of what a reader sees of a figure."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import odekit
from odekit.comparison import (
    Comparison,
    Progress,
    Trajectory,
    TrajectoryComparison,
    compare,
    measure_progress,
)
from odekit.networks import Network
from odekit.report.figures import figure_of
from odekit.simulation import Run, simulate

Faults = Callable[[Axes], list[str]]

HEIGHT_SHARE = 0.7
PIXEL = 1.0


@pytest.fixture(scope="session")
def lifted() -> Comparison:
    """Neurons on the spheres of a non-Abelian group, against the lifted flow."""
    network = Network("S3", neurons=12, embedding="unshared", constraint="sphere", logit_scale=1e-6)
    return compare(simulate(network, t_end=4e7, snapshots=25, seed=1))


@pytest.fixture(scope="session")
def recorded() -> TrajectoryComparison:
    """A two-layer linear network by descent, against its own flow."""
    a, b, step, rows = 0.1, 0.2, 0.005, []
    for count in range(1201):
        rows.append((step * count, a, b))
        a, b = a + step * b * (1 - a * b), b + step * a * (1 - a * b)
    t, *weights = np.array(rows)[::50].T
    record = Trajectory(t, dict(zip("ab", weights, strict=True)), {"learning_rate": step})
    return compare(record, odekit.system("a' = b*(1 - a*b); b' = a*(1 - a*b)"))


@pytest.fixture(scope="session")
def ranks() -> Run:
    """Neurons on the quaternion group, with blocks of type H, at uniform softmax until they rest."""
    network = Network("Q8xS3", neurons=10, embedding="unshared", constraint="sphere", loss="sum")
    return simulate(network, t_end=4.0, snapshots=21, seed=0, softmax="uniform")


@pytest.fixture(scope="session")
def progress() -> Progress:
    """A small network trained on three quarters of its data."""
    run = simulate(
        Network("Z5", neurons=16, activation="relu"),
        method="adamw",
        learning_rate=1e-2,
        steps=60,
        frac_train=0.75,
        scale=0.1,
        seed=0,
        snapshots=16,
    )
    return measure_progress(run)


@pytest.fixture(scope="session")
def faults() -> Faults:
    """What a reader would miss in a figure: nothing, it is hoped."""
    return faults_of


def faults_of(axes: Axes) -> list[str]:
    """Missing labels and data, artists cut off or on top of each other, axes that are too low."""
    figure = figure_of(axes)
    figure.draw_without_rendering()
    panels = [panel for panel in figure.axes if panel.get_label() != "<colorbar>"]
    return [
        *(fault for panel in panels for fault in _faults_of_panel(figure, panel)),
        *([] if _height_share(figure, panels) >= HEIGHT_SHARE else ["the axes are too low"]),
        *([] if panels[-1].get_xlabel() else ["no label of x"]),
    ]


def _faults_of_panel(figure: Figure, panel: Axes) -> list[str]:
    legend, box, whole = panel.get_legend(), panel.get_window_extent(), figure.bbox.padded(PIXEL)
    tight = panel.get_tightbbox()
    assert tight is not None
    texts = [label for label in panel.get_xticklabels() if label.get_text() and label.get_visible()]
    low, high = sorted(panel.get_xlim())
    shown = [label.get_window_extent() for label in texts if low <= label.get_position()[0] <= high]
    return [
        *([] if panel.get_ylabel() else ["no label of y"]),
        *([] if panel.has_data() else ["no data"]),
        *([] if _inside(tight, whole) else ["something is cut off"]),
        *(["the legend hides data"] if legend and legend.get_window_extent().overlaps(box) else []),
        *(["the legend hides the label of x"] if legend and _on(legend, panel.xaxis.label) else []),
        *(["labels of x run into each other"] if any(a.overlaps(b) for a, b in pairwise(shown)) else []),
    ]


def _on(legend: Legend, label: Text) -> bool:
    return bool(label.get_text()) and legend.get_window_extent().overlaps(label.get_window_extent())


def _inside(box: Bbox, whole: Bbox) -> bool:
    return box.x0 >= whole.x0 and box.y0 >= whole.y0 and box.x1 <= whole.x1 and box.y1 <= whole.y1


def _height_share(figure: Figure, panels: list[Axes]) -> float:
    """Of the figure's height, what axes beneath each other take up."""
    left = min(panel.get_window_extent().x0 for panel in panels)
    column = [panel for panel in panels if panel.get_window_extent().x0 < left + 2 * PIXEL]
    return float(sum(panel.get_window_extent().height for panel in column) / figure.bbox.height)
