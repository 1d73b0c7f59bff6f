"""Zeros of equations by damped least-squares Newton steps."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.systems.algebra import array_function, smooth_jacobian

__all__ = ["Equations"]

ITERATIONS = 60  # Near a point Newton's method doubles its digits: a start that takes longer wanders.
HALVINGS = 10  # A start that only a thousandth of a step improves is stuck.
CONVERGED = 1e-11  # Residual in units of the Jacobian, not far above rounding.


class Equations:
    """Functions of some states that have to vanish, as arrays.

    Parameters
    ----------
    functions: formulas in the states alone.
    states: the unknowns.
    """

    def __init__(self, functions: Sequence[sp.Expr], states: Sequence[sp.Symbol]) -> None:
        self._functions, self._states = sp.Matrix(functions), list(states)

    @cached_property
    def _values(self) -> Callable[..., FloatArray]:
        return array_function(self._states, self._functions)

    @cached_property
    def _slopes(self) -> Callable[..., FloatArray]:
        return array_function(self._states, smooth_jacobian(self._functions, self._states))

    def values(self, point: FloatArray) -> FloatArray:
        """(function,) at a point (state,)."""
        return np.asarray(self._values(*point), dtype=np.float64).ravel()

    def jacobian(self, point: FloatArray) -> FloatArray:
        """(function, state) at a point (state,)."""
        if not self._functions:
            return np.zeros((0, len(self._states)))
        return np.asarray(self._slopes(*point), dtype=np.float64).reshape(-1, len(self._states))

    def zero_from(self, start: FloatArray) -> FloatArray | None:
        """Where steps that are halved until the residual falls end; None where at no zero."""
        point, value = start, self.values(start)
        for _ in range(ITERATIONS):
            size = float(np.linalg.norm(value))
            matrix = self.jacobian(point)
            if not (np.isfinite(size) and np.isfinite(matrix).all()):
                return None
            if size <= CONVERGED * (1.0 + float(np.abs(matrix).max(initial=0.0))):
                return np.where(np.abs(point) < CONVERGED, 0.0, point)
            step = np.linalg.lstsq(matrix, value, rcond=1e-10)[0]
            for halving in range(HALVINGS):
                trial = point - 0.5**halving * step
                changed = self.values(trial)
                if float(np.linalg.norm(changed)) < size:
                    break
            else:
                return None
            point, value = trial, changed
        return None
