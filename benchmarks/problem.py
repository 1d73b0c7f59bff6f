"""What everybody solves: random starts of one mode, end times of their own, and where they truly end.

A form of the flow, a size and a seed enter, a `Problem` leaves. Who solves it isn't known here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flows import POLYNOMIAL, Flow
from numpy.typing import NDArray
from reference import polynomial_reference, trigonometric_reference

from odekit.solvers import blow_up_time

__all__ = ["ERROR_KIND", "RATE", "Problem", "make_problem"]

FloatArray = NDArray[np.float64]

RATE = 23
HORIZON = 0.9
ERROR_KIND = (
    "largest over the trajectories with a 40-digit reference of max |y - reference| / max |reference|"
)


@dataclass(frozen=True, eq=False)
class Problem:
    """One batch of trajectories of one form of the flow.

    Parameters
    ----------
    flow: the form.
    y0: (state, batch) float64.
    end: (batch,) float64, end times.
    reference: (state, at most batch) float64, true end states of the first trajectories.
    """

    flow: Flow
    y0: FloatArray
    end: FloatArray
    reference: FloatArray

    @property
    def size(self) -> int:
        """Number of trajectories."""
        return len(self.end)

    def first(self, count: int) -> Problem:
        """The same for some trajectories."""
        y0 = np.ascontiguousarray(self.y0[:, :count])
        return Problem(self.flow, y0, self.end[:count], self.reference[:, :count])

    def error(self, y: FloatArray) -> float:
        """Achieved error of end states (state, batch); infinite where one is not finite."""
        gap = np.abs(y[:, : self.reference.shape[1]] - self.reference).max(axis=0)
        worst = float((gap / np.abs(self.reference).max(axis=0)).max())
        return worst if np.isfinite(worst) else float("inf")


def make_problem(flow: Flow, size: int, checked: int, seed: int) -> Problem:
    """Starts with alpha and beta around .02 and uniform D, each to 90 % of its own blow-up time.

    Parameters
    ----------
    flow: the form.
    size: trajectories.
    checked: how many of them get a reference.
    seed: of the starts.
    """
    rng = np.random.default_rng(seed)
    alpha, beta = 0.02 * np.exp(0.2 * rng.normal(size=(2, size)))
    D = rng.uniform(-np.pi, np.pi, size)
    end = HORIZON * blow_up_time(alpha, beta, D, RATE)
    if flow is POLYNOMIAL:
        y0, refer = np.array([alpha**2, beta * np.cos(D), beta * np.sin(D)]), polynomial_reference
    else:
        y0, refer = np.array([alpha, beta, D]), trigonometric_reference
    return Problem(flow, y0, end, refer(y0[:, :checked], end[:checked], RATE))
