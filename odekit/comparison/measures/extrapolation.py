"""Where do local slopes of a logarithm go after the end of the data?

Slopes a, b, c at even steps, with changes ``d = b - a`` and ``e = c - b``, go to

- ``c + e^2/(d - e)`` where they settle geometrically (Aitken),
- ``c + e (d + e)/(d - e)`` where they settle like 1/(t - t0), as those of ``t^k exp(-r t)`` do,
- the slower rate of the two exponentials through the same four values (Prony).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from odekit.arrays import FloatArray

__all__ = ["Limit", "limit_of", "plateau_of"]

STEPS = 4  # of four slopes, and so two limits, of which one tells what the other is worth
SCATTERED = 8  # points a step show their scatter apart from their curvature
TURNING = 8.0  # times the scatter of a logarithm, that of a change of slopes: three deviations
DEVIATION = 0.826  # median over standard deviation, of a value against the middle of its neighbours
MARGIN = 1.5  # times the way to a limit, for slopes that settle more slowly than the rules have it
BENT = 3.0  # times their last change, what a small plateau has bent falling slopes by
MOST = 100.0  # times a slower exponential that a faster one may hide
SHOWN = 2.0  # more than this factor from the last slope a limit is none that the data show
FLAT = 0.02  # relative, to which two estimates of a plateau agree
FALLS = 10.0  # times closer to its plateau a distance comes in half a window
VISIBLE = 0.001  # of the last distance, from which on a plateau bends the slopes


@dataclass(frozen=True)
class Limit:
    """The limit of slopes.

    Parameters
    ----------
    rate: the limit that changes least as the data go on.
    low, high: ends of what the slopes may go to.
    is_shown: whether the ends are as close to the last slope as a limit has to be.
    """

    rate: float
    low: float
    high: float
    is_shown: bool


def limit_of(times: FloatArray, values: FloatArray, noise: float) -> Limit:
    """The limit of the slopes of -log.

    Parameters
    ----------
    times, values: (T,) in the window, T at least 4, the values positive.
    noise: absolute, of the values.
    """
    logarithms, step = _at_even_steps(times, np.log(values))
    scatter = _scatter(times, values, noise / float(values[-1]))
    folds = [float(fold) for fold in -np.diff(logarithms)]
    now = _limits(folds[-3:], TURNING * scatter)
    before = _limits(folds[-4:-1], TURNING * scatter) if len(folds) == STEPS else None
    last = folds[-1]
    if before is None or len(before) != len(now):
        rate, change = now[0], abs(now[0] - last)
    else:
        change, rate = min((abs(new - old), new) for new, old in zip(now, before, strict=True))
    error = change + 2 * scatter
    far = [last + MARGIN * (limit - last) for limit in now]
    low, high = min(*far, last), max(*far, last)
    is_shown = last > 0 and low * SHOWN > last > high / SHOWN
    return Limit(rate / step, (low - error) / step, (high + error) / step, is_shown)


def plateau_of(times: FloatArray, values: FloatArray) -> float:
    """The positive constant to which a distance flattens; 0 where the data show none.

    Parameters
    ----------
    times, values: (T,) as they fall, T at least 4.
    """
    logarithms, _ = _at_even_steps(times, np.log(values))
    if len(logarithms) <= STEPS:
        return 0.0
    last = np.exp(logarithms)
    before, now = _constant(last[-4:-1]), _constant(last[-3:])
    is_flat = abs(now - before) <= FLAT * now and now >= VISIBLE * last[-1]
    return now if is_flat and last[0] - now > FALLS * (last[-1] - now) >= 0 else 0.0


def _at_even_steps(times: FloatArray, logarithms: FloatArray) -> tuple[FloatArray, float]:
    """Logarithms at the ends of four even steps through the last half of the data, or of three."""
    count = min(STEPS, len(times) - 1)
    stride = max(1, (len(times) - 1) // (2 * STEPS))
    begin = -1 - count * stride
    elapsed = (times - times[begin]) / (times[-1] - times[begin]) * count
    step = float(times[-1] - times[begin]) / count
    return CubicSpline(elapsed, logarithms)(np.arange(count + 1.0)), step


def _scatter(times: FloatArray, values: FloatArray, noise: float) -> float:
    """Scatter of the logarithms in the last step about their neighbours; of few, the noise that is known."""
    stride = (len(times) - 1) // (2 * STEPS)
    if stride < SCATTERED:
        return noise
    t, y = times[-stride - 2 :], np.log(values[-stride - 2 :])
    middle = (y[:-2] * (t[2:] - t[1:-1]) + y[2:] * (t[1:-1] - t[:-2])) / (t[2:] - t[:-2])
    return float(np.median(np.abs(y[1:-1] - middle))) / DEVIATION


def _limits(slopes: Sequence[float], scatter: float) -> list[float]:
    """What three slopes may go to, in e-folds a step.

    The way there is bounded: of two exponentials in a ratio w, it is the root of w times the slopes' change.
    """
    a, b, c = slopes
    d, e = b - a, c - b
    drift = abs(e) - scatter
    if drift <= 0:
        return [c]
    most = float(np.sqrt(MOST * drift))
    if 0 < e < d or d < e < 0:
        ways = [e * e / (d - e), e * (d + e) / (d - e)]
        return [c + float(np.clip(way, -most, most)) for way in (*ways, _way_of_two(slopes))]
    other = float(np.clip(_way_of_two(slopes), -most, most))
    if e > 0:
        return [c, c + most, c + other]
    return [c, c + (other if d < 0 else -most), c - BENT * e]


def _way_of_two(slopes: Sequence[float]) -> float:
    """From the last slope to the slower rate of the two exponentials through four values."""
    x, y, z = (float(np.exp(slopes[-1] - slope)) for slope in slopes)
    total = y * (z - x) / (y - x) if y != x else 2.0
    product = x * (total - y)
    root = np.sqrt(max(total * total / 4 - product, 0.0))
    slower = total / 2 + root
    return -float(np.log(slower)) if slower > 0 else np.inf


def _constant(values: FloatArray) -> float:
    """The limit of a geometric sequence through three values; NaN where they don't contract."""
    a, b, c = (float(value) for value in values)
    bent = a - 2 * b + c
    return (a * c - b * b) / bent if bent > 0 else np.nan
