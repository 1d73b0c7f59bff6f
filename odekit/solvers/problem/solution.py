"""What a solver hands back: trajectories as read-only arrays, and what became of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.arguments import chosen, floats
from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.errors import InputError
from odekit.extras import on_first_use
from odekit.solvers.problem.interpolant import DenseOutput
from odekit.views import Labelled, labelled

if TYPE_CHECKING:
    import xarray

__all__ = ["Solution", "Status"]

_SENTENCES = (
    "The end time was reached.",
    "A terminal event stopped the trajectory; later times are NaN.",
    "The step cap was reached before the end time; raise max_steps or loosen rtol.",
    "The steps shrank below the spacing of the clock, most likely at a blow-up; end before blow_up_time.",
    "The state or its derivative isn't finite, however short the step; check y0 and the parameters.",
    "The field points to one of its jumps from both sides, so that no step leads on; make the jump smooth.",
)


class Status(IntEnum):
    """What became of one trajectory: a code, and a sentence with cause and remedy.

    >>> Status.max_steps.sentence
    'The step cap was reached before the end time; raise max_steps or loosen rtol.'
    """

    success = 0
    event = 1
    max_steps = 2
    step_too_small = 3
    not_finite = 4
    sliding = 5

    @property
    def sentence(self) -> str:
        """Cause and remedy."""
        return _SENTENCES[self]

    @property
    def is_failure(self) -> bool:
        """Whether the trajectory ended where nobody asked it to."""
        return self > Status.event


@dataclass(frozen=True, eq=False)
class Solution(Labelled):
    """A batch of trajectories at the requested times.

    Parameters
    ----------
    t: (time, batch) float64, requested times.
    y: (time, state, batch) float64, NaN at times that a trajectory didn't reach.
    status: (batch,) int8, values of `Status`.
    states: names of the states, in order.
    t_reached: (batch,) float64, last time that was reached.
    steps: (batch,) int64, steps tried, rejected ones included.
    error_estimate: (batch,) float64, sum over the steps of each local error in units of
        ``|y| + atol/rtol``, the root mean square over the states, for Taylor the largest (on numba within
        a tenth). It is the relative global error of a flow
        that neither amplifies nor damps errors, an indicator and no bound; near a blow-up time T the true
        one is larger by about ``1 / (1 - t/T)``. For the exact method, 100 times the float spacing at 1.
    event_names: names of the events.
    event_t: (event, batch) float64, first time of each event, NaN where it didn't happen.
    event_y: (event, state, batch) float64, the states then.
    method: how it was computed.
    backend: what computed it.
    dense: interpolant over all steps, where asked for.
    """

    t: FloatArray
    y: FloatArray
    status: NDArray[np.int8]
    states: tuple[str, ...]
    t_reached: FloatArray
    steps: IntArray
    error_estimate: FloatArray
    event_names: tuple[str, ...] = ()
    event_t: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    event_y: FloatArray = field(default_factory=lambda: np.zeros((0, 0, 0)))
    method: str = "dop853"
    backend: str = "numpy"
    dense: DenseOutput | None = None

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def __getitem__(self, name: str) -> FloatArray:
        """One state by its name, (time, batch)."""
        return self.y[:, self.states.index(chosen("state", name, self.states))]

    def __repr__(self) -> str:
        return f"Solution({len(self.t)} times, {', '.join(self.states)}; {self._counts()})"

    def with_others(self, others: Solution, where: BoolArray) -> Solution:
        """This solution with other trajectories in some places; method and backend then name both.

        Parameters
        ----------
        others: as many trajectories as ``where`` is true, without events and dense output.
        where: (batch,).
        """
        if where.all():
            return others
        parts: dict[str, Any] = {}
        for name in ("y", "status", "t_reached", "steps", "error_estimate"):
            parts[name] = getattr(self, name).copy()
            parts[name][..., where] = getattr(others, name)
        for name in ("method", "backend"):
            parts[name] = ", ".join(dict.fromkeys((getattr(self, name), getattr(others, name))))
        return replace(self, **parts)

    @property
    def batch(self) -> int:
        """Number of trajectories."""
        return len(self.status)

    @property
    def is_successful(self) -> bool:
        """Whether every trajectory reached its end time or a terminal event."""
        return not bool((self.status > Status.event).any())

    def summary(self) -> str:
        """How many trajectories ended how, and which failed first, as text.

        One line, then a line with cause and remedy for each kind of failure.
        """
        lines = [self._counts()]
        for status in filter(lambda status: status.is_failure, Status):
            failed = np.flatnonzero(self.status == status)
            if len(failed):
                first = f"first at index {failed[0]}, t = {self.t_reached[failed[0]]:.6g}"
                lines.append(f"{status.name}, {first}: {status.sentence}")
        return "\n".join(lines)

    def at(self, t: ArrayLike) -> FloatArray:
        """States at any times, (time, state, batch); NaN at times that weren't reached.

        Parameters
        ----------
        t: scalar, (time,) or (time, batch).

        Raises
        ------
        InputError: the solution was computed without ``dense=True``.
        """
        if self.dense is None:
            raise InputError("the solution has no interpolant", hint="solve(..., dense=True)")
        times = floats("times", t)
        if times.ndim < 2:
            times = np.broadcast_to(np.atleast_1d(times)[:, None], (times.size, self.batch))
        if times.ndim != 2 or times.shape[1] != self.batch:
            expected = f"a scalar, (time,) or (time, {self.batch})"
            raise InputError("times have the wrong shape", expected=expected, received=f"shape {np.shape(t)}")
        return self.dense(times)

    def _counts(self) -> str:
        counts = {status.name: int(np.count_nonzero(self.status == status)) for status in Status}
        ends = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        return f"{self.batch} {'trajectory' if self.batch == 1 else 'trajectories'}: {ends or 'none'}"

    def plot(
        self,
        states: Sequence[str] | str | None = None,
        trajectories: Sequence[int] | None = None,
        *,
        axes: Any = None,
    ) -> Any:
        """The states over time as a figure, whose axes are returned; see `odekit.report.plot_solution`.

        Parameters and errors are those of `plot_solution`, which is loaded on first use.
        """
        return on_first_use("odekit.report").plot_solution(self, states, trajectories, axes=axes)

    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays with dimensions time and trajectory, one variable a state.

        Coordinates are the time ``t`` of each trajectory, its ``status`` and its ``error_estimate``; times
        of events stand on the dimension event.

        Raises
        ------
        InputError: a state bears the name of a coordinate.
        MissingExtraError: xarray isn't installed.
        """
        dims = ("time", "trajectory")
        arrays: dict[str, Any] = {name: (dims, self[name]) for name in self.states}
        coordinates: dict[str, Any] = {"t": (dims, self.t)}
        for name in ("status", "t_reached", "error_estimate"):
            coordinates[name] = ("trajectory", getattr(self, name))
        if self.event_names:
            coordinates["event"] = list(self.event_names)
            arrays["event_t"] = (("event", "trajectory"), self.event_t)
        return labelled(arrays, coordinates, {"method": self.method, "backend": self.backend})
