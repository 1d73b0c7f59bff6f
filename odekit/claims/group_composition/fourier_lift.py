"""The lift: the transform of the network's projected gradient flow is a flow of blocks, irrep by irrep."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments.spheres import PAPER_B, choose_groups, random_start, snapshot, sphere_network
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import Comparison, compare
from odekit.comparison.flows import LiftedNeurons
from odekit.groups import FiniteGroup, from_table
from odekit.simulation import Run, simulate

__all__ = ["CLAIM"]

QUICK, FULL = ("S3", "Q8"), ("Z15", "A4", "F21", "S4")
NEURONS, COMPARED = 24, 6  # fewer with the full softmax, whose gradients cost more
SPAN, COMPARED_SPAN = 10.0, 3.0  # in units of 1/sqrt(2n), the time in which neurons align
SNAPSHOTS = 9
LOGIT_SCALE = 1e-4  # small enough for the budget of the softmax's departure from uniform
FINE, COARSE = 1e-9, 1e-7  # their difference bounds the lifted flow's error
TOLERANCE = 1e-4  # far above the integrators' errors, far below what the false flow is off


@dataclass(frozen=True)
class _Lift:
    """Neurons on one group, by simulation and by their blocks.

    Parameters
    ----------
    run: at uniform softmax.
    gaps: (T,) largest relative distance of a neuron from its lifted flow.
    solver_error: largest relative distance between two tolerances of the lifted flow.
    false_gap: largest relative distance of a neuron from the false flow.
    finite: a run with the full softmax at a small logit scale, against the same flow.
    """

    run: Run
    gaps: FloatArray
    solver_error: float
    false_gap: float
    finite: Comparison

    @property
    def group(self) -> FiniteGroup:
        """What the weights live on."""
        return self.run.network.finite_group

    @property
    def finite_gap(self) -> float:
        """Median relative distance of a neuron from the lifted flow at the end of the run at finite scale."""
        gap = self.finite.gap
        return float("nan") if gap is None else float(np.median(gap[-1]))

    @property
    def simulation_error(self) -> float:
        """Largest relative distance between two tolerances of the simulation."""
        error = self.run.integrator_error
        return float("nan") if error is None else float(error.max())


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Integrate random neurons in weight space and by their blocks, and compare all weights.

    At uniform softmax the two agree to the accuracy of the integrators, which both integrate again at another
    tolerance. At a small logit scale the full softmax departs from it, by an amount that `compare` bounds.
    """
    generator = settings.generator(claim.id)
    lifts = [
        _lift(group, settings.value("neurons", NEURONS), generator)
        for group in choose_groups(settings, QUICK, FULL)
    ]
    budget = {
        "simulation": max(lift.simulation_error for lift in lifts),
        "lifted flow": max(lift.solver_error for lift in lifts),
    }
    return claim.verdict(
        gap=max(float(lift.gaps.max()) for lift in lifts),
        budget=budget,
        tolerance=TOLERANCE,
        control=_control(lifts, sum(budget.values())),
        predicted={f"gap on {lift.group.name}": 0.0 for lift in lifts},
        measured={f"gap on {lift.group.name}": float(lift.gaps.max()) for lift in lifts},
        checks={
            f"at logit scale {LOGIT_SCALE:g} the full softmax on {lift.group.name} stays within its budget": (
                lift.finite.outcome == "confirmed"
            )
            for lift in lifts
        },
        evidence=_evidence(lifts),
        text="The gap is the largest distance of a neuron's weights from those of its blocks, relative to "
        "its own length. The lift is exact at uniform softmax, the limit of a small logit scale.",
    )


def _lift(group: FiniteGroup, neurons: int, generator: np.random.Generator) -> _Lift:
    network = sphere_network(group, neurons)
    times = np.linspace(0.0, SPAN / np.sqrt(2 * group.order), SNAPSHOTS)
    start = random_start(network, generator)
    run = simulate(network, weights=start, softmax="uniform", times=times, rtol=FINE)
    lifted = LiftedNeurons(network)
    fine, coarse = (lifted.evolve(snapshot(run, 0), times, rtol) for rtol in (FINE, COARSE))
    measured = dict(run.weights)
    return _Lift(
        run,
        _distance(fine, measured).max(axis=1),
        float(_distance(fine, coarse).max()),
        float(_distance(_false_flow(run), measured).max()),
        compare(_at_finite_scale(group, generator), order=1),
    )


def _false_flow(run: Run) -> dict[str, FloatArray]:
    """Weights (T, M, n) of the flow with the wrong order of factors; on an Abelian group, twice as fast."""
    network = run.network
    group = network.finite_group
    if group.is_abelian:
        return LiftedNeurons(network).evolve(snapshot(run, 0), 2 * run.t, COARSE)
    opposite = from_table(group.table.T, f"opposite of {group.name}")
    return LiftedNeurons(sphere_network(opposite, network.neurons)).evolve(snapshot(run, 0), run.t, COARSE)


def _at_finite_scale(group: FiniteGroup, generator: np.random.Generator) -> Run:
    network = sphere_network(group, COMPARED, logit_scale=LOGIT_SCALE)
    end = COMPARED_SPAN / np.sqrt(2 * group.order) / LOGIT_SCALE
    times = np.linspace(0.0, end, SNAPSHOTS)
    return simulate(network, weights=random_start(network, generator), times=times)


def _distance(first: dict[str, FloatArray], second: dict[str, FloatArray]) -> FloatArray:
    """Relative to a neuron's length, which is the root of its number of spheres, (T, M)."""
    squares = [((first[name] - second[name]) ** 2).sum(axis=-1) for name in first]
    distance: FloatArray = np.sqrt(sum(squares) / len(squares))
    return distance


def _control(lifts: Sequence[_Lift], budget: float) -> Control:
    """The wrong order is seen where a group has one; an Abelian group sees a factor."""
    ordered = [lift for lift in lifts if not lift.group.is_abelian]
    outcome = judge(max(lift.false_gap for lift in ordered or lifts), budget, TOLERANCE)
    if ordered:
        return Control(
            "the adjoints stand in the other order: $theta1hat' = 2 theta2hat^* xihat$ less its radial part, "
            "as matrices of an anti-homomorphism would give",
            outcome,
            "$theta1hat' = 2 xihat theta2hat^*$ less its radial part",
        )
    return Control(
        "the energy is $4/n sum d_rho tr(xihat^* theta1hat theta2hat)$, a factor 2 too large (an Abelian "
        "group can't see the order of the adjoints)",
        outcome,
        "the factor is $2/n$",
    )


def _evidence(lifts: Sequence[_Lift]) -> dict[str, object]:
    first = lifts[0]
    scaled = np.sqrt(2 * first.group.order) * first.run.t
    return {
        "groups": [lift.group.name for lift in lifts],
        "neurons on each": first.run.network.neurons,
        "gap of the false flow": {lift.group.name: lift.false_gap for lift in lifts},
        "median gap at a finite logit scale": {lift.group.name: lift.finite_gap for lift in lifts},
        "series": {
            "x": {"label": "sqrt(2n) t", "values": scaled[1:]},
            "y": {"label": "largest relative gap of a neuron"},
            "curves": {lift.group.name: lift.gaps[1:] for lift in lifts},
            "scale": "semilogy",
            "caption": "Largest relative distance of a trained neuron from the lifted flow, over time in "
            "units of the fastest rate: integrators' errors alone.",
        },
    }


CLAIM = Claim(
    id="fourier-lift",
    statement="The Fourier transform of the network's projected gradient flow is the lifted flow, in which "
    "the blocks at each irrep move by $theta1hat' = 2 xihat theta2hat^*$, $theta2hat' = 2 theta1hat^* "
    "xihat$, $xihat' = 2 theta1hat theta2hat$, each less $E$ times itself.",
    source="arXiv 2606.02993, lifted flow",
    paper=PAPER_B,
    hypotheses="finite group of order at least 3, quadratic activation, unshared embedding, weights on three "
    "spheres, small logit scale",
    experiment=experiment,
    applies=lambda group: group.order >= 3,
    takes={"neurons": neurons_from(1)},
)
