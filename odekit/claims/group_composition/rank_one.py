"""Every neuron's block at its irrep converges to rank one, over the numbers of the irrep's type."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import EPS, ComplexArray, FloatArray
from odekit.claims.experiments.spheres import (
    PAPER_B,
    choose_groups,
    converged,
    is_non_abelian,
    neurons_on,
    remaining_amplitude,
    snapshot,
    winners,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.groups import FiniteGroup, RealIrrep, group_fourier
from odekit.simulation import Run

__all__ = ["CLAIM"]

QUICK, FULL = ("S3", "Q8", "Q8xS3"), ("D4", "A4", "F21", "S4")
TOLERANCE = 1e-6  # well above what a residual of 1e-9 leaves open
SURVIVING = 0.01  # far above the tolerance, and little enough to be overlooked
CURVE = 41  # points of the distribution that is drawn


@dataclass(frozen=True)
class _Ranks:
    """Singular values of all neurons' blocks at their own irrep, relative to the largest.

    Parameters
    ----------
    run: from the start to convergence.
    second: (count,) the second one over K, of blocks of dimension m >= 2 over K.
    complex_second: (count,) the second complex one, of blocks of type H, where it pairs with the first.
    """

    run: Run
    second: FloatArray
    complex_second: FloatArray

    @property
    def group(self) -> FiniteGroup:
        """What the weights live on."""
        return self.run.network.finite_group

    @property
    def gap(self) -> float:
        """Largest second singular value over K, or departure of a quaternionic pair from equality."""
        unequal = 1.0 - self.complex_second
        return float(np.concatenate([self.second, unequal]).max(initial=0.0))

    @property
    def budget(self) -> float:
        """Largest relative singular value that can be left, and rounding."""
        return remaining_amplitude(self.run) + self.group.order * EPS


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Let random neurons converge at uniform softmax, and decompose their blocks into singular values.

    Minor singular directions decay at the energy E like the losing irreps, so that the residual bounds what
    is left of them; see `remaining_amplitude`.
    """
    ranks = [
        _ranks(converged(group, settings.value("neurons", neurons_on(group)), settings.seed))
        for group in choose_groups(settings, QUICK, FULL)
    ]
    budget = {"residual and rounding": max(rank.budget for rank in ranks)}
    return claim.verdict(
        gap=max(rank.gap for rank in ranks),
        budget=budget,
        tolerance=TOLERANCE,
        control=_control(ranks, sum(budget.values())),
        predicted={f"second singular value over K, {rank.group.name}": 0.0 for rank in ranks},
        measured={f"second singular value over K, {rank.group.name}": rank.gap for rank in ranks},
        checks={
            f"every neuron on {rank.group.name} comes to rest": rank.run.meta["unconverged"] == 0
            for rank in ranks
        },
        evidence={
            "blocks with a second singular value": {rank.group.name: len(rank.second) for rank in ranks},
            "quaternionic blocks": {rank.group.name: len(rank.complex_second) for rank in ranks},
            "complex rank of a quaternionic block": 2 if any(len(r.complex_second) for r in ranks) else None,
            "series": _series(ranks),
        },
        text="Rank one is meant over K: the real numbers at an irrep of type R, the complex ones at type C, "
        "the quaternions at type H, where the complex block has rank 2 with two equal singular values. The "
        "gap is the largest second singular value over K, relative to the first, in theta1, theta2 or xi of "
        "any neuron, and at type H also the relative difference of the equal two.",
    )


def _series(ranks: Sequence[_Ranks]) -> dict[str, object]:
    """Second singular values in order of size, over the share of blocks that have smaller ones."""
    places = np.linspace(0.0, 1.0, CURVE)
    curves = {rank.group.name: rank.second for rank in ranks}
    curves |= {f"{rank.group.name}, complex": rank.complex_second for rank in ranks}
    return {
        "x": {"label": "share of blocks with a smaller one", "values": places},
        "y": {"label": "second singular value / first"},
        "curves": {name: np.quantile(values, places) for name, values in curves.items() if len(values)},
        "scale": "semilogy",
        "caption": "Second singular values of the converged blocks, relative to the first, in order of size: "
        "none is left over $K$, while the complex ones of quaternionic blocks equal the first.",
    }


def _ranks(run: Run) -> _Ranks:
    group, won = run.network.finite_group, winners(run)
    blocks = [group_fourier(values, group) for values in snapshot(run, -1).values()]
    second, paired = [np.empty(0)], [np.empty(0)]
    for index, sigma in enumerate(group.real_irreps):
        own = np.concatenate([block[sigma.members[0]][won == index] for block in blocks])
        relative = _relative_singular_values(own)
        second.append(_second_over_field(relative, sigma))
        if sigma.type == "H":
            paired.append(relative[:, 1])
    return _Ranks(run, np.concatenate(second), np.concatenate(paired))


def _relative_singular_values(blocks: ComplexArray) -> FloatArray:
    """(count, d), the first 1."""
    values = np.asarray(np.linalg.svd(blocks, compute_uv=False), dtype=np.float64)
    return values / values[:, :1]


def _second_over_field(relative: FloatArray, sigma: RealIrrep) -> FloatArray:
    """Quaternionic singular values are pairs of complex ones."""
    step = 2 if sigma.type == "H" else 1
    return relative[:, step] if sigma.m > 1 else np.empty(0)


def _control(ranks: Sequence[_Ranks], budget: float) -> Control:
    paired = np.concatenate([rank.complex_second for rank in ranks])
    if len(paired):
        return Control(
            "the block has complex rank one also at type H",
            judge(float(paired.max()), budget, TOLERANCE),
            "it has rank one over the quaternions, and complex rank two",
        )
    second = np.concatenate([rank.second for rank in ranks])
    kept = float(second.min()) if len(second) else float("nan")
    return Control(
        f"the block keeps a second singular value of {SURVIVING:g} of the first, so that it has rank two",
        judge(float(np.maximum(SURVIVING - kept, 0.0)), budget, TOLERANCE),
        "minor singular values decay at the rate $E$",
    )


CLAIM = Claim(
    id="rank-one",
    statement="Every neuron's Fourier block at its irrep converges to rank one (over $K = R, C$ or $H$, by "
    "the irrep's type).",
    source="arXiv 2606.02993, rank-one convergence",
    paper=PAPER_B,
    hypotheses="finite group with an irrep of dimension at least 2, quadratic activation, unshared "
    "embedding, weights on three spheres, uniform softmax, random start",
    experiment=experiment,
    applies=is_non_abelian,
    takes={"neurons": neurons_from(1)},
)
