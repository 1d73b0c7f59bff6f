"""Solutions, rates, orders, losses and verdicts: the curves are the numbers, and text stays text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import odekit
from odekit.claims import Report
from odekit.comparison import Comparison, Progress
from odekit.derivation import critical_point, lift
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.networks import Network
from odekit.report import (
    column_axes,
    has_figure,
    has_series,
    plot_landscape,
    plot_logits,
    plot_loss,
    plot_progress,
    plot_rate,
    plot_scaling,
    plot_verdict,
)
from odekit.report.figures import figure_of
from odekit.simulation import Run, logits

LOTKA = odekit.system("x' = x*(1 - y); y' = y*(x - 1)/2")
TIMES = np.linspace(0, 10, 60)
SOLUTION = odekit.solve(LOTKA, [[1.5, 1.2], [1.0, 0.8]], TIMES)


def test_a_solution_shows_each_state_on_axes_of_its_own() -> None:
    axes = SOLUTION.plot()
    panels = figure_of(axes).axes
    assert [panel.get_ylabel() for panel in panels] == ["$x$", "$y$"]
    for panel, name in zip(panels, ("x", "y"), strict=True):
        for row, drawn in enumerate(panel.lines):
            np.testing.assert_array_equal(drawn.get_ydata(), SOLUTION[name][:, row])


def test_a_solution_that_blew_up_ends_there() -> None:
    solution = odekit.solve(odekit.system("x' = x**2"), [1.0], np.linspace(0, 2, 50))
    drawn = solution.plot().lines[0].get_ydata()
    np.testing.assert_array_equal(np.isfinite(drawn), np.linspace(0, 2, 50) < 1)


def test_dense_output_is_drawn_between_the_times_that_were_asked_for() -> None:
    solution = odekit.solve(odekit.system("x' = y; y' = -x"), [1.0, 0.0], [0.0, 6.0], rtol=1e-10, dense=True)
    points, curve = solution.plot().lines
    np.testing.assert_array_equal(points.get_xdata(), [0.0, 6.0])
    np.testing.assert_allclose(curve.get_ydata(), np.cos(curve.get_xdata()), atol=1e-8)


def test_few_times_alone_are_not_joined() -> None:
    (points,) = odekit.solve(LOTKA, [1.5, 1.0], [0.0, 20.0]).plot().lines
    assert (points.get_linestyle(), points.get_marker()) == ("None", "o")


def test_dense_output_ends_before_a_blow_up_hides_all_else() -> None:
    solution = odekit.solve(odekit.system("x' = x**2"), [-1.0], [0.0, -3.0], dense=True)
    t, x = solution.plot().lines[-1].get_data()
    np.testing.assert_allclose(x, -1 / (1 + t), rtol=1e-4)
    assert -1000 < x.min() < -100


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"states": ["z"]}, UnknownNameError),
        ({"states": []}, InputError),
        ({"trajectories": [2]}, InputError),
        ({"trajectories": "0"}, InputError),
        ({"axes": "mine"}, InputError),
    ],
)
def test_what_a_solution_does_not_have_is_refused(given: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        SOLUTION.plot(**given)


def test_a_rate_is_drawn_with_its_window_and_interval() -> None:
    t = np.linspace(0, 8, 60)
    estimate = odekit.estimate_rate(t, np.exp(-2 * t))
    axes = plot_rate(t, np.exp(-2 * t), estimate)
    (fit,) = [line for line in axes.lines if str(line.get_label()).startswith("rate")]
    x, y = fit.get_data()
    assert np.polyfit(x, np.log(y), 1)[0] == pytest.approx(-2, abs=1e-6)
    window = next(patch for patch in axes.patches if patch.get_label() == "window")
    assert window.get_x() == estimate.window[0]
    assert window.get_x() + window.get_width() == pytest.approx(estimate.window[1])


def test_a_decay_without_a_rate_says_so() -> None:
    axes = plot_rate(TIMES, 1 / np.sqrt(1 + 2 * TIMES))
    assert any("no rate: algebraic" in text.get_text() for text in axes.get_legend().get_texts())


def test_an_order_is_fitted_through_the_smallest_scales() -> None:
    scales = np.array([0.8, 0.4, 0.2, 0.1, 0.05])
    axes = plot_scaling(scales, 7 * scales**3, order=3)
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["fitted: order 3.000", "predicted: 3"]
    bent = plot_scaling(scales, {"bent": scales**3 + scales**9})
    assert str(bent.lines[1].get_label()).startswith("bent: order 3.00")


@pytest.mark.parametrize("values", [[1.0, 2.0], [0.0, -1.0, 1.0], {"a": [1.0]}, {}])
def test_scales_without_values_are_refused(values: object) -> None:
    with pytest.raises(InputError):
        plot_scaling([0.4, 0.2, 0.1], values)


def test_a_spectrum_at_a_symbolic_order_is_refused() -> None:
    flow = lift(Network("S3", embedding="unshared", constraint="sphere"))
    symbolic = critical_point(flow, odekit.derive(Network("Zp")).parameters[0], "k", "C", 1)
    with pytest.raises(InputError, match="symbolic order"):
        plot_landscape([symbolic])


def test_a_spectrum_has_a_point_an_eigenvalue_with_its_multiplicity() -> None:
    flow = lift(Network("S3", embedding="unshared", constraint="sphere"))
    point = critical_point(flow, 6, "2", "R", 2)
    axes = plot_landscape([point])
    told = {(text.xy[0], text.get_text()) for text in axes.texts}
    assert told == {(eigenvalue.value, str(eigenvalue.multiplicity)) for eigenvalue in point.spectrum}


def test_a_loss_is_shown_against_guessing(comparison: Comparison) -> None:
    run = comparison.run
    axes = plot_loss(run)
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), run.records["loss"])
    assert axes.lines[1].get_ydata()[0] == pytest.approx(np.log(5))
    bare = plot_loss(Run(run.t, run.weights, run.network))
    np.testing.assert_allclose(bare.lines[0].get_ydata(), run.records["loss"], rtol=1e-14)
    summed = plot_loss(Run(run.t, run.weights, Network("Z5", neurons=8, loss="sum")))
    assert summed.lines[1].get_ydata()[0] == pytest.approx(25 * np.log(5))


def test_progress_shows_one_quantity_an_axis(progress: Progress) -> None:
    axes = plot_progress(progress)
    panels = figure_of(axes).axes
    assert len(panels) == 5
    np.testing.assert_array_equal(panels[1].lines[0].get_ydata(), progress.train_acc)
    with pytest.raises(UnknownNameError, match="accuracy"):
        plot_progress(progress, "acuracy")
    own = column_axes()
    assert plot_progress(progress, axes=own) is own
    assert own.get_ylabel() == "accuracy"


def test_logits_mark_the_right_answer_and_the_spurious_peaks(comparison: Comparison) -> None:
    run = comparison.run
    axes = plot_logits(run, (1, 3))
    values = logits(run.network, *run.snapshot(-1))[1, 3]
    drawn = {line.get_label(): line.get_xydata() for line in axes.lines}
    assert drawn["right answer"].tolist() == [[4, values[4] - values.mean()]]
    assert [x for x, _ in drawn["$x*x$ and $y*y$"]] == [1, 2]
    with pytest.raises(InputError, match="an input must be"):
        plot_logits(run, (1, 5))
    with pytest.raises(InputError, match="no two inputs"):
        plot_logits(run, (1, 2, 3))
    three = odekit.simulate(Network("Z5", neurons=2, task="x+y+z", activation="z**3"), t_end=0.1, snapshots=2)
    with pytest.raises(ReductionError, match="two inputs"):
        plot_logits(three)


def test_a_series_is_drawn_without_what_a_logarithm_can_not_show(report: Report) -> None:
    axes = plot_verdict(report.verdicts[0])
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [1e-6, 8e-6, 64e-6])
    assert np.isnan(axes.lines[1].get_ydata()[1:]).all()
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


@pytest.mark.parametrize(("count", "legend"), [(1, 0), (3, 3), (9, 9), (20, 0)])
def test_a_legend_names_as_many_curves_as_fit(report: Report, count: int, legend: int) -> None:
    series = {
        "x": {"label": "t", "values": np.arange(50.0)},
        "y": {"label": "y"},
        "curves": {f"curve {i}": np.arange(50.0) + i for i in range(count)},
    }
    axes = plot_verdict(replace(report.verdicts[0], evidence={"series": series}))
    assert len(axes.get_legend().get_texts() if axes.get_legend() else []) == legend
    assert len(axes.lines) == count


def test_a_zero_up_to_rounding_does_not_stretch_a_logarithmic_axis(report: Report) -> None:
    values = np.concatenate([[1e-17], np.geomspace(1e-5, 1, 60)])
    series = {
        "x": {"label": "t", "values": np.arange(61.0)},
        "y": {"label": "y"},
        "curves": {"gap": values},
        "scale": "semilogy",
    }
    axes = plot_verdict(replace(report.verdicts[0], evidence={"series": series}))
    assert 1e-8 < axes.get_ylim()[0] < 1e-5


def test_a_verdict_without_a_series_shows_its_numbers(report: Report) -> None:
    assert [has_series(verdict) for verdict in report.verdicts] == [True, False, False, False]
    assert [has_figure(verdict) for verdict in report.verdicts] == [True, True, False, False]
    axes = plot_verdict(report.verdicts[1])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["clear"]
    assert [list(line.get_xdata()) for line in axes.lines] == [[1.0], [0.5], [0.25, 0.75]]
    with pytest.raises(InputError, match="open has nothing to plot"):
        plot_verdict(report.verdicts[2])


@pytest.mark.parametrize("distance", [np.zeros(60), -np.ones(60), np.full(60, np.nan)])
def test_distances_without_a_logarithm_are_refused(distance: np.ndarray) -> None:
    estimate = odekit.estimate_rate(TIMES, np.exp(-TIMES))
    with pytest.raises(InputError, match="two or more positive numbers"):
        plot_rate(TIMES, distance, estimate)


def test_an_estimate_of_other_times_is_refused() -> None:
    estimate = odekit.estimate_rate(TIMES, np.exp(-TIMES))
    with pytest.raises(InputError, match="of other times"):
        plot_rate([0.0, 1.0], [1.0, 0.5], estimate)


@pytest.mark.filterwarnings("error")
def test_curves_beyond_all_numbers_are_left_out() -> None:
    estimate = odekit.estimate_rate(TIMES, np.exp(-TIMES))
    plot_rate(TIMES * 1e300, np.exp(-TIMES), estimate)
    plot_scaling([1, 2, 4, 8], [1, 2, 4, 8], order=1e6)
