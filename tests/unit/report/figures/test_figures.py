"""Figures show what they are given: every curve's data, labelled axes, the horizon."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from odekit.report.figures.figures import (
    gap_figure,
    has_series,
    loss_figure,
    trajectory_figure,
    verdict_figure,
)

from odekit.claims import Report
from odekit.comparison import Comparison, project
from odekit.errors import InputError
from odekit.networks import Network
from odekit.report.figures.drawing import save_figure
from odekit.simulation import Run

Draw = Callable[[Comparison], Figure]


def labels(figure: Figure) -> list[str]:
    legend = figure.axes[0].get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def line(figure: Figure, label: str) -> np.ndarray:
    found = next(line for line in figure.axes[0].lines if line.get_label() == label)
    return np.asarray(found.get_xydata())


def assert_nothing_is_cut_off(figure: Figure) -> None:
    figure.draw_without_rendering()
    artists = [figure.axes[0].xaxis.label, figure.axes[0].yaxis.label, figure.axes[0].get_legend()]
    for artist in filter(None, artists):
        box = artist.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1


def test_trajectories_show_the_run_and_the_ode(comparison: Comparison) -> None:
    figure = trajectory_figure(comparison, neurons=[2])
    modes = project(comparison.run)
    mode = modes.dominant[-1][2]
    assert comparison.predicted is not None
    drawn = line(figure, f"neuron 2, mode {modes.basis.labels[mode]}")
    expected = comparison.predicted.alpha[:, 2, mode]
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(drawn[finite, 1], expected[finite])
    np.testing.assert_array_equal(figure.axes[0].lines[1].get_ydata(), modes.alpha[:, 2, mode])
    assert line(figure, "horizon")[0, 0] == comparison.horizon
    assert {"network", "reduced ODE"} <= set(labels(figure))
    assert figure.axes[0].get_xlabel() == "time t of the flow"


@pytest.mark.parametrize("draw", [trajectory_figure, gap_figure])
def test_nothing_is_cut_off(comparison: Comparison, draw: Draw, tmp_path: Path) -> None:
    figure = draw(comparison)
    assert_nothing_is_cut_off(figure)
    assert all(path.stat().st_size > 5000 for path in save_figure(figure, tmp_path, "figure"))


def test_a_horizon_that_was_not_reached_is_not_drawn(comparison: Comparison) -> None:
    assert "horizon" not in labels(trajectory_figure(replace(comparison, horizon=math.inf)))


@pytest.mark.parametrize("neurons", [[], [8], [-1], list(range(8))])
def test_neurons_that_can_not_be_shown_are_refused(comparison: Comparison, neurons: list[int]) -> None:
    with pytest.raises(InputError, match=r"can't be shown. Expected: one to 7 of them, from 0 to 7"):
        trajectory_figure(comparison, neurons=neurons)


def test_the_gap_lies_beside_its_budget(comparison: Comparison) -> None:
    figure = gap_figure(comparison)
    assert comparison.gap is not None
    gap = np.median(comparison.gap, axis=1)[1:]
    np.testing.assert_array_equal(line(figure, "gap")[:, 1], np.where(np.isfinite(gap), gap, np.nan))
    assert {"gap", "budget", "reduction", "horizon"} <= set(labels(figure))
    assert "learning rate" not in labels(figure), "a gradient flow has none"


@pytest.mark.parametrize("draw", [trajectory_figure, gap_figure])
def test_there_is_nothing_to_draw_without_a_comparison(inapplicable: Comparison, draw: Draw) -> None:
    with pytest.raises(InputError, match=r"nothing to draw.*relu"):
        draw(inapplicable)


def test_a_loss_is_shown_against_guessing(comparison: Comparison) -> None:
    figure = loss_figure(comparison.run)
    np.testing.assert_array_equal(line(figure, "training loss")[:, 1], comparison.run.records["loss"])
    assert line(figure, "uniform guess")[0, 1] == pytest.approx(np.log(5))
    assert figure.axes[0].get_ylabel() == "cross-entropy (mean, nats)"


def test_a_loss_that_was_not_recorded_is_computed(comparison: Comparison) -> None:
    run = comparison.run
    bare = Run(run.t, run.weights, run.network)
    drawn = line(loss_figure(bare), "training loss")[:, 1]
    np.testing.assert_allclose(drawn, run.records["loss"], rtol=1e-14)


def test_a_summed_loss_is_guessed_over_all_pairs(comparison: Comparison) -> None:
    run = comparison.run
    summed = Run(run.t, run.weights, Network("Z5", neurons=8, loss="sum"))
    assert line(loss_figure(summed), "uniform guess")[0, 1] == pytest.approx(25 * np.log(5))


def test_a_series_is_drawn_without_what_a_logarithm_can_not_show(report: Report) -> None:
    figure = verdict_figure(report.verdicts[0])
    np.testing.assert_array_equal(line(figure, "first")[:, 1], [1e-6, 8e-6, 64e-6])
    assert np.isnan(line(figure, "second")[1:, 1]).all()
    assert (figure.axes[0].get_xscale(), figure.axes[0].get_yscale()) == ("log", "log")
    assert labels(figure) == ["first", "second"]
    assert_nothing_is_cut_off(figure)


@pytest.mark.parametrize(("count", "legend"), [(1, 0), (3, 3), (6, 6), (20, 0)])
def test_a_legend_names_as_many_curves_as_fit(report: Report, count: int, legend: int) -> None:
    series = {
        "x": {"label": "t", "values": np.arange(50.0)},
        "y": {"label": "y"},
        "curves": {f"curve {i}": np.arange(50.0) + i for i in range(count)},
    }
    figure = verdict_figure(replace(report.verdicts[0], evidence={"series": series}))
    assert len(labels(figure)) == legend
    assert len(figure.axes[0].lines) == count
    assert (figure.axes[0].get_xscale(), figure.axes[0].get_yscale()) == ("linear", "linear")
    assert_nothing_is_cut_off(figure)


def test_a_zero_up_to_rounding_does_not_stretch_a_logarithmic_axis(report: Report) -> None:
    values = np.concatenate([[1e-17], np.geomspace(1e-5, 1, 60)])
    series = {
        "x": {"label": "t", "values": np.arange(61.0)},
        "y": {"label": "y"},
        "curves": {"gap": values},
        "scale": "semilogy",
    }
    figure = verdict_figure(replace(report.verdicts[0], evidence={"series": series}))
    assert 1e-8 < figure.axes[0].get_ylim()[0] < 1e-5


def test_a_verdict_without_a_series_has_no_figure(report: Report) -> None:
    assert [has_series(verdict) for verdict in report.verdicts] == [True, False, False, False]
    with pytest.raises(InputError, match="shares has nothing to plot"):
        verdict_figure(report.verdicts[1])
