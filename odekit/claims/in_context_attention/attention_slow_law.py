"""The slow law of paired heads: along their valley the key-query weight falls as (4 c d^3 t)^(-1/6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments import are_of_one_size, at_values, heads_in_groups
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.derivation import SlowLaw, averaged_loss, slow_law
from odekit.simulation import follow_heads
from odekit.systems import System

__all__ = ["CLAIM"]

DIMENSIONS = (4, 5, 6, 8)
NOISE, SPREAD = 0.0275, 0.3  # c, and by how much its logarithm varies
SCALE = 0.3
HEADS, MORE = (2, 3), (2, 3, 4)
RATIO = 8.0  # of neighbouring times, in which the weight falls by sqrt(2)
TIMES = RATIO ** np.arange(3, 9)  # earlier the heads still pair
RTOL, LOOSER = 1e-10, 1e-9  # their difference tells the integrator's error
ROUNDING = 1e-13
TOLERANCE = 0.01  # what an exponent of 1/7 would cost is 0.14 of it, and half the prefactor all of it


@dataclass(frozen=True)
class _Predicted:
    """What a slow law says of the time, at given numbers.

    Parameters
    ----------
    exponent: of the time, in w.
    speed: K of ``w^(1 - power) ~ K t``.
    order: q, so that the next order is smaller by t^(-q).
    remainder: ``t^q ((z(8 t) - z(t))/(7 K t) - 1)`` for ``z = w^(1 - power)``.
    """

    exponent: float
    speed: float
    order: float
    remainder: float

    @staticmethod
    def by(law: SlowLaw, values: Mapping[str, float]) -> "_Predicted":
        """From ``z' = K (1 + next z^(-q))``, whose solution is ``K t + next (K t)^(1 - q)/(1 - q)``."""
        rate, following = (at_values(each, values) for each in (law.rate, law.next))
        speed, q = (law.power - 1) * rate, law.step / (law.power - 1)
        growth = (RATIO ** (1 - q) - 1) / (RATIO - 1) / (1 - q)
        return _Predicted(-1 / (law.power - 1), speed, q, float(growth * following * speed**-q))


@dataclass(frozen=True, eq=False)
class _Fall:
    """Heads in weight space.

    Parameters
    ----------
    omega: (T, head), their key-query weights at `TIMES`.
    """

    omega: FloatArray

    @property
    def w(self) -> FloatArray:
        """(T,), mean size of the weights."""
        return np.asarray(np.abs(self.omega).mean(axis=1))

    @property
    def groups(self) -> tuple[int, int]:
        """How many are positive at the end, and negative."""
        positive = int((self.omega[-1] > 0).sum())
        return positive, self.omega.shape[1] - positive

    def compared(
        self, values: Mapping[str, float], share: float = 1.0
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Relative distances from the law, by name, and how far each may be from its limit.

        What is left falls by 4 from one time to the next, like t^(-2/3), and by 8 after an extrapolation;
        the last change bounds it, doubled for the terms beyond.

        Parameters
        ----------
        values: of the parameters. share: of the law's rate, for one that is false.
        """
        derived = _law(self.groups)
        law = _Predicted.by(replace(derived, rate=share * derived.rate), values)
        speed = np.diff(self.w ** (1 / law.exponent)) / np.diff(TIMES) / law.speed - 1
        slopes = np.diff(np.log(self.w)) / np.diff(np.log(TIMES)) / law.exponent - 1
        better = (4 * speed[1:] - speed[:-1]) / 3
        name = f"{sum(self.groups)} heads"
        far = {f"exponent, {name}": float(slopes[-1]), f"prefactor, {name}": float(better[-1])}
        left = dict(zip(far, (_change(slopes[-2:], 4), _change(better[-2:], 8)), strict=True))
        if self.groups == (1, 1):
            rest = speed * TIMES[:-1] ** law.order / law.remainder - 1
            # Later it is what is left of a difference of 1e-4 and less.
            far[f"next order, {name}"] = float(rest[2])
            left[f"next order, {name}"] = _change(rest[1:3], 4)
        return far, left


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Follow heads from random starts over decades of time, and extrapolate to the law and its next order."""
    generator = settings.generator(claim.id)
    noise = NOISE * float(np.exp(generator.uniform(-SPREAD, SPREAD)))
    values = {"c": noise, "d": int(generator.choice(DIMENSIONS))}
    drawn = [_drawn(generator, heads, values) for heads in (MORE if settings.full else HEADS)]
    tight = [fall for _, fall, _ in drawn]
    loose = [_fall(start, values, LOOSER) for start, _, _ in drawn]
    far: dict[str, float] = {}
    left: dict[str, float] = {}
    again: dict[str, float] = {}
    for fall, looser in zip(tight, loose, strict=True):
        own, rest = fall.compared(values)
        far, left, again = {**far, **own}, {**left, **rest}, {**again, **looser.compared(values)[0]}
    budget = {
        "next order": max(left.values()),
        "integrator of the heads": max(abs(far[name] - again[name]) for name in far),
    }
    law, pair = _law((1, 1)), _groups((1, 1))
    halved = abs(tight[0].compared(values, share=0.5)[0]["prefactor, 2 heads"])
    return claim.verdict(
        gap=max(map(abs, far.values())),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the key-query weight falls as $(2 c d^3 t)^(-1/6)$, the speed of one head's value alone",
            judge(halved, sum(budget.values()), TOLERANCE),
            "$(4 c d^3 t)^(-1/6)$",
        ),
        predicted=dict.fromkeys(far, 0.0),
        measured=far,
        checks={
            "pairs are closed": pair.closed,
            "the flows of the groups are certified": all(
                _groups(fall.groups).certify().passed for fall in tight
            ),
            "the prefactor of a and b heads is $8 a b c d^3 / (a + b)$": all(
                _has_prefactor(fall.groups, values) for fall in tight
            ),
            "full key-query matrices, whose metric in omega is d, have the same law": (
                _law((1, 1), full=True).rate == law.rate
            ),
        },
        evidence={
            "c": noise,
            "inputs": values["d"],
            "heads of either sign": [fall.groups for fall in tight],
            "starts that keep more than two weights, drawn anew": sum(others for *_, others in drawn),
            "exponents": [np.diff(np.log(fall.w)) / np.diff(np.log(TIMES)) for fall in tight],
            "leaks": {str(fall.groups): {**_groups(fall.groups).leaks} for fall in tight},
            "slow manifold": str(law),
            "series": _series(tight[0], values),
        },
        text="The loss alone is flat along the valley $m w = 1/(2 (1 + c d))$ up to the fourth order in w; "
        "most of the motion is that of the values. Groups of unequal size leak, and the law is that of the "
        "flow projected on them. Four heads can keep three weights, of which the law says nothing. "
        "All numbers are relative differences from what "
        "the slow manifold's series gives.",
    )


@cache
def _groups(sizes: tuple[int, int], full: bool = False) -> System:
    """The flow of heads in two groups; with full matrices the metric in omega is d."""
    return heads_in_groups(averaged_loss(sum(sizes)), sizes, full)


@cache
def _law(sizes: tuple[int, int], full: bool = False) -> SlowLaw:
    return slow_law(_groups(sizes, full))


def _has_prefactor(groups: tuple[int, int], values: Mapping[str, float]) -> bool:
    """Up to the rounding of a few factors."""
    (a, b), unit = groups, values["c"] * values["d"] ** 3
    speed = _Predicted.by(_law(groups), values).speed
    return abs(speed / (8 * a * b / (a + b) * unit) - 1) < ROUNDING


def _drawn(
    generator: np.random.Generator, heads: int, values: Mapping[str, float]
) -> tuple[FloatArray, _Fall, int]:
    """A start whose heads keep two opposite weights, these heads, and how many starts before did not.

    The first head is positive and the second negative at the start.
    """
    others = 0
    while True:
        start = SCALE * generator.standard_normal((2, heads))
        start[:, :2] = np.abs(start[:, :2]) * [1, -1]
        found = _fall(start, values, RTOL)
        if are_of_one_size(found.omega[-1]):
            return np.asarray(start), found, others
        others += 1


def _fall(start: FloatArray, values: Mapping[str, float], rtol: float) -> _Fall:
    """Heads from mu and omega, (2, head)."""
    t = np.concatenate([[0.0], TIMES])
    _, omega = follow_heads(start[0], start[1], t, values["c"], values["d"], rtol)
    return _Fall(omega[1:])


def _change(values: Sequence[float] | FloatArray, fall: float) -> float:
    """Bound of what is left of the second of two values, if what is left of the first was so much more."""
    return 2 * float(abs(values[1] - values[0])) / (fall - 1)


def _series(fall: _Fall, values: Mapping[str, float]) -> dict[str, object]:
    law = _Predicted.by(_law(fall.groups), values)
    return {
        "x": {"label": "time", "values": TIMES},
        "y": {"label": "key-query weight"},
        "curves": {
            "two heads": fall.w,
            "slow law": (law.speed * TIMES) ** law.exponent,
            "with half the prefactor": (law.speed / 2 * TIMES) ** law.exponent,
        },
        "scale": "loglog",
        "caption": "Size of the key-query weights of two paired heads over time, in weight space, beside "
        "$(4 c d^3 t)^(-1/6)$.",
    }


CLAIM = Claim(
    id="attention-slow-law",
    statement="Once heads of averaged softmax attention have paired, $a$ with key-query weight w and $b$ "
    "with -w, it falls as $w tilde (8 a b c d^3 t / (a + b))^(-1/6)$, for two heads $(4 c d^3 t)^(-1/6)$, "
    "while their slope stays near $1/(1 + c d)$.",
    source="in no paper that we read: derived here for the setting of arXiv 2503.12734, abstract",
    paper="2503.12734",
    hypotheses="no group: inputs of N(0, I_d), noisy linear labels, heads $K = omega I$, the loss averaged "
    "over prompts to first order in 1/(tokens), many inputs, starts that lead to two opposite weights",
    experiment=experiment,
    applies=about_no_group,
)
