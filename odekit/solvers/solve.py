"""The public front of the solvers: a system, initial states and times become a `Solution`.

This module checks, chooses a method and hands over. It holds no numerics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.errors import InputError, UnknownNameError
from odekit.solvers.backends import check_backend, compile_for
from odekit.solvers.closed import has_closed_form, solve_closed_form
from odekit.solvers.compile import CompiledSystem
from odekit.solvers.equivalent import cheapest_form, form_states, original_states
from odekit.solvers.kernels.jax_batch import integrate_in_jax
from odekit.solvers.kernels.numba_batch import integrate_in_lanes
from odekit.solvers.problem.events import Event, bind
from odekit.solvers.problem.inputs import InitialStates, Inputs, prepare, select_system
from odekit.solvers.problem.interpolant import DenseOutput
from odekit.solvers.problem.solution import Solution
from odekit.solvers.stepping.batch import integrate
from odekit.solvers.stepping.lanes import Task
from odekit.solvers.stepping.record import Record

__all__ = ["METHODS", "solve"]

FloatArray = NDArray[np.float64]

METHODS = ("auto", "exact", "dop853", "taylor")

_EXACT_ERROR = 100.0 * float(np.finfo(np.float64).eps)


def solve(
    system: Any,
    y0: InitialStates,
    t: ArrayLike,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
    rtol: ArrayLike = 1e-8,
    atol: ArrayLike | None = None,
    method: str = "auto",
    backend: str = "auto",
    events: Sequence[Event] = (),
    dense: bool = False,
    max_steps: int = 100_000,
    h0: ArrayLike | None = None,
) -> Solution:
    """Solves y' = f(t, y, p) from t = 0 for a whole batch, each trajectory with its own steps and status.

    A derived system that has a `cheapest_form` is integrated in that form, without trigonometry, and the
    states asked for are computed from it; tolerances are then those of the form's states, and a phase is the
    continuous one as long as it turns by less than half a turn between requested times. A `CompiledSystem`
    fixes the form too, and so do events and dense output, which look at each step's own states.

    Parameters
    ----------
    system: a `ReducedSystem`, or a `CompiledSystem`, which fixes the backend. Of an ODE of your own that is
        no gradient flow: ``ReducedSystem(states, vector_field, parameters)`` of SymPy symbols and formulas.
    y0: (state, batch) or (state,) float64, or a mapping from state to scalar or (batch,). A mapping that
        names a closed subset of states and definitions (such as alpha, beta, D) solves that subset.
    t: end time; or (time,) requested times; or (time, batch), times of its own for each trajectory.
    parameters: scalar or (batch,) for each parameter of the system.
    rtol, atol: tolerances of a step's error, scalar or (batch,); atol is ``1e-3 rtol max|y0|`` where omitted.
    method: "exact" (closed form, where there is one); "dop853"; "taylor" (series of order 16, for vector
        fields polynomial in the states and in t, on numpy and numba: fewer and longer steps, and requested
        times come from the series itself; it has no rejected steps, and ``h0`` bounds the first step by
        10 h0); or "auto": exact where possible (a closed form, no events, no dense output), else taylor on
        numba where the vector field is polynomial with few products, else dop853. A `CompiledSystem`
        takes the steps of its own method under "auto".
    backend: "numpy"; "numba" (the same method as machine code on all cores, no events, no dense output;
        compiling takes seconds, once a machine, and minutes beyond some ten states; sines of more than 1e8
        are not finite); "jax" (the same method in float64 on what JAX runs on, an accelerator or the CPU, no
        events, no dense output; compiling takes seconds, once a process and shape); "mpmath" (40 digits,
        slow; tolerances don't matter, no events, no dense output); or "auto": numba where it is installed
        and can do what is asked, for at least 100,000 trajectories of at most 8 states, else numpy. They
        agree to the tolerance, not to the last bit. A closed form takes no steps and is the same float64
        formulas on every backend but mpmath, which integrates.
    events: moments to look for.
    dense: whether `Solution.at` shall work.
    max_steps: steps that a trajectory may try.
    h0: first step size, positive, scalar or (batch,); chosen where omitted.

    Returns
    -------
    `Solution` with t (time, batch), y (time, state, batch) and status (batch,); ``solution["alpha"]`` is a
    state, (time, batch). A trajectory that fails is a status, such as ``step_too_small`` at a blow-up before
    the end time; it raises nothing and leaves the others alone.

    Raises
    ------
    InputError: a system without states and a vector field.
    InputError: initial states, times, parameters or tolerances that don't fit the system.
    InputError: a start that violates the system's constraint, with the residual.
    InputError: a first step size that isn't positive, or a step cap that isn't a positive integer.
    InputError: ``method="exact"`` without a closed form, or ``method="taylor"`` and a vector field that isn't
        polynomial.
    InputError: the backend doesn't exist or isn't installed.
    InputError: events or dense output together with ``method="exact"``, or a backend that has neither.
    UnknownNameError: a state, parameter or method that doesn't exist.

    Examples
    --------
    >>> import sympy
    >>> from odekit.derivation import ReducedSystem
    >>> x, k = sympy.symbols("x k")
    >>> decay = ReducedSystem((x,), (-k * x,), (k,))
    >>> solve(decay, [[1.0, 2.0]], 1.0, parameters={"k": 1.0})["x"].round(6).tolist()
    [[0.367879, 0.735759]]
    """
    if method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    if not hasattr(system, "states"):
        expected = "a system, of odekit.derive, gradient_flow or ReducedSystem"
        raise InputError("what to solve is no system", expected=expected, received=type(system).__name__)
    compiled = system if isinstance(system, CompiledSystem) else None
    backend = compiled.backend if compiled else backend
    needs_steps = bool(events) or dense
    check_backend(backend, needs_steps=needs_steps)
    chosen = select_system(compiled.system if compiled else system, y0)
    inputs = _prepared(chosen, y0, t, parameters, rtol, atol)
    if hasattr(chosen, "check_start"):
        chosen.check_start(inputs.y0, inputs.p)
    if _uses_closed_form(chosen, inputs.y0, method, backend, needs_steps=needs_steps):
        return _solve_exactly(chosen, inputs)
    if backend == "mpmath" and method != "taylor":
        return _solve_precisely(chosen, y0, t, parameters)
    form = None if compiled or needs_steps or backend == "mpmath" else cheapest_form(chosen, inputs.y0)
    if form is not None:
        start = form_states(form, chosen, inputs)
        again: dict[str, Any] = {"method": method, "backend": backend, "max_steps": max_steps, "h0": h0}
        solved = solve(form.system, start, t, parameters=parameters, rtol=rtol, atol=atol, **again)
        return original_states(form, chosen, inputs, solved)
    if compiled is None or compiled.system is not chosen or method not in ("auto", compiled.method):
        batch = inputs.y0.shape[1]
        compiled = compile_for(chosen, backend, batch=batch, needs_steps=needs_steps, method=method)
    bound = tuple(bind(event, compiled.states, compiled.parameters) for event in events)
    steps = _first_steps(h0, inputs.times[-1])
    task = Task(compiled.rhs, inputs, steps, _step_cap(max_steps), bound, dense, series=compiled.series)
    return _solution(task, compiled, _integrated(task, compiled))


def _integrated(task: Task, compiled: CompiledSystem) -> Record:
    if compiled.kernel is None:
        return integrate(task)
    in_batch = integrate_in_jax if compiled.backend == "jax" else integrate_in_lanes
    return in_batch(task, compiled.kernel)


def _prepared(system: Any, *arguments: Any) -> Inputs:
    return prepare(_names(system.states), _names(system.parameters), *arguments)


def _names(symbols: Sequence[Any]) -> tuple[str, ...]:
    return tuple(symbol.name for symbol in symbols)


def _uses_closed_form(system: Any, y0: FloatArray, method: str, backend: str, *, needs_steps: bool) -> bool:
    if method not in ("auto", "exact"):
        return False
    available = has_closed_form(system, y0)
    if method == "exact" and not available:
        raise InputError(
            "the system has no closed form from these starts",
            expected="a system with one; on spheres all modes, aligned or one pair alone",
            hint='method="dop853"',
        )
    if method == "exact" and needs_steps:
        raise InputError(
            "the closed form takes no steps, so that it finds no events and has no interpolant",
            hint='method="dop853", or ask for the times themselves',
        )
    return method == "exact" or (method == "auto" and available and not needs_steps and backend != "mpmath")


def _solve_exactly(system: Any, inputs: Inputs) -> Solution:
    with np.errstate(all="ignore"):
        y, status = solve_closed_form(system, inputs)
    batch = inputs.y0.shape[1]
    known = np.isfinite(y).all(axis=1)
    return Solution(
        t=inputs.times,
        y=y,
        status=status,
        states=_names(system.states),
        t_reached=np.where(known, inputs.times, 0.0).max(axis=0),
        steps=np.zeros(batch, dtype=np.int64),
        error_estimate=np.full(batch, _EXACT_ERROR),
        method="exact",
    )


def _solve_precisely(system: Any, y0: InitialStates, t: ArrayLike, parameters: Any) -> Solution:
    from odekit.solvers.precise import solve_precisely

    return solve_precisely(system, y0, t, parameters=parameters)


def _first_steps(h0: ArrayLike | None, end: FloatArray) -> FloatArray:
    """First step size of each trajectory, no longer than to its end; NaN where the solver shall choose."""
    if h0 is None:
        return np.broadcast_to(np.float64(np.nan), end.shape)
    try:
        steps = np.broadcast_to(np.asarray(h0, dtype=np.float64), end.shape)
    except (TypeError, ValueError) as error:
        expected = f"a number, or one for each of {len(end)} trajectories"
        raise InputError("the first step size doesn't fit", expected=expected) from error
    if not (steps > 0.0).all():
        raise InputError("the first step size must be positive", received=f"{steps.min()}")
    return np.minimum(steps, end)


def _step_cap(max_steps: int) -> int:
    if not isinstance(max_steps, int | np.integer) or max_steps < 1:
        raise InputError(
            "the step cap must be positive, a whole number",
            expected="max_steps >= 1",
            received=f"{max_steps}",
        )
    return max_steps


def _solution(task: Task, compiled: CompiledSystem, record: Record) -> Solution:
    count = len(compiled.states)
    dense = DenseOutput.from_steps(record.pieces, count, record.t_reached) if task.is_dense else None
    return Solution(
        t=task.inputs.times,
        y=record.y,
        status=record.status,
        states=compiled.states,
        t_reached=record.t_reached,
        steps=record.steps,
        error_estimate=record.error,
        event_names=tuple(event.event.name for event in task.events),
        event_t=record.event_t,
        event_y=record.event_y,
        method=compiled.method,
        backend=compiled.backend,
        dense=dense,
    )
