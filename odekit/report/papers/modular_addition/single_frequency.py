"""Neurons that start at one frequency: their phases and magnitudes over time, and their spectra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from odekit.arrays import FloatArray
from odekit.comparison import Modes, project
from odekit.networks import Network
from odekit.report.figures import COLOURS, GREY, figure_of, logarithmic, styled
from odekit.report.papers.paper_figure import KEPT, Drawing, PaperFigure, run_seed
from odekit.report.papers.reduced_run import reduced_run
from odekit.report.papers.side_by_side import label_columns, side_by_side
from odekit.simulation import Run, simulate

__all__ = ["FIGURES", "harmonic_sizes", "reduced", "setting_text", "trained"]

PAPER = "2602.16849"
ORDER, NEURONS = 23, 128
STEPS, SNAPSHOTS = 5000, 51
POINTS = 401  # of the ODE's lines
SMALLEST = 1e-4  # radians; below it a phase difference is that of float arithmetic and of the step


@dataclass(frozen=True)
class _Setting:
    activation: str
    scale: float
    learning_rate: float


SETTINGS = {"quadratic": _Setting("quadratic", 0.02, 0.1), "relu": _Setting("relu", 0.002, 0.05)}

CLAIMS = {"quadratic": ("four-variable-ode", "phase-alignment"), "relu": ("relu-rates", "relu-leakage")}


@dataclass(frozen=True, eq=False)
class Orbit:
    """One neuron at its frequency over time; every array is (T,), phases are continuous."""

    steps: FloatArray
    alpha: FloatArray
    beta: FloatArray
    phi: FloatArray
    D: FloatArray

    @property
    def psi(self) -> FloatArray:
        """Phase of the readout, on the same branch as twice that of the embedding."""
        return 2 * self.phi - self.D


@lru_cache(maxsize=KEPT)
def trained(kind: str, seed: int) -> Run:
    """A network trained by descent from single frequencies."""
    setting = SETTINGS[kind]
    return simulate(
        Network(f"Z{ORDER}", neurons=NEURONS, activation=setting.activation),
        seed=run_seed(seed, f"single frequency, {kind}"),
        init="single_frequency",
        scale=setting.scale,
        method="sgd",
        learning_rate=setting.learning_rate,
        steps=STEPS,
        snapshots=SNAPSHOTS,
    )


@lru_cache(maxsize=KEPT)
def reduced(kind: str, seed: int) -> Run:
    """The same by the reduced ODE, at more times."""
    run = trained(kind, seed)
    return reduced_run(run, np.linspace(0.0, run.t[-1], POINTS))


def far_from_aligned(modes: Modes) -> int:
    """Of the quarter of the neurons that end largest, the one whose phases start farthest apart."""
    own = (np.arange(modes.alpha.shape[1]), modes.dominant[0])
    last = modes.at(-1).alpha[own]
    first = modes.at(0)
    apart = np.abs(np.angle(np.exp(1j * (2 * first.phi[own] - first.psi[own]))))
    return int(np.where(last >= np.quantile(last, 0.75), apart, -1.0).argmax())


def orbit_of(run: Run, neuron: int, learning_rate: float) -> Orbit:
    """A neuron's magnitudes and phases at the frequency that it starts with."""
    modes = project(run)
    place = modes.dominant[0, neuron]
    alpha, beta, phi, psi = (
        values[:, neuron, place] for values in (modes.alpha, modes.beta, modes.phi, modes.psi)
    )
    D = np.unwrap(np.angle(np.exp(1j * (2 * phi - psi))))
    return Orbit(run.t / learning_rate, alpha, beta, np.unwrap(phi), D)


def draw_alignment(kind: str, seed: int) -> Drawing:
    """Phases, magnitudes and the phase difference of one neuron."""
    setting, run = SETTINGS[kind], trained(kind, seed)
    neuron = far_from_aligned(project(run))
    ode, network = (orbit_of(side, neuron, setting.learning_rate) for side in (reduced(kind, seed), run))
    with styled():
        axes = side_by_side(3, 4.0, heights=(1.2, 1, 1))
        for column, (orbit, mark) in enumerate(((ode, ""), (network, "o"))):
            _draw_orbit([row[column] for row in axes], orbit, mark)
        for row, label in zip(axes, ("phase (rad)", "magnitude", r"$|D|$ (rad)"), strict=True):
            row[0].set_ylabel(label)
        low = min(float(np.abs(orbit.D).min()) for orbit in (ode, network))
        axes[2][0].set_ylim(bottom=max(low / 2, SMALLEST))
        logarithmic(axes[2][0], "y")
        label_columns(axes, f"step, each of time {setting.learning_rate:g}")
        for row in axes[:2]:
            row[0].legend(loc="best")
    told = _told_quadratic(ode, network) if kind == "quadratic" else _told_relu(run, ode, network)
    return Drawing(
        figure_of(axes[0][0]),
        *told[:2],
        f"{setting_text(kind)} Of the quarter of the neurons that end largest, the one whose |D| starts "
        f"largest is shown, neuron {neuron}; time and magnitudes are dimensionless.",
        told[2],
    )


def setting_text(kind: str) -> str:
    """What was trained."""
    setting = SETTINGS[kind]
    return (
        f"Z{ORDER}, {NEURONS} neurons, activation {setting.activation}, mean loss, every neuron at one "
        f"random frequency with magnitudes {setting.scale:g} and random phases, descent of {STEPS} steps of "
        f"{setting.learning_rate:g} on all pairs (the published run has 512 "
        f"neurons{'' if kind == 'quadratic' else ' and steps of 0.01'})."
    )


def _draw_orbit(column: Sequence[Axes], orbit: Orbit, mark: str) -> None:
    every = slice(None, None, 2 if mark else 1)
    line: dict[str, Any] = {"linestyle": "", "marker": mark} if mark else {"linestyle": "-"}
    phases = ((orbit.phi, GREY, r"$\phi$"), (2 * orbit.phi, COLOURS[0], r"$2\phi$"))
    magnitudes = ((orbit.alpha, COLOURS[0], r"$\alpha$"), (orbit.beta, COLOURS[1], r"$\beta$"))
    for values, colour, label in (*phases, (orbit.psi, COLOURS[1], r"$\psi$")):
        column[0].plot(orbit.steps[every], values[every], color=colour, label=label, **line)
    for values, colour, label in magnitudes:
        column[1].plot(orbit.steps[every], values[every], color=colour, label=label, **line)
    column[2].plot(orbit.steps[every], np.abs(orbit.D)[every], color=COLOURS[2], **line)


def _told_quadratic(ode: Orbit, network: Orbit) -> tuple[str, str, str]:
    error = abs(ode.alpha[-1] / network.alpha[-1] - 1)
    return (
        "the four-variable ODE, solved exactly from the network's first snapshot. From above: the phases "
        "phi, 2 phi and psi, which meet; the magnitudes alpha and beta; the phase difference D = 2 phi - "
        "psi.",
        f"every second snapshot. At the last one alpha differs from the ODE's by {error:.1e} of itself, and "
        f"D is {abs(network.D[-1]):.2e} against {abs(ode.D[-1]):.2e}.",
        "The equation that is printed with it, D' = -p (4 beta^2 - alpha^2/beta) sin D, can't be right: "
        "derived is D' = -p (4 beta + alpha^2/beta) sin D, and it is the latter that is drawn here. "
        "Magnitudes don't wait for the phases to align: they grow at rates proportional to cos D from the "
        "start, and shrink while |D| is above pi/2, not below.",
    )


def _told_relu(run: Run, ode: Orbit, network: Orbit) -> tuple[str, str, str]:
    sizes = {name: harmonic_sizes(run, name) for name in ("theta", "xi")}
    return (
        "the ODE of the energy truncated to each neuron's own frequency, integrated from the network's first "
        "snapshot: D decays at five times the rate at which the magnitudes grow, exponentially.",
        f"every second snapshot. It grows faster, to alpha = {network.alpha[-1]:.3f} against "
        f"{ode.alpha[-1]:.3f}, and |D| pauses once it is about 1/p = {1 / ORDER:.3f} and ends at "
        f"{abs(network.D[-1]):.1e} against {abs(ode.D[-1]):.1e}, because harmonics fill in, which the "
        "truncated ODE leaves out: it holds at the start only.",
        "The pattern is not that of the quadratic case: the flow is homogeneous of degree 1, so that "
        "magnitudes grow exponentially from the start, do not wait for the phases, and never blow up. The "
        "harmonics' sizes 1/9 and 1/25 that are printed with the spectra can't be right: here the medians "
        f"are |theta(3k)| = {sizes['theta'][3]:.2f} and |theta(5k)| = {sizes['theta'][5]:.2f} of "
        f"|theta(k)|, and |xi(2k)| = {sizes['xi'][2]:.2f} and |xi(3k)| = {sizes['xi'][3]:.2f} of |xi(k)|.",
    )


def harmonic_sizes(run: Run, name: str) -> dict[int, float]:
    """Median over the neurons of each harmonic's size relative to the own frequency's, at the end."""
    modes = project(run)
    own = modes.dominant[0] + 1  # frequencies are numbered from 1
    sizes = np.abs(modes.amplitudes[name][-1])
    rows = np.arange(len(own))
    found = {}
    for multiple in (2, 3, 5):
        residue = multiple * own % ORDER
        place = np.minimum(residue, ORDER - residue) - 1
        found[multiple] = float(np.median(sizes[rows, place] / sizes[rows, own - 1]))
    return found


def _alignment(kind: str, published: str) -> PaperFigure:
    name = {"quadratic": "z^2", "relu": "ReLU"}[kind]
    return PaperFigure(
        f"phase-alignment-{kind}",
        PAPER,
        f"Phases and magnitudes of a neuron, {name}",
        published,
        partial(draw_alignment, kind),
        CLAIMS[kind],
    )


FIGURES = (_alignment("quadratic", "phase_align_quad.png"), _alignment("relu", "phase_align_relu.png"))
