"""Problem: everything that was asked of a solver, checked, before a method is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.arrays import FloatArray, IntArray
from odekit.errors import InputError
from odekit.numbers import integer
from odekit.solvers.problem.compiled import CompiledSystem
from odekit.solvers.problem.events import Event
from odekit.solvers.problem.inputs import InitialStates, Inputs, prepare, select_system
from odekit.solvers.problem.solution import Solution
from odekit.systems import System

__all__ = ["Problem", "pose"]

# What the closed forms' own tests allow them at a fixed distance from the blow-up.
FORMULA_ERROR = 100.0 * float(np.finfo(np.float64).eps)


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
    max_step: (batch,) float64, the longest step.
    events: moments to look for.
    is_dense: whether all interpolants are kept.
    compiled: the system's code, where the user brought it, which fixes backend and form.
    has_default_atol: whether atol follows from the size of the initial states.
    is_clocked: whether the last two parameters are the origin and the direction of the events' time.
    """

    system: System
    inputs: Inputs
    h0: FloatArray
    method: str
    backend: str
    max_steps: int
    max_step: FloatArray
    events: tuple[Event, ...] = ()
    is_dense: bool = False
    compiled: CompiledSystem | None = None
    has_default_atol: bool = False
    is_clocked: bool = False

    @property
    def needs_steps(self) -> bool:
        """Whether something is asked about the steps themselves."""
        return bool(self.events) or self.is_dense

    def answered_by_formulas(self, y: FloatArray, status: NDArray[np.int8]) -> Solution:
        """The solution that formulas gave, without steps.

        Parameters
        ----------
        y: (time, state, batch), NaN at times that a trajectory doesn't reach.
        status: (batch,).
        """
        known = np.isfinite(y).all(axis=1)
        return Solution(
            t=self.inputs.times,
            y=y,
            status=status,
            states=tuple(state.name for state in self.system.states),
            t_reached=np.where(known, self.inputs.times, 0.0).max(axis=0),
            steps=np.zeros(self.batch, dtype=np.int64),
            error_estimate=np.full(self.batch, FORMULA_ERROR),
            method="exact",
        )

    def only(self, positions: IntArray) -> Problem:
        """The same for chosen trajectories."""
        given = self.inputs
        inputs = Inputs(
            given.y0[:, positions],
            given.p[:, positions],
            given.times[:, positions],
            given.rtol[positions],
            given.atol[positions],
            given.clock.only(positions),
        )
        return replace(self, inputs=inputs, h0=self.h0[positions], max_step=self.max_step[positions])

    @property
    def batch(self) -> int:
        """Number of trajectories."""
        return int(self.inputs.y0.shape[1])


def pose(
    system: System | CompiledSystem,
    y0: InitialStates,
    t: ArrayLike,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
    rtol: ArrayLike = 1e-8,
    atol: ArrayLike | None = None,
    t0: ArrayLike = 0.0,
    method: str = "auto",
    backend: str = "numpy",
    events: Sequence[Event] = (),
    dense: bool = False,
    max_steps: int = 100_000,
    h0: ArrayLike | None = None,
    max_step: ArrayLike | None = None,
) -> Problem:
    """A checked problem from a user's arguments, which are those of `solve`.

    Raises
    ------
    InputError, UnknownNameError, ReductionError: as `solve` says.
    """
    compiled = system if isinstance(system, CompiledSystem) else None
    whole = system.system if isinstance(system, CompiledSystem) else system
    if not isinstance(whole, System):
        raise InputError(
            "what to solve is no system",
            expected="a system, of odekit.derive, gradient_flow or system",
            received=type(system).__name__,
        )
    chosen = select_system(whole, y0)
    inputs = prepare(chosen, y0, t, parameters, rtol, atol, t0)
    chosen.check_start(inputs.y0, inputs.p)
    end = inputs.times[-1]
    first = _step_sizes("first", h0, np.nan, end)
    return Problem(
        system=chosen,
        inputs=inputs,
        h0=np.minimum(first, end),
        method=method,
        backend=backend,
        max_steps=integer(max_steps, "max_steps", 1),
        max_step=_step_sizes("longest", max_step, np.inf, end),
        events=tuple(events),
        is_dense=dense,
        compiled=compiled,
        has_default_atol=atol is None,
    )


def _step_sizes(which: str, given: ArrayLike | None, otherwise: float, end: FloatArray) -> FloatArray:
    """The first or the longest step of each trajectory; ``otherwise`` where the solver shall choose it."""
    if given is None:
        return np.broadcast_to(np.float64(otherwise), end.shape)
    try:
        steps = np.broadcast_to(np.asarray(given, dtype=np.float64), end.shape)
    except (TypeError, ValueError, OverflowError) as error:
        expected = f"a number, or one for each of {len(end)} trajectories"
        raise InputError(f"the {which} step size doesn't fit", expected=expected) from error
    if not (steps > 0.0).all():
        raise InputError(f"the {which} step size must be positive", received=f"{steps.min()}")
    return steps
