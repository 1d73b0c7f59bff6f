"""Which law do local slopes of a logarithm follow: one with a limit, or one that keeps drifting?

With x = -log y an exponential's slopes go to their limit as ``s = rate + b exp(-c x)``; those of an algebraic
law ``(t - t0)^-q`` are ``q/(t - t0)``, which goes to 0, and those of ``(T - t)^q`` grow beyond any bound.
"""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray

__all__ = ["Law", "decay_law_of", "growth_law_of", "thinned", "unsettled_law_of"]

DRIFT = 0.04  # relative, from one quarter of a window to the next; less is as good as settled
BETTER = 3.0  # times smaller residuals, for a law to be preferred to an exponential
VANISHES = 0.15  # of the last slope: a limit below it is none that the data show
FITS = 0.1  # relative residual of slopes, up to which a law is named
NEAR_INVERSE = 0.1  # of the exponent -1, at which slopes that are a power of t are those of an algebraic law
THINNED = 16  # points are enough to tell laws apart, and so few that noise between them is small
FASTEST = 20.0  # settling by e-fold, and the slowest that a window can tell from a drift
STEPS = 60


@dataclass(frozen=True)
class Law:
    """What the slopes follow where that is no exponential.

    Parameters
    ----------
    name: ``"algebraic"``, ``"blow-up"``, ``"extinction"`` (zero in finite time), ``"growth"`` or ``"drift"``.
    reason: in words.
    exponent: q of ``(t - t0)^-q``, ``(T - t)^-q`` or ``(T - t)^q``; NaN elsewhere.
    time: t0 or T; NaN elsewhere.
    """

    name: str
    reason: str
    exponent: float = float("nan")
    time: float = float("nan")


def decay_law_of(times: FloatArray, values: FloatArray, origin: float) -> Law | None:
    """The law of a decay that is no exponential; None where one describes it no worse than others.

    Parameters
    ----------
    times, values: (T,) in the window, T at least 4, the values positive.
    origin: time at which all data begin, before all middles of the window's steps.
    """
    if _drift(times, values) <= DRIFT:
        return None
    unit = float(times[-1] - times[0])
    middles, slopes, folds = _slopes(times / unit, values)
    if (slopes <= 0).any():
        return None
    limit, settling = _settling(folds, slopes)
    best = min(_pole(middles, slopes)[2], _power(middles - origin / unit, slopes)[1])
    if not (limit < VANISHES * slopes[-1] or BETTER * best < settling):
        return None
    return None if _two_exponentials(middles, slopes) <= best else unsettled_law_of(times, values, origin)


def unsettled_law_of(times: FloatArray, values: FloatArray, origin: float) -> Law:
    """The law that slopes without a limit follow best; as `decay_law_of`, slopes of any sign."""
    unit = float(times[-1] - times[0])
    middles, slopes, _ = _slopes(times / unit, values)
    told = (
        "the local slopes keep drifting:"
        f" from {slopes[0] / unit:.3g} to {slopes[-1] / unit:.3g} in the window"
    )
    if (slopes <= 0).any():
        return Law("drift", f"{told}, to no limit that they show")
    exponent, place, residual = _pole(middles, slopes)
    power, power_residual = _power(middles - origin / unit, slopes)
    time = place * unit
    if residual > FITS or (residual > power_residual and abs(power + 1) > NEAR_INVERSE):
        how = f", like t^{power:.3g}" if power_residual < FITS else ", to no limit that they show"
        return Law("drift", told + how)
    if exponent > 0:
        since = f"t {'-' if time > 0 else '+'} {abs(time):.3g}"
        return Law("algebraic", f"{told}; the distance falls like ({since})^-{exponent:.3g}", exponent, time)
    until = f"({time:.3g} - t)^{-exponent:.3g}"
    return Law("extinction", f"{told}; the distance falls like {until}", -exponent, time)


def growth_law_of(times: FloatArray, values: FloatArray) -> Law | None:
    """The law of values that grow throughout; None where they don't."""
    if len(values) < 4 or (values <= 0).any() or (np.diff(values) <= 0).any():
        return None
    unit = float(times[-1] - times[0])
    middles, slopes, _ = _slopes(times / unit, values)
    exponent, place, residual = _pole(middles, slopes)
    time = place * unit
    drift = _drift(times, values)
    if drift > DRIFT and exponent > 0 and residual < FITS and time > times[-1]:
        reason = f"the distance grows like ({time:.3g} - t)^-{exponent:.3g}: a blow-up"
        return Law("blow-up", reason, exponent, time)
    return Law("growth", "the distance grows")


def _slopes(times: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Middles of the steps, slopes of -log there, and e-folds there."""
    logarithms = np.log(values)
    return (
        (times[1:] + times[:-1]) / 2,
        -np.diff(logarithms) / np.diff(times),
        logarithms[0] - (logarithms[1:] + logarithms[:-1]) / 2,
    )


def _drift(times: FloatArray, values: FloatArray) -> float:
    """Relative change of the mean slope from the third quarter of the window to the last."""
    ends = np.linspace(times[0], times[-1], 5)[2:]
    last = np.diff(np.interp(ends, times, np.log(values)))
    return float(abs(last[0] / last[1] - 1)) if last[1] else np.inf


def _settling(folds: FloatArray, slopes: FloatArray) -> tuple[float, float]:
    """Limit of slopes that settle geometrically by e-fold, and the largest relative residual."""
    span = max(float(np.ptp(folds)), 1e-3)
    speeds = np.geomspace(0.1 / span, FASTEST, STEPS)
    waves = np.exp(-np.outer(speeds, folds - folds[0]))
    # Weighted least squares of 1 = limit/s + b wave/s, by its 2 x 2 normal equations for every speed at once.
    one, wave = 1 / slopes, waves / slopes
    a, b, c = (one * one).sum(), (wave * one).sum(axis=1), (wave * wave).sum(axis=1)
    d, e = one.sum(), wave.sum(axis=1)
    determinant = a * c - b * b
    with np.errstate(all="ignore"):
        limits, sizes = (d * c - e * b) / determinant, (a * e - b * d) / determinant
        residuals = np.abs(limits[:, None] * one + sizes[:, None] * wave - 1).max(axis=1)
    best = int(np.nan_to_num(residuals, nan=np.inf).argmin())
    return float(limits[best]), float(residuals[best])


def _pole(middles: FloatArray, slopes: FloatArray) -> tuple[float, float, float]:
    """q and t0 of slopes q/(t - t0), by a straight line through their inverses, and the relative residual."""
    scale = middles - middles.mean()
    design = np.stack([np.ones_like(scale), scale], axis=1) * slopes[:, None]
    height, steepness = np.linalg.lstsq(design, np.ones_like(slopes), rcond=None)[0]
    residual = float(np.abs(design @ np.array([height, steepness]) - 1).max())
    if steepness == 0:
        return np.inf, -np.inf, residual
    return float(1 / steepness), float(middles.mean() - height / steepness), residual


def _power(elapsed: FloatArray, slopes: FloatArray) -> tuple[float, float]:
    """Exponent of slopes that are a power of the time since the start, and the relative residual."""
    design = np.stack([np.ones_like(elapsed), np.log(elapsed)], axis=1)
    found = np.linalg.lstsq(design, np.log(slopes), rcond=None)[0]
    return float(found[1]), float(np.abs(np.expm1(design @ found - np.log(slopes))).max())


def _two_exponentials(middles: FloatArray, slopes: FloatArray) -> float:
    """The relative residual of the slopes of a sum of two exponentials, with rates from a grid.

    At rates r < q the slopes are ``r + (q - r) w/(1 + w)`` with ``w = c exp(-(q - r) t)``.
    """
    elapsed = middles - middles[0]
    slow = slopes.min() * (1 - np.geomspace(1e-4, 0.9, STEPS))[:, None, None]
    fast = slopes.max() * (1 + np.geomspace(1e-4, 10.0, STEPS))[None, :, None]
    shares = np.log((slopes - slow) / (fast - slopes)) + (fast - slow) * elapsed
    weights = np.exp(np.clip(shares.mean(axis=-1, keepdims=True) - (fast - slow) * elapsed, -600, 600))
    told = slow + (fast - slow) * weights / (1 + weights)
    return float(np.abs(told / slopes - 1).max(axis=-1).min())


def thinned(times: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The first points that fall below levels evenly spaced in log: noise between them is left out.

    Parameters
    ----------
    times, values: (T,), the values positive.
    """
    kept = [0]
    for level in np.geomspace(values[0], values.min(), THINNED)[1:]:
        later = np.flatnonzero(values[kept[-1] + 1 :] <= level)
        if later.size and values[kept[-1] + 1 + later[0]] < values[kept[-1]]:
            kept.append(kept[-1] + 1 + int(later[0]))
    return times[kept], values[kept]
