"""Integration of many trajectories at once in NumPy, each with its own step size and status."""

from dataclasses import replace

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.problem import Interpolant, Status
from odekit.solvers.stepping.attempt import Attempt
from odekit.solvers.stepping.implicit import RODAS5P, most_together, take_rosenbrock_step
from odekit.solvers.stepping.lanes import Lanes, LooseLanes, Task
from odekit.solvers.stepping.record import Record, Step
from odekit.solvers.stepping.stages import RightHandSide, Stages, interpolate
from odekit.solvers.stepping.step_size_control import error_norm, initial_step, next_step, smallest_step
from odekit.solvers.stepping.stiffness import is_stiff, judge_stiffness, strain
from odekit.solvers.stepping.switching import MOST_TURNS, Turns, cut_at_switches
from odekit.solvers.stepping.tableau import DOP853
from odekit.solvers.stepping.taylor_batch import first_scale, take_taylor_step

__all__ = ["integrate"]

# Compacting copies every lane: it pays once a tenth of them stand idle.
_FULL = 0.9


def integrate(task: Task) -> Record:
    """Integrates a task, a step size for each trajectory.

    With Rodas5P where the task has a linearisation, else with Taylor where it has a series, else with DOP853;
    trajectories that this finds stiff go on with Rodas5P if the task says how.
    """
    record = Record.blank(task)
    with np.errstate(all="ignore"):
        stiff: list[LooseLanes] = []
        lanes = _admit(task, record, 0, task.block)
        admitted = task.block
        while lanes.count or admitted < task.batch:
            room = task.block - lanes.count
            if admitted < task.batch and 4 * room >= task.block:
                lanes = lanes.joined(_admit(task, record, admitted, admitted + room))
                admitted += room
            if lanes.count:
                lanes = _advance(task, record, lanes)
            if task.when_stiff is not None and is_stiff(lanes).any():
                task, lanes = _give_up(task, record, lanes, stiff)
        for waiting in stiff:
            _go_on(task, record, waiting)
    return record


def _give_up(task: Task, record: Record, lanes: Lanes, stiff: list[LooseLanes]) -> tuple[Task, Lanes]:
    """Leaves the stiff lanes to an implicit method, unless there is none for this task."""
    assert task.when_stiff is not None
    if task.when_stiff() is None:
        return replace(task, when_stiff=None), lanes
    found = is_stiff(lanes)
    record.turned[lanes.index[found]] = True
    stiff.append(LooseLanes.of(lanes.only(found)))
    lanes.live &= ~found
    return task, lanes.only(lanes.live)


def _go_on(task: Task, record: Record, waiting: Lanes) -> None:
    assert task.when_stiff is not None
    implicit = replace(task, linearisation=task.when_stiff(), when_stiff=None)
    order = np.arange(waiting.count)
    for first in range(0, waiting.count, most_together(len(waiting.y))):
        lanes = waiting.only((order >= first) & (order < first + most_together(len(waiting.y))))
        while lanes.count:
            lanes = _advance(implicit, record, lanes)


def _admit(task: Task, record: Record, first: int, last: int) -> Lanes:
    positions = np.arange(first, min(last, task.batch))
    is_loose = task.linearisation is not None or (task.is_wide and task.series is None)
    kind = LooseLanes if is_loose else Lanes
    lanes = _lanes_at_start(task, kind, kind.padded(positions), len(positions))
    stopped = record.start(lanes)
    finite = np.logical_and.reduce(np.isfinite(np.concatenate([lanes.y, lanes.f])), axis=0)
    is_ahead: BoolArray = np.greater(lanes.end, 0.0)
    record.finish(lanes, ~is_ahead, Status.success)
    record.finish(lanes, stopped, Status.event)
    record.finish(lanes, ~finite, Status.not_finite)
    return lanes.only(finite & ~stopped & is_ahead)


def _lanes_at_start(task: Task, kind: type[Lanes], index: IntArray, count: int) -> Lanes:
    width = len(index)
    given = task.inputs
    t, y, p = np.zeros(width), given.y0[:, index], given.p[:, index]
    if task.switching is not None:
        p = np.concatenate([p, task.switching.modes(t, y, p)])
    rtol, atol, end = given.rtol[index], given.atol[index], given.times[-1, index]
    passed = _passed_at_start(task, index)
    max_step = task.max_step[np.minimum(index, len(task.max_step) - 1)]
    lanes = kind(
        index=index,
        live=np.arange(width) < count,
        t=t,
        y=y,
        f=np.empty_like(y),
        p=p,
        h=task.h0[index],
        end=end,
        next_time=given.times[0, index],
        cursor=np.zeros(width, dtype=np.int64),
        passed=passed,
        low=task.breakpoint(passed - 1, index),
        stop=task.breakpoint(passed, index),
        max_step=max_step,
        rtol=rtol,
        atol=atol,
        steps=np.zeros(width, dtype=np.int64),
        error=np.zeros(width),
        strained=np.zeros(width, dtype=np.int64),
        rejected=np.zeros(width, dtype=np.bool_),
        broken=np.zeros(width, dtype=np.bool_),
        events=_event_values(task, t, y, p),
        idle=np.zeros(width),
    )
    rhs = _within(task.rhs, lanes)
    rhs(t, y, p, lanes.f)
    if task.series is None:
        order = DOP853.order if task.linearisation is None else RODAS5P.order
        chosen = initial_step(rhs, y, lanes.f, p, rtol, atol, lanes.goal, order)
    else:
        chosen = first_scale(y, lanes.f, rtol, atol, lanes.goal)
    lanes.h = np.minimum(np.where(np.isnan(lanes.h), chosen, lanes.h), max_step)
    return lanes


def _passed_at_start(task: Task, index: IntArray) -> IntArray:
    column = np.minimum(index, task.breakpoints.shape[1] - 1)
    passed: IntArray = np.count_nonzero(task.breakpoints <= 0.0, axis=0)
    return np.asarray(passed[column])


def _within(rhs: RightHandSide, lanes: Lanes) -> RightHandSide:
    """The right-hand side between the breakpoints next to where the lanes stand."""
    low, high = lanes.window
    return lambda t, y, p, out: rhs(np.clip(t, low, high), y, p, out)


def _event_values(task: Task, t: FloatArray, y: FloatArray, p: FloatArray) -> FloatArray:
    values = np.empty((len(task.events), len(t)))
    for row, event in zip(values, task.events, strict=True):
        row[:] = event(t, y, p)
    return values


def _advance(task: Task, record: Record, lanes: Lanes) -> Lanes:
    tried = _tried(task, lanes)
    turns = None
    if task.switching is not None:
        tried, turns = cut_at_switches(task.switching, lanes, tried)
        lanes.idle = turns.idle(lanes, tried)
    taken, accepted = tried.accepted & lanes.live, tried.accepted
    step = Step(tried.t, tried.y, taken, _event_values(task, tried.t, tried.y, lanes.p), tried.inside)
    stopped, stop = record.advance(lanes, step)
    _move(lanes, tried, step.events, stop)
    if task.when_stiff is not None:
        judge_stiffness(lanes, tried, taken & ~stopped)
    lanes.error += np.where(accepted, tried.error * lanes.rtol, 0.0)
    landed = accepted & tried.lands
    # A step that a breakpoint cut short says little about how long the next one may be.
    following = np.where(landed, np.maximum(tried.h, lanes.h), tried.h)
    lanes.h, lanes.rejected, lanes.broken = np.minimum(following, lanes.max_step), ~accepted, ~tried.finite
    at_end = lanes.t >= lanes.end
    if turns is not None and turns.turned.any():
        _turn(task, lanes, turns)
    if (landed & ~at_end).any():
        _pass_breakpoints(task, lanes, landed & ~stopped)
    return _retire(task, record, lanes, landed & at_end, stopped)


def _turn(task: Task, lanes: Lanes, turns: Turns) -> None:
    """The field goes on behind a switch."""
    lanes.p = np.concatenate([lanes.p[: -len(turns.modes)], turns.modes])
    _renew(task, lanes, turns.turned)


def _pass_breakpoints(task: Task, lanes: Lanes, landed: BoolArray) -> None:
    """The field jumps there: its new value is where the next step begins."""
    lanes.passed = lanes.passed + landed
    lanes.low = task.breakpoint(lanes.passed - 1, lanes.index)
    lanes.stop = task.breakpoint(lanes.passed, lanes.index)
    _renew(task, lanes, landed)


def _renew(task: Task, lanes: Lanes, where: BoolArray) -> None:
    after = np.empty_like(lanes.f)
    _within(task.rhs, lanes)(lanes.t, lanes.y, lanes.p, after)
    lanes.f = np.where(where, after, lanes.f)


def _tried(task: Task, lanes: Lanes) -> Attempt:
    if task.linearisation is not None:
        return take_rosenbrock_step(task.rhs, task.linearisation, lanes)
    return _take_step(task, lanes) if task.series is None else take_taylor_step(task.series, lanes)


def _take_step(task: Task, lanes: Lanes) -> Attempt:
    """A step of DOP853."""
    left = lanes.goal - lanes.t
    lands = lanes.h >= left
    h = np.where(lands, left, lanes.h)
    rows = np.empty((DOP853.stages + 1, *lanes.y.shape))
    stages = Stages(task.rhs, lanes.t, h, lanes.p, *lanes.window, rows)
    y, f = stages.take(lanes.y, lanes.f)
    error = error_norm(stages.increments, lanes.y, y, lanes.rtol, lanes.atol)
    finite = np.isfinite(error) & np.isfinite(np.add.reduce(f, axis=0))
    return Attempt(
        t=np.where(lands, lanes.goal, lanes.t + h),
        y=y,
        f=f,
        error=error,
        finite=finite,
        accepted=finite & (error <= 1.0),
        lands=lands,
        h=next_step(h, np.where(finite, error, np.inf), lanes.rejected),
        inside=lambda positions: _inside(stages, y, f, lanes.padded(positions), len(positions)),
        strain=lambda positions: strain(stages, y, f, lanes.padded(positions))[: len(positions)],
    )


def _inside(stages: Stages, y: FloatArray, f: FloatArray, chosen: IntArray, count: int) -> Interpolant:
    return interpolate(stages.extended(chosen, f), y[:, chosen]).only(slice(count))


def _move(lanes: Lanes, tried: Attempt, events: FloatArray, stop: FloatArray) -> None:
    rejected = np.flatnonzero(~tried.accepted)
    for before, after in ((lanes.y, tried.y), (lanes.f, tried.f), (lanes.events, events)):
        after[:, rejected] = before[:, rejected]
    lanes.y, lanes.f, lanes.events = tried.y, tried.f, events
    lanes.t = np.where(tried.accepted, stop, lanes.t)
    lanes.steps += 1


def _retire(task: Task, record: Record, lanes: Lanes, landed: BoolArray, stopped: BoolArray) -> Lanes:
    going = ~(landed | stopped)
    stuck = going & (lanes.h < smallest_step(lanes.t))
    slides = going & ~stuck & (lanes.idle > MOST_TURNS)
    capped = going & ~(stuck | slides) & (lanes.steps >= task.max_steps)
    going &= ~(stuck | slides | capped)
    if going[lanes.live].all():
        return lanes
    ends = (
        (landed & ~stopped, Status.success),
        (stopped, Status.event),
        (stuck & ~lanes.broken, Status.step_too_small),
        (stuck & lanes.broken, Status.not_finite),
        (slides, Status.sliding),
        (capped, Status.max_steps),
    )
    for ended, status in ends:
        record.finish(lanes, ended, status)
    lanes.live &= going
    return lanes.only(going) if lanes.count < _FULL * len(lanes.live) else lanes
