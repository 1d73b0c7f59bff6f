"""The loss curve: when the loss falls, predicted from the weights at step 0."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from odekit.arrays import FloatArray
from odekit.claims.experiments.modes import choose_group, draw, is_odd_cyclic
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from, scale_between
from odekit.claims.statistics import median_interval
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import LearningCurve, predict
from odekit.comparison.flows import PopulationFlow
from odekit.networks import Network
from odekit.simulation import LossGradient, Run, simulate

__all__ = ["CLAIM"]

ORDER, NEURONS, SCALE = 5, 32, 0.1
LARGEST_ORDER = 31  # above, so many networks take minutes
FALLS = (0.1, 0.5, 1.0)  # nats below ln p
SEEDS, SEEDS_FULL = 9, 45
LEVEL = 1e-2  # of the interval, which nine networks allow
ENOUGH = 2 / 3  # of the networks, whose loss has to fall
PLATEAU = 100  # steps in which the fastest neuron would change by its size: few, so that they are seen
STEPS = 3.0  # steps of the training over those
TOLERANCE = 2e-3  # of a time; the uniform softmax is off by some percent
RTOL = 1e-6
LARGEST = 50.0  # a weight of a blow-up, next to weights of order 1


@dataclass(frozen=True, eq=False)
class _Trial:
    """One training: relative errors of the times of the falls, and what bounds them, each (falls,).

    NaN where the training didn't come so far; infinite where uniform softmax doesn't.
    """

    curves: Mapping[str, FloatArray]
    is_followed: bool
    error: FloatArray
    uniform_error: FloatArray
    band: FloatArray
    interpolation: FloatArray


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train networks by plain descent, and time the falls of their losses against those predicted."""
    generator = settings.generator(claim.id)
    network = Network(choose_group(settings, ORDER), neurons=settings.value("neurons", NEURONS))
    scale = settings.value("scale", SCALE)
    count = SEEDS_FULL if settings.full else SEEDS
    trials = [_trial(network, scale, generator) for _ in range(count)]
    errors, uniform = (np.array(e) for e in zip(*((t.error, t.uniform_error) for t in trials), strict=True))
    if (np.isfinite(errors).sum(axis=0) < ENOUGH * count).any():
        return claim.inconclusive("The loss of too few networks fell so far.")
    budget = {
        "band of the prediction": _worst(np.array([trial.band for trial in trials])),
        "interpolation between points": _worst(np.array([trial.interpolation for trial in trials])),
    }
    allowed = sum(budget.values())
    names = [f"relative error of the time of a fall by {fall:g}, median" for fall in FALLS]
    return claim.verdict(
        gap=_worst(np.abs(errors)),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the flow at uniform softmax predicts the falls as well",
            judge(_worst(np.abs(uniform)), allowed, TOLERANCE),
            "past its horizon it needs the whole softmax",
        ),
        predicted=dict.fromkeys(names, 0.0),
        measured=dict(zip(names, np.nanmedian(errors, axis=0).tolist(), strict=True)),
        interval=median_interval(errors[np.isfinite(errors[:, -1]), -1], LEVEL),
        checks={"the predicted losses fall as often": all(trial.is_followed for trial in trials)},
        evidence={
            "group": network.finite_group.name,
            "falls": FALLS,
            "relative errors": errors,
            "relative errors at uniform softmax": uniform,
            "series": _series(trials[0].curves),
        },
        text=f"The interval is that of the median at a fall by {FALLS[-1]:g}, over {count} networks. The "
        "last of a fall, where steps are too long for the equation or to integrate it costs as much, is "
        "descended.",
    )


def _worst(values: FloatArray) -> float:
    """The largest median of (networks, falls) over the networks, NaN left out."""
    return float(np.nanmedian(values, axis=0).max())


def _trial(network: Network, scale: float, generator: np.random.Generator) -> _Trial:
    """Train from a random start, so that the plateau takes about a given number of steps."""
    weights = draw(network, "iid", scale, generator)
    step = _time_scale(network, weights) * scale / SCALE / PLATEAU
    steps = round(STEPS * PLATEAU * SCALE / scale)
    run = simulate(
        network, weights=weights, method="sgd", learning_rate=step, steps=steps, snapshots=steps + 1
    )
    losses = run.records["loss"]
    measured = _times(run.t, losses, network)
    every_other = _times(run.t[::2], losses[::2], network)
    last = float(run.t[min(int(np.nanmax(measured, initial=1.0) / step) + 5, steps)])
    curve = predict(run, until=last)
    predicted = np.array([curve.time_of(fall) for fall in FALLS])
    uniform = _uniform(run, step, last)
    uniform_times = _times(*uniform, network)
    with np.errstate(all="ignore"):
        coarse = np.array([_halved(curve).time_of(fall) for fall in FALLS])
        shown = run.t <= last
        alone = np.interp(run.t[shown], *uniform, right=np.nan)
        return _Trial(
            curves={
                "t": run.t[shown],
                "training": losses[shown],
                "prediction": curve.loss_at(run.t[shown]),
                "uniform softmax": np.where(alone <= losses[0], alone, np.nan),
            },
            is_followed=bool((np.isfinite(predicted) == np.isfinite(measured)).all()),
            error=predicted / measured - 1,
            uniform_error=np.where(
                np.isfinite(measured) & np.isnan(uniform_times), np.inf, uniform_times / measured - 1
            ),
            band=_shift(curve, predicted) / measured,
            interpolation=(np.abs(coarse - predicted) + np.abs(every_other - measured)) / measured,
        )


def _time_scale(network: Network, weights: Mapping[str, FloatArray]) -> float:
    """The least time over the neurons in which one changes by its size at the start."""
    flow = PopulationFlow(network, 1)
    stack = flow.stack(weights)
    size, speed = (np.sqrt((each**2).sum(axis=(0, 1))) for each in (stack, flow.velocity(stack)))
    return float((size / speed).min())


def _times(t: FloatArray, losses: FloatArray, network: Network) -> FloatArray:
    """When a loss first lies below that of guessing by each of the falls; NaN where it doesn't."""
    falls = np.log(network.finite_group.order) - losses
    curve = PchipInterpolator(t, falls)
    found = []
    for fall in FALLS:
        after = int(np.argmax(falls >= fall))
        known = after > 0
        found.append(
            brentq(lambda time, fall=fall: float(curve(time)) - fall, t[after - 1], t[after])
            if known
            else np.nan
        )
    return np.array(found)


def _uniform(run: Run, step: float, last: float) -> tuple[FloatArray, FloatArray]:
    """Times, and the network's loss along the flow of order 1, up to its blow-up."""
    flow, gradient = PopulationFlow(run.network, 1, step), LossGradient(run.network)
    start = flow.stack({name: w[0] for name, w in run.weights.items()})
    orbit = flow.follow(start, np.array([run.t[0], last]), RTOL, parts=4, largest=LARGEST)
    points = [(t, float(gradient.evaluate(stack)[0])) for t, stack in orbit]
    t, losses = np.array([*takewhile(lambda point: np.isfinite(point[1]), points)]).T
    return t, losses


def _series(curves: Mapping[str, FloatArray]) -> dict[str, object]:
    return {
        "x": {"label": "flow time t", "values": curves["t"]},
        "y": {"label": "loss (nats)"},
        "curves": {name: values for name, values in curves.items() if name != "t"},
        "scale": "linear",
        "caption": "The loss of one training, as predicted from its first weights, and along the flow at "
        "uniform softmax where that is no loss above the first one, until the loss has fallen by 1.",
    }


def _shift(curve: LearningCurve, times: FloatArray) -> FloatArray:
    """By how much the band may shift a time: its height over the slope of the loss."""
    slope = np.gradient(curve.loss, curve.t)
    return np.interp(times, curve.t, curve.loss_band / np.abs(slope))


def _halved(curve: LearningCurve) -> LearningCurve:
    """Every other point of a curve."""
    return replace(curve, t=curve.t[::2], loss=curve.loss[::2])


CLAIM = Claim(
    id="loss-curve",
    statement="From the weights at step 0 the modified equation of descent, with the logits' cumulants up to "
    "the third and then the whole softmax, tells when the loss has fallen by .1, .5 and 1.",
    source="arXiv 2009.11162, backward error analysis of gradient descent; cumulants of the softmax",
    paper="2009.11162",
    hypotheses="cyclic group of odd order from 5 to 31, quadratic activation, random start, plain descent "
    "whose step is below 2/sharpness",
    experiment=experiment,
    applies=lambda group: is_odd_cyclic(group) and group.order <= LARGEST_ORDER,
    takes={"neurons": neurons_from(16, 512), "scale": scale_between(0.05, 0.2)},
)
