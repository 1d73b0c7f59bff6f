"""Dominance time: when the winning frequency leads, by scale and by order."""

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments.modes import (
    LEAD,
    PAPER_A,
    ByOrder,
    at_start,
    blowing_up_together,
    by_order,
    choose_group,
    draw,
    is_odd_cyclic,
    lead_times,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from, scale_between
from odekit.claims.statistics import median_interval, next_order, noise_of_orders, orders
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import predict, project
from odekit.networks import Network
from odekit.simulation import Run, simulate
from odekit.solvers import blow_up_time

__all__ = ["CLAIM"]

NEURONS = 12
CANDIDATES = 64  # random starts to choose from: those with the largest margins lead earliest
RTOL = 1e-11  # the slopes' noise is proportional to it
TOLERANCE = 1e-2  # of the exponent, an integer
SCALE = 0.002  # the largest
HALVINGS: FloatArray = 0.5 ** np.arange(4.0)  # of it, as `next_order` needs
SNAPSHOTS = 81
REMAINING = 0.03  # a run ends when this share of the blow-up time is left, or less


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Time the lead of the winner from equal magnitudes, at falling scales and at growing orders.

    The exponent in the scale is measured on a network whose softmax departs from uniform; what that changes
    is a power series in the cube of the scale. In the order p the network's times are compared with the exact
    solution's, which goes on to orders where training would take long.
    """
    generator = settings.generator(claim.id)
    network = Network(choose_group(settings, 11), neurons=settings.value("neurons", NEURONS))
    scales, times, errors = _by_scale(network, settings.value("scale", SCALE), generator)
    slopes = orders(scales, times)
    rows = by_order(generator, settings.full)
    limit = float(blow_up_time(1.0, 1.0, 0.0, 1.0))
    first, last = rows[0], rows[-1]
    trained = {row.order: row.trained for row in rows if row.trained is not None}
    return claim.verdict(
        gap=float(abs(slopes[-1] + 1.0)),
        budget={
            "integrator": float(noise_of_orders(scales, errors)[-1]),
            "departure from uniform softmax": next_order(slopes, 3),
        },
        tolerance=TOLERANCE,
        control=_control(first, last, limit),
        predicted={"exponent in the scale": -1.0, "p * scale * winner's blow-up time, large p": limit},
        measured={
            "exponent in the scale": float(slopes[-1]),
            f"p * scale * winner's blow-up time, median at p = {last.order}": float(np.median(last.blow_up)),
            f"p * scale * time of dominance, median at p = {last.order}": float(np.median(last.lead)),
        },
        checks={
            "every winner dominates before its blow-up time": all(row.leads_in_time for row in rows),
            "trained networks lead and blow up as the exact solution does": all(
                found.agrees for found in trained.values()
            ),
            "the winner's blow-up time falls to its limit as p grows": _falls_to(rows, limit),
        },
        evidence={
            "scales": scales,
            "slopes": slopes,
            "median of p * scale * time of dominance": {str(r.order): float(np.median(r.lead)) for r in rows},
            "the same for a lead of 10": {str(r.order): float(np.median(r.lead_10)) for r in rows},
            "median of p * scale * winner's blow-up time": {
                str(row.order): float(np.median(row.blow_up)) for row in rows
            },
            "trained networks and exact solution, differences and bounds": {
                str(order): dict(vars(found)) for order, found in trained.items()
            },
            "series": _series(rows, limit),
        },
        text=f"A frequency dominates when its magnitude is {LEAD:g} times that of every other. At uniform "
        f"softmax the time is exactly proportional to $1/scale$, and it lies below the winner's blow-up "
        f"time, which tends to ${limit:.3f}/(p scale)$ as $p$ grows, without $log(p)$: $log(p)/(p scale)$ "
        f"is a bound.",
    )


def _control(first: ByOrder, last: ByOrder, limit: float) -> Control:
    """The statement that the time grows like log(p)/p, by its growth from the first order to the last.

    Scaled by p it would grow by the ratio of logarithms. The interval of the measured growth of the median
    follows from those of the two medians.
    """
    (low, high), (low_last, high_last) = median_interval(first.lead), median_interval(last.lead)
    growth = float(np.median(last.lead) / np.median(first.lead))
    budget = max(high_last / low - growth, growth - low_last / high)
    logarithmic = float(np.log(last.order) / np.log(first.order))
    return Control(
        "the dominance time grows like $log(p)/p$",
        judge(abs(growth - logarithmic), budget, 1.0),
        f"it lies below the winner's blow-up time, ${limit:.3f}/(p scale)$ in the limit of large $p$",
    )


def _falls_to(rows: list[ByOrder], limit: float) -> bool:
    """Whether no winner is faster than the limit, and the median at the last order is within 1 % of it.

    The smallest of (p-1)/2 uniform |D| is of order 1/p, and the blow-up time is even in D: what is left at
    p = 401 is of order 1e-4.
    """
    fastest = min(float(row.blow_up.min()) for row in rows)
    return fastest >= limit * (1 - 1e-12) and float(np.median(rows[-1].blow_up)) <= 1.01 * limit


def _series(rows: list[ByOrder], limit: float) -> dict[str, object]:
    return {
        "x": {"label": "order p", "values": np.array([row.order for row in rows])},
        "y": {"label": "p * scale * time"},
        "curves": {
            "time of dominance": np.array([np.median(row.lead) for row in rows]),
            "winner's blow-up time": np.array([np.median(row.blow_up) for row in rows]),
            "limit": np.full(len(rows), limit),
        },
        "scale": "semilogx",
        "caption": "Medians over random phases, in units of $1/(p scale)$: the time at which one frequency "
        "leads, and the winner's blow-up time, which tends to the dotted limit without a $log(p)$.",
    }


def _by_scale(
    network: Network, scale: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Scales, the time of the first neuron's lead at each, and the relative error of that time, (S,) each.

    With a margin m between the two smallest blow-up times, the ratio of the two magnitudes is about
    ``1 + m/r`` at the remaining share r of the first one's time: a lead of 3 comes at r = m/2. The run ends
    at half of that, or earlier where all margins are large. The weights have grown by 1/r there, so the
    scales are chosen in proportion to r, and the softmax departs from uniform equally at all orders.
    """
    starts, margin = _decided_starts(network, generator)
    unit, blow_up = blowing_up_together(network, starts)
    remaining = min(REMAINING, margin / (2 * (LEAD - 1)))
    scales = scale * HALVINGS * remaining / REMAINING
    measured = []
    for each in scales:
        weights = {name: each * w for name, w in unit.items()}
        times = blow_up / each * (1 - np.geomspace(1.0, remaining, SNAPSHOTS))
        measured.append(_first_lead(simulate(network, weights=weights, times=times, rtol=RTOL)))
    times, errors = np.array(measured).T
    return scales, times, errors


def _decided_starts(network: Network, generator: np.random.Generator) -> tuple[dict[str, FloatArray], float]:
    """Of many random starts of equal magnitudes, those with the largest margins, and the largest.

    The margin is that between the two smallest blow-up times, relative to the first; where it is large the
    lead comes early, at a softmax still close to uniform.
    """
    candidates = Network(network.group, neurons=max(CANDIDATES, network.neurons))
    weights = draw(candidates, "equal_magnitude", 1.0, generator)
    prediction = predict(at_start(candidates, weights))
    margin = prediction.runner_up_time / prediction.blow_up_time - 1
    chosen = np.argsort(-margin, kind="stable")[: network.neurons]
    return {name: values[chosen] for name, values in weights.items()}, float(margin[chosen[0]])


def _first_lead(run: Run) -> tuple[float, float]:
    """When the first neuron's winner dominates, and the relative error of that time.

    A relative error e of a neuron's weights, of length w, changes the logarithm of a ratio of two amplitudes
    by at most ``e w (1/first + 1/second)``, and the time by that over the logarithm's slope. All scales are
    interpolated between the same rescaled times, so that what this neglects does not depend on the scale.
    """
    modes = project(run)
    times, slopes = lead_times(modes.alpha, run.t, LEAD)
    if np.isnan(times).all():
        return float("nan"), float("nan")
    neuron = int(np.nanargmin(times))
    after = int(np.searchsorted(run.t, times[neuron]))
    first, second = np.sort(modes.alpha[after, neuron])[[-1, -2]]
    size = np.sqrt((modes.alpha[after, neuron] ** 2 + modes.beta[after, neuron] ** 2).sum())
    change = float(run.records["integrator_error"].max()) * size * (1 / first + 1 / second)
    return float(times[neuron]), float(change / (slopes[neuron] * times[neuron]))


CLAIM = Claim(
    id="dominance-time",
    statement="From equal magnitudes the winning frequency dominates before its blow-up time, within the "
    "bound $log(p)/(p scale)$; the time is exactly proportional to $1/scale$.",
    source="arXiv 2602.16849, dominance time of the lottery ticket",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 5, quadratic activation, equal magnitudes, uniform "
    "softmax",
    experiment=experiment,
    applies=is_odd_cyclic,
    takes={"neurons": neurons_from(2), "scale": scale_between(1e-4, 0.1)},
)
