"""Test loss lags behind training loss by what the reduced flow of the moments says, in each draw of data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments import data_means, moments, moments_on_data, outputs_by_moments, sample_moments
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.statistics import LEVEL, proportion_interval
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.simulation import quadratic_features, train_quadratic
from odekit.solvers import solve
from odekit.systems import System

__all__ = ["CLAIM"]

DRAWS = 96
NEURONS, DIMENSION, SAMPLES, TESTS = 8, 2, 4, 30  # fewer samples than the kernel has dimensions
ALPHA, SMALLER = 1.0, 0.25  # of the output
EPS, LARGER = 0.05, 0.1  # of the quadratic part
TIMES = np.concatenate([[0.0], np.geomspace(1e-2, 2e2, 31)])  # in times of the lazy limit, 1/alpha^2
RTOL, LOOSER = 1e-8, 1e-6  # their difference tells the errors of integrator and solver
TOLERANCE = 0.01  # of the median gap; with a frozen kernel some draws are off by more than all of it
CHANCE = 0.5  # share of draws in which two gaps have a given order, if nothing orders them
Outputs = Callable[[FloatArray], FloatArray]  # over time, of inputs


@dataclass(frozen=True, eq=False)
class _Draws:
    """Data and starts, each (draws, ...).

    Parameters
    ----------
    inputs, tests: (draws, samples, dimension). direction: (draws, dimension), that the target depends on.
    start: (draws, neurons, dimension).
    """

    inputs: FloatArray
    tests: FloatArray
    direction: FloatArray
    start: FloatArray


@dataclass(frozen=True)
class _Case:
    """What networks learn, and how.

    Parameters
    ----------
    alpha, eps: of the output, and of the quadratic part.
    power: p of the target ``<direction, x>^p/p``.
    """

    alpha: float
    eps: float
    power: int = 2

    def labels(self, draws: _Draws, inputs: FloatArray) -> FloatArray:
        """Of inputs of each draw, (draws, samples)."""
        along = (inputs @ draws.direction[..., None])[..., 0]
        return np.asarray(along**self.power / self.power)


FIRST = "large alpha, small eps, quadratic target"
CASES = {
    FIRST: _Case(ALPHA, EPS),
    "smaller alpha": _Case(SMALLER, EPS),
    "larger eps": _Case(ALPHA, LARGER),
    "linear target": _Case(ALPHA, EPS, power=1),
}


@dataclass(frozen=True, eq=False)
class _Losses:
    """Mean squared errors over time and draws, relative to those at the start, (T, draws).

    Parameters
    ----------
    train, test: of both. error: of each draw's gap, by the integrator, (draws,).
    """

    train: FloatArray
    test: FloatArray
    error: FloatArray

    @property
    def gap(self) -> FloatArray:
        """The area between both over the logarithm of time, (draws,)."""
        return _gap(self.train, self.test)

    def order(self, other: _Losses) -> FloatArray:
        """1 where the gap is larger than another's, -1 where it is smaller, 0 within the errors, (draws,)."""
        apart = self.gap - other.gap
        return np.asarray(np.where(np.abs(apart) > self.error + other.error, np.sign(apart), 0.0))

    def distance(self, other: _Losses) -> float:
        """Largest difference of a gap."""
        return float(np.abs(self.gap - other.gap).max())


Found = Mapping[str, _Losses]


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train networks on few samples, and compare how test and training loss part with the reduced flow."""
    generator = settings.generator(claim.id)
    neurons = settings.value("neurons", NEURONS)
    draws = _drawn(generator, 4 * DRAWS if settings.full else DRAWS, neurons)
    trained, reduced, frozen = (_losses(draws, follow) for follow in (_trained, _reduced, _frozen))
    orders, told = (_orders(found) for found in (trained, reduced))
    count, unit = len(draws.start), float(np.median(trained[FIRST].gap))
    intervals = {name: proportion_interval(int((o > 0).sum()), count) for name, o in orders.items()}
    budget = {
        "integrator of the weights": max(float(each.error.max()) for each in trained.values()) / unit,
        "solver of the reduced flow": max(float(each.error.max()) for each in reduced.values()) / unit,
    }
    off, wrong = (max(trained[n].distance(other[n]) for n in CASES) / unit for other in (reduced, frozen))
    return claim.verdict(
        gap=off if all(low > CHANCE for low, _ in intervals.values()) else float("nan"),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the kernel stays as it starts, so that the gap is that of the lazy limit",
            judge(wrong, sum(budget.values()), TOLERANCE),
            "it moves with both moments of the weights",
        ),
        predicted=_medians(reduced) | _shares(told),
        measured=_medians(trained) | _shares(orders),
        checks={
            "the moments close on every sample": sample_moments().closed,
            "the reduction is certified": sample_moments().certify().passed,
            "no order is the other way round in most draws": all(hi > CHANCE for _, hi in intervals.values()),
            "the reduced flow tells in each draw which gap is larger": all(
                bool((told[name] * order >= 0).all()) for name, order in orders.items()
            ),
        },
        evidence={
            "draws": count,
            "level": LEVEL,
            "intervals of the shares": intervals,
            "orders that the integrator leaves open": {n: int((o == 0).sum()) for n, o in orders.items()},
            "largest difference of a gap from the reduced flow": off,
            "the same with a frozen kernel": wrong,
            "series": _series(trained, reduced),
        },
        text=f"Of {count} draws; the gap is the area between relative test and training loss over the "
        "logarithm of time, and differences are in units of its median. The orders in alpha and in eps hold "
        f"in most draws, not in all: their share is held against the {CHANCE} of chance at level {LEVEL:g}; "
        "in which draws, the reduced flow tells. The linear target is the one that a kernel of small eps is "
        "aligned with.",
    )


def _drawn(generator: np.random.Generator, count: int, neurons: int) -> _Draws:
    shapes = ((SAMPLES, DIMENSION), (TESTS, DIMENSION), (DIMENSION,), (neurons, DIMENSION))
    inputs, tests, direction, start = (generator.standard_normal((count, *shape)) for shape in shapes)
    return _Draws(inputs, tests, direction / np.linalg.norm(direction, axis=-1, keepdims=True), start)


def _losses(draws: _Draws, follow: Callable[[_Draws, float], Sequence[Outputs]]) -> Found:
    """Losses of each case, from what gives their outputs at a relative tolerance."""
    found = {}
    for case, *both in zip(CASES.items(), *(follow(draws, rtol) for rtol in (RTOL, LOOSER)), strict=True):
        name, learnt = case
        data = [(inputs, learnt.labels(draws, inputs)) for inputs in (draws.inputs, draws.tests)]
        (train, test), looser = ([_relative(outputs(x), y) for x, y in data] for outputs in both)
        found[name] = _Losses(train, test, np.abs(_gap(train, test) - _gap(*looser)))
    return found


def _trained(draws: _Draws, rtol: float) -> list[Outputs]:
    """Of networks whose weights are all trained."""
    return [_network(draws, case, rtol) for case in CASES.values()]


def _network(draws: _Draws, case: _Case, rtol: float) -> Outputs:
    labels, t = case.labels(draws, draws.inputs), TIMES / case.alpha**2
    weights = train_quadratic(
        draws.start, draws.inputs, labels, t, alpha=case.alpha, eps=case.eps, centred=True, rtol=rtol
    )
    return lambda inputs: case.alpha * quadratic_features(weights, inputs, case.eps)


def _reduced(draws: _Draws, rtol: float, frozen: bool = False) -> list[Outputs]:
    """Of the moments by the reduced flow, all draws of all cases at once."""
    flow, start, cases = moments_on_data(frozen), moments(draws.start), [*CASES.values()]
    known = [_parameters(flow, draws, case, start) for case in cases]
    every = np.repeat([1 / case.alpha**2 for case in cases], len(draws.start))
    found = solve(
        flow,
        {name: np.tile(value, len(cases)) for name, value in start.items()},
        TIMES[:, None] * every,
        parameters={name: np.concatenate([each[name] for each in known]) for name in known[0]},
        rtol=rtol,
    )
    parts = zip(*(np.split(found[name], len(cases), axis=1) for name in start), strict=True)
    return [
        _by_moments(dict(zip(start, part, strict=True)), case)
        for part, case in zip(parts, cases, strict=True)
    ]


def _by_moments(found: Mapping[str, FloatArray], case: _Case) -> Outputs:
    return lambda inputs: outputs_by_moments(found, inputs, case.alpha, case.eps)


def _frozen(draws: _Draws, rtol: float) -> list[Outputs]:
    """The same where the kernel stays as it is at the start."""
    return _reduced(draws, rtol, frozen=True)


def _parameters(
    flow: System, draws: _Draws, case: _Case, start: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Each of the flow's parameters, (draws,); labels are those to be added to the outputs at the start."""
    labels = case.labels(draws, draws.inputs) + outputs_by_moments(start, draws.inputs, case.alpha, case.eps)
    count = len(labels)
    numbers = {"alpha": np.full(count, case.alpha), "eps": np.full(count, case.eps)}
    known = data_means(draws.inputs, labels) | numbers | {f"{name}0": value for name, value in start.items()}
    return {symbol.name: known[symbol.name] for symbol in flow.parameters}


def _orders(found: Found) -> dict[str, FloatArray]:
    """Of the first case's gap and each other's, (draws,); see `_Losses.order`."""
    return {name: found[FIRST].order(each) for name, each in found.items() if name != FIRST}


def _medians(found: Found) -> dict[str, float]:
    return {f"median gap, {name}": float(np.median(each.gap)) for name, each in found.items()}


def _shares(orders: Mapping[str, FloatArray]) -> dict[str, float]:
    return {f"share of draws above {name}": float((order > 0).mean()) for name, order in orders.items()}


def _relative(outputs: FloatArray, values: FloatArray) -> FloatArray:
    """Mean squared error of outputs less those at the start, over that of none, (T, draws)."""
    return np.asarray(((outputs - outputs[0] - values) ** 2).mean(axis=-1) / (values**2).mean(axis=-1))


def _gap(train: FloatArray, test: FloatArray) -> FloatArray:
    return np.asarray(np.trapezoid((test - train)[1:], np.log(TIMES[1:]), axis=0))


def _series(trained: Found, reduced: Found) -> dict[str, object]:
    ways = {"training": trained, "reduced flow": reduced}
    named = {f"alpha = {CASES[name].alpha:g}": name for name in (FIRST, "smaller alpha")}
    return {
        "x": {"label": "time in units of the lazy limit", "values": TIMES[1:]},
        "y": {"label": "relative loss, median of draws"},
        "curves": {
            f"{part}, {told}, {way}": np.median(getattr(found[name], part), axis=1)[1:]
            for told, name in named.items()
            for part in ("train", "test")
            for way, found in ways.items()
        },
        "scale": "semilogx",
        "caption": "Training and test loss over time for a quadratic target, medians over draws, of networks "
        "and by the reduced flow: the larger the output's scale, the longer the test loss stays behind.",
    }


CLAIM = Claim(
    id="rich-ordering",
    statement="In each draw of data the gap between test and training loss is what the reduced flow of the "
    "moments gives; in most it grows with the output's scale alpha, and with the misalignment of the target "
    "and the kernel at the start: for a smaller quadratic part eps, and for a quadratic target instead of a "
    "linear one.",
    source="arXiv 2310.06110, abstract, for scale and alignment; eps and the area between losses as their "
    "measures are chosen here",
    paper="2310.06110",
    hypotheses="no group: inputs of two numbers, a quadratic target of one direction, fewer samples than "
    "the kernel has dimensions, gradient flow of the first layer, random data and starts; each order in more "
    "than half of the draws",
    experiment=experiment,
    applies=about_no_group,
    takes={"neurons": neurons_from(8, 64)},
)
