"""Network and reduced ODE upon each other, as far as the reduction holds and beyond."""

from __future__ import annotations

from odekit.comparison import compare
from odekit.networks import Network
from odekit.report.figures import figure_of, plot_trajectories
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.simulation import simulate

__all__ = ["FIGURES"]

ORDER, NEURONS, SCALE = 23, 64, 0.02
END, SNAPSHOTS = 800.0, 61  # the horizon of seed 0 lies at some 690


def draw(seed: int) -> Drawing:
    """Magnitudes of four neurons, measured and predicted, and the gap between them against its budget."""
    network = Network(f"Z{ORDER}", neurons=NEURONS)
    run = simulate(network, init="single_frequency", scale=SCALE, t_end=END, snapshots=SNAPSHOTS, seed=seed)
    comparison = compare(run, order=1)
    return Drawing(
        figure_of(plot_trajectories(comparison)),
        "lines: the four-variable ODE from the network's first snapshot, and below the budget of the gap.",
        f"marks: snapshots of the full network, which is {comparison.outcome}: {comparison.reason}. From "
        "the horizon on, where the softmax leaves the uniform one, no verdict is given.",
        f"Z{ORDER}, {NEURONS} neurons at one frequency each, quadratic activation, mean loss, amplitudes of "
        f"about {SCALE:g}, gradient flow to t = {END:g}.",
    )


FIGURES = (
    PaperFigure(
        "horizon",
        "2602.16849",
        "Network and ODE upon each other, past the horizon",
        "",
        draw,
        ("four-variable-ode",),
    ),
)
