"""Exponential rates from data: local slopes of the logarithm in a window chosen by rule, with an interval."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.comparison.measures.extrapolation import limit_of, plateau_of
from odekit.comparison.measures.laws import Law, decay_law_of, growth_law_of, thinned, unsettled_law_of
from odekit.errors import InputError
from odekit.numbers import positive, real
from odekit.views import html_table

__all__ = ["RateEstimate", "estimate_rate"]

EPS = float(np.finfo(np.float64).eps)
RECOVERS = 10.0  # times below a stall, in the last quarter of the data: it was a passing one
MIN_POINTS = 4  # three slopes, the fewest that show a trend
ABOVE_ROUNDING = 1e4  # relative errors below 1e-4
ABOVE_NOISE = 1e3  # relative errors below 1e-3
ADVICE = "floor=0 takes all data, start=1 all times after the largest distance"
STALLED = 0.01  # of the largest slope: the distance has come to its floor


@dataclass(frozen=True)
class RateEstimate:
    """A rate of exponential decay.

    Parameters
    ----------
    rate: per unit of time; NaN where the window holds too few points, or where the decay is no exponential.
    interval: lower and upper end: every local slope of the window's last half and the limits to which they
        may go, with what noise and the extrapolation may change in them.
    window: first and last time used.
    diagnostics: number of points; first and last slope; the floor that closed the window, in the unit of the
        distance; ``exponent`` and ``time`` of a law ``(t - time)^-exponent`` or ``(time - t)^exponent``.
    law: ``"exponential"``; ``"algebraic"``, ``"extinction"``, ``"blow-up"``, ``"growth"`` or ``"drift"``, see
        `odekit.comparison.measures.laws.Law`; ``"unknown"`` where there are too few points for any.
    reason: why there is no rate; empty where there is one.
    """

    rate: float
    interval: tuple[float, float]
    window: tuple[float, float]
    diagnostics: Mapping[str, float]
    law: str = "exponential"
    reason: str = ""

    @property
    def is_conclusive(self) -> bool:
        """Whether there is a rate: the decay is exponential, as far as enough points in the window show."""
        return bool(np.isfinite(self.rate))

    def _repr_html_(self) -> str:
        """Rate, interval, window and law, or why there is no rate."""
        interval = [float(end) for end in self.interval]
        window = [float(end) for end in self.window]
        row = ("none" if self.reason else float(self.rate), *interval, *window, self.law)
        columns = ("rate", "lower end", "upper end", "window from t", "to t", "law")
        return html_table(columns, [row], self.reason)


def estimate_rate(
    t: ArrayLike, distance: ArrayLike, *, floor: float | None = None, start: float = 0.1
) -> RateEstimate:
    """Estimate the rate at which a distance decays.

    The window opens once the distance has fallen below ``start`` times its largest value for good, and closes
    before it first falls below the floor. A plateau to which the distance flattens is taken off it. The rate
    is the limit of the local slopes, extrapolated where they still drift, and the interval holds all limits
    to which they may go, see `odekit.comparison.measures.extrapolation`; no regression is made of
    deterministic data. Where the data show no such limit there is no rate, and the estimate names the law.

    Parameters
    ----------
    t: (T,) float64, finite and increasing.
    distance: (T,) float64, finite and nonnegative.
    floor: where rounding or a finite logit scale begins, nonnegative. By default 1e4 eps times the largest
        distance, or, where the slope falls below a hundredth of its largest before that, 1e3 times the
        distance there. At least 1e3 times a plateau.
    start: share of the largest distance, in (0, 1].

    Returns
    -------
    estimate: with a rate of NaN and a reason where fewer than four points lie in the window, or where the
        decay is no exponential.

    Raises
    ------
    InputError: shapes that differ, times that do not increase, a negative distance, numbers that are not
        finite, or a share or floor out of range.

    >>> import numpy as np
    >>> t = np.linspace(0, 10, 41)
    >>> round(estimate_rate(t, np.exp(-2 * t)).rate, 9)
    2.0
    >>> estimate_rate(t, 1 / np.sqrt(1 + 2 * t), start=1).law
    'algebraic'
    """
    times, values = _checked(t, distance, start, floor)
    largest = float(values.max(initial=0.0))
    first = _opening(values, start * largest)
    noise, low, origin = _floor(times[first:], values[first:], EPS * largest, floor)
    plateau = _plateau(times[first:], values[first:], EPS * largest)
    if plateau > 0:
        low = max(ABOVE_NOISE * plateau, floor or 0.0)
        origin = f"1000 times the {plateau:.3g} to which the distance flattens"
    last = _closing(values, first, low)
    diagnostics = {"points": float(last - first), "floor": low}
    if last - first < MIN_POINTS:
        return _without_window(times, values, first, diagnostics, origin)
    law = decay_law_of(times[first:last], values[first:last], times[0])
    if law is not None:
        return _without_rate(law, (float(times[first]), float(times[last - 1])), diagnostics)
    noise = 0.0 if plateau > 0 else noise
    noises = noise, EPS * largest
    cut = slice(first, last)
    return _estimate(times[cut], values[cut] - plateau, noises, low, times[0])


def _plateau(times: FloatArray, values: FloatArray, rounding: float) -> float:
    """The plateau that the values show until they come to rest on it, 0 where they show none."""
    last = min(_closing(values, 0, ABOVE_ROUNDING * rounding), _stall(times, values))
    return plateau_of(times[:last], values[:last]) if last >= MIN_POINTS else 0.0


def _closing(values: FloatArray, first: int, low: float) -> int:
    """Index of the first value from ``first`` on that has come to a floor."""
    below = np.flatnonzero(values[first:] <= low)
    return first + int(below[0]) if below.size else len(values)


def _without_window(
    times: FloatArray, values: FloatArray, first: int, diagnostics: Mapping[str, float], origin: str
) -> RateEstimate:
    """What is left to say: the law of growth, or of the decay in all data above rounding."""
    unknown = (np.nan, np.nan)
    law = None
    if values.size >= MIN_POINTS and values[-1] == values.max():
        law = growth_law_of(times, values)
    elif values.size >= MIN_POINTS:
        begin = first if len(values) - first >= MIN_POINTS else int(values.argmax())
        above = values[begin:] > ABOVE_ROUNDING * EPS * values.max()
        law = _law_of(times[begin:][above], values[begin:][above], times[0])
    if law is not None:
        return _without_rate(law, unknown, diagnostics)
    points = f"{diagnostics['points']:.0f} points, of at least {MIN_POINTS}"
    reason = (
        f"the window, between the share where it opens and the floor, holds {points};"
        f" the floor is {diagnostics['floor']:.3g}, {origin}"
    )
    return RateEstimate(np.nan, unknown, unknown, diagnostics, "unknown", reason)


def _law_of(times: FloatArray, values: FloatArray, origin: float) -> Law | None:
    """The law of a decay without a window: of all points, or of some far apart where noise hides it."""
    if len(times) < MIN_POINTS:
        return None
    law = decay_law_of(times, values, origin)
    few = thinned(times, values)
    return decay_law_of(*few, origin) if law is None and len(few[0]) >= MIN_POINTS else law


def _without_rate(law: Law, window: tuple[float, float], diagnostics: Mapping[str, float]) -> RateEstimate:
    pole = {"exponent": law.exponent, "time": law.time} if np.isfinite(law.time) else {}
    return RateEstimate(np.nan, (np.nan, np.nan), window, {**diagnostics, **pole}, law.name, law.reason)


def _estimate(
    times: FloatArray, values: FloatArray, noises: tuple[float, float], low: float, origin: float
) -> RateEstimate:
    unit = float(times[-1] - times[0])
    folds = -np.diff(np.log(values)) / np.diff(times / unit)
    doubt = max(noises) * (1 / values[:-1] + 1 / values[1:]) / np.diff(times / unit)
    limit = limit_of(times / unit, values, max(noises))
    half = len(folds) // 2
    lowest = min(float((folds - doubt)[half:].min()), limit.low - float(doubt[-1]))
    highest = max(float((folds + doubt)[half:].max()), limit.high + float(doubt[-1]))
    diagnostics = {
        "points": float(len(values)),
        "first": float(folds[0]) / unit,
        "last": float(folds[-1]) / unit,
        "floor": low,
    }
    window = (float(times[0]), float(times[-1]))
    if not limit.is_shown or not np.isfinite(highest / unit):
        return _without_rate(unsettled_law_of(times, values, origin), window, diagnostics)
    return RateEstimate(limit.rate / unit, (lowest / unit, highest / unit), window, diagnostics)


def _checked(
    t: ArrayLike, distance: ArrayLike, start: float, floor: float | None
) -> tuple[FloatArray, FloatArray]:
    try:
        times, values = np.asarray(t, dtype=np.float64), np.asarray(distance, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError("times and distances must be real numbers") from None
    if times.ndim != 1 or times.shape != values.shape:
        raise InputError(
            "times and distances differ in shape",
            expected="two arrays of shape (T,)",
            received=f"{times.shape} and {values.shape}",
        )
    if not (np.isfinite(times).all() and np.isfinite(values).all()):
        raise InputError("times or distances are not finite", expected="finite numbers")
    if (np.diff(times) <= 0).any():
        raise InputError("the times do not increase", expected="increasing t")
    if (values < 0).any():
        raise InputError("a distance is negative", expected="distance >= 0", received=str(values.min()))
    positive(start, "start", 1)
    if floor is not None:
        real(floor, "the floor", 0)
    return times, values


def _opening(values: FloatArray, high: float) -> int:
    """Index after the last value above ``high``."""
    above = np.flatnonzero(values > high)
    return int(above[-1]) + 1 if above.size else 0


def _floor(
    times: FloatArray, values: FloatArray, rounding: float, floor: float | None
) -> tuple[float, float, str]:
    """Absolute noise that the values show, the level below which they are not used, and its origin."""
    if floor is not None:
        return 0.0, float(floor), "as given"
    stall = _stall(times, values)
    if stall == len(values):
        return 0.0, ABOVE_ROUNDING * rounding, f"chosen for rounding: {ADVICE}"
    noise = float(values[stall])
    chosen = f"chosen as 1000 times the {noise:.3g} at which the decay first stalls: {ADVICE}"
    return noise, max(ABOVE_ROUNDING * rounding, ABOVE_NOISE * noise), chosen


def _stall(times: FloatArray, values: FloatArray) -> int:
    """Index at which the decay first stalls for good; beyond the last one where it never does."""
    logarithms = np.log(np.maximum(values, np.finfo(np.float64).tiny))
    slopes = -np.diff(logarithms) / np.diff(times)
    is_low = values[:-1] <= RECOVERS * values[3 * len(values) // 4 :].max(initial=0.0)
    stalled = np.flatnonzero(is_low & (slopes <= STALLED * np.maximum.accumulate(slopes)))
    return int(stalled[0]) if stalled.size else len(values)
