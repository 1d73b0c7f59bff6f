"""Means of periodic functions over one or two angles, by the trapezoidal rule, checked for convergence."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.errors import ReductionError
from odekit.systems.algebra.code import code_function

__all__ = ["AngleIntegral", "mean_of_arrays", "precise_mean"]

# Points an angle: a smooth mean settles to rounding well before MOST, a million points for two angles.
FIRST, MOST = 16, 1024
SETTLED = 1e-12
DOUBLE_BITS = 100  # SymPy asks for up to so many where it wants fifteen digits of a sum or product.


class AngleIntegral(sp.Integral):  # type: ignore[misc]
    """An integral over whole turns of some angles, whose digits come from the rule for periodic functions.

    SymPy asks for digits of constants whenever it orders terms, and its own rule takes seconds for each.
    """

    def measured(self) -> sp.Expr:
        """Its mean in double precision times the turns, where there are no symbols but the angles.

        Raises
        ------
        ReductionError: the mean hasn't settled.
        """
        angles = tuple(angle for angle, *_ in self.limits)
        mean = mean_of_arrays(code_function(angles, self.function), len(angles), ())
        return sp.Float(float(mean)) * (2 * sp.pi) ** len(angles)

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        """A float where there are no other symbols; None where the mean hasn't settled, or more is asked."""
        if self.free_symbols or prec > DOUBLE_BITS:
            return None
        try:
            return self.measured().evalf()
        except ReductionError:
            return None


def mean_of_arrays(function: Callable[..., Any], angles: int, shape: tuple[int, ...]) -> FloatArray:
    """Mean over ``angles`` angles of an array-valued function, in double precision.

    Parameters
    ----------
    function: takes the angles as arrays whose last ``angles`` axes are the grid's, and broadcasts.
    angles: 1 or 2.
    shape: of the result.

    Raises
    ------
    ReductionError: the mean hasn't settled to 1e-12 with 1,024 points an angle.

    >>> float(mean_of_arrays(lambda t: np.cos(t) ** 2, 1, ()))
    0.5
    """
    before = None
    points = FIRST
    while points <= MOST:
        grid = np.meshgrid(*[2 * np.pi * np.arange(points) / points] * angles, indexing="ij")
        with np.errstate(all="ignore"):
            values = np.broadcast_to(function(*grid), (*shape, *[points] * angles))
            mean = np.asarray(values.mean(axis=tuple(range(-angles, 0))), dtype=np.float64)
            size = np.maximum(np.abs(values).mean(axis=tuple(range(-angles, 0))), np.finfo(np.float64).tiny)
            if before is not None and (np.abs(mean - before) <= SETTLED * size).all():
                return mean
        before, points = mean, 2 * points
    raise _unsettled(f"{SETTLED:g}")


def precise_mean(function: Callable[..., mpmath.mpf], angles: int, digits: int) -> mpmath.mpf:
    """Mean over angles of a function that is even about 0 and about pi in each, to ``digits`` digits.

    Raises
    ------
    ReductionError: the mean hasn't settled with 256 points an angle.
    """
    before = None
    points = FIRST
    while points <= MOST // 4:
        half = points // 2
        turns = [2 * mpmath.pi * index / points for index in range(half + 1)]
        shares = [mpmath.mpf(1 if index in (0, half) else 2) / points for index in range(half + 1)]
        mean = mpmath.fsum(
            mpmath.fprod(shares[i] for i in place) * function(*(turns[i] for i in place))
            for place in product(range(half + 1), repeat=angles)
        )
        if before is not None and abs(mean - before) <= mpmath.mpf(10) ** -digits * (abs(mean) or 1):
            return mean
        before, points = mean, 2 * points
    raise _unsettled(f"1e-{digits}")


def _unsettled(wanted: str) -> ReductionError:
    return ReductionError(
        "a mean over angles has not settled",
        expected=f"a relative change below {wanted}",
        received="an activation with a kink away from 0, or a magnitude too large for the grid",
        hint="a smaller magnitude",
    )
