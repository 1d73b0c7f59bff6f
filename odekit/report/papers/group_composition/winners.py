"""How often each irrep wins: foretold by the free flows' blow-up times, and counted after training."""

from __future__ import annotations

from functools import partial

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison import predict
from odekit.report.figures import COLOURS, GREY, figure_of, styled
from odekit.report.papers.group_composition.spheres import (
    NEURONS,
    PAPER,
    end_shares,
    named,
    settings,
    sphere_network,
    trained,
)
from odekit.report.papers.paper_figure import Drawing, PaperFigure, generator
from odekit.report.papers.side_by_side import label_columns, side_by_side
from odekit.simulation import Run, initial_weights

__all__ = ["FIGURES", "proportions"]

DRAWN = 4000
DEVIATIONS = 2.0  # of the error bars


def proportions(name: str, seed: int) -> FloatArray:
    """Share of random neurons that each nontrivial real irrep wins, by the free flows alone."""
    network = sphere_network(name, DRAWN)
    stack = initial_weights(network, "iid", 1.0, generator(seed, f"winners, {name}"))
    weights = {key: w.T[None] for key, w in zip((*network.embeddings, "xi"), stack, strict=True)}
    prediction = predict(Run(np.zeros(1), weights, network))
    return np.bincount(prediction.winner, minlength=len(prediction.labels)) / DRAWN


def draw(name: str, seed: int) -> Drawing:
    """Shares of the irreps, with error bars, and the uniform share."""
    run, G = trained(name, seed), named(name)
    irreps = G.real_irreps[1:]
    foretold = predict(run).winner
    _, counted = end_shares(run)
    agreement = float((foretold == counted - 1).mean())
    sides = (
        (proportions(name, seed), DRAWN),
        (np.bincount(counted - 1, minlength=len(irreps)) / NEURONS, NEURONS),
    )
    with styled():
        (axes,) = side_by_side(1, 2.0)
        for side, (shares, count) in zip(axes, sides, strict=True):
            bars = DEVIATIONS * np.sqrt(shares * (1 - shares) / count)
            side.bar(np.arange(len(irreps)), shares, yerr=bars, color=COLOURS[0], error_kw={"linewidth": 0.7})
            side.axhline(1 / len(irreps), color=GREY, linestyle=":")
            side.set_xticks(
                np.arange(len(irreps)),
                [sigma.name for sigma in irreps],
                rotation=90 if len(irreps) > 3 else 0,
            )
            side.grid(visible=False, axis="x")
        axes[0].set_ylabel("share of neurons")
        label_columns([axes], "winning real irrep")
    listed = ", ".join(f"{sigma.name}: {share:.3f}" for sigma, share in zip(irreps, sides[0][0], strict=True))
    uniform = len({(sigma.r, sigma.type) for sigma in irreps}) == 1
    return Drawing(
        figure_of(axes[0]),
        f"of {DRAWN} random starts, the irrep whose free flow blows up first: {listed}. Error bars are two "
        "standard deviations; dotted, equal shares.",
        "the irrep with the largest share of theta1 after training. The one foretold from the start is "
        f"right for {100 * agreement:.1f} % of the neurons.",
        settings(name),
        "A real neuron has both characters of a conjugate pair to the same extent: one bar for each pair is "
        "right, and counting the 14 characters would split each pair at will. Equal shares are right here."
        if uniform
        else "A uniform choice of the irrep can't be right here: irreps of different dimension win at "
        "different rates, and choices are uniform within a type only. The paper's blog leaves the general "
        "case open.",
    )


PUBLISHED = {
    "Z3xZ5": "modular_addition_freq_distribution_histogram.jpg",
    "F21": "no file; symmetric_group_irrep_distribution.jpg is the like for S3",
}
FIGURES = tuple(
    PaperFigure(
        f"winners-{name}",
        PAPER,
        f"How often each irrep of {name} wins a neuron",
        published,
        partial(draw, name),
        ("diversification", "blow-up-winner"),
    )
    for name, published in PUBLISHED.items()
)
