"""Bounds along a measured orbit: how far a push can lead away from a flow whose orbits part at known rates.

The distance b to the orbit stays below the solution of ``b' = (mu + C b/2) b + push``. The Jacobian of the
modified field f - (h/2) Df f has eigenvalues of at most mu + (h/2) C |f|. Between two snapshots
mu and the push are replaced by step functions that lie above them, on four parts of each interval: the larger
end of their chord, and what they can rise above it. Nothing at a snapshot depends on a later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.flows import Separation

__all__ = ["Tube"]

# More of them bring the step functions closer to what they bound: of fast growth, up to an eighth of a part.
PARTS = 4
# The bound at the end of a part depends on itself. The rounds come from below, the margin leads above it,
# and what is no bound of itself there counts as a blow-up.
ROUNDS, MARGIN = 2, 4.0
# Second differences look back only: this much more than they say may lie ahead.
AHEAD = 2.0
# Of the first interval there are none: a push that bends there rises above its chord by less than this share
# of its change.
FIRST = 0.25
# What lies beyond the next term multiplies it by less than e^(2 h |J|) up to there: for z' = z^2 by 1.8 at
# h |J| = 1/2, where e^(h |J|) is 1.6.
BEYOND = 2.0
# Half the ratio to the flow's own time past which a step is followed no further.
SMALL_STEP = 0.5


@dataclass(frozen=True, eq=False)
class Tube:
    """The measured orbit and the growth around it, each (T, M, K).

    Parameters
    ----------
    growth, curvature: mu and C, of the field that is followed.
    acceleration, bend: of the flow, as of a `Separation`.
    next_term: over h^2, bound of what the modified field of descent lacks; infinite where h is no small step.
    """

    t: FloatArray
    growth: FloatArray
    acceleration: FloatArray
    bend: FloatArray
    curvature: FloatArray
    next_term: FloatArray

    @classmethod
    def along(cls, t: FloatArray, rows: Sequence[Separation], step: float = 0.0) -> Tube:
        """The tube around an orbit from its separations, one a snapshot.

        Parameters
        ----------
        step: h of the modified field that is followed; 0 for the flow itself.
        """
        growth, acceleration, bend, curvature, speed, steepness = (
            np.array([getattr(row, field.name) for row in rows]) for field in fields(Separation)
        )
        ahead = np.exp(BEYOND * step * steepness)
        lacking = (steepness * acceleration / 3 + curvature * speed**2 / 24) * ahead
        return cls(
            t,
            growth + step / 2 * curvature * speed * ahead,
            acceleration,
            bend,
            curvature * ahead**2,
            np.where(step * steepness > SMALL_STEP, np.inf, lacking),
        )

    def bounds(
        self, pushes: Mapping[str, FloatArray], starts: Mapping[str, FloatArray]
    ) -> dict[str, FloatArray]:
        """Bound by name of push along the snapshots, (T, M, K + 1); infinite where nothing bounds it.

        Parameters
        ----------
        pushes: speeds (T, M, K + 1) by name, in each part and in the rest, whose orbits don't part.
        starts: lengths (M, K + 1) by name at the first snapshot, 0 where not given.
        """
        none = np.zeros_like(next(iter(pushes.values()))[0])
        now = {name: starts.get(name, none) for name in pushes}
        bounds = {name: np.empty_like(push) for name, push in pushes.items()}
        rises = {name: _rise(self.t, push) for name, push in pushes.items()}
        _store(bounds, 0, now)
        for i, h in enumerate(np.diff(self.t)):
            for begin, end in _parts():
                mu = self._growth(i, h, begin, end)
                push = {
                    name: _larger_end(values[i], values[i + 1], begin, end) + rises[name][i]
                    for name, values in pushes.items()
                }
                bent = 0.5 * np.maximum(self.curvature[i], self.curvature[i + 1])
                now = _step(h / PARTS, mu, _with_rest(bent), now, push)
            _store(bounds, i + 1, now)
        return bounds

    def _growth(self, i: int, h: float, begin: float, end: float) -> FloatArray:
        """Bound of mu on one part of an interval: its chord, and how far it may rise above."""
        curvature = np.maximum(self.curvature[i], self.curvature[i + 1])
        bend = np.maximum(self.bend[i], self.bend[i + 1])
        chord = _larger_end(self.growth[i], self.growth[i + 1], begin, end)
        return _with_rest(chord + curvature * bend * h**2 / 8)


def _parts() -> Iterator[tuple[float, float]]:
    ends = np.linspace(0.0, 1.0, PARTS + 1)
    return zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)


def _larger_end(before: FloatArray, after: FloatArray, begin: float, end: float) -> FloatArray:
    """Largest value of the chord from ``before`` to ``after`` on a part of it."""
    ends = ((1 - place) * before + place * after for place in (begin, end))
    return np.asarray(np.maximum(*ends))


def _rise(t: FloatArray, push: FloatArray) -> FloatArray:
    """How far a push can rise above its chord on each interval, (T - 1, M, K + 1).

    ``h^2/8`` times how much it bends down, by its second difference at the interval's start.
    """
    rise = np.zeros_like(push[1:])
    if len(t) > 1:
        rise[0] = FIRST * np.abs(push[1] - push[0])
    h = np.diff(t)[:, None, None]
    slopes = np.diff(push, axis=0) / h
    rise[1:] = AHEAD * np.maximum(slopes[:-1] - slopes[1:], 0.0) * h[1:] ** 2 / (4 * (h[1:] + h[:-1]))
    return rise


def _step(
    h: float, mu: FloatArray, bent: FloatArray, now: Mapping[str, FloatArray], push: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Bounds after a time h of ``b' = (mu + bent b) b + push``, with the same growth for all names."""
    before, pushed = sum(now.values()), sum(push.values())

    def after(guess: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        rate = mu + bent * np.maximum(before, guess)
        grown = np.expm1(h * rate)
        lasting = np.where(rate == 0, h, grown / rate)
        return 1 + grown, lasting, (1 + grown) * before + lasting * pushed

    bound = np.asarray(before)
    for _ in range(ROUNDS):
        last, bound = bound, after(bound)[2]
    above = bound + MARGIN * np.abs(bound - last)
    factor, lasting, bound = after(above)
    holds = bound <= above * (1 + 1e-12)
    return {
        name: np.where(holds, factor * values + lasting * push[name], np.inf) for name, values in now.items()
    }


def _store(bounds: Mapping[str, FloatArray], index: int, now: Mapping[str, FloatArray]) -> None:
    for name, values in now.items():
        bounds[name][index] = values


def _with_rest(values: FloatArray) -> FloatArray:
    """A column of zeros for the rest, which the reduced flow keeps still."""
    return np.concatenate([values, np.zeros_like(values[..., :1])], axis=-1)
