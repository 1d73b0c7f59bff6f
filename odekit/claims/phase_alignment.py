"""Phase alignment: the phase difference D = 2 phi - psi tends to 0, from every start but D = pi."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from odekit.claims.experiments import PAPER_A, choose_group, is_odd_cyclic, nearly_uniform, orders, single_modes
from odekit.claims.verdict import Claim, Control, Settings, Verdict, judge
from odekit.comparison import Modes, project
from odekit.derivation import derive
from odekit.groups import FiniteGroup, mode_basis, wrap_phase
from odekit.networks import Network
from odekit.simulation import Run, logits, simulate
from odekit.solvers import blow_up_time, exact_modes

__all__ = ["CLAIM"]

FloatArray = NDArray[np.float64]

ORDER = 3.0
NEURONS = 48
RTOL = 1e-12
SMALLEST_ANGLE = 0.1
TOLERANCE = 0.05
REMAINING = np.concatenate(([1.0], np.geomspace(0.8, 0.04, 24)))


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Start neurons at random magnitudes and phases, scaled so that all blow up together, and watch D."""
    group = choose_group(settings, 23)
    network = nearly_uniform(group, NEURONS * (4 if settings.full else 1))
    weights, end = _start(network, settings.generator(claim.id))
    run = simulate(network, weights=weights, times=end * (1 - REMAINING), rtol=RTOL)
    modes = project(run)
    measured = _phase_difference(modes)
    exact = _exact(modes.at(0), network, run.t)
    slopes, expected = (_last_order(D) for D in (measured, exact))
    gap = float(np.abs(slopes - ORDER).max())
    budget = {
        "approach to the limit": float(np.abs(expected - ORDER).max()),
        "integrator": _slope_error(run.records["integrator_error"][-1], measured[-1]),
        "departure from uniform softmax": _slope_error(_largest_logit(run), measured[-1]),
    }
    shrinking = float((np.diff(np.abs(measured), axis=0) < 0).all(axis=0).mean())
    if shrinking < 1 or not _is_attracting():
        gap = float("inf")
    toward_pi = float((np.diff(np.pi - np.abs(measured), axis=0) < 0).all(axis=0).mean())
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=Control("D = pi attracts", judge(1.0 - toward_pi, sum(budget.values()), TOLERANCE)),
        predicted={"order in the remaining time": ORDER, "share of neurons whose |D| always falls": 1.0},
        measured={
            "order in the remaining time": float(slopes[np.abs(slopes - ORDER).argmax()]),
            "share of neurons whose |D| always falls": shrinking,
        },
        evidence={
            "group": group.name,
            "largest |D| at the end, rad": float(np.abs(measured[-1]).max()),
            "largest difference from the exact D, rad": float(np.abs(wrap_phase(measured - exact)).max()),
            "series": {
                "x": {"label": "remaining share of the blow-up time", "values": REMAINING},
                "y": {"label": "|D| (rad)"},
                "curves": {f"D(0) = {D[0]:.2f} rad": np.abs(D) for D in measured.T[:6]},
                "scale": "loglog",
            },
        },
        text="D falls with the cube of the remaining time to blow-up; D = pi repels.",
    )


def _start(network: Network, generator: np.random.Generator) -> tuple[dict[str, FloatArray], float]:
    """Weights of one mode per neuron whose blow-up times agree, and that time."""
    group: FiniteGroup = network.finite_group
    count = network.neurons
    places = generator.integers(len(mode_basis(group)), size=count)
    alpha, beta = np.exp(generator.uniform(-0.7, 0.7, size=(2, count)))
    phi = generator.uniform(-np.pi, np.pi, size=count)
    D = generator.uniform(SMALLEST_ANGLE, np.pi - SMALLEST_ANGLE, size=count) * generator.choice((-1, 1), count)
    psi = 2 * phi - D
    rate = network.flow_rate() * group.order
    end = 1.0 / rate
    scale = blow_up_time(alpha, beta, D, rate) / end
    weights = single_modes(
        group, places, scale * alpha * np.exp(1j * phi), scale * beta * np.exp(1j * psi)
    )
    return weights, end


def _phase_difference(modes: Modes) -> FloatArray:
    """D of each neuron's own mode, (T, M), in (-pi, pi]."""
    neurons, place = np.arange(modes.alpha.shape[1]), modes.at(0).dominant
    return wrap_phase(2 * modes.phi[:, neurons, place] - modes.psi[:, neurons, place])


def _exact(start: Modes, network: Network, t: FloatArray) -> FloatArray:
    neurons, place = np.arange(network.neurons), start.dominant
    state = [part[neurons, place] for part in (start.alpha, start.phi, start.beta, start.psi)]
    rate = network.flow_rate() * network.finite_group.order
    _, phi, _, psi = exact_modes(*state, rate, t[:, None])
    return wrap_phase(2 * phi - psi)


def _last_order(D: FloatArray) -> FloatArray:
    """Order at which |D| falls with the remaining time, over the last interval."""
    return orders(REMAINING[-2:], np.abs(D[-2:]).T)[:, 0]


def _slope_error(error: float, D: FloatArray) -> float:
    """A relative error e of the weights moves D by a few e, and the slope by that over |D| and the log step."""
    return float(10.0 * error / (np.abs(D).min() * np.log(REMAINING[-2] / REMAINING[-1])))


def _largest_logit(run: Run) -> float:
    """Largest logit of the last snapshot: the relative departure of the gradient from that at uniform softmax."""
    theta, xi = run.snapshot(-1)
    return float(np.abs(logits(run.network, theta, xi)).max())


def _is_attracting() -> bool:
    """Whether the derivation finds D = 0 attracting and D = pi repelling."""
    return [point.stability for point in derive(Network("Zp")).fixed_points()] == ["attracts", "repels"]


CLAIM = Claim(
    id="phase-alignment",
    statement="The phase difference D = 2 phi - psi shrinks to 0 from every start but D = pi, which repels.",
    source="arXiv 2602.16849, phase alignment",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 5, quadratic activation, shared embedding, uniform softmax",
    experiment=experiment,
    applies=is_odd_cyclic,
)
