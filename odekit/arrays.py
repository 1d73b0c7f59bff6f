"""Names of array types, what an array holds and nothing of its shape, and the rounding of its numbers."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["EPS", "BoolArray", "ComplexArray", "FloatArray", "IndexArray", "IntArray"]

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
# Places in another array.
IndexArray = NDArray[np.intp]

# Distance from 1 to the next float64: a rounded operation is off by half of it, relative.
EPS = float(np.finfo(np.float64).eps)
