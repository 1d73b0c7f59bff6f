"""What is recorded while trajectories advance: requested times, events, interpolants and how each ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.problem import Interpolant, Status
from odekit.solvers.stepping.event_search import first_zeros
from odekit.solvers.stepping.lanes import Lanes, Task

__all__ = ["Record", "Step"]

# Requested times that are written down together; more cost memory and save nothing.
_AT_ONCE = 1024


# A requested time that a terminal event reaches but for the rounding of its own time is reached.
_ROUNDING = 8.0


def _just_beyond(t: FloatArray) -> FloatArray:
    return t + _ROUNDING * np.spacing(t)


def _unknown(shape: tuple[int, ...]) -> FloatArray:
    return np.full(shape, np.nan)


@dataclass(frozen=True, eq=False)
class Step:
    """A step of all lanes, from where the lanes stand to ``t``, ``y``.

    ``taken`` says which lanes are live and accept it; ``events`` are the values of the events' functions at
    its end, (event, lane); ``interpolant`` is y(t) within the step, for chosen lanes.
    """

    t: FloatArray
    y: FloatArray
    taken: BoolArray
    events: FloatArray
    interpolant: Callable[[IntArray], Interpolant]


@dataclass(eq=False)
class Record:
    """Arrays that fill up while trajectories advance; NaN is what never came.

    ``turned`` (batch,) says which trajectories were given up by an explicit method because they are stiff.
    """

    task: Task
    y: FloatArray
    status: NDArray[np.int8]
    t_reached: FloatArray
    steps: IntArray
    error: FloatArray
    event_t: FloatArray
    event_y: FloatArray
    turned: BoolArray
    pieces: list[tuple[IntArray, Interpolant]] = field(default_factory=list)

    @classmethod
    def blank(cls, task: Task, states: Callable[[tuple[int, ...]], FloatArray] = _unknown) -> Record:
        """Nothing is recorded yet; ``states`` makes the array of y, for whoever fills in its NaN himself."""
        count, batch, events = len(task.inputs.y0), task.batch, len(task.events)
        return cls(
            task=task,
            y=states((len(task.inputs.times), count, batch)),
            status=np.zeros(batch, dtype=np.int8),
            t_reached=np.zeros(batch),
            steps=np.zeros(batch, dtype=np.int64),
            error=np.zeros(batch),
            event_t=_unknown((events, batch)),
            event_y=_unknown((events, count, batch)),
            turned=np.zeros(batch, dtype=np.bool_),
        )

    def start(self, lanes: Lanes) -> BoolArray:
        """Writes down what is due at t = 0; returns the lanes that a terminal event stops there."""
        stopped = np.zeros(len(lanes.live), dtype=np.bool_)
        for number, event in enumerate(self.task.events):
            hit = np.flatnonzero(event.is_past(lanes.events[number]) & lanes.live)
            self._write_event(number, lanes.index[hit], lanes.t[hit], lanes.y[:, hit])
            stopped[hit] |= event.event.terminal
        self._write_due(lanes, lanes.live, lanes.t, lanes.y)
        return stopped

    def advance(self, lanes: Lanes, step: Step) -> tuple[BoolArray, FloatArray]:
        """Writes down what a step brings; returns the lanes that an event stops, and where each lane ends."""
        unseen = [
            self._unseen(number, lanes.index)
            & step.taken
            & event.may_happen(lanes.events[number], step.events[number])
            for number, event in enumerate(self.task.events)
        ]
        wanted = step.taken & (self.task.is_dense | (lanes.next_time < step.t))
        for awaited in unseen:
            wanted |= awaited
        positions = np.flatnonzero(wanted)
        stop, stopped = step.t.copy(), np.zeros_like(step.taken)
        reach = stop
        if len(positions):
            inside = step.interpolant(positions)
            place = np.cumsum(wanted) - 1
            self._locate(lanes, step, unseen, inside, place, stop, stopped)
            reach = np.where(stopped, np.minimum(_just_beyond(stop), step.t), step.t)
            self._write_inside(lanes, step, inside, place, reach)
            if self.task.is_dense:
                self.pieces.append((lanes.index[positions], inside))
        self._write_due(lanes, step.taken, reach, step.y)
        return stopped, stop

    def finish(self, lanes: Lanes, ended: BoolArray, status: Status) -> None:
        """Writes down how the live ones among these lanes ended."""
        chosen = np.flatnonzero(ended & lanes.live)
        index = lanes.index[chosen]
        self.status[index] = status
        self.t_reached[index] = lanes.t[chosen]
        self.steps[index] = lanes.steps[chosen]
        self.error[index] = lanes.error[chosen]

    def _unseen(self, number: int, index: IntArray) -> BoolArray:
        unseen: BoolArray = np.isnan(self.event_t[number, index])
        return unseen

    def _locate(
        self,
        lanes: Lanes,
        step: Step,
        unseen: list[BoolArray],
        inside: Interpolant,
        place: IntArray,
        stop: FloatArray,
        stopped: BoolArray,
    ) -> None:
        found = [
            self._find(number, lanes, step, hit, inside.only(place[hit]))
            for number, hit in enumerate(map(np.flatnonzero, unseen))
        ]
        for event, (hit, when, _) in zip(self.task.events, found, strict=True):
            if event.event.terminal:
                stop[hit] = np.minimum(stop[hit], when)
                stopped[hit] = True
        for number, (hit, when, states) in enumerate(found):
            seen = when <= stop[hit]
            self._write_event(number, lanes.index[hit[seen]], when[seen], states[:, seen])

    def _find(
        self, number: int, lanes: Lanes, step: Step, awaited: IntArray, inside: Interpolant
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        hit, when = first_zeros(
            self.task.events[number],
            inside,
            lanes.p[:, awaited],
            (lanes.t[awaited], step.t[awaited]),
            (lanes.events[number, awaited], step.events[number, awaited]),
        )
        return awaited[hit], when, inside.only(hit)(when)

    def _write_event(self, number: int, index: IntArray, t: FloatArray, y: FloatArray) -> None:
        self.event_t[number, index] = t
        self.event_y[number, :, index] = y.T

    def _write_inside(
        self, lanes: Lanes, step: Step, inside: Interpolant, place: IntArray, reach: FloatArray
    ) -> None:
        while True:
            due = np.flatnonzero(step.taken & (lanes.next_time < step.t) & (lanes.next_time <= reach))
            if not len(due):
                return
            number, lane, when = self._times_inside(lanes, due, step.t, reach)
            index = lanes.index[lane]
            self.y[number, :, index] = inside.only(place[lane])(when).T
            np.add.at(lanes.cursor, lane, 1)
            lanes.next_time[due] = self.task.times_after(lanes.cursor[due], lanes.index[due])

    def _times_inside(
        self, lanes: Lanes, due: IntArray, end: FloatArray, reach: FloatArray
    ) -> tuple[IntArray, IntArray, FloatArray]:
        """Numbers of the next requested times within the step, their lanes, and the times, some at a time."""
        ahead = np.arange(max(1, min(len(self.task.inputs.times), _AT_ONCE // len(due))))
        number = lanes.cursor[due][:, None] + ahead
        when = self.task.times_after(number, lanes.index[due][:, None])
        row, column = np.nonzero((when < end[due][:, None]) & (when <= reach[due][:, None]))
        return number[row, column], due[row], when[row, column]

    def _write_due(self, lanes: Lanes, eligible: BoolArray, t: FloatArray, y: FloatArray) -> None:
        while True:
            due = np.flatnonzero(eligible & (lanes.next_time <= t))
            if not len(due):
                return
            self._write(lanes, due, y[:, due])

    def _write(self, lanes: Lanes, due: IntArray, y: FloatArray) -> None:
        index = lanes.index[due]
        self.y[lanes.cursor[due], :, index] = y.T
        lanes.cursor[due] += 1
        lanes.next_time[due] = self.task.times_after(lanes.cursor[due], index)
