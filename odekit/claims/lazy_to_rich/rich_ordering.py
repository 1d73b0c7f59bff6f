"""Test loss lags behind training loss the more, the larger the output's scale and the worse the alignment."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.statistics import LEVEL, proportion_interval
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.simulation import quadratic_features, train_quadratic

__all__ = ["CLAIM"]

DRAWS = 96
NEURONS, DIMENSION, SAMPLES, TESTS = 8, 6, 12, 30  # fewer samples than the kernel has dimensions
ALPHA, SMALLER = 1.0, 0.25  # of the output
EPS, LARGER = 0.05, 0.1  # of the quadratic part
TIMES = np.concatenate([[0.0], np.geomspace(1e-2, 2e2, 31)])  # in times of the lazy limit, 1/alpha^2
RTOL, LOOSER = 1e-6, 1e-4  # their difference tells how sure the order of two gaps is
TOLERANCE = 0.25  # half of what lies between chance and an order that always holds
CHANCE = 0.5  # share of draws in which two gaps have a given order, if nothing orders them
Target = Callable[[FloatArray], FloatArray]


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

    def along(self, inputs: FloatArray) -> FloatArray:
        """Inputs along the direction, (draws, samples)."""
        return np.asarray((inputs @ self.direction[..., None])[..., 0])


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

    def share_above(self, other: "_Losses") -> float:
        """Share of draws whose gap is larger than another's, by more than the integrator's errors."""
        return float(np.mean(self.gap - other.gap > self.error + other.error))

    def share_open(self, other: "_Losses") -> float:
        """Share of draws whose two gaps differ by no more than the integrator's errors."""
        return float(np.mean(np.abs(self.gap - other.gap) <= self.error + other.error))


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train networks on few samples of a quadratic target, and compare how test and training loss part."""
    generator = settings.generator(claim.id)
    neurons = settings.value("neurons", NEURONS)
    draws = _drawn(generator, 4 * DRAWS if settings.full else DRAWS, neurons)
    lazy = _trained(draws, _quadratic, ALPHA, EPS)
    richer = _trained(draws, _quadratic, SMALLER, EPS)
    others = {
        "larger gap at the larger alpha": richer,
        "larger gap at the smaller eps": _trained(draws, _quadratic, ALPHA, LARGER),
        "larger gap for the target that is off the kernel": _trained(draws, _linear, ALPHA, EPS),
    }
    count = len(draws.start)
    shares = {name: lazy.share_above(other) for name, other in others.items()}
    other_way = [_behind(_interval(other.share_above(lazy), count)) for other in others.values()]
    intervals = {name: _interval(share, count) for name, share in shares.items()}
    budget = {"orders that the integrator leaves open": max(map(lazy.share_open, others.values()))}
    name = "comparisons whose order holds in most draws"
    return claim.verdict(
        gap=float(np.max([*map(_behind, intervals.values())])),  # NaN if one is
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "one of the three orders is the other way round",
            judge(float(np.min(other_way)), sum(budget.values()), TOLERANCE),
            "none of them",
        ),
        predicted={name: float(len(others))},
        measured={name: float(sum(low > CHANCE for low, _ in intervals.values()))},
        interval=min(intervals.values()),
        evidence={
            "draws": count,
            "level": LEVEL,
            "shares of draws": shares,
            "intervals of these shares": intervals,
            "median gap at the larger and smaller alpha": [
                float(np.median(each.gap)) for each in (lazy, richer)
            ],
            "series": _series(lazy, richer),
        },
        text=f"Of {count} draws, at level {LEVEL:g}: the interval is that of the least share, which has to "
        f"lie above the {CHANCE} of chance; the gap is the area between relative test and training loss over "
        "the logarithm of time. The orders in alpha and in eps hold in most draws, not in all. The linear "
        "target is the one that a kernel with small eps is aligned with.",
    )


def _drawn(generator: np.random.Generator, count: int, neurons: int) -> _Draws:
    shapes = ((SAMPLES, DIMENSION), (TESTS, DIMENSION), (DIMENSION,), (neurons, DIMENSION))
    inputs, tests, direction, start = (generator.standard_normal((count, *shape)) for shape in shapes)
    return _Draws(inputs, tests, direction / np.linalg.norm(direction, axis=-1, keepdims=True), start)


def _quadratic(along: FloatArray) -> FloatArray:
    return along**2 / 2


def _linear(along: FloatArray) -> FloatArray:
    return along


def _trained(draws: _Draws, target: Target, alpha: float, eps: float) -> _Losses:
    """Losses of training on one target, all draws at once."""
    labels, wanted = (target(draws.along(inputs)) for inputs in (draws.inputs, draws.tests))
    found = []
    for rtol in (RTOL, LOOSER):
        weights = train_quadratic(
            draws.start, draws.inputs, labels, TIMES / alpha**2, alpha=alpha, eps=eps, centred=True, rtol=rtol
        )
        found.append(
            [
                _relative(alpha * quadratic_features(weights, inputs, eps), values)
                for inputs, values in ((draws.inputs, labels), (draws.tests, wanted))
            ]
        )
    (train, test), looser = found
    return _Losses(train, test, np.abs(_gap(train, test) - _gap(*looser)))


def _relative(outputs: FloatArray, values: FloatArray) -> FloatArray:
    """Mean squared error of outputs less those at the start, over that of none, (T, draws)."""
    return np.asarray(((outputs - outputs[0] - values) ** 2).mean(axis=-1) / (values**2).mean(axis=-1))


def _gap(train: FloatArray, test: FloatArray) -> FloatArray:
    return np.asarray(np.trapezoid((test - train)[1:], np.log(TIMES[1:]), axis=0))


def _interval(share: float, count: int) -> tuple[float, float]:
    return proportion_interval(round(share * count), count)


def _behind(interval: tuple[float, float]) -> float:
    """How far a share is below chance: 0 if its interval lies above, NaN if chance lies in the interval."""
    low, high = interval
    return 0.0 if low > CHANCE else CHANCE - high if high < CHANCE else float("nan")


def _series(lazy: _Losses, richer: _Losses) -> dict[str, object]:
    named = {f"alpha = {ALPHA:g}": lazy, f"alpha = {SMALLER:g}": richer}
    return {
        "x": {"label": "time in units of the lazy limit", "values": TIMES[1:]},
        "y": {"label": "relative loss, median of draws"},
        "curves": {
            f"{part}, {name}": np.median(getattr(losses, part), axis=1)[1:]
            for name, losses in named.items()
            for part in ("train", "test")
        },
        "scale": "semilogx",
        "caption": "Training and test loss over time, medians over draws, for a quadratic target: the larger "
        "the output's scale, the longer the test loss stays behind.",
    }


CLAIM = Claim(
    id="rich-ordering",
    statement="The gap between test and training loss grows with the output's scale alpha, and with the "
    "misalignment of the target and the kernel at the start: for a smaller quadratic part eps, and for a "
    "quadratic target instead of a linear one.",
    source="arXiv 2310.06110, abstract, for scale and alignment; eps and the area between losses as their "
    "measures are chosen here",
    paper="2310.06110",
    hypotheses="no group: a quadratic target of one direction, fewer samples than the kernel has dimensions, "
    "gradient flow of the first layer, random data and starts; each order in more than half of the draws",
    experiment=experiment,
    applies=about_no_group,
    takes={"neurons": neurons_from(8, 64)},
)
