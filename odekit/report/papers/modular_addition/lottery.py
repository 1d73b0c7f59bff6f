"""The lottery of frequencies: the race inside one neuron, and what decides it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison import Modes, Prediction, predict, project
from odekit.groups import cyclic, from_modes, mode_basis
from odekit.networks import Network
from odekit.report.figures import COLOURS, figure_of, styled
from odekit.report.papers.paper_figure import KEPT, Drawing, PaperFigure, generator
from odekit.report.papers.reduced_run import reduced_run
from odekit.report.papers.side_by_side import label_columns, side_by_side
from odekit.simulation import Run, initial_weights, simulate
from odekit.solvers import exact_orbit

__all__ = ["FIGURES"]

PAPER = "2602.16849"
ORDER = 23
DRAWN, SCALE = 64, 0.02
REMAINING = 0.05  # of the blow-up time: until then the softmax is nearly uniform
POINTS, SNAPSHOTS = 401, 33
LOSER = "#b4b4b4"
# The published map: start magnitudes, phase differences, and the time of the summed loss.
MAGNITUDES, ANGLES, TIME = (0.01, 0.02), (0.0, 2 * np.pi), 1.0
FINE, COARSE = (81, 121), (18, 25)
LEVELS = 13
NAMED_SIZES = (0.012, 0.016)
NAMED_LEVELS = (0.01, 0.02, 0.03, 0.04, 0.05)


def smallest_phase(modes: Modes) -> IndexArray:
    """The mode with the smallest |D| in each neuron, (M,)."""
    return np.asarray(np.cos(2 * modes.phi - modes.psi).argmax(axis=-1))


def raced_neuron(prediction: Prediction, modes: Modes) -> int:
    """The first neuron to blow up of those that the smallest |D| doesn't win; of all if it always does."""
    times = prediction.blow_up_time
    contested = prediction.winner != smallest_phase(modes)
    return int(np.where(contested, times, times.max() + times).argmin())


@lru_cache(maxsize=KEPT)
def race(seed: int) -> tuple[Run, Run, Prediction]:
    """The reduced ODE, the network, and what is predicted of it; neuron 0 is the one that is shown.

    Neurons that would blow up before it are left out, so that the softmax stays nearly uniform until then.
    """
    network = Network(f"Z{ORDER}", neurons=DRAWN)
    stack = initial_weights(network, "iid", SCALE, generator(seed, "lottery race"))
    weights = {name: values.T for name, values in zip(("theta", "xi"), stack, strict=True)}
    start = Run(np.zeros(1), {name: values[None] for name, values in weights.items()}, network)
    prediction = predict(start)
    neuron = raced_neuron(prediction, project(start).at(0))
    later = np.flatnonzero(prediction.blow_up_time > prediction.blow_up_time[neuron])
    kept = np.concatenate([[neuron], later])
    end = (1 - REMAINING) * float(prediction.blow_up_time[neuron])
    run = simulate(
        network.replaced(neurons=len(kept)),
        weights={name: values[kept] for name, values in weights.items()},
        times=np.linspace(0, end, SNAPSHOTS),
        rtol=1e-8,
        estimate_error=False,
    )
    return reduced_run(run, np.linspace(0, end, POINTS)), run, predict(run)


def draw_race(seed: int) -> Drawing:
    """Phase differences and magnitudes of all frequencies of one neuron."""
    ode, run, prediction = race(seed)
    modes = project(run)
    winner, closest = int(prediction.winner[0]), int(smallest_phase(modes.at(0))[0])
    with styled():
        axes = side_by_side(2, 3.2)
        for column, (side, mark) in enumerate(((ode, ""), (run, "o"))):
            _draw_race([row[column] for row in axes], side, winner, closest, mark)
        axes[0][0].set(ylabel=r"$D_k$ (rad)", ylim=(-3.4, 3.4))
        axes[1][0].set_ylabel(r"$\beta_k$")
        label_columns(axes, "time of the mean loss, dimensionless")
        axes[1][0].legend(loc="upper left")
    last = project(run).at(-1)
    return Drawing(
        figure_of(axes[0][0]),
        "the four-variable ODE of every frequency, solved exactly from the network's first snapshot: above "
        "the phase differences D_k = 2 phi_k - psi_k, below the magnitudes beta_k. The winner, frequency "
        f"{winner + 1}, is the one with the smallest blow-up time, {prediction.blow_up_time[0]:.0f}; the "
        f"next, frequency {int(prediction.runner_up[0]) + 1}, has {prediction.runner_up_time[0]:.0f}.",
        f"snapshots of the full network. At the last one, frequency {int(last.dominant[0]) + 1} leads with "
        f"{100 * float(last.dominant_share[0]):.0f} % of the embedding's squared length.",
        f"Z{ORDER}, {run.network.neurons} neurons, quadratic activation, mean loss, weights normal with "
        f"standard deviation {SCALE:g}, gradient flow to {100 * (1 - REMAINING):.0f} % of the neuron's "
        "blow-up time (the published run is AdamW's, whose steps are no time of a flow, from scale 0.1). "
        "Of 64 neurons drawn, shown is the first to blow up of those whose winner is not the frequency "
        "with the smallest |D|; those that blow up before are left out.",
        "It is printed that the frequency with the smallest |D| at the start wins. That can't be right but "
        f"at equal magnitudes: here frequency {closest + 1} starts with the smallest |D| and loses to "
        f"frequency {winner + 1}; of these {run.network.neurons} neurons the smallest |D| wins "
        f"{int((prediction.winner == smallest_phase(modes.at(0))).sum())}. Magnitudes and phases decide "
        "together, by the blow-up time.",
    )


def _draw_race(column: Sequence[Axes], run: Run, winner: int, closest: int, mark: str) -> None:
    modes = project(run)
    D = np.angle(np.exp(1j * (2 * modes.phi - modes.psi)))[:, 0]
    shown = {winner: (COLOURS[1], "winner"), closest: (COLOURS[0], "smallest $|D|$")}
    order = [k for k in range(D.shape[1]) if k not in shown] + list(reversed(shown))
    line = {"linestyle": "", "marker": mark, "markersize": 1.8} if mark else {"linestyle": "-"}
    for k in order:
        colour, label = shown.get(k, (LOSER, None))
        column[0].plot(run.t, _without_jumps(D[:, k]), color=colour, **line)
        column[1].plot(run.t, modes.beta[:, 0, k], color=colour, label=label, **line)


def _without_jumps(angle: FloatArray) -> FloatArray:
    """NaN where an angle jumps from pi to -pi, so that no line is drawn across."""
    jumps = np.abs(np.diff(angle, prepend=angle[:1])) > np.pi
    return np.where(jumps, np.nan, angle)


def mapped_by_ode(sizes: FloatArray, angles: FloatArray) -> FloatArray:
    """Beta at the end by the exact solution, (angle, size), from alpha = beta = size."""
    size, D = np.meshgrid(sizes, angles)
    _, _, beta, _ = exact_orbit(size.ravel(), size.ravel(), D.ravel(), ORDER, TIME)
    return np.asarray(beta).reshape(size.shape)


def mapped_by_network(sizes: FloatArray, angles: FloatArray) -> FloatArray:
    """The same of one network with a neuron for each start, all at frequency 1."""
    size, D = (grid.ravel() for grid in np.meshgrid(sizes, angles))
    group = cyclic(ORDER)
    unit = np.arange(len(mode_basis(group))) == 0
    weights = {
        "theta": from_modes((size * np.exp(0.5j * D))[:, None] * unit, group),
        "xi": from_modes(size[:, None] * unit + 0j, group),
    }
    network = Network(group, neurons=len(size), loss="sum")
    run = simulate(network, weights=weights, times=[0.0, TIME], rtol=1e-6, estimate_error=False)
    return project(run).beta[-1, :, 0].reshape(len(angles), len(sizes))


def draw_map(seed: int) -> Drawing:
    """Beta at a fixed time over the magnitude and the phase difference at the start."""
    fine, coarse = (
        (np.linspace(*MAGNITUDES, sizes), np.linspace(*ANGLES, angles)) for sizes, angles in (FINE, COARSE)
    )
    exact, trained = mapped_by_ode(*fine), mapped_by_network(*coarse)
    there = mapped_by_ode(*coarse)
    levels = np.geomspace(min(exact.min(), trained.min()), max(exact.max(), trained.max()), LEVELS)
    with styled():
        (axes,) = side_by_side(1, 2.3)
        for side, (sizes, angles), values in zip(axes, (fine, coarse), (exact, trained), strict=True):
            drawn = side.contourf(sizes, angles, values, levels=levels, norm=LogNorm(levels[0], levels[-1]))
            side.axhline(np.pi, color="white", linestyle=":")
            side.grid(visible=False)
        axes[0].set_ylabel(r"$D(0)$ (rad)")
        for side in axes:
            side.set_xticks(NAMED_SIZES)
        axes[0].set_yticks(np.pi * np.arange(3), ["0", r"$\pi$", r"$2\pi$"])
        bar = figure_of(axes[0]).colorbar(drawn, ax=axes, aspect=30)
        bar.set_ticks(NAMED_LEVELS, labels=[f"{level:g}" for level in NAMED_LEVELS])
        bar.set_label(r"$\beta$ at the end")
        label_columns([axes], r"$\alpha(0) = \beta(0)$")
    kept = float(mapped_by_ode(np.array([MAGNITUDES[1]]), np.array([np.pi]))[0, 0]) / MAGNITUDES[1]
    return Drawing(
        figure_of(axes[0]),
        f"beta at time {TIME:g} of the summed loss by the exact solution, on a grid of {FINE[0]} by "
        f"{FINE[1]} starts alpha = beta, D.",
        f"one network with a neuron for each of {COARSE[0]} by {COARSE[1]} starts, all at frequency 1, by "
        "the gradient flow of its full loss; over the grid it is at most "
        f"{100 * float(np.abs(trained / there - 1).max()):.1g} % off the exact solution.",
        f"Z{ORDER}, quadratic activation, magnitudes {MAGNITUDES[0]:g} to {MAGNITUDES[1]:g}, phi = D/2, psi "
        f"= 0, time {TIME:g} of the summed loss, {ORDER**2} of the mean loss; dimensionless. Contours are "
        "spaced evenly in log beta. Nothing is random.",
        "What is called the final magnitude is beta at a fixed time before any blow-up, of 100 Euler steps "
        "of 0.01: every start but D = pi blows up later. At D = pi beta is not negligible whatever the "
        f"start: it falls towards beta(0)/sqrt(2), here to {kept:.2f} beta(0) at most; and it is not "
        "trapped for good elsewhere, only late.",
    )


FIGURES = (
    PaperFigure(
        "lottery-race",
        PAPER,
        "Frequencies race inside one neuron",
        "lottery_mech_phase.png and lottery_mech_magnitude.png",
        draw_race,
        ("lottery-ticket", "dominance-time"),
    ),
    PaperFigure(
        "lottery-map",
        PAPER,
        "Magnitude at a fixed time, over the starts",
        "lottery_beta_contour.png",
        draw_map,
        ("lottery-ticket", "dominance-time"),
    ),
)
