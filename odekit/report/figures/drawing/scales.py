"""Logarithmic axes that can be read, and what of a curve they show."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray

__all__ = ["finite", "logarithmic", "positive_part"]

FEW_DECADES = 100.0  # an axis that spans less may show no power of ten but one


def logarithmic(axes: Axes, direction: Literal["x", "y"]) -> None:
    """Make an axis logarithmic, with labels at 1, 2, 5 where it spans less than two decades."""
    axis = axes.xaxis if direction == "x" else axes.yaxis
    (axes.set_xscale if direction == "x" else axes.set_yscale)("log")
    low, high = axis.get_view_interval()
    if low > 0 and high < FEW_DECADES * low:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def finite(values: ArrayLike) -> FloatArray:
    """The values, NaN where they are not finite, so that a curve ends there."""
    array = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def positive_part(values: ArrayLike) -> FloatArray:
    """The values, NaN where a logarithmic axis can't show them."""
    array = finite(values)
    return np.where(array > 0, array, np.nan)
