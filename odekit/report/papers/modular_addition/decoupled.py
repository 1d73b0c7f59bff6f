"""The published simulation of one decoupled frequency: Euler's points against the exact solution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from odekit.arrays import ComplexArray, FloatArray
from odekit.comparison import ReducedFlow, project
from odekit.groups import cyclic, from_modes, mode_basis
from odekit.networks import Network
from odekit.report.figures import COLOURS, GREY, figure_of, logarithmic, styled
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.report.papers.side_by_side import label_columns, side_by_side
from odekit.simulation import simulate
from odekit.solvers import blow_up_time

__all__ = ["FIGURES"]

PAPER = "2602.16849"
ORDER, FREQUENCY, MAGNITUDE = 23, 2, 0.02
SHOWN = 28  # of Euler's points


@dataclass(frozen=True)
class Case:
    """One of the two published starts: its phases, and the number of Euler's steps of size 1."""

    phi: float
    psi: float
    steps: int
    published: str


CASES = {
    1: Case(1.5, 0.18, 1400, "phase_align_approx1.png"),
    2: Case(-0.72, -2.91, 700, "phase_align_approx2.png"),
}


@dataclass(frozen=True, eq=False)
class Path:
    """Amplitudes u of theta and v of xi at the frequency, each (T,) complex."""

    u: ComplexArray
    v: ComplexArray

    @property
    def D(self) -> FloatArray:
        """Phase difference, continuous."""
        return np.unwrap(np.angle(self.u**2 * self.v.conj()))

    @property
    def phi(self) -> FloatArray:
        """Phase of theta, continuous."""
        return np.unwrap(np.angle(self.u))

    def error(self, exact: Path) -> FloatArray:
        """Distance from another path, relative to its length."""
        distance = np.abs(self.u - exact.u) ** 2 + np.abs(self.v - exact.v) ** 2
        return np.asarray(np.sqrt(distance / (np.abs(exact.u) ** 2 + np.abs(exact.v) ** 2)))


def start_of(case: Case, network: Network) -> dict[str, ComplexArray]:
    """Amplitudes (1, n_modes) of the one neuron."""
    phases = {"theta": case.phi, "xi": case.psi}
    unit = np.arange(len(mode_basis(network.finite_group))) == FREQUENCY - 1
    return {name: MAGNITUDE * np.exp(1j * phase) * unit[None] for name, phase in phases.items()}


def exact_path(case: Case, network: Network) -> Path:
    """The reduced ODE at every step of 1."""
    times = np.arange(case.steps + 1.0)
    return _path(ReducedFlow(network).evolve(start_of(case, network), times))


def euler_path(case: Case, network: Network) -> Path:
    """The same by the published scheme, forward Euler."""
    flow, now = ReducedFlow(network), start_of(case, network)
    kept = [now]
    for _ in range(case.steps):
        velocity = flow.velocity(now)
        now = {name: now[name] + velocity[name] for name in now}
        kept.append(now)
    return _path({name: np.stack([row[name] for row in kept]) for name in now})


def network_path(case: Case, network: Network) -> tuple[FloatArray, Path]:
    """The gradient flow of the full loss of a network of this one neuron, at the times that are returned."""
    group = network.finite_group
    weights = {name: from_modes(values, group) for name, values in start_of(case, network).items()}
    times = np.linspace(0, case.steps, SHOWN + 1).round()
    run = simulate(network, weights=weights, times=times, rtol=1e-10, estimate_error=False)
    return times, _path(project(run).amplitudes)


def _path(amplitudes: Mapping[str, ComplexArray]) -> Path:
    return Path(*(amplitudes[name][:, 0, FREQUENCY - 1] for name in ("theta", "xi")))


def draw(number: int, seed: int) -> Drawing:
    """Phases, phase difference, magnitudes, and the distance from the exact solution."""
    case, network = CASES[number], Network(cyclic(ORDER), neurons=1)
    exact, euler = exact_path(case, network), euler_path(case, network)
    times, trained = network_path(case, network)
    steps = np.arange(case.steps + 1.0)
    places = times.astype(int)
    at = Path(exact.u[places], exact.v[places])
    with styled():
        axes = side_by_side(4, 5.0, heights=(1.2, 1, 1, 1))
        left, right = ([row[column] for row in axes] for column in (0, 1))
        _draw_path(left, steps, exact, "")
        _draw_path(left, steps[places], Path(euler.u[places], euler.v[places]), "o")
        _draw_path(right, times, trained, "o")
        left[3].plot(steps[1:], euler.error(exact)[1:], color=COLOURS[3])
        right[3].plot(
            times[1:],
            trained.error(at)[1:],
            color=COLOURS[3],
            marker="o",
            markerfacecolor="none",
            linestyle="",
        )
        logarithmic(left[3], "y")
        labels = ("phase (rad)", r"$D$ (rad)", "magnitude", "distance")
        for row, label in zip(axes, labels, strict=True):
            row[0].set_ylabel(label)
        for column in (left, right):
            column[1].axhline(np.pi / 2, color=GREY, linewidth=0.6)
        for row in (axes[0], axes[2]):
            row[1].legend(loc="best")
        label_columns(axes, "step of size 1, time of the mean loss")
    return Drawing(figure_of(left[0]), *_told(case, network, exact, euler, trained.error(at)))


def _draw_path(column: Sequence[Axes], steps: FloatArray, path: Path, mark: str) -> None:
    line: dict[str, Any] = {
        "linestyle": "" if mark else "-",
        "marker": mark,
        "markerfacecolor": "none",
        "markeredgewidth": 0.7,
    }
    phi, D = path.phi, path.D
    curves = (
        (0, 2 * phi, COLOURS[0], r"$2\phi$"),
        (0, 2 * phi - D, COLOURS[1], r"$\psi$"),
        (1, D, COLOURS[2], ""),
        (2, np.abs(path.u), COLOURS[0], r"$\alpha$"),
        (2, np.abs(path.v), COLOURS[1], r"$\beta$"),
    )
    for row, values, colour, label in curves:
        column[row].plot(steps, values, color=colour, label=label, **line)


def _told(
    case: Case, network: Network, exact: Path, euler: Path, departure: FloatArray
) -> tuple[str, str, str, str]:
    form = ReducedFlow(network)
    error = euler.error(exact)
    ends = float(blow_up_time(MAGNITUDE, MAGNITUDE, 2 * case.phi - case.psi, ORDER)) / form.rate
    timing = "late" if abs(euler.u[-1]) < abs(exact.u[-1]) else "early"
    return (
        "line: the exact solution of the four-variable ODE (Jacobi's elliptic functions); dots: the "
        f"published scheme, forward Euler with step 1, every {case.steps // SHOWN}th. From above: the "
        "phases 2 phi and psi, the phase difference D = 2 phi - psi with pi/2 in grey, the magnitudes "
        "alpha and beta, and the distance of Euler's points from the exact solution relative to its "
        f"length, {error.max():.1e} at most.",
        "gradient flow of the full loss of a network of this one neuron; below, its distance from the exact "
        f"solution, {departure.max():.1e} at most, which softmax makes by leaving the uniform distribution.",
        f"Z{ORDER}, one neuron at frequency {FREQUENCY} with alpha = beta = {MAGNITUDE:g}, phi = "
        f"{case.phi:g}, psi = {case.psi:g}, quadratic activation, mean loss, {case.steps} steps of 1; "
        f"dimensionless. The exact solution blows up at step {ends:.0f}. Nothing is random.",
        f"It is forward Euler's, up to {100 * error.max():.2g} % off the exact solution, which it reaches "
        f"{timing}. The printed D' = -p (4 beta^2 - alpha^2/beta) sin D is not what the code integrates, "
        "and is refuted.",
    )


def _case(number: int) -> PaperFigure:
    return PaperFigure(
        f"decoupled-case-{number}",
        PAPER,
        f"One frequency, case {number}: exact, Euler, his error",
        CASES[number].published,
        partial(draw, number),
        ("four-variable-ode", "decoupling"),
    )


FIGURES = tuple(map(_case, CASES))
