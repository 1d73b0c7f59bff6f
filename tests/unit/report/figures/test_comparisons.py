"""What a comparison's figures show is what was measured, and what the ODE says between the snapshots."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes

from odekit.comparison import Comparison, TrajectoryComparison, irrep_shares, project
from odekit.errors import InputError, UnknownNameError
from odekit.report import plot_budget, plot_competition, plot_residuals, plot_trajectories
from odekit.report.figures import figure_of, has_curves
from odekit.report.figures.comparisons.curves import READABLE, curves_of

Draw = Callable[[Comparison], Axes]


def named(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def line(axes: Axes, label: str) -> np.ndarray:
    found = next(line for line in axes.lines if line.get_label() == label)
    return np.asarray(found.get_xydata())


def test_the_network_is_dots_and_the_ode_a_line_on_a_finer_grid(comparison: Comparison) -> None:
    axes = plot_trajectories(comparison, rows=[2])
    modes = project(comparison.run)
    mode = modes.dominant[-1][2]
    ode, network = axes.lines[0], axes.lines[1]
    np.testing.assert_allclose(network.get_ydata(), modes.alpha[:, 2, mode], rtol=1e-12)
    t, values = ode.get_xdata(), ode.get_ydata()
    assert len(t) > 10 * len(comparison.run.t)
    assert comparison.predicted is not None
    at = np.searchsorted(t, comparison.run.t)
    np.testing.assert_allclose(values[at], comparison.predicted.alpha[:, 2, mode], rtol=1e-6)
    assert axes.get_ylabel() == r"amplitude $\alpha_k$ (dimensionless)"


def test_the_gap_lies_beneath_with_legend_and_horizon(comparison: Comparison) -> None:
    axes = plot_trajectories(comparison)
    top, bottom = figure_of(axes).axes
    assert axes is top
    assert {"network", "ODE", "horizon", "budget"} <= set(named(bottom))
    assert line(bottom, "horizon")[0, 0] == comparison.horizon
    assert bottom.get_ylabel() == "relative gap"
    curves = curves_of(comparison, None, None)
    expected = np.where(curves.gap[1:, 0] <= READABLE, curves.gap[1:, 0], np.nan)
    np.testing.assert_array_equal(bottom.lines[1].get_ydata(), expected)


def test_the_ode_of_some_neurons_at_any_times_is_the_comparisons_own(comparison: Comparison) -> None:
    assert comparison.follow is not None
    assert comparison.predicted is not None
    weights = comparison.follow(comparison.run.t, [5, 1])
    whole = comparison.predicted.lift()
    for name, values in weights.items():
        np.testing.assert_allclose(values, whole[name][:, [5, 1]], rtol=1e-7, atol=1e-12)


@pytest.mark.slow
def test_a_lifted_comparison_shows_the_length_in_the_dominant_irrep(lifted: Comparison) -> None:
    axes = plot_trajectories(lifted, rows=[3], quantity="xi")
    xi, group = lifted.run.weights["xi"][:, 3], lifted.run.network.finite_group
    place = irrep_shares(xi[-1], group).argmax()
    expected = np.sqrt(irrep_shares(xi, group)[:, place]) * np.linalg.norm(xi, axis=-1)
    np.testing.assert_allclose(axes.lines[1].get_ydata(), expected, rtol=1e-12)
    t, values = axes.lines[0].get_data()
    np.testing.assert_allclose(values[np.searchsorted(t, lifted.run.t)], expected, rtol=1e-4)


def test_a_record_of_ones_own_beside_ones_own_ode(recorded: TrajectoryComparison) -> None:
    axes = plot_trajectories(recorded, quantity="b")
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), recorded.trajectory["b"][:, 0])
    t, values = axes.lines[0].get_data()
    at = np.searchsorted(t, recorded.trajectory.t)
    np.testing.assert_allclose(values[at], recorded.predicted["b"][:, 0], rtol=1e-7)
    assert "record" in named(figure_of(axes).axes[1])


def test_a_phase_that_passes_half_a_turn_is_no_vertical_line(comparison: Comparison) -> None:
    for drawn in plot_trajectories(comparison, quantity="D").lines[::2]:
        steps = np.abs(np.diff(drawn.get_ydata()))
        assert not (steps[np.isfinite(steps)] > np.pi).any()


def test_the_gap_lies_beside_its_budget_and_the_parts_that_matter(comparison: Comparison) -> None:
    axes = plot_budget(comparison)
    assert comparison.gap is not None
    gap = np.median(comparison.gap, axis=1)[1:]
    np.testing.assert_array_equal(line(axes, "gap")[:, 1], np.where(gap <= READABLE, gap, np.nan))
    assert {"gap", "budget", "reduction", "horizon"} <= set(named(axes))
    assert "learning rate" not in named(axes), "a gradient flow has none"


def test_the_axes_end_where_nothing_can_be_read(comparison: Comparison) -> None:
    assert comparison.gap is not None
    assert comparison.budget is not None
    gap, budget = comparison.gap.copy(), comparison.budget
    gap[8:] = 1e17
    reduction = np.where(np.arange(len(gap))[:, None] < 10, budget.reduction, 1e16)
    late = replace(comparison, gap=gap, budget=replace(budget, reduction=reduction))
    axes = plot_budget(late)
    assert axes.get_ylim()[1] < 100
    assert axes.get_xlim()[1] <= comparison.run.t[11]
    assert plot_residuals(late).get_ylim()[1] < 100


def test_a_horizon_that_was_not_reached_is_not_drawn(comparison: Comparison) -> None:
    axes = plot_trajectories(replace(comparison, horizon=math.inf))
    assert "horizon" not in named(figure_of(axes).axes[1])


@pytest.mark.parametrize("rows", [[], [8], [-1], list(range(8)), [0.5], "01"])
def test_neurons_that_can_not_be_shown_are_refused(comparison: Comparison, rows: list[int]) -> None:
    with pytest.raises(InputError, match=r"neurons can.t be shown. Expected: one to 7 of them, from 0 to 7"):
        plot_trajectories(comparison, rows=rows)


def test_an_unknown_quantity_is_refused(comparison: Comparison, recorded: TrajectoryComparison) -> None:
    with pytest.raises(UnknownNameError, match="alpha"):
        plot_trajectories(comparison, quantity="alhpa")
    with pytest.raises(UnknownNameError, match="quantity"):
        plot_budget(recorded, "c")


@pytest.mark.parametrize("draw", [plot_trajectories, plot_residuals, plot_budget])
def test_there_is_nothing_to_draw_without_a_comparison(inapplicable: Comparison, draw: Draw) -> None:
    with pytest.raises(InputError, match=r"nothing to draw.*relu"):
        draw(inapplicable)


def test_a_neurons_competition_names_its_winner_first(comparison: Comparison) -> None:
    axes = plot_competition(comparison, 2)
    modes = project(comparison.run)
    largest = modes.alpha[:, 2].max(axis=0).argmax()
    assert named(axes)[0] == f"$k$ = {modes.basis.labels[largest]}"
    with pytest.raises(InputError, match="the neuron must be"):
        plot_competition(comparison, 99)


@pytest.mark.parametrize("draw", [plot_trajectories, plot_residuals, plot_budget])
def test_a_single_snapshot_is_nothing_to_draw(comparison: Comparison, draw: Draw) -> None:
    run = comparison.run
    assert comparison.gap is not None
    assert comparison.budget is not None
    weights = {name: values[:1] for name, values in run.weights.items()}
    parts = {name: part[:1] for name, part in comparison.budget.parts().items()}
    single = replace(
        comparison,
        run=replace(run, t=run.t[:1], weights=weights),
        gap=comparison.gap[:1],
        budget=replace(comparison.budget, **parts),
    )
    with pytest.raises(InputError, match="two snapshots or more"):
        draw(single)
    assert not has_curves(single)
    assert has_curves(comparison)


def test_errors_that_can_not_be_read_make_no_empty_panel(comparison: Comparison) -> None:
    assert comparison.gap is not None
    assert comparison.budget is not None
    parts = {name: part + 1e3 for name, part in comparison.budget.parts().items()}
    beyond = replace(comparison, gap=comparison.gap + 1e3, budget=replace(comparison.budget, **parts))
    assert not has_curves(beyond)
    with pytest.raises(InputError, match="nothing to draw"):
        plot_budget(beyond)
