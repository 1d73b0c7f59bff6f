"""Names of array types: what an array holds, and nothing of its shape."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "ComplexArray", "FloatArray", "IndexArray", "IntArray"]

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
# Places in another array.
IndexArray = NDArray[np.intp]
