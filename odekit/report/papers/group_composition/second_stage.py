"""The second stage: directions frozen, scales optimised; one equation for the population, and the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
from matplotlib.axes import Axes

from odekit.arrays import FloatArray
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.report.figures import COLOURS, GREY, figure_of, logarithmic, styled
from odekit.report.papers.group_composition.spheres import NEURONS, PAPER, SCALE, named, trained
from odekit.report.papers.group_composition.winners import proportions
from odekit.report.papers.paper_figure import KEPT, Drawing, PaperFigure
from odekit.report.papers.side_by_side import label_columns, side_by_side
from odekit.simulation import ScaleRun, train_scales
from odekit.solvers import solve
from odekit.systems import System, system

__all__ = ["FIGURES"]

FIRST, LAST, POINTS = 1e3, 1e7, 61
BAND = (0.05, 0.95)  # of the neurons' own scales


def logit_gaps(group: FiniteGroup, shares: FloatArray) -> dict[float, int]:
    """How far the population's logit lies below the right one's, per unit of scale, and how often.

    The logit of h is F(g1 g2 h^-1), F = sum over sigma of p 2 (r/n)^(3/2) r^-3 chi, chi the real character.
    """
    values = np.zeros(group.order)
    for sigma, share in zip(group.real_irreps[1:], shares, strict=True):
        values += share * 2 * (sigma.r / group.order) ** 1.5 * sigma.r**-3.0 * sigma.character.real
    others = np.delete(np.arange(group.order), group.identity)
    gaps, counts = np.unique((values[group.identity] - values[others]).round(12), return_counts=True)
    return {float(gap): int(count) for gap, count in zip(gaps, counts, strict=True)}


def scale_equation(gaps: Mapping[float, int]) -> System:
    """``s' = -dL/ds`` of the mean loss ``L = log(1 + sum count exp(-gap s))``."""
    terms = [(count, gap, f"exp(-{gap!r}*s)") for gap, count in gaps.items()]
    above = " + ".join(f"{count * gap!r}*{decay}" for count, gap, decay in terms)
    below = " + ".join(f"{count}*{decay}" for count, _, decay in terms)
    return system({"s": f"({above})/(1 + {below})"})


def population_loss(gaps: Mapping[float, int], scale: FloatArray) -> FloatArray:
    """The mean loss at scales."""
    return np.asarray(np.log1p(sum(count * np.exp(-gap * scale) for gap, count in gaps.items())))


@lru_cache(maxsize=KEPT)
def scaled(name: str, seed: int, tied: bool) -> ScaleRun:
    """The trained directions with one scale, or with one a neuron; then time is counted in M."""
    run = trained(name, seed)
    network = Network(run.network.group, neurons=NEURONS, embedding="unshared", logit_scale=1 / NEURONS)
    times = np.geomspace(FIRST, LAST, POINTS) * (1 if tied else NEURONS)
    return train_scales(
        network,
        {key: values[-1] for key, values in run.weights.items()},
        tied=tied,
        start=SCALE,
        times=np.concatenate([[0.0], times]),
        rtol=1e-6,
    )


def draw(name: str, seed: int) -> Drawing:
    """Scales and loss over time."""
    G, times = named(name), np.geomspace(FIRST, LAST, POINTS)
    gaps = logit_gaps(G, proportions(name, seed))
    scale = solve(scale_equation(gaps), [SCALE], times, rtol=1e-9)["s"][:, 0]
    loss = population_loss(gaps, scale)
    tied, own = (scaled(name, seed, kind) for kind in (True, False))
    with styled():
        axes = side_by_side(2, 3.4)
        left, right = ([row[column] for row in axes] for column in (0, 1))
        _draw_curve(left, times, scale, loss, COLOURS[0], "population")
        _draw_curve(right, times, tied.scales[1:, 0], tied.loss[1:], COLOURS[0], "one scale")
        _draw_curve(right, times, np.median(own.scales[1:], axis=1), own.loss[1:], COLOURS[1], "own scales")
        low, high = np.quantile(own.scales[1:], BAND, axis=1)
        right[0].fill_between(times, low, high, color=COLOURS[1], alpha=0.25, linewidth=0)
        for row in axes:
            for side in row:
                logarithmic(side, "x")
        logarithmic(axes[1][0], "y")
        axes[0][0].set_ylabel("scale $s$")
        axes[1][0].set_ylabel("loss (mean, nats)")
        axes[1][0].axhline(np.log(G.order), color=GREY, linestyle=":")
        axes[1][1].axhline(np.log(G.order), color=GREY, linestyle=":")
        axes[1][1].legend(loc="lower left")
        label_columns(axes, "time of the mean loss; own scales: over $M$")
    late = slice(-POINTS // 4, None)
    slope = float(np.polyfit(np.log(times[late]), scale[late], 1)[0])
    return Drawing(
        figure_of(left[0]),
        "one equation, s' = -dL/ds, for the scale of a population of aligned neurons with Haar frames, "
        f"irreps in the shares that the free flows foretell; its loss. At the end s grows by {slope:.0f} "
        f"for each factor e of time, 1/gap = {1 / min(gaps):.0f} being the limit.",
        "the network's trained directions, frozen; one scale for all neurons, or one for each (median, and "
        f"from the 5th to the 95th of 100). Loss at the end {tied.loss[-1]:.1e} and {own.loss[-1]:.1e}, of "
        f"the population {loss[-1]:.1e}. Dotted: ln n.",
        f"{name}, {NEURONS} neurons from the first stage (see winners-{name}), logits (1/M) sum of s xi "
        f"act, all scales {SCALE:g} at the start, gradient flow of the mean loss; time dimensionless.",
        "It compares one scale with own scales at the same steps. Their clocks differ: the derivative by "
        f"one common scale is a sum over M neurons, so that in one flow's time own scales are M = {NEURONS} "
        "times slower; here their time is divided by M. The growth s ~ log t sets in only once the loss is "
        "small.",
    )


def _draw_curve(
    column: Sequence[Axes], t: FloatArray, scale: FloatArray, loss: FloatArray, colour: str, label: str
) -> None:
    column[0].plot(t, scale, color=colour, linestyle="-", label=label)
    column[1].plot(t, loss, color=colour, linestyle="-", label=label)


PUBLISHED = {
    "Z3xZ5": "no file; the like of the second stage of F21",
    "F21": "frobenius21_scale_tied.jpg, _perneuron.jpg and _comparison_loss.jpg",
}
FIGURES = tuple(
    PaperFigure(
        f"second-stage-{name}",
        PAPER,
        f"The second stage on {name}: scales and loss",
        published,
        partial(draw, name),
        ("group-vote",),
    )
    for name, published in PUBLISHED.items()
)
