"""Logarithmic axes that can be read, and what of a curve they show."""

from fractions import Fraction
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MultipleLocator, NullFormatter
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray

__all__ = ["angular", "finite", "logarithmic", "positive_part"]

WIDE = 1.6 * np.pi  # an axis of angles that spans less is labelled more densely
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


def angular(axes: Axes, direction: Literal["x", "y"]) -> None:
    """Label an axis of radians at multiples of pi/2, or pi/4, where it spans half of that at least."""
    axis = axes.xaxis if direction == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    if np.pi / 2 < high - low < 6 * np.pi:
        axis.set_major_locator(MultipleLocator(np.pi / (4 if high - low < WIDE else 2)))
        axis.set_major_formatter(FuncFormatter(lambda value, place: _in_turns(value)))


def _in_turns(value: float) -> str:
    r"""A multiple of pi/4, as TeX.

    >>> _in_turns(0.0), _in_turns(-np.pi / 2), _in_turns(2 * np.pi), _in_turns(0.75 * np.pi)
    ('0', '$-\\pi/2$', '$2\\pi$', '$3\\pi/4$')
    """
    share = Fraction(round(4 * value / np.pi), 4)
    if share == 0:
        return "0"
    sign, above = "-" if share < 0 else "", abs(share.numerator)
    below = f"/{share.denominator}" if share.denominator > 1 else ""
    return rf"${sign}{above if above > 1 else ''}\pi{below}$"


def finite(values: ArrayLike) -> FloatArray:
    """The values, NaN where they are not finite, so that a curve ends there."""
    array = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def positive_part(values: ArrayLike) -> FloatArray:
    """The values, NaN where a logarithmic axis can't show them."""
    array = finite(values)
    return np.where(array > 0, array, np.nan)
