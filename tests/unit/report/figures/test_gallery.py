"""Every figure can be read at one column's width, is the same each time, and refuses what it can't draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes

import odekit
import odekit.report as report_room
from odekit.claims import Report
from odekit.comparison import Comparison, Progress, TrajectoryComparison
from odekit.derivation import landscape, lift
from odekit.errors import OdekitError
from odekit.report import column_axes, figure_bytes, save_figure, styled
from odekit.report.figures import figure_of
from odekit.simulation import Run

Results = dict[str, Any]
Draw = Callable[[Results], Axes]

SYSTEM = odekit.system("x' = x - x**3; y' = -y + x**2/2")
RACE = {"alpha2": 0.02, "beta2": 0.02, "D2": 1.0, "beta1": 0.02}
GRID = {"D": np.linspace(-np.pi, np.pi, 41), "alpha": np.linspace(0.002, 0.05, 31)}
DECAY = np.linspace(0, 12, 40)

GROUPS = [f"Z{order}" for order in range(3, 62, 2)]
FEW = {"group": ["Z5", "S3"], "scale": [0.01, 1.0]}
OUTCOMES = {"confirmed": [[20, 19], [0, 0]], "refuted": [[0, 1], [0, 0]], "inconclusive": [[0, 0], [3, 0]]}
OTHERS = {"not_applicable": [[0, 0], [0, 20]], "failed": [[0, 1], [17, 0]]}
MANY = {"group": GROUPS, "neurons": [16 * count for count in range(1, 31)]}
LONG = {"claim": ["a-claim-of-a-user-with-a-very-long-name"] * 40, "$\\alpha$ of \x07": ["all of <them> $"]}
LEFT_OPEN = np.arange(900).reshape(30, 30) % 7 == 0

DRAWN: dict[str, Draw] = {
    "trajectories": lambda r: report_room.plot_trajectories(r["modes"]),
    "trajectories of D": lambda r: report_room.plot_trajectories(r["modes"], quantity="D"),
    "trajectories, lifted": lambda r: report_room.plot_trajectories(r["lifted"]),
    "trajectories, recorded": lambda r: report_room.plot_trajectories(r["recorded"]),
    "residuals": lambda r: report_room.plot_residuals(r["modes"]),
    "budget": lambda r: report_room.plot_budget(r["modes"]),
    "budget, lifted": lambda r: report_room.plot_budget(r["lifted"]),
    "budget, recorded": lambda r: report_room.plot_budget(r["recorded"], "b"),
    "solution": lambda r: r["solution"].plot(),
    "solution at its ends": lambda r: r["ends"].plot(),
    "solution on one axes": lambda r: r["solution"].plot(trajectories=[0], axes=column_axes()),
    "phase portrait": lambda r: report_room.plot_phase_portrait(SYSTEM),
    "blow-up map": lambda r: report_room.plot_blow_up_map(
        r["system"], {**GRID, "beta": 0.02}, parameters={"p": 23}
    ),
    "winner map": lambda r: report_room.plot_winner_map(
        r["system"], {"D1": GRID["D"], "alpha1": GRID["alpha"], **RACE}, parameters={"p": 23}
    ),
    "competition": lambda r: report_room.plot_competition(r["modes"], 3),
    "competition, lifted": lambda r: report_room.plot_competition(r["lifted"], 2),
    "competition in a run": lambda r: report_room.plot_competition(r["run"]),
    "circle": lambda r: report_room.plot_alignment_circle(r["run"]),
    "rank one": lambda r: report_room.plot_rank_one(r["ranks"]),
    "alignment level": lambda r: report_room.plot_alignment_level(r["ranks"]),
    "spectra": lambda r: report_room.plot_spectra(r["run"]),
    "spectra by irrep": lambda r: report_room.plot_spectra(r["ranks"]),
    "neuron matrix": lambda r: report_room.plot_neuron_matrix(r["run"]),
    "neuron matrix by irrep": lambda r: report_room.plot_neuron_matrix(r["ranks"]),
    "rate": lambda r: report_room.plot_rate(DECAY, np.exp(-2 * DECAY) + 1e-9),
    "no rate": lambda r: report_room.plot_rate(DECAY, 1 / np.sqrt(1 + 2 * DECAY)),
    "scaling": lambda r: report_room.plot_scaling([0.4, 0.2, 0.1], {"gap": [1, 0.125, 0.016]}, order=3),
    "landscape": lambda r: report_room.plot_landscape(r["landscape"]),
    "outcomes": lambda r: report_room.plot_outcomes(OUTCOMES | OTHERS, FEW),
    "outcomes, many": lambda r: report_room.plot_outcomes(
        {"confirmed": 20 - LEFT_OPEN, "inconclusive": LEFT_OPEN}, MANY
    ),
    "outcomes, long names": lambda r: report_room.plot_outcomes({"confirmed": np.full((40, 1), 300)}, LONG),
    "learning curve": lambda r: report_room.plot_learning_curve(r["curve"], r["trained"]),
    "learning curve alone": lambda r: report_room.plot_learning_curve(r["curve"]),
    "loss": lambda r: report_room.plot_loss(r["run"]),
    "progress": lambda r: report_room.plot_progress(r["progress"]),
    "accuracy": lambda r: report_room.plot_progress(r["progress"], "accuracy"),
    "logits": lambda r: report_room.plot_logits(r["run"]),
    "logits, by names": lambda r: report_room.plot_logits(r["lifted"].run),
    "logits, by long names": lambda r: report_room.plot_logits(r["ranks"]),
    "verdict": lambda r: report_room.plot_verdict(r["verdict"]),
    "verdict's numbers": lambda r: report_room.plot_verdict(r["numbers"]),
}


@pytest.fixture(scope="module")
def results(
    comparison: Comparison, lifted: Comparison, recorded: TrajectoryComparison, ranks: Run, progress: Progress
) -> Results:
    """One of each type of result that is drawn."""
    sphere = odekit.Network("F21", embedding="unshared", constraint="sphere")
    descent = {"method": "sgd", "learning_rate": 0.25, "steps": 300, "snapshots": 31}
    trained = odekit.simulate(odekit.Network("Z5", neurons=32), scale=0.1, **descent)
    lotka = odekit.system("x' = x*(1 - y); y' = y*(x - 1)/2")
    return {
        "modes": comparison,
        "lifted": lifted,
        "recorded": recorded,
        "run": comparison.run,
        "ranks": ranks,
        "progress": progress,
        "system": odekit.derive(odekit.Network("Zp")),
        "solution": odekit.solve(lotka, [[1.5, 1.2], [1.0, 0.8]], np.linspace(0, 20, 200)),
        "ends": odekit.solve(lotka, [[1.5, 1.2], [1.0, 0.8]], [0.0, 20.0]),
        "trained": trained,
        "curve": odekit.predict(trained, until="end"),
        "landscape": landscape(lift(sphere), odekit.group("F21")),
    }


@pytest.fixture
def drawn(results: Results, report: Report) -> Results:
    """The results, with verdicts."""
    return {**results, "verdict": report.verdicts[0], "numbers": report.verdicts[1]}


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_can_be_read(name: str, drawn: Results, faults: Callable[[Axes], list[str]]) -> None:
    axes = DRAWN[name](drawn)
    assert figure_of(axes).get_size_inches()[0] == pytest.approx(3.4)
    assert faults(axes) == []


def test_every_kind_of_figure_is_looked_at() -> None:
    drawn = {name for draw in DRAWN.values() for name in draw.__code__.co_names}
    public = {name for name in report_room.__all__ if name.startswith("plot_")}
    assert public - drawn == {"plot_solution"}, "which Solution.plot calls"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda axes: axes.set_ylabel(""), "no label of y"),
        (lambda axes: axes.set_xlabel(""), "no label of x"),
        (lambda axes: [line.remove() for line in list(axes.lines)], "no data"),
        (lambda axes: axes.legend(["one"], loc="center"), "the legend hides data"),
        (lambda axes: axes.text(1.2, 0.5, "outside of it all", transform=axes.transAxes), "cut off"),
        (lambda axes: axes.set_xticks([1.0, 1.01], ["long label", "beside another"]), "run into each other"),
        (lambda axes: axes.set_xlabel("\n" * 6 + "deep"), "too low"),
    ],
)
def test_what_can_not_be_read_is_noticed(
    spoil: Callable[[Axes], Any], fault: str, faults: Callable[[Axes], list[str]]
) -> None:
    with styled():
        axes = column_axes()
        axes.plot([1, 2], [1, 2])
        axes.set(xlabel="x", ylabel="y")
        assert faults(axes) == []
        figure_of(axes).set_layout_engine("none") if fault == "cut off" else None
        spoil(axes)
        assert any(fault in found for found in faults(axes))


@pytest.mark.long
@pytest.mark.parametrize("name", ["trajectories", "phase portrait", "spectra", "rank one"])
def test_the_same_result_gives_the_same_bytes(name: str, drawn: Results, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first = save_figure(DRAWN[name](drawn), tmp_path, "one")
    second = save_figure(DRAWN[name](drawn), tmp_path / "again", "one")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_figures_neither_load_pyplot_nor_change_settings(drawn: Results) -> None:
    with matplotlib.rc_context({"font.size": 33.0}):
        axes = report_room.plot_loss(drawn["run"])
        assert matplotlib.rcParams["font.size"] == 33.0
    assert axes.xaxis.label.get_size() == 8


def test_axes_of_ones_own_are_drawn_on_and_handed_back(drawn: Results) -> None:
    for name in ("trajectories", "loss", "spectra"):
        own = column_axes()
        plot = {"trajectories": report_room.plot_trajectories, "loss": report_room.plot_loss}.get(
            name, report_room.plot_spectra
        )
        given = drawn["modes"] if name == "trajectories" else drawn["run"]
        assert plot(given, axes=own) is own
        assert own.has_data()


def test_a_notebook_shows_the_axes(drawn: Results) -> None:
    picture, size = report_room.plot_loss(drawn["run"])._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert size["width"] == round(3.4 * 110)


@pytest.mark.slow
def test_vectors_for_a_page_hold_their_text(drawn: Results) -> None:
    picture = figure_bytes(report_room.plot_loss(drawn["run"]), "svg").decode()
    assert "<text" in picture
    assert "uniform guess" in picture
    assert picture == figure_bytes(report_room.plot_loss(drawn["run"]), "svg").decode()


STRANGERS = [None, 3, "text", object(), [1], {"a": 1}]
TWO = {"plot_blow_up_map": {}, "plot_winner_map": {}, "plot_outcomes": {}} | {
    name: [1.0, 2.0] for name in ("plot_rate", "plot_scaling")
}


def at_the_door(name: str, value: Any) -> Any:
    """A stranger in place of a result, of axes, or of a figure."""
    if name == "axes":
        return report_room.plot_scaling([1, 2], [1, 2], axes=value)
    if name == "save_figure":
        return save_figure(value, ".", "never")
    plot = getattr(report_room, name)
    return plot(value, TWO[name]) if name in TWO else plot(value)


DOORS = [*(name for name in report_room.__all__ if name.startswith("plot_")), "axes", "save_figure"]


@pytest.mark.parametrize("door", DOORS)
def test_strangers_are_refused(door: str) -> None:
    for stranger in STRANGERS:
        if door == "axes" and stranger is None:
            continue
        with pytest.raises(OdekitError):
            at_the_door(door, stranger)


def test_text_from_elsewhere_is_no_formula(report: Report, faults: Callable[[Axes], list[str]]) -> None:
    series = {
        "x": {"label": "loss in $ and \\frac{ <b>\x07</b>", "values": [1.0, 2.0, 3.0]},
        "y": {"label": "$\\alpha"},
        "curves": {"_hidden $x$": [1.0, 2.0, 3.0], "b": [3.0, 1.0, 2.0]},
    }
    axes = report_room.plot_verdict(replace(report.verdicts[0], evidence={"series": series}))
    assert faults(axes) == []
    assert len(axes.get_legend().get_texts()) == 2
