"""The four-variable ODE: one frequency of one neuron moves by magnitudes and phases of theta and xi."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import cumulative_simpson

from odekit.claims.experiments import PAPER_A, at_start, choose_group, draw, is_cyclic
from odekit.claims.verdict import Claim, Control, Settings, Verdict, judge
from odekit.comparison import Comparison, compare, predict, project
from odekit.derivation import derive
from odekit.expressions import parse
from odekit.groups import FiniteGroup, wrap_phase
from odekit.networks import Network
from odekit.simulation import Run, simulate
from odekit.solvers import compile

__all__ = ["CLAIM"]

FloatArray = NDArray[np.float64]
Formula = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]

NEURONS = 48
SCALE = 0.01
RTOL = 1e-10
TOLERANCE = 1e-2
SNAPSHOTS = 161
SHARE_OF_BLOW_UP = 0.9
CERTIFIED_ORDERS = (5, 8, 12, 13, 97)
PRINTED = "-p*(4*beta**2 - alpha**2/beta)*sin(D)"


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train a network of single-frequency neurons and compare every neuron with the derived ODE."""
    group = choose_group(settings, 23)
    network = Network(group, neurons=4 * NEURONS if settings.full else NEURONS)
    run = _train(network, settings.generator(claim.id))
    comparison = compare(run, tolerance=TOLERANCE)
    certificates = [derive(Network("Zp")).certify(order) for order in CERTIFIED_ORDERS]
    gap, budget = _median_gap(comparison)
    if comparison.outcome == "refuted" or not all(c.passed for c in certificates):
        gap = float("inf")
    derived, printed = _phase_gap(run, _derived(group)), _phase_gap(run, _printed(group))
    control = Control(
        f"the printed D' = {PRINTED.replace('**', '^')}",
        judge(printed, max(10 * derived, 1e-3), TOLERANCE),
        f"D' = {_equation()}",
    )
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=control,
        predicted=0.0,
        measured=gap,
        evidence={
            "group": group.name,
            "certificates": [str(c) for c in certificates],
            "relative error of D by the derived formula": derived,
            "relative error of D by the printed formula": printed,
            "series": {
                "x": {"label": "time / first blow-up time", "values": run.t / run.t[-1] * SHARE_OF_BLOW_UP},
                "y": {"label": "median relative gap"},
                "curves": _curves(comparison),
                "scale": "semilogy",
            },
        },
        text=comparison.reason,
    )


def _train(network: Network, generator: np.random.Generator) -> Run:
    weights = draw(network, "single_frequency", SCALE, generator)
    end = SHARE_OF_BLOW_UP * float(predict(at_start(network, weights)).blow_up_time.min())
    return simulate(network, weights=weights, times=np.linspace(0.0, end, SNAPSHOTS), rtol=RTOL)


def _median_gap(comparison: Comparison) -> tuple[float, dict[str, float]]:
    """Largest median gap before the horizon, and the median budget at that snapshot."""
    if comparison.gap is None or comparison.budget is None or comparison.horizon is None:
        return float("inf"), {}
    inside = comparison.run.t < comparison.horizon
    medians = np.where(inside, np.median(comparison.gap, axis=1), 0.0)
    worst = int(medians.argmax())
    parts = comparison.budget.parts()
    return float(medians[worst]), {name: float(np.median(part[worst])) for name, part in parts.items()}


def _curves(comparison: Comparison) -> dict[str, FloatArray]:
    if comparison.gap is None or comparison.budget is None:
        return {}
    return {
        "measured": np.median(comparison.gap, axis=1),
        "budget": np.median(comparison.budget.total, axis=1),
    }


def _phase_gap(run: Run, formula: Formula) -> float:
    """Median over neurons of |D measured - D integrated along the measured magnitudes| / |change of D|."""
    modes = project(run)
    neurons = np.arange(run.network.neurons)
    place = modes.at(0).dominant
    alpha, beta = modes.alpha[:, neurons, place], modes.beta[:, neurons, place]
    D = np.unwrap(2 * modes.phi[:, neurons, place] - modes.psi[:, neurons, place], axis=0)
    with np.errstate(all="ignore"):
        velocity = formula(alpha, beta, wrap_phase(D)) * run.network.flow_rate()
        integrated = cumulative_simpson(velocity, x=run.t, axis=0, initial=0.0)
        change = D[-1] - D[0]
        moved = ~modes.basis.is_real[place] & (np.abs(change) > 1e-3)
        return float(np.median((np.abs(integrated[-1] - change) / np.abs(change))[moved]))


def _derived(group: FiniteGroup) -> Formula:
    """D' of the derived system at the group's order."""
    compiled = compile(derive(Network("Zp")).restrict(("alpha", "beta", "D")))

    def formula(alpha: FloatArray, beta: FloatArray, D: FloatArray) -> FloatArray:
        y = np.ascontiguousarray([alpha.ravel(), beta.ravel(), D.ravel()])
        out = np.empty_like(y)
        compiled.rhs(np.zeros(y.shape[1]), y, np.full((1, y.shape[1]), float(group.order)), out)
        return out[2].reshape(alpha.shape)

    return formula


def _printed(group: FiniteGroup) -> Formula:
    """D' as the blog post prints it."""
    tree = parse(PRINTED, ("p", "alpha", "beta", "D"))

    def formula(alpha: FloatArray, beta: FloatArray, D: FloatArray) -> FloatArray:
        values = {"p": np.asarray(float(group.order)), "alpha": alpha, "beta": beta, "D": D}
        return np.asarray(tree.evaluate(values))

    return formula


def _equation() -> str:
    system = derive(Network("Zp"))
    return str(system.equations[system.symbol("D")]).replace("**", "^")


CLAIM = Claim(
    id="four-variable-ode",
    statement="A single-frequency neuron follows a closed ODE in the magnitudes alpha, beta and phases phi, psi "
    "of that frequency.",
    source="arXiv 2602.16849, reduced dynamics of one frequency",
    paper=PAPER_A,
    hypotheses="cyclic group of order at least 5, quadratic activation, shared embedding, x+y, small weights",
    experiment=experiment,
    applies=is_cyclic,
)
