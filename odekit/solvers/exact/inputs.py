"""Checks what a user passes to the exact solutions: real arrays that broadcast, and a positive rate."""

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.errors import InputError

__all__ = ["real_arrays"]


def real_arrays(**values: ArrayLike) -> list[FloatArray]:
    """The arguments as float64 arrays, checked to be real and to broadcast, and the rate to be positive."""
    arrays = {name: _real_array(name, value) for name, value in values.items()}
    try:
        np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError as failure:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError("shapes don't fit", expected="shapes that broadcast", received=shapes) from failure
    rate = arrays["rate"]
    if not np.all(np.isfinite(rate) & (rate > 0)):
        raise InputError("a rate is out of range", expected="finite and positive", received=str(rate))
    return list(arrays.values())


def _real_array(name: str, value: ArrayLike) -> FloatArray:
    try:
        if np.iscomplexobj(value):
            raise TypeError("complex")
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as failure:
        raise InputError(f"{name} isn't real", expected="real numbers", received=str(failure)) from failure
