"""Reasons in words: why nothing can be judged, what only the tolerance forgives, what a wrong clock is."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import (
    Budget,
    exceeding_rate,
    is_step_known,
    learning_rate,
    modified_step,
    neuron_lengths,
)
from odekit.comparison.comparison import Comparison
from odekit.comparison.parts import Parts, Weights, relative_gap
from odekit.simulation import Run

__all__ = ["explain_clock", "forgiven", "why_no_verdict"]

# A short while, as a share of the first interval, over which the reduced flow's velocity is measured.
SHORTLY = 1e-4
# From this share of the speed on, a field 5 % faster hides behind what is neglected, however early one looks.
HIDDEN = 0.025
# An interval up to so many steps long is one of a single step.
SINGLE = 1.5
# The budget without the assumed step is exceeded by far.
BY_FAR = 3.0
# Factors of a clock, around that of the first velocity, that are tried, then refined; a declaration explains
# one that is as near as this.
CLOCKS = np.geomspace(0.25, 4.0, 13)
NEAR = 0.03
# Share of the neurons whose excess a clock is fitted to.
NEARLY_ALL = 0.95
# A clock explains a gap if it leaves less than this share of it.
LEFT = 0.2


def why_no_verdict(run: Run, parts: Parts, budget: Budget, level: float) -> str:
    """Why no snapshot after the first lies before the horizon, and what would help."""
    if len(run) < 2:
        return "the run has a single snapshot: nothing moves"
    sizes = {name: float(np.median(part[1])) for name, part in budget.parts().items()}
    largest = max(sizes, key=lambda name: (np.isnan(sizes[name]), sizes[name]))
    begun = f"already at the first snapshot after the start, t = {run.t[1]:.4g},"
    rate = exceeding_rate(run)
    if rate is not None and not sizes["learning_rate"] <= level:
        return (
            f"its t, {run.t[1] - run.t[0]:.4g} from the first snapshot to the second, is no multiple of the "
            f"recorded learning_rate {rate:.4g}: t is the sum of the learning rates used"
        )
    if largest == "learning_rate" and not is_step_known(run):
        return f"{begun} a single step may lie: the run tells neither learning_rate nor steps"
    if largest == "learning_rate":
        left = "modified equation" if modified_step(run) else "flow"
        return (
            f"{begun} descent has left its {left} by more than the horizon's level: a smaller learning rate"
        )
    if largest == "integrator":
        return f"{begun} an integration error of {sizes[largest]:.1e} is possible: a smaller rtol"
    if largest == "rounding":
        return f"{begun} the digits that the weights are stored or trained in are too few"
    if parts.order > 1:
        return (
            f"{begun} the logits are too large for order {parts.order}: a smaller scale or logit scale, or "
            "earlier snapshots"
        )
    share, until = _neglected_at_start(run, parts, level)
    if not np.isfinite(share):
        return "the loss overflows at the first snapshot: smaller weights or a smaller logit scale"
    if share > HIDDEN:
        return (
            "the softmax is not uniform at the start, where in the median the reduction neglects "
            f"{100 * share:.2g} % of the gradient: a smaller scale or logit scale"
        )
    if not budget.has_small_steps:
        return (
            f"steps of {modified_step(run):.4g} are so long beside the time in which the weights move that "
            "descent follows no flow: a smaller learning rate"
        )
    lies, step = "the horizon lies before the second snapshot", learning_rate(run)
    if until - run.t[0] >= step:
        return f"{lies}: keep earlier ones, from t = {until:.2g} on"
    if run.t[1] - run.t[0] > SINGLE * step:
        return f"{lies}: keep one at each step, or a smaller scale or logit scale"
    return f"{lies}, a single step after the start: a smaller scale or logit scale"


def forgiven(run: Run, gap: FloatArray, budget: Budget, count: int) -> str:
    """What to add where only a step that the run does not tell allows its gap; else nothing."""
    if is_step_known(run):
        return ""
    rest = np.median((budget.total - budget.learning_rate)[1:count], axis=1)
    ratio = float((np.median(gap[1:count], axis=1) / rest).max())
    if not ratio > BY_FAR:
        return ""
    return (
        "; the run tells neither learning_rate nor steps, and only a step as long as its shortest interval "
        f"allows the gap, which is {ratio:.2g} times the rest of the budget: a clock or logit scale slightly "
        "off would pass"
    )


def explain_clock(
    run: Run, parts: Parts, count: int, budget: FloatArray, again: Callable[[Run], Comparison]
) -> str:
    """Which declaration confirms a refuted run, or which factor on its times explains its gap; else nothing.

    Parameters
    ----------
    count: snapshots that are looked at, at least 2.
    budget: (T, M) of the run's gap.
    again: compares the run as it might have been declared.
    """
    factor = _fitted_clock(run, parts, count, budget)
    if factor is None:
        return ""

    def is_confirmed(changed: Run) -> bool:
        return again(changed).outcome == "confirmed"

    slips = [words for words, changed in _slips(run, factor) if is_confirmed(changed)]
    if not slips:
        tried = dict.fromkeys(float(f"{factor:.{digits}g}") for digits in (2, 3, 4))
        confirmed = (near for near in tried if near != 1 and is_confirmed(_at(run, near * run.t)))
        slips = [f"its t times {near:g}" for near in itertools.islice(confirmed, 1)]
    if slips:
        return f"; it is confirmed with {' or '.join(slips)}"
    fields = {name: w[:count] for name, w in parts.weights.items()}, parts.follow(factor, count)
    before, after = (np.median(relative_gap(run, weights)[1:], axis=1).max() for weights in fields)
    if not after < LEFT * before:
        return ""
    return f"; most of the gap goes with its t times {factor:.4g}: its clock or logit scale is another"


def _neglected_at_start(run: Run, parts: Parts, level: float) -> tuple[float, float]:
    """Median share of the speed that is neglected, and a time by which the horizon is not yet reached."""
    h, size = float(run.t[1] - run.t[0]), neuron_lengths(run)[0]
    with np.errstate(all="ignore"):
        speed = relative_gap(_begun(run), _moves(run, parts)[1])[0] / (SHORTLY * h)
        push = np.sqrt((parts.neglected[0] ** 2).sum(axis=-1)) / size
        share = float(np.median(push / speed))
        until = float(run.t[0] + np.fmin(h / 4, level / (2 * np.median(push))))
    return share, until


def _begun(run: Run) -> Run:
    """The run's first snapshot alone."""
    return Run(run.t[:1], {name: w[:1] for name, w in run.weights.items()}, run.network)


def _moves(run: Run, parts: Parts) -> tuple[Weights, Weights]:
    """The weights at the second snapshot, and those of the ODE shortly after the start."""
    soon = parts.follow(SHORTLY, 2)
    return {name: w[1:2] for name, w in run.weights.items()}, {name: w[1:] for name, w in soon.items()}


def _fitted_clock(run: Run, parts: Parts, count: int, budget: FloatArray) -> float | None:
    """Factor on the times that brings the ODE nearest to the snapshots, if any brings it nearer than none.

    It is found at the second snapshot in the median, then refined by what is judged: nearly all neurons, at
    all snapshots, in units of their budget.

    Parameters
    ----------
    budget: (T, M) of the gap.
    """

    def miss(exponent: float) -> float:
        gap = np.median(relative_gap(run, parts.follow(float(np.exp(exponent)), 2))[1])
        return float(min(gap, 1e6))

    def excess(exponent: float) -> float:
        gap = relative_gap(run, parts.follow(float(np.exp(exponent)), count))[1:]
        with np.errstate(all="ignore"):
            worst = np.nan_to_num(gap / budget[1:count], nan=0.0).max(axis=0)
        return float(min(np.quantile(worst, NEARLY_ALL), 1e6))

    if len(run) < 2:
        return None
    with np.errstate(all="ignore"):
        first, begun = (np.median(relative_gap(_begun(run), w)[0]) for w in _moves(run, parts))
        tried = np.log(CLOCKS * SHORTLY * first / begun)
    if not np.isfinite(tried).all():
        return None
    misses = [miss(exponent) for exponent in tried]
    best = int(np.argmin(misses))
    if not 0 < best < len(CLOCKS) - 1:
        return None
    found = minimize_scalar(miss, bounds=tuple(tried[[best - 1, best + 1]]), method="bounded")
    if not found.fun < miss(0.0):
        return None
    near = (found.x - NEAR, found.x + NEAR)
    fine = minimize_scalar(excess, bounds=near, method="bounded")
    return float(np.exp(fine.x if fine.fun < excess(found.x) else found.x))


def _slips(run: Run, factor: float) -> Iterator[tuple[str, Run]]:
    """Declarations that make about this factor on the times, in words, and the run with them right."""
    network = run.network
    pairs = float(network.finite_group.order**network.task.summands)
    loss = "sum" if network.loss == "mean" else "mean"
    if _is_near(factor, pairs if loss == "sum" else 1 / pairs):
        yield f'loss = "{loss}"', _with_network(run, loss=loss)
    if _is_near(factor, 1 / network.flow_rate()):
        yield "its t read as that of the reduced ODE", _at(run, run.t / network.flow_rate())
    rate = run.meta.get("learning_rate")
    if isinstance(rate, int | float) and rate > 0 and _is_near(factor, rate):
        yield f"its t, which counts steps, times the learning rate {rate:g}", _at(run, rate * run.t)
    yield from (
        (f"its t times {simple:g}", _at(run, simple * run.t))
        for simple in (2.0, 0.5)
        if _is_near(factor, simple)
    )
    scale = float(f"{factor * network.logit_scale:.2g}")
    yield f"logit_scale = {scale:g}", _with_network(run, logit_scale=scale)


def _is_near(factor: float, declared: float) -> bool:
    return bool(abs(np.log(factor / declared)) < NEAR)


def _at(run: Run, t: FloatArray) -> Run:
    meta = dict(run.meta)
    if "first_arrival" in meta:
        meta["first_arrival"] = meta["first_arrival"] * float(t[-1] / run.t[-1])
    return replace(run, t=t, meta=meta)


def _with_network(run: Run, **changes: Any) -> Run:
    return replace(run, network=run.network.replaced(**changes))
