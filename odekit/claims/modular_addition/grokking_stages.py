"""Grokking: on a part of the pairs with weight decay, a network aligns, memorises, and then generalises."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments.modes import PAPER_A, is_odd_cyclic
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import Progress, covered, measure_progress
from odekit.groups import FiniteGroup, cyclic
from odekit.networks import Network
from odekit.simulation import simulate

__all__ = ["CLAIM"]

# Order, width, optimiser, split and start are those of the published protocol.
ORDER = 23
NEURONS = 512
STEPS, SPACING = 20_000, 100
LEARNING_RATE, WEIGHT_DECAY = 1e-4, 2.0
FRAC_TRAIN = 0.75
SCALE = 0.1
HALF, NEARLY = 0.5, 0.95  # of a change: means over neurons have no sharp end, accuracies do
STEPS_WITHOUT_DECAY = 15_000  # three quarters of the run with decay
TOLERANCE = 0.02  # of the whole training: four spacings
FEW = 0.1  # of the unseen pairs; guessing is right once in 23 times

IN_ORDER = (
    ("phases aligned", "spectra sparse"),
    ("phases aligned", "training pairs right"),
    ("test loss at its peak", "training pairs right"),
    ("training pairs right", "unseen pairs right"),
    ("training pairs right", "spectra sparse"),
    ("mirror-seen pairs right", "spectra sparse"),
    ("mirror-seen pairs right", "unseen pairs right"),
    ("mirror-seen pairs right", "test pairs right"),
    ("spectra sparse", "unseen pairs right"),
    ("spectra sparse", "test pairs right"),
)


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train by the published protocol, and compare the order of events with the one claimed.

    The gap is the largest part of the training by which an event comes too early. An event is known to one
    spacing of the snapshots.
    """
    group = settings.group if settings.group is not None else cyclic(ORDER)
    seed = int(settings.generator(claim.id).integers(2**31))
    progress, without = _trained(group, seed), _trained(group, seed, 0.0, STEPS_WITHOUT_DECAY)
    at = events(progress)
    whole, spacing = progress.steps[-1], float(np.diff(progress.steps).max())
    slopes = _norm_slopes(progress)
    budget = {"spacing of the snapshots": spacing / whole}
    lags = {f"{early}, then {late}": at[late] - at[early] for early, late in IN_ORDER}
    return claim.verdict(
        gap=float(max(0.0, *(-lag for lag in lags.values())) / whole) if _all_known(at) else np.nan,
        budget=budget,
        tolerance=TOLERANCE,
        control=_control(slopes, sum(budget.values())),
        predicted={"smallest lag of events in order, in steps, above": 0.0},
        measured={
            "smallest lag of events in order, in steps": min(lags.values()),
            **{f"step: {name}": step for name, step in at.items()},
        },
        checks={
            **_checks(progress, at),
            "every lag exceeds the spacing": bool(min(lags.values()) > spacing),
            "without decay hardly an unseen pair comes right": bool(without.accuracy["unseen"][-1] <= FEW),
        },
        evidence=_evidence(progress, lags, slopes) | {"final values without decay": _final(without)},
        text=_told(at, slopes),
    )


def events(progress: Progress) -> dict[str, float]:
    """At which step each event of the claim happens; NaN if it doesn't."""
    steps, stages = progress.steps, progress.stages
    return {
        "phases aligned": covered(steps, progress.sin_D, HALF),
        "test loss at its peak": float(steps[progress.test_loss.argmax()]),
        "training pairs right": stages.memorised,
        "mirror-seen pairs right": covered(steps, progress.accuracy["mirror seen"], NEARLY),
        "spectra sparse": covered(steps, progress.ipr, HALF),
        "unseen pairs right": covered(steps, progress.accuracy["unseen"], NEARLY),
        "test pairs right": stages.generalised,
    }


def _trained(
    group: FiniteGroup, seed: int, weight_decay: float = WEIGHT_DECAY, steps: int = STEPS
) -> Progress:
    run = simulate(
        Network(group, neurons=NEURONS, activation="relu"),
        seed=seed,
        scale=SCALE,
        method="adamw",
        learning_rate=LEARNING_RATE,
        weight_decay=weight_decay,
        frac_train=FRAC_TRAIN,
        steps=steps,
        snapshots=steps // SPACING + 1,
    )
    return measure_progress(run)


def _told(at: Mapping[str, float], slopes: FloatArray) -> str:
    return (
        f"Stages end at steps {at['training pairs right']:.0f} and {at['test pairs right']:.0f}, where the "
        "accuracies on the training and on the test set have covered 95 % of their rise. Phases are aligned "
        "and spectra sparse where their means have covered half of their change. After the last stage the "
        f"logarithm of the norm changes by {slopes.min():.2g} to {slopes.max():.2g} a step, learning rate "
        f"times decay being {LEARNING_RATE * WEIGHT_DECAY:.2g}."
    )


def _all_known(at: Mapping[str, float]) -> bool:
    return bool(np.isfinite(list(at.values())).all())


def _checks(progress: Progress, at: Mapping[str, float]) -> dict[str, bool]:
    memorised = int(np.searchsorted(progress.steps, at["training pairs right"]))
    unseen = progress.accuracy["unseen"][min(memorised, len(progress.steps) - 1)]
    return {
        "both stages end": _all_known(at),
        "the test loss falls below half its peak": progress.test_loss[-1] < progress.test_loss.max() / 2,
        "hardly an unseen pair is right when the training pairs are": bool(unseen <= FEW),
        "most unseen pairs are right at the end": bool(progress.accuracy["unseen"][-1] > HALF),
        "the spectra end sparse, less than two modes a neuron": bool(progress.ipr[-1] > HALF),
    }


def _norm_slopes(progress: Progress) -> FloatArray:
    """Change of log norm a step after the last stage, or in the last quarter where there is none."""
    since = progress.stages.generalised
    first = 3 * len(progress.steps) // 4 if np.isnan(since) else int(np.searchsorted(progress.steps, since))
    first = min(first, len(progress.steps) - 2)
    return np.asarray(np.diff(np.log(progress.norm[first:])) / np.diff(progress.steps[first:]))


def _control(slopes: FloatArray, budget: float) -> Control:
    """The printed decay rate of the norm, against every local slope after the last stage."""
    rate = LEARNING_RATE * WEIGHT_DECAY
    return Control(
        "after the last stage the norm of the weights shrinks at the rate learning rate times weight decay",
        judge(float((np.abs(slopes + rate) / rate).min()), budget, TOLERANCE),
        f"it changes by a factor e^({slopes.mean():.2g}) a step; the rate {rate:.2g} is that of a weight "
        "whose gradient is negligible against those that the optimiser remembers",
    )


def _evidence(progress: Progress, lags: Mapping[str, float], slopes: FloatArray) -> dict[str, Any]:
    curves = {
        "accuracy, seen": progress.accuracy["seen"],
        "accuracy, mirror seen": progress.accuracy["mirror seen"],
        "accuracy, unseen": progress.accuracy["unseen"],
        "mean |sin D|": progress.sin_D,
        "inverse participation ratio": progress.ipr,
    }
    return {
        "lags": dict(lags),
        "final values": _final(progress),
        "change of log norm a step": {
            "mean": float(slopes.mean()),
            "interval": [float(slopes.min()), float(slopes.max())],
        },
        "series": {
            "x": {"label": "step", "values": progress.steps},
            "y": {"label": "measure"},
            "curves": curves,
            "caption": "Accuracy on the pairs that training saw, on their mirror images and on pairs of "
            "which no order was seen, with the phase misalignment and the sparsity of the spectra.",
        },
    }


def _final(progress: Progress) -> dict[str, float]:
    return {name: float(curve[-1]) for name, curve in progress.curves().items()}


def _applies(group: FiniteGroup) -> bool:
    """The protocol's own order: at others stages come at other steps."""
    return is_odd_cyclic(group) and group.order == ORDER


CLAIM = Claim(
    id="grokking-stages",
    statement="Trained on 3/4 of the pairs with weight decay, the network first aligns its phases and "
    "memorises, mirror images of seen pairs included, while the test loss passes a peak; then, as spectra "
    "become sparse, pairs come right of which no order was seen, as they do not without decay.",
    source="arXiv 2602.16849, part III, grokking",
    paper=PAPER_A,
    hypotheses="Z23, 512 neurons with ReLU, AdamW with learning rate 1e-4 and decoupled decay 2, start of "
    "scale 0.1, mean loss",
    experiment=experiment,
    applies=_applies,
    full_only=True,
)
