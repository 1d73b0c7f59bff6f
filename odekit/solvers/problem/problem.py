"""Problem: everything that was asked of a solver, checked, before it is decided how it is answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from odekit.solvers.problem.compiled import CompiledSystem
from odekit.solvers.problem.events import Event
from odekit.solvers.problem.inputs import Inputs
from odekit.systems import System

__all__ = ["Problem"]


@dataclass(frozen=True, eq=False)
class Problem:
    """A system with initial states, parameters and times, and how the user wants it solved.

    Parameters
    ----------
    system: with just the states that have initial values.
    inputs: checked arrays.
    h0: (batch,) float64, first step size; NaN where the solver shall choose it.
    method: one of `METHODS`.
    backend: one of `CHOICES`.
    max_steps: steps that a trajectory may try.
    events: moments to look for.
    is_dense: whether all interpolants are kept.
    compiled: the system's code, where the user brought it, which fixes backend and form.
    has_default_atol: whether atol follows from the size of the initial states.
    """

    system: System
    inputs: Inputs
    h0: NDArray[np.float64]
    method: str
    backend: str
    max_steps: int
    events: tuple[Event, ...] = ()
    is_dense: bool = False
    compiled: CompiledSystem | None = None
    has_default_atol: bool = False

    @property
    def needs_steps(self) -> bool:
        """Whether something is asked about the steps themselves."""
        return bool(self.events) or self.is_dense

    @property
    def batch(self) -> int:
        """Number of trajectories."""
        return int(self.inputs.y0.shape[1])
