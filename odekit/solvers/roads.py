"""The ways from a problem to its solution: by formulas, in many digits, in a cheaper form, or in steps."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from inspect import unwrap

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.errors import InputError, LimitError
from odekit.solvers.backends import compile_for
from odekit.solvers.closed import has_closed_form, solve_closed_form
from odekit.solvers.codegen import Linearisation, formulas_of, linearisation_of, switching_of
from odekit.solvers.compiler import compile
from odekit.solvers.equivalent import Form, cheapest_form, form_states, original_states
from odekit.solvers.formula_road import follow_formulas
from odekit.solvers.kernels import integrate_in_jax, integrate_in_lanes
from odekit.solvers.moments import breakpoints
from odekit.solvers.pilot import turns_out_stiff
from odekit.solvers.precise import follow_precisely
from odekit.solvers.problem import (
    BoundEvent,
    CompiledSystem,
    DenseOutput,
    Problem,
    Solution,
    bind,
    default_atol,
)
from odekit.solvers.stepping import BLOCK, PANEL, Record, Task, integrate, most_together
from odekit.systems import System

__all__ = ["chosen_road"]

Road = Callable[[Problem], Solution]

# Increments of a state above it, which matter down to its rounding, are normal numbers.
_SMALLEST = float(np.finfo(np.float64).tiny) / float(np.finfo(np.float64).eps) ** 2


def chosen_road(problem: Problem) -> Road:
    """How a problem is solved.

    Raises
    ------
    InputError: ``method="exact"`` without a closed form, or together with events or dense output.
    """
    if problem.method in ("auto", "exact") and _uses_closed_form(problem):
        by_formulas = partial(follow_formulas, follow=_in_steps)
        return by_formulas if problem.system.solution else follow_exactly
    if problem.backend == "mpmath" and problem.method not in ("taylor", "rodas5p"):
        return _in_steps
    if problem.compiled is None and not problem.needs_steps:
        form = cheapest_form(problem.system, problem.inputs.y0)
        if form is not None:
            return partial(follow_form, form)
    return follow_in_steps


def _uses_closed_form(problem: Problem) -> bool:
    available = bool(problem.system.solution) or has_closed_form(problem.system, problem.inputs.y0)
    if problem.method == "auto":
        return available and not problem.needs_steps and problem.backend != "mpmath"
    if not available:
        raise InputError(
            "the system has no closed form from these starts",
            expected="a system with one; on spheres all modes, aligned or one pair alone",
            hint='method="dop853"',
        )
    if problem.needs_steps:
        raise InputError(
            "the closed form takes no steps, so that it finds no events and has no interpolant",
            hint='method="dop853", or ask for the times themselves',
        )
    return True


def follow_exactly(problem: Problem) -> Solution:
    """By formulas."""
    with np.errstate(all="ignore"):
        y, status = solve_closed_form(problem.system, problem.inputs)
    return problem.answered_by_formulas(y, status)


def follow_form(form: Form, problem: Problem) -> Solution:
    """In steps of an equivalent form, whose states the tolerances are for."""
    start = form_states(form, problem.system, problem.inputs)
    inputs = replace(problem.inputs, y0=start)
    if problem.has_default_atol:
        inputs = replace(inputs, atol=default_atol(start, inputs.rtol))
    solved = follow_in_steps(replace(problem, system=form.system, inputs=inputs))
    return original_states(form, problem.system, problem.inputs, solved)


def _in_steps(problem: Problem) -> Solution:
    steps = replace(problem, method="auto")
    is_precise = problem.backend == "mpmath" and switching_of(problem.system) is None
    return follow_precisely(steps) if is_precise else follow_in_steps(steps)


def follow_in_steps(problem: Problem) -> Solution:
    """With a step size of its own for each trajectory; in NumPy where states switch the field."""
    compiled = problem.compiled
    switching = None if problem.method == "rodas5p" else switching_of(problem.system)
    if switching is not None and problem.method != "taylor":
        compiled = compile(problem.system)
    elif (
        compiled is None
        or compiled.system is not problem.system
        or problem.method not in ("auto", compiled.method)
    ):
        compiled = compile_for(
            problem.system,
            problem.backend,
            batch=problem.batch,
            needs_steps=problem.needs_steps,
            method=problem.method,
            is_stiff=partial(turns_out_stiff, problem, follow_in_steps),
        )
    task = Task(
        unwrap(compiled.rhs) if switching is None else switching.rhs,
        problem.inputs,
        problem.h0,
        problem.max_steps,
        tuple(
            bind(event, compiled.states, compiled.parameters, problem.is_clocked) for event in problem.events
        ),
        problem.is_dense,
        block=BLOCK if compiled.linearisation is None else most_together(len(compiled.states)),
        series=compiled.series,
        linearisation=compiled.linearisation,
        when_stiff=_way_out(problem, compiled) if switching is None else None,
        max_step=problem.max_step,
        breakpoints=breakpoints(problem),
        switching=switching,
        is_wide=len(compiled.states) >= PANEL and problem.system.blocks is None,
    )
    solution = _solution(task, compiled, _integrated(task, compiled))
    return _unflushed(problem, solution) if compiled.backend == "jax" else solution


def _bound_events(problem: Problem, compiled: CompiledSystem) -> tuple[BoundEvent, ...]:
    names = compiled.states, compiled.parameters
    return tuple(bind(event, *names, problem.is_clocked) for event in problem.events)


def _way_out(problem: Problem, compiled: CompiledSystem) -> Callable[[], Linearisation | None] | None:
    """How "auto" goes on where a flow turns out stiff; None where the method is fixed, or not numpy's."""
    is_free = problem.method == "auto" and problem.compiled is None and problem.system.blocks is None
    return partial(_linearised, problem.system) if is_free and compiled.backend == "numpy" else None


def _linearised(system: System) -> Linearisation | None:
    """None where there is no code for the derivatives, or where it would take too long to find."""
    try:
        return linearisation_of(formulas_of(system))
    except (InputError, LimitError):
        return None


def _unflushed(problem: Problem, solution: Solution) -> Solution:
    """With numpy's trajectories where JAX, to which subnormal numbers may be 0, may have lost digits."""
    given = problem.inputs
    is_tiny = [_is_tiny(values) for values in (*solution.y, given.y0, given.p, given.times)]
    vanished = ((solution.y == 0.0).any(axis=0) & (given.y0 != 0.0)).any(axis=0)
    where = np.logical_or.reduce([*is_tiny, vanished])
    if not where.any():
        return solution
    rest = replace(problem.only(np.flatnonzero(where)), compiled=None, backend="numpy", method="dop853")
    return solution.with_others(follow_in_steps(rest), where)


def _is_tiny(values: FloatArray) -> BoolArray:
    """Where some of (row, batch) are so small that what they are computed from may be subnormal; 0 is not."""
    return np.asarray(((values != 0.0) & (np.abs(values) < _SMALLEST)).any(axis=0))


def _integrated(task: Task, compiled: CompiledSystem) -> Record:
    if compiled.kernel is None:
        return integrate(task)
    in_batch = integrate_in_jax if compiled.backend == "jax" else integrate_in_lanes
    return in_batch(task, compiled.kernel)


def _solution(task: Task, compiled: CompiledSystem, record: Record) -> Solution:
    given = task.inputs
    dense = DenseOutput.from_steps(record.pieces, given.y0, record.t_reached) if task.is_dense else None
    return Solution(
        t=given.times,
        y=record.y,
        status=record.status,
        states=compiled.states,
        t_reached=record.t_reached,
        steps=record.steps,
        error_estimate=record.error,
        event_names=tuple(event.event.name for event in task.events),
        event_t=record.event_t,
        event_y=record.event_y,
        method=f"{compiled.method}, rodas5p" if record.turned.any() else compiled.method,
        backend=compiled.backend,
        dense=dense,
    )
