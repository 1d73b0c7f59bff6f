"""Group vote: what a diversified population computes, and when that is the right answer."""

from collections.abc import Mapping

import numpy as np

from odekit.claims.experiments.spheres import (
    EPS,
    PAPER_B,
    WIDTHS,
    Sampled,
    choose_groups,
    exact_population,
    has_competitors,
    sampled_population,
    shared_embedding,
    trained_population,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, judge

__all__ = ["CLAIM"]

QUICK, FULL = ("S3", "Q8"), ("Z7", "A4", "F21", "S4")
TOLERANCE = 1e-8  # rounding stays far below it, wrong proportions are far above


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Build populations of explicit maxima with exact designs and random frames, and train networks."""
    groups = choose_groups(settings, QUICK, FULL)
    generator = settings.generator(claim.id)
    exact = {group.name: exact_population(group, generator) for group in groups}
    sampled = {group.name: sampled_population(group, generator) for group in groups}
    trained = {group.name: trained_population(group, generator) for group in groups}
    shared = {group.name: shared_embedding(group, generator) for group in groups if not group.is_abelian}
    bounds = "".join(f", {bound:.3f} on {name}" for name, (_, bound) in shared.items())
    budget = {"rounding": max(found.rounding for found in exact.values())}
    return claim.verdict(
        gap=max(max(found.error, found.as_indicator) for found in exact.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            f"the logits are an indicator at {', '.join({found.other for found in exact.values()})}",
            judge(min(f.otherwise for f in exact.values()), sum(budget.values()), TOLERANCE),
            "proportions $m r^(3/2)$",
        ),
        predicted={"relative error of the formula": 0.0, "slope of log error against log width": -0.5},
        measured={
            "relative error of the formula": max(found.error for found in exact.values()),
            "slope of log error against log width": max(
                (found.slope for found in sampled.values()), key=lambda slope: abs(slope + 0.5)
            ),
        },
        checks={
            "with random frames the error falls as 1/sqrt(width)": all(
                found.is_square_root for found in sampled.values()
            ),
            "wide enough, trained networks know the group": all(f.is_accurate for f in trained.values()),
            "trained networks miss the formula no more than random frames do": all(
                found.follows_the_formula for found in trained.values()
            ),
            "a shared embedding stays within (classes/n + 1)/2": all(
                reached <= bound + EPS for reached, bound in shared.values()
            ),
        },
        evidence={
            "groups": [group.name for group in groups],
            "distance from an indicator at proportions m r^(3/2)": {
                name: found.as_indicator for name, found in exact.items()
            },
            "distance from an indicator otherwise": {name: f.otherwise for name, f in exact.items()},
            "error with random frames, relative": {name: found.errors for name, found in sampled.items()},
            "interval of the slope": {
                name: (found.slope - found.half_width, found.slope + found.half_width)
                for name, found in sampled.items()
            },
            "accuracy by width, after training": {name: found.accuracy for name, found in trained.items()},
            "trained: error of the formula, and that of random frames": {
                name: (found.error, found.typical) for name, found in trained.items()
            },
            "shared embedding: accuracy, and its bound": shared,
            "series": _series(sampled),
        },
        text="Frames must average exactly (a design) for the formula to be exact; with random ones its error "
        "falls as $1/sqrt(width)$. The logits are an indicator only where each real irrep's share is "
        "proportional to $m r^(3/2)$; trained from random starts the shares are others, yet the right answer "
        "has the largest logit. A shared embedding on a non-Abelian group gives $f(g1, g2) = f(g2, g1)$, so "
        f"that its accuracy is at most $(classes/n + 1)/2${bounds}.",
    )


def _series(sampled: Mapping[str, Sampled]) -> dict[str, object]:
    return {
        "x": {"label": "width M", "values": WIDTHS},
        "y": {"label": "relative error of the logits"},
        "curves": {name: np.array(list(found.errors.values())) for name, found in sampled.items()},
        "scale": "loglog",
        "caption": "With random instead of evenly spread frames the logits are off by a relative error that "
        "falls as $1/sqrt(M)$ with the width $M$.",
    }


CLAIM = Claim(
    id="group-vote",
    statement="A population of maxima with uniform frames has the centred logits "
    "$sum 2 p (r/n)^(3/2) r^(-3) chi(g1 g2 h^-1)$, an indicator where $p$ is proportional to $m r^(3/2)$.",
    source="arXiv 2606.02993, the trained network's function",
    paper=PAPER_B,
    hypotheses="any group with at least two nontrivial real irreps, quadratic activation, unshared embedding",
    experiment=experiment,
    applies=has_competitors,
)
