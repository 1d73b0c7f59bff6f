r"""The elliptic functions behind the exact orbits, for roots of any configuration, all in real arithmetic.

The curve is ``y^2 = p (p + h) (p + g)`` with ``h, g >= 0``; its time from the pole at infinity is Carlson's
``R_F(p, p + h, p + g)``, with inverse ``g cs^2(sqrt(g) z)``. Gauss's (Landen's) transformation

    p_n = p_{n+1} (p_{n+1} + l_{n+1}^2) / (p_{n+1} + u_{n+1}^2),
    l_{n+1} = sqrt(l_n u_n),   u_{n+1} = (l_n + u_n)/2,   l_0^2 = h,   u_0^2 = g

keeps the time and takes the roots to their arithmetic-geometric mean mu, where ``p = mu^2 cot^2(mu z)``.
Going back only multiplies, adds and divides positive numbers, so no digit is lost as ``m = 1 - h/g`` nears 1.
Source: Carlson, "Numerical computation of real or complex elliptic integrals" (1995); DLMF 19.22, 22.20.
"""

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.extras import on_first_use

__all__ = ["half_period", "phase_integral", "point_at", "time_from_pole"]

# Means double their digits: from half of them one step reaches rounding, and 16 steps serve all floats.
_HALF_DIGITS = 1e-9
_MOST_STEPS = 16


def time_from_pole(p: FloatArray, h: FloatArray, g: FloatArray) -> FloatArray:
    """Time from infinity to ``p``: the integral of ``dp / (2 sqrt(p (p + h) (p + g)))`` from p to infinity.

    Parameters
    ----------
    p: float64, >= 0. h, g: float64, >= 0, the negatives of the other two roots.

    Returns
    -------
    float64 of the broadcast shape; infinity at ``p = h = 0``.

    Source: DLMF 19.29.

    >>> float(time_from_pole(np.array(4.0), np.array(0.0), np.array(0.0)))
    0.5
    """
    return _carlson_f(p, p + h, p + g)


def half_period(h: FloatArray, g: FloatArray) -> FloatArray:
    """Time from infinity to the turning point ``p = 0``; infinity where a root is double there.

    >>> bool(np.isclose(half_period(np.array(1.0), np.array(1.0)), np.pi / 2))
    True
    """
    return _carlson_f(np.zeros_like(h), h, g)


def point_at(time: FloatArray, h: FloatArray, g: FloatArray) -> FloatArray:
    """Inverse of `time_from_pole` for ``0 < time <= half_period(h, g)``.

    Parameters
    ----------
    time: float64, positive. h, g: float64, >= 0, broadcasting against it.

    Returns
    -------
    float64: p; NaN where an argument is NaN.

    Source: DLMF 22.20(ii), descending Landen transformation, with the complementary parameter kept.

    >>> h, g = np.array(1e-200), np.array(2.0)
    >>> bool(np.isclose(time_from_pole(point_at(np.array(3.0), h, g), h, g), 3.0, rtol=1e-14))
    True
    """
    is_bounded = h > 0
    ladder = _mean_ladder(np.sqrt(np.where(is_bounded, h, g)), np.sqrt(g))
    mean = ladder[-1][1]
    p = np.square(mean / np.tan(mean * time))
    for lower, upper in reversed(ladder):
        p = p * ((p + lower * lower) / (p + upper * upper))
    return np.where(is_bounded, p, _unbounded_point(time, g))


def _mean_ladder(lower: FloatArray, upper: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Steps of the arithmetic-geometric mean after the first pair, the last one equal to rounding."""
    ladder: list[tuple[FloatArray, FloatArray]] = []
    for _ in range(_MOST_STEPS):
        is_last = not np.any(np.abs(upper - lower) > _HALF_DIGITS * upper)
        lower, upper = np.sqrt(lower) * np.sqrt(upper), (lower + upper) / 2
        ladder.append((lower, upper))
        if is_last:
            break
    return ladder


def _unbounded_point(time: FloatArray, g: FloatArray) -> FloatArray:
    """`point_at` for ``h = 0``: ``g / sinh^2(sqrt(g) z)``, or ``1/z^2`` where ``g = 0`` too."""
    root = np.sqrt(g)
    return np.where(g > 0, np.square(root / np.sinh(root * time)), 1.0 / np.square(time))


def phase_integral(
    d: FloatArray, p: FloatArray, turn_alpha_squared: FloatArray, turn_beta_squared: FloatArray
) -> FloatArray:
    r"""Integral of ``dz / (a + 2 d(z))`` from the pole to the point, ``(1/6) R_J(d, d + l, d + L, d + a/2)``.

    ``l, L`` are the roots of ``y^2 - (s + a) y + s a + a^2/4``. Where they are complex the transformed curve
    splits the integral into two with real positive arguments:

        (1/12) sum over both signs of (1 -+ rho) R_J(p, p + h, p + g, p + (a + 2 h +- sqrt(2 a s))/4),

    with ``rho = sqrt(s/(2 a))``.

    Parameters
    ----------
    d, p: float64, the point on the original and on the transformed curve.
    turn_alpha_squared, turn_beta_squared: float64, a and s, the squared magnitudes at the turning point.

    Returns
    -------
    float64 of the broadcast shape.

    Source: DLMF 19.29 for R_J; the split by partial fractions in p.
    """
    a, s = turn_alpha_squared, turn_beta_squared
    shape = np.broadcast_shapes(d.shape, a.shape)
    discriminant = s * (s - 2 * a)
    is_split = np.broadcast_to(discriminant >= 0, shape)
    large = (s + a + np.sqrt(np.maximum(discriminant, 0))) / 2
    small = a * (s + a / 4) / large
    whole = _carlson_j(d, d + small, d + large, d + a / 2, is_split)
    return np.where(is_split, whole / 6, _complex_root_integral(p, a, s, ~is_split))


def _complex_root_integral(p: FloatArray, a: FloatArray, s: FloatArray, is_wanted: BoolArray) -> FloatArray:
    """The sum of two in `phase_integral`, computed only where it is wanted."""
    h = np.sqrt(a * (s + a / 4))
    g = (h + (s + a) / 2) / 2
    split, ratio = np.sqrt(2 * a * s), np.sqrt(s / (2 * a))
    far = _carlson_j(p, p + h, p + g, p + (a + 2 * h + split) / 4, is_wanted)
    near = _carlson_j(p, p + h, p + g, p + (a + 2 * h - split) / 4, is_wanted)
    return ((1 - ratio) * far + (1 + ratio) * near) / 12


def _carlson_f(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    return np.asarray(on_first_use("scipy.special").elliprf(x, y, z), dtype=np.float64)


def _carlson_j(
    x: FloatArray, y: FloatArray, z: FloatArray, p: FloatArray, is_wanted: BoolArray
) -> FloatArray:
    """R_J where it is wanted, and 0 elsewhere."""
    value = np.zeros(is_wanted.shape)
    on_first_use("scipy.special").elliprj(x, y, z, p, out=value, where=is_wanted)
    return value
