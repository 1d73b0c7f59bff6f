"""Functions on arrays that NumPy has not, or not as exactly.

What enters and leaves are arrays, real or complex; trees are not known here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.extras import on_first_use

__all__ = ["error_function", "integer_power"]

Array = NDArray[Any]


def error_function(x: Array, out: Array | None = None) -> Array:
    """The error function, of real or complex arrays."""
    return np.asarray(on_first_use("scipy.special").erf(x, out=out))


def integer_power(base: Array, exponent: int, out: Array | None) -> Array:
    """Repeated squaring: exact for complex steps, and faster than ``np.power`` on small exponents."""
    if exponent == 0:
        return np.ones_like(base)
    if exponent == 1:
        return base
    half = integer_power(base, exponent // 2, out)
    square: Array = np.multiply(half, half, out=out)
    return np.asarray(np.multiply(square, base, out=out)) if exponent % 2 else square
