"""Integrals along a logarithmic axis, over which smooth functions change by powers."""

from collections.abc import Callable

import numpy as np

from odekit.arrays import FloatArray

__all__ = ["gauss_legendre"]


def gauss_legendre(
    integrand: Callable[[FloatArray], FloatArray], low: float, high: float, nodes: int
) -> float:
    """``int integrand(e^z) dz`` from low to high, by Gauss and Legendre on panels of at most 1.

    Parameters
    ----------
    integrand: of (points,) at ``x = e^z``; dx/x is dz.
    nodes: of each panel.

    >>> round(gauss_legendre(lambda x: x**2, -30.0, 0.0, 10), 12)
    0.5
    """
    places, weights = np.polynomial.legendre.leggauss(nodes)
    edges = np.linspace(low, high, int(np.ceil(high - low)) + 1)
    half = (edges[1] - edges[0]) / 2
    z = (edges[:-1] + half)[:, None] + half * places
    return float(half * (integrand(np.exp(z.ravel())).reshape(z.shape) @ weights).sum())
