"""Every neuron on spheres converges to a single irrep: precisely, to one real irrep."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import EPS, ComplexArray, FloatArray, IndexArray
from odekit.claims.experiments.spheres import (
    PAPER_B,
    choose_groups,
    converged,
    has_competitors,
    neurons_on,
    remaining_amplitude,
    snapshot,
    winners,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import irrep_shares
from odekit.groups import FiniteGroup, group_fourier
from odekit.simulation import Run

__all__ = ["CLAIM"]

QUICK, FULL = ("S3", "Q8", "A4"), ("Z12", "Z15", "D4", "F21", "S4", "Q8xS3")
TOLERANCE = 1e-6  # well above what a residual of 1e-9 leaves open
SURVIVING = 0.01  # far above the tolerance, and little enough to be overlooked
CURVE = 41  # points of the distribution that is drawn


@dataclass(frozen=True)
class _Ended:
    """Converged neurons of one group.

    Parameters
    ----------
    run: from the start to convergence.
    outside: (M,) largest amplitude, over weight groups, outside the irrep that dominates the embedding.
    second: (M,) largest amplitude of a second real irrep.
    half: smallest amplitude outside one complex irrep, of neurons at a conjugate pair; infinite without any.
    """

    run: Run
    outside: FloatArray
    second: FloatArray
    half: float

    @property
    def group(self) -> FiniteGroup:
        """What the weights live on."""
        return self.run.network.finite_group

    @property
    def budget(self) -> float:
        """Largest amplitude that can be left, and rounding of a transform."""
        return remaining_amplitude(self.run) + self.group.order * EPS


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Let random neurons converge at uniform softmax, and measure what is left outside one irrep.

    Losers decay at the energy E, so that the residual bounds their amplitude; see `remaining_amplitude`.
    """
    ended = [
        _ended(converged(group, settings.value("neurons", neurons_on(group)), settings.seed))
        for group in choose_groups(settings, QUICK, FULL)
    ]
    budget = {"residual and rounding": max(end.budget for end in ended)}
    return claim.verdict(
        gap=max(float(end.outside.max()) for end in ended),
        budget=budget,
        tolerance=TOLERANCE,
        control=_control(ended, sum(budget.values())),
        predicted={f"smallest share of one real irrep, {end.group.name}": 1.0 for end in ended},
        measured={
            f"smallest share of one real irrep, {end.group.name}": 1.0 - float(end.outside.max()) ** 2
            for end in ended
        },
        checks={
            f"every neuron on {end.group.name} comes to rest": end.run.meta["unconverged"] == 0
            for end in ended
        },
        evidence=_evidence(ended),
        text="A single irrep means one real irrep: real weights have equal shares in an irrep and its "
        "conjugate, so that a conjugate pair counts as one. The gap is the largest amplitude (root of the "
        "share) outside it, in theta1, theta2 or xi of any neuron; all three have the same irrep.",
    )


def _ended(run: Run) -> _Ended:
    group, won = run.network.finite_group, winners(run)
    shares = [irrep_shares(values, group) for values in snapshot(run, -1).values()]
    own = np.arange(len(won)), won
    rest = np.array([_without(share, own) for share in shares])
    outside, second = (np.sqrt(values).max(axis=0) for values in (rest.sum(axis=-1), rest.max(axis=-1)))
    return _Ended(run, outside, second, _outside_one_complex(run, won))


def _without(shares: FloatArray, own: tuple[IndexArray, IndexArray]) -> FloatArray:
    others = shares.copy()
    others[own] = 0.0
    return others


def _outside_one_complex(run: Run, won: IndexArray) -> float:
    """Smallest amplitude of theta1 outside one irrep of a pair, over the neurons at a pair."""
    group = run.network.finite_group
    values = snapshot(run, -1)["theta1"]
    blocks = group_fourier(values, group)
    amplitudes = [
        np.sqrt(1.0 - _share(blocks[sigma.members[0]], sigma.r // 2, group.order)[won == index])
        for index, sigma in enumerate(group.real_irreps)
        if sigma.type == "C"
    ]
    return float(np.concatenate([*amplitudes, np.empty(0)]).min(initial=np.inf))


def _share(block: ComplexArray, dimension: int, order: int) -> FloatArray:
    """Share of a function of length 1 in one complex irrep, (M,)."""
    share: FloatArray = dimension * (np.abs(block) ** 2).sum(axis=(-2, -1)) / order
    return share


def _control(ended: Sequence[_Ended], budget: float) -> Control:
    halves = [end.half for end in ended if np.isfinite(end.half)]
    if halves:
        return Control(
            "each neuron converges to a single complex irrep $rho$, without its conjugate",
            judge(max(halves), budget, TOLERANCE),
            "$rho$ and its conjugate have half of the neuron each",
        )
    missing = SURVIVING - min(float(end.second.min()) for end in ended)
    return Control(
        f"a second real irrep keeps an amplitude of {SURVIVING:g} in each neuron",
        judge(max(missing, 0.0), budget, TOLERANCE),
        "all others decay at the rate $E$",
    )


def _evidence(ended: Sequence[_Ended]) -> dict[str, object]:
    return {
        "neurons": {end.group.name: len(end.outside) for end in ended},
        "neurons won by each real irrep": {
            end.group.name: {
                sigma.name: int(count)
                for sigma, count in zip(end.group.real_irreps, _counts(end), strict=True)
            }
            for end in ended
        },
        "series": _series(ended),
        "largest residual": {end.group.name: float(end.run.records["residual"][-1]) for end in ended},
    }


def _series(ended: Sequence[_Ended]) -> dict[str, object]:
    """Amplitudes outside of the winner in order of size, over the share of neurons with smaller ones."""
    places = np.linspace(0.0, 1.0, CURVE)
    return {
        "x": {"label": "share of neurons with a smaller one", "values": places},
        "y": {"label": "amplitude outside of one irrep"},
        "curves": {end.group.name: np.quantile(end.outside, places) for end in ended},
        "scale": "semilogy",
        "caption": "What the converged neurons keep outside of one real irrep, the largest of $theta1$, "
        "$theta2$ and $xi$, in order of size, on each group: rounding and what convergence left.",
    }


def _counts(end: _Ended) -> IndexArray:
    return np.bincount(winners(end.run), minlength=len(end.group.real_irreps))


CLAIM = Claim(
    id="single-irrep",
    statement="Every neuron converges to a single irreducible representation (one real irrep; a conjugate "
    "pair of complex irreps counts as one).",
    source="arXiv 2606.02993, convergence to a single irrep",
    paper=PAPER_B,
    hypotheses="finite group with at least two nontrivial real irreps, quadratic activation, unshared "
    "embedding, weights on three spheres, uniform softmax, random start",
    experiment=experiment,
    applies=has_competitors,
    takes={"neurons": neurons_from(1)},
)
