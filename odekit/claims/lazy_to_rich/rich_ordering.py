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


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train networks on few samples of a quadratic target, and compare how test and training loss part."""
    generator = settings.generator(claim.id)
    neurons = settings.value("neurons", NEURONS)
    draws = _drawn(generator, 4 * DRAWS if settings.full else DRAWS, neurons)
    lazy = _trained(draws, _quadratic, ALPHA, EPS)
    richer = _trained(draws, _quadratic, SMALLER, EPS)
    shares = {
        "larger gap at the larger alpha": lazy.share_above(richer),
        "larger gap at the smaller eps": lazy.share_above(_trained(draws, _quadratic, ALPHA, LARGER)),
        "larger gap for the target that is off the kernel": lazy.share_above(
            _trained(draws, _linear, ALPHA, EPS)
        ),
    }
    count = len(draws.start)
    reverse = richer.share_above(lazy)
    low, high = _interval(min(shares.values()), count)
    tolerance = min(shares.values()) - CHANCE
    return claim.verdict(
        gap=max(0.0, CHANCE - min(shares.values())),
        budget={"sampling of draws": min(shares.values()) - low},
        tolerance=tolerance,
        control=Control(
            "the gap grows as alpha falls",
            judge(max(0.0, CHANCE - reverse), _interval(reverse, count)[1] - reverse, abs(CHANCE - reverse)),
            "as alpha grows",
        ),
        predicted=dict.fromkeys(shares, CHANCE),
        measured=shares,
        interval=(low, high),
        evidence={
            "draws": count,
            "level": LEVEL,
            "median gap at the larger and smaller alpha": [
                float(np.median(each.gap)) for each in (lazy, richer)
            ],
            "series": _series(lazy, richer),
        },
        text=f"Shares of {count} draws, against the {CHANCE} of chance at level {LEVEL:g}; the gap is the "
        "area between relative test and training loss over the logarithm of time. The orders in alpha and in "
        "eps hold in most draws, not in all. The linear target is the one that a kernel with small eps is "
        "aligned with.",
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
    source="arXiv 2310.06110, abstract",
    paper="2310.06110",
    hypotheses="no group: a quadratic target of one direction, fewer samples than the kernel has dimensions, "
    "gradient flow of the first layer, random data and starts; each order in more than half of the draws",
    experiment=experiment,
    applies=about_no_group,
    takes={"neurons": neurons_from(8, 64)},
)
