"""Linear attention as the limit of paired softmax heads whose key-query weights are small."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments import heads_in_groups
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.statistics import next_order, noise_of_orders, orders
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.derivation import linear_loss
from odekit.simulation import follow_heads
from odekit.solvers import solve
from odekit.systems import System

__all__ = ["CLAIM"]

DIMENSIONS = (4, 5, 6, 8)
NOISE, SPREAD = 0.0275, 0.3  # c, and by how much its logarithm varies
SCALES = np.array([0.4, 0.2, 0.1, 0.05, 0.025])  # of the key-query weights, halved as `next_order` needs
CLAIMED = 4
VALUE, WEIGHT = (0.8, 1.2), (0.05, 0.3)  # of one head at scale 1
END, MOMENTS = 2.0, 21  # of the time in units of scale^2, by which the slope is near its limit
RTOL, LOOSER = 1e-11, 1e-10  # their difference tells the integrators' error
TOLERANCE = 0.2  # of an order, a tenth of what the nearest other even order costs


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Follow a pair of softmax heads of ever smaller key-query weights, beside linear attention.

    The distance of their slopes ``2 m w`` is a power series in the square of the scale.
    """
    generator = settings.generator(claim.id)
    values = {
        "c": NOISE * float(np.exp(generator.uniform(-SPREAD, SPREAD))),
        "d": float(generator.choice(DIMENSIONS)),
    }
    m, w = float(generator.uniform(*VALUE)), float(generator.uniform(*WEIGHT))
    pairs, linear = (_slopes(each, m, w, values, RTOL) for each in (_softmax, _linear))
    looser = [_slopes(each, m, w, values, LOOSER) for each in (_softmax, _linear)]
    distances = np.abs(pairs - linear).max(axis=1)
    errors = sum(np.abs(a - b).max(axis=1) for a, b in zip((pairs, linear), looser, strict=True))
    alone = np.abs(_slopes(_alone, m, w, values, RTOL) - linear).max(axis=1)
    slopes, wrong = orders(SCALES, distances), orders(SCALES, alone)
    budget = {
        "next order in the scale": next_order(slopes, 2),
        "integrators": float(noise_of_orders(SCALES, errors / distances)[-1]),
    }
    pair = _pair()
    return claim.verdict(
        gap=abs(float(slopes[-1]) - CLAIMED),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "two heads of one sign tend to linear attention at the same order",
            judge(abs(float(wrong[-1]) - CLAIMED), sum(budget.values()), TOLERANCE),
            "at order 2: they pool the mean of the labels, whose noise a pair cancels",
        ),
        predicted=float(CLAIMED),
        measured=float(slopes[-1]),
        checks={
            "pairs of linear heads are closed": pair.closed and pair.certify().passed,
            "linear heads conserve the balance of values and weights": len(pair.first_integrals()) == 1,
        },
        evidence={
            **values,
            "scales": SCALES,
            "distances": distances,
            "slopes": slopes,
            "slopes of heads of one sign": wrong,
            "reduced flow": [f"{state}' = {rate}" for state, rate in pair.rhs.items()],
            "series": {
                "x": {"label": "scale of the key-query weights", "values": SCALES},
                "y": {"label": "distance from linear attention"},
                "curves": {"a pair": distances, "two heads of one sign": alone},
                "scale": "loglog",
                "caption": "How far the slope of softmax heads is from that of linear attention, at most "
                "over time, for several scales of the key-query weights: order 4 for a pair, else 2.",
            },
        },
        text="By the averaged losses, to first order in 1/(tokens) and for many inputs. The values grow as "
        "the key-query weights fall, so that the slope stays of order 1.",
    )


@cache
def _pair() -> System:
    """The flow of two linear heads ``mu = m, -m``, ``omega = w, -w``, found from their loss."""
    return heads_in_groups(linear_loss(2), (1, 1))


def _slopes(
    follow: Callable[..., FloatArray], m: float, w: float, values: Mapping[str, float], rtol: float
) -> FloatArray:
    """``2 m w`` at every scale over time, (scales, T)."""
    times = np.linspace(0.0, END, MOMENTS)
    return np.array([follow(m / e, e * w, e**2 * times, values, rtol) for e in SCALES])


def _softmax(
    m: float, w: float, t: FloatArray, values: Mapping[str, float], rtol: float, second: float = -1.0
) -> FloatArray:
    """The slope of two heads ``mu = (m, second m)``, ``omega = (w, second w)`` in weight space, (T,)."""
    heads = np.array([1.0, second])
    mu, omega = follow_heads(m * heads, w * heads, t, values["c"], values["d"], rtol)
    return np.asarray((mu * omega).sum(axis=1))


def _alone(m: float, w: float, t: FloatArray, values: Mapping[str, float], rtol: float) -> FloatArray:
    return _softmax(m, w, t, values, rtol, 1.0)


def _linear(m: float, w: float, t: FloatArray, values: Mapping[str, float], rtol: float) -> FloatArray:
    """The slope of a pair of linear heads by the reduced flow, (T,)."""
    system = _pair()
    needed = {**values, "s": 1.0}  # s, the labels' own noise, moves nothing
    found = solve(system, {"m": m, "w": w}, t, parameters=needed, rtol=rtol)
    return np.asarray((2 * found["m"] * found["w"])[:, 0])


CLAIM = Claim(
    id="linear-attention",
    statement="As their key-query weights fall like $epsilon$, at values like $1/epsilon$, a pair of softmax "
    "heads follows linear attention with an error of order 4 in $epsilon$.",
    source="in no paper that we read: derived here for the setting of arXiv 2503.12734, abstract",
    paper="2503.12734",
    hypotheses="no group: inputs of N(0, I_d), noisy linear labels, two heads $K = omega I$ and "
    "$K = -omega I$, losses averaged over prompts to first order in 1/(tokens), many inputs",
    experiment=experiment,
    applies=about_no_group,
)
