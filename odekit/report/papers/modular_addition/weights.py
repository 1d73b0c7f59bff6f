"""The weights of trained neurons: the cosines that they are, and how large the two layers become."""

from __future__ import annotations

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison import Modes, predict, project
from odekit.groups import from_modes
from odekit.report.figures import COLOURS, GREY, figure_of, logarithmic, panels, styled
from odekit.report.papers.modular_addition.trained import (
    COLUMNS,
    SETTINGS,
    foretold,
    relu_network,
    square_network,
)
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.report.papers.side_by_side import label_columns, side_by_side

__all__ = ["FIGURES"]

PAPER = "2602.16849"
LETTERS = {"theta": r"$\theta$ / largest", "xi": r"$\xi$ / largest"}
SHORT = ("reduced ODE", "net, $z^2$", "net, ReLU")
DOT = 2.5  # points^2


def one_cosine(modes: Modes, name: str, neuron: int) -> FloatArray:
    """A neuron's weights at its dominant frequency alone, (n,)."""
    amplitudes = modes.amplitudes[name][[neuron]]
    alone = np.arange(amplitudes.shape[1]) == modes.dominant[neuron]
    return np.asarray(from_modes(amplitudes * alone, modes.group)[0])


def strongest(modes: Modes) -> int:
    """The neuron with the largest amplitude."""
    return int(modes.alpha.max(axis=-1).argmax())


def own_magnitudes(modes: Modes) -> tuple[FloatArray, FloatArray]:
    """Alpha and beta of every neuron at its dominant frequency."""
    own = (np.arange(len(modes.dominant)), modes.dominant)
    return modes.alpha[own], modes.beta[own]


def draw_cosines(seed: int) -> Drawing:
    """Theta and xi of the strongest neurons, and the cosines that fit them."""
    square, relu, ahead = square_network(seed), relu_network(seed), foretold(seed)
    last = {"square": project(square).at(-1), "relu": project(relu).at(-1)}
    first, second = strongest(last["square"]), strongest(last["relu"])
    parts = ((ahead, first), (square, first), (relu, second))
    left = []
    with styled():
        axes = side_by_side(2, 2.7, columns=COLUMNS)
        for row, (name, label) in zip(axes, LETTERS.items(), strict=True):
            row[0].set_ylabel(label)
            for side, (run, neuron) in zip(row, parts, strict=True):
                values = run.weights[name][-1][neuron]
                fitted = one_cosine(project(run).at(-1), name, neuron)
                left.append(float(np.linalg.norm(values - fitted) / np.linalg.norm(values)))
                side.plot(fitted / np.abs(values).max(), color=COLOURS[1], linestyle="-", linewidth=0.8)
                if run is not ahead:
                    side.plot(values / np.abs(values).max(), "o", color=COLOURS[0], markersize=1.8)
        label_columns(axes, "element $j$")
    return Drawing(
        figure_of(axes[0][0]),
        f"the cosines of neuron {first} at the frequency and the phases that are foretold from its initial "
        "weights, at the elements 0 to 22.",
        f"dots: the weights of the same neuron after training, and of neuron {second} under ReLU, the "
        "strongest ones; lines: their parts at their dominant frequency. What the line leaves has "
        f"{100 * left[1]:.1f} % of theta's length and {100 * left[4]:.1f} % of xi's, and "
        f"{100 * left[2]:.0f} % and {100 * left[5]:.0f} % under ReLU.",
        f"{SETTINGS} Weights over the neuron's largest.",
        "Its fit keeps the two largest Fourier coefficients, which are not always the cosine and the sine "
        "of one frequency. The neurons are chosen: weaker ones are no cosines yet.",
    )


def draw_magnitudes(seed: int) -> Drawing:
    """Alpha against beta of every neuron, and the conserved quantity that ties them."""
    square, relu = square_network(seed), relu_network(seed)
    start, end, other = project(square).at(0), project(square).at(-1), project(relu).at(-1)
    alpha, beta = own_magnitudes(end)
    own = (np.arange(len(end.dominant)), end.dominant)
    conserved = start.alpha[own] ** 2 - 2 * start.beta[own] ** 2
    tied = np.sqrt(np.maximum(conserved + 2 * beta**2, 0.0))
    clear = np.isclose(predict(square).winner, end.dominant) & (end.dominant_share > 0.5)
    off = np.abs(alpha / tied - 1)[clear]
    relu_alpha, relu_beta = own_magnitudes(other)
    with styled():
        (axes,) = panels(1, 3, height=1.9, share_y=False)
        for side, title in zip(axes, SHORT, strict=True):
            side.set_title(title)
        clouds = ((beta, tied), (beta, alpha), (relu_beta, relu_alpha))
        for side, (x, y) in zip(axes, clouds, strict=True):
            side.scatter(x, y, s=DOT, color=COLOURS[0], linewidths=0)
            logarithmic(side, "x")
            logarithmic(side, "y")
        line = np.array([beta.min(), beta.max()])
        for side in axes[:2]:
            side.plot(line, np.sqrt(2) * line, color=GREY, linestyle="-", linewidth=0.6)
        axes[0].set_ylabel(r"$\alpha$")
        label_columns([axes], r"$\beta$")
    ratio = float(np.median(relu_alpha / relu_beta))
    return Drawing(
        figure_of(axes[0]),
        "alpha from the beta at the end and the first integral alpha^2 - 2 beta^2, which the ODE "
        "conserves, taken at the start; line: alpha = sqrt(2) beta, which every neuron approaches.",
        f"alpha and beta at the dominant frequency. Of the {int(clear.sum())} neurons with a clear winner "
        f"alpha is off the conserved one by {100 * float(np.median(off)):.1g} % (median). Under ReLU the "
        f"median of alpha/beta is {ratio:.3f}, of another first integral.",
        SETTINGS,
        "Violins of alpha and of beta apart from each other hide that the two are tied neuron by neuron.",
    )


FIGURES = (
    PaperFigure(
        "learned-cosines",
        PAPER,
        "Weights of trained neurons, and their cosines",
        "lineplot_in.png and lineplot_out.png",
        draw_cosines,
        ("single-frequency",),
    ),
    PaperFigure(
        "magnitudes",
        PAPER,
        "Magnitudes of the two layers, neuron by neuron",
        "magnitude_distribution.png",
        draw_magnitudes,
        ("four-variable-ode",),
    ),
)
