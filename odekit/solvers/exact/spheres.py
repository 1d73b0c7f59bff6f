r"""Exact solutions of the flow on three unit spheres, Abelian groups, and of the free flow behind it.

A neuron's coefficients at a character, theta1's, theta2's and xi's transforms over sqrt(n), flow as

    x' = s z conj(y) - E x,     y' = s z conj(x) - E y,     z' = s x y - E z,     s = 2 sqrt(n).

In tau, dtau = exp(-int E dt) dt, E is gone: characters are independent, the first to blow up wins.
"""

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import ComplexArray, FloatArray
from odekit.extras import on_first_use

__all__ = ["aligned_competition", "aligned_pair", "free_blow_up_time"]

# Newton's method from above ends by itself long before; this only bounds the loop.
_MOST_STEPS = 60


def free_blow_up_time(x: ArrayLike, y: ArrayLike, z: ArrayLike, order: ArrayLike) -> FloatArray:
    """Time tau* at which the free flow of one character blows up.

    u = \\|x\\|^2 moves as ``(u')^2 = 4 s^2 (u (u - q1)(u - q2) - K^2)`` with q1 = \\|x\\|^2 - \\|y\\|^2,
    q2 = \\|x\\|^2 - \\|z\\|^2 and K = Im(x y conj(z)), away from the largest root at once if
    Re(x y conj(z)) >= 0, else after it has reached it. With d the distance of u from that root and -l, -h the
    two other roots seen from there,

        tau* = R_F(d, d + l, d + h)/s        or        (2 R_F(0, l, h) - R_F(d, d + l, d + h))/s.

    The distance is found from Re(x y conj(z)) instead of as a difference, so that no digit is lost near the
    root.

    Parameters
    ----------
    x, y, z: complex (of a character of order 2 real), any shapes that broadcast: theta1's, theta2's and xi's
        transform over sqrt(n), at unit rates. A shared theta at half rate is both x and y.
    order: n, the group's order, positive.

    Returns
    -------
    tau: float64 of the broadcast shape; infinity where nothing blows up, which takes at least two zeros, or a
        start that runs into a saddle: Im(x y conj(z)) = 0, a negative real part and two smallest magnitudes
        alike. NaN where an argument is NaN.

    Source: separation of variables and Carlson, "Numerical computation of real or complex elliptic integrals"
    (1995); the flow is that of arXiv 2606.02993 after the change of time.

    >>> float(free_blow_up_time(0.5, 0.5, 0.5, 4))
    0.5
    >>> free_blow_up_time([1, 1], [-1, -1j], [1, 1], 9).round(6).tolist()
    [inf, 0.202388]
    """
    hats = [np.asarray(value, dtype=np.complex128) for value in (x, y, z)]
    scale: FloatArray = np.abs(np.stack(np.broadcast_arrays(*hats))).max(axis=0)
    unit = np.where(scale == 0, 1.0, scale)
    with np.errstate(all="ignore"):
        span = _span(*(hat / unit for hat in hats))
        time = span / (2 * np.sqrt(np.asarray(order, dtype=np.float64)) * unit)
    return np.asarray(np.where(scale == 0, np.inf, time))


def aligned_pair(D: ArrayLike, t: ArrayLike, rate: ArrayLike) -> FloatArray:
    """Phase misalignment of one conjugate pair alone: ``tan(D(t)/2) = tan(D/2) exp(-rate t)``.

    Parameters
    ----------
    D: start, radians in (-pi, pi]; pi rests.
    t, rate: broadcasting against it; the rate is ``sqrt(2n) (eta1 + eta2 + eta_xi)``, eta being the rates.

    Returns
    -------
    float64, radians in (-pi, pi].

    Source: arXiv 2606.02993, phase alignment.

    >>> float(aligned_pair(np.pi / 2, 0.0, 1.0)) == np.pi / 2
    True
    """
    half = np.asarray(D, dtype=np.float64) / 2
    decay = np.exp(-np.asarray(rate, dtype=np.float64) * np.asarray(t, dtype=np.float64))
    is_pi = np.asarray(D) == np.pi
    return np.asarray(np.where(is_pi, np.pi, 2 * np.arctan2(np.sin(half) * decay, np.cos(half))))


def aligned_competition(
    amplitudes: ArrayLike, trivial: ArrayLike, tau: ArrayLike, order: int
) -> tuple[FloatArray, FloatArray]:
    """Amplitudes after the time tau of an aligned start, \\|x\\| = \\|y\\| = \\|z\\| = a_k and D = 0.

    ``b_k = 1/(1/a_k - s tau)``, ``N = sqrt(a_0^2 + sum b_k^2)``, ``a_k(tau) = b_k/N``, and dt = N dtau.

    Parameters
    ----------
    amplitudes: (..., k) positive, of every nontrivial character, both of a pair.
    trivial: (...,), of the trivial one; the squares of all amplitudes add up to 1.
    tau: (...,), from 0 to below 1/(s max a_k).
    order: n.

    Returns
    -------
    amplitudes: (..., k) float64 at tau.
    norm: (...,) float64, N = dt/dtau; the trivial amplitude is ``trivial / norm``.

    Source: arXiv 2606.02993, competition; a replicator equation, solved by the change of time.

    >>> amplitudes, norm = aligned_competition([0.6, 0.6], np.sqrt(1 - 0.72), 0.0, 3)
    >>> amplitudes.tolist(), float(norm)
    ([0.6, 0.6], 1.0)
    """
    start, tau = np.asarray(amplitudes, dtype=np.float64), np.asarray(tau, dtype=np.float64)
    grown = start / (1 - 2 * np.sqrt(order) * tau[..., None] * start)
    norm = np.sqrt(np.asarray(trivial, dtype=np.float64) ** 2 + (grown**2).sum(axis=-1))
    return grown / norm[..., None], norm


def _span(x: ComplexArray, y: ComplexArray, z: ComplexArray) -> FloatArray:
    """tau* in units of 1/s, magnitudes at most 1."""
    squares: FloatArray = np.sort(np.square(np.abs(np.stack([x, y, z]))), axis=0)
    product = x * y * np.conj(z)
    near: FloatArray = squares[1] - squares[0]
    far: FloatArray = squares[2] - squares[0]
    root = _cubic_root(near + far, near * far, np.square(product.imag))
    slope: FloatArray = 3 * root + near + far
    constant: FloatArray = root * (3 * root + 2 * (near + far)) + near * far
    distance = _cubic_root(slope, constant, np.square(product.real))
    low, high = _other_roots(slope, constant)
    carlson = on_first_use("scipy.special").elliprf
    ahead: FloatArray = np.real(np.asarray(carlson(distance, distance + low, distance + high)))
    whole: FloatArray = np.real(np.asarray(carlson(0.0, low, high)))
    span = np.where(product.real >= 0, ahead, 2 * whole - ahead)
    is_saddle = (product.real < 0) & (constant == 0)
    return np.asarray(np.where(is_saddle | (squares[1] == 0), np.inf, span), dtype=np.float64)


def _other_roots(slope: FloatArray, constant: FloatArray) -> tuple[ComplexArray, ComplexArray]:
    """Minus the roots of d^2 + slope d + constant, the larger one first found and divided out."""
    discriminant = np.asarray(slope**2 - 4 * constant, dtype=np.complex128)
    high = np.asarray((slope + np.sqrt(discriminant)) / 2, dtype=np.complex128)
    low = np.where(high == 0, 0, constant / np.where(high == 0, 1, high))
    return np.asarray(low, dtype=np.complex128), high


def _cubic_root(linear: FloatArray, constant: FloatArray, value: FloatArray) -> FloatArray:
    """The root >= 0 of ``e (e^2 + linear e + constant) = value``, all >= 0, by Newton from above."""
    root = np.fmin(np.fmin(np.cbrt(value), np.sqrt(value / linear)), value / constant)
    for _ in range(_MOST_STEPS):
        residual = root * (root * (root + linear) + constant) - value
        step = residual / (3 * root**2 + 2 * linear * root + constant)
        moved = root - np.where(np.isfinite(step), step, 0.0)
        if not (moved < root).any():
            break
        root = np.where(moved < root, moved, root)
    return np.asarray(root)
