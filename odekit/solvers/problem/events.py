"""Events: moments at which a function g(t, y, p) is zero along a trajectory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from odekit.arguments import expect, flag
from odekit.arrays import BoolArray, FloatArray
from odekit.errors import InputError, OdekitError, UnknownNameError, shown
from odekit.expressions import parse
from odekit.numbers import is_integer
from odekit.solvers.problem.zeros import crossings

__all__ = [
    "BoundEvent",
    "Event",
    "Rows",
    "bind",
    "dominance_reached",
    "horizon",
    "phase_aligned",
    "read_events",
]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of an array, by number or by name.

    >>> Rows("parameter", ("rate",), np.array([[2.0, 3.0]]))["rate"].tolist()
    [2.0, 3.0]
    """

    kind: str
    names: tuple[str, ...]
    values: FloatArray

    def __getitem__(self, key: int | str) -> FloatArray:
        row: FloatArray = self.values[self.place(key)]
        return row

    def place(self, key: int | str) -> int:
        """The number of a row."""
        if isinstance(key, str):
            if key not in self.names:
                raise UnknownNameError(self.kind, key, self.names)
            return self.names.index(key)
        return key


EventFunction = Callable[[FloatArray, Rows, Rows], FloatArray]


@dataclass(frozen=True)
class Event:
    """A zero of g(t, y, p) along a trajectory; the first one of each trajectory counts.

    Parameters
    ----------
    function: text in the states, the parameters and ``t``, such as ``"alpha - 2*beta"``, or a callable
        ``g(t (batch,), y, p) -> (batch,)``, whose ``y`` and ``p`` give rows by
        number or name (``y[0]``, ``y["alpha"]``).
    direction: 1 where g must rise through zero along the integration, which may run backward in time, -1
        where it must fall, 0 for both.
    terminal: whether the trajectory ends there.
    name: what the solution calls it.
    at_start: whether a g that lies beyond zero already at the start (on the side that the direction leads
        to, zero included) counts as an event there.
    crosses_once: whether g is known to pass through zero at most once along a trajectory, so that no step is
        searched at whose ends it has one sign.

    Within each other step g is looked at where it is least and at seven points besides, and where it is
    undefined (NaN) at one of these its domain's end is found; two zeros closer together than an eighth of a
    step are missed only where g has further minima between these points. A pole is no zero. Where g
    does not change its sign a zero is missed but by luck: one that it only touches, as ``(x - 3)**2`` and
    ``abs(x - 3)`` do, and one at which it ends, as ``sqrt(x - 3)`` does. Write ``x - 3`` instead.
    """

    function: str | EventFunction
    direction: int = 0
    terminal: bool = False
    name: str = "event"
    at_start: bool = False
    crosses_once: bool = False

    def __post_init__(self) -> None:
        expect(
            isinstance(self.function, str) or callable(self.function),
            "an event's function is neither text nor callable",
            "text in states, parameters and t, or g(t, y, p)",
            self.function,
            'Event("alpha - 2*beta")',
        )
        expect(isinstance(self.name, str), "an event's name must be text", 'text such as "event"', self.name)
        is_direction = is_integer(self.direction) and self.direction in (-1, 0, 1)
        expect(is_direction, "unknown direction of an event", "-1, 0 or 1", self.direction)
        for name in ("terminal", "at_start", "crosses_once"):
            object.__setattr__(self, name, flag(getattr(self, name), f"{name} of an event"))
        if self.at_start and self.direction == 0:
            raise InputError("an event at the start needs a direction", expected="1 or -1", received="0")


def phase_aligned(state: int | str, tolerance: float = 1e-2, *, terminal: bool = False) -> Event:
    """The moment at which a phase comes within ``tolerance`` of zero modulo 2 pi.

    ``g = |wrap(D)| - tolerance``, falling, where wrap(D) = D - 2 pi round(D / 2 pi) lies in [-pi, pi].

    Parameters
    ----------
    state: the phase D, by row or name, in radians.
    tolerance: positive, in radians.
    terminal: whether the trajectory ends there.
    """

    def distance(t: FloatArray, y: Rows, p: Rows) -> FloatArray:
        phase = y[state]
        return np.abs(phase - 2.0 * np.pi * np.round(phase / (2.0 * np.pi))) - tolerance

    return Event(distance, -1, terminal, f"phase_aligned({state})", at_start=True)


def dominance_reached(
    winner: int | str, others: Sequence[int | str], ratio: float = 10.0, *, terminal: bool = False
) -> Event:
    """The moment at which one magnitude is ``ratio`` times as large as each of the others.

    ``g = |winner| - ratio * max_i |others_i|``, rising.

    Parameters
    ----------
    winner, others: magnitudes, by row or name; at least one other.
    ratio: positive.
    terminal: whether the trajectory ends there.
    """
    if not others:
        raise InputError("dominance needs other states to compare with", expected="at least one")

    def lead(t: FloatArray, y: Rows, p: Rows) -> FloatArray:
        largest: FloatArray = np.max([np.abs(y[state]) for state in others], axis=0)
        return np.abs(y[winner]) - ratio * largest

    return Event(lead, 1, terminal, f"dominance_reached({winner})", at_start=True)


def horizon(
    powers: Mapping[int | str, int],
    *,
    coefficient: float = 1.0,
    threshold: float = 1e-2,
    terminal: bool = True,
) -> Event:
    """The moment at which the logits are too large for the reduced flow, which assumes a uniform softmax.

    ``g = coefficient * prod_i |y_i|**powers_i - threshold``, rising.

    The gradient of the full loss departs from the reduced flow by a relative amount of the order of the
    logits f. For one neuron with quadratic activation, theta of magnitude alpha and xi of magnitude beta,
    ``|f| <= beta (2 alpha)**2``: powers ``{"alpha": 2, "beta": 1}`` and coefficient 4. For M aligned neurons
    multiply the coefficient by M, and by the logit scale in any case.

    Parameters
    ----------
    powers: exponent of each magnitude, by row or name.
    coefficient: positive.
    threshold: positive, the departure that is still accepted.
    terminal: whether the trajectory ends there.

    Source: arXiv 2602.16849, the reduction at small initialisation.
    """

    def excess(t: FloatArray, y: Rows, p: Rows) -> FloatArray:
        size = np.full_like(t, coefficient)
        # In the states' order: a product's last bit depends on it.
        for state, exponent in sorted(powers.items(), key=lambda power: y.place(power[0])):
            size *= np.abs(y[state]) ** exponent
        return size - threshold

    return Event(excess, 1, terminal, "horizon", at_start=True)


@dataclass(frozen=True, eq=False)
class BoundEvent:
    """An event that knows its system's names: g on plain arrays.

    Where it is clocked, the last two parameters are the origin and the direction of g's time.
    """

    event: Event
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    function: EventFunction
    is_clocked: bool = False

    def __call__(self, t: FloatArray, y: FloatArray, p: FloatArray) -> FloatArray:
        """g at ``t`` (batch,), ``y`` (state, batch), ``p`` (parameter, or more, batch), as (batch,)."""
        known = Rows("parameter", self.parameters, p[: len(self.parameters)])
        if self.is_clocked:
            origin, direction = known.values[-2:]
            t = origin + direction * t
        value: Any = None
        try:
            value = self.function(t, Rows("state", self.states, y), known)
            return np.broadcast_to(np.asarray(value, dtype=np.float64), t.shape)
        except OdekitError:
            raise
        except (TypeError, ValueError, IndexError) as error:
            raise InputError(
                f"the function of the event {self.event.name!r} fails",
                expected="g(t, y, p) that returns a number, or one for each trajectory",
                received=f"{type(error).__name__}: {error}" if value is None else shown(value),
                hint='text such as "x - 1/2", or lambda t, y, p: y[0] - 0.5',
            ) from error

    def may_happen(self, before: FloatArray, after: FloatArray) -> BoolArray:
        """Whether a zero may lie within steps with these values at their ends."""
        if not self.event.crosses_once:
            return np.ones(before.shape, dtype=np.bool_)
        is_known = np.isfinite(before) & np.isfinite(after)
        return ~is_known | crossings(self.event.direction, before, after)

    def is_past(self, value: FloatArray) -> BoolArray:
        """Whether a value at the start counts as an event there."""
        return (value * self.event.direction >= 0.0) & self.event.at_start


def read_events(events: Any) -> tuple[Event, ...]:
    """Events from what a user may write: one or several, each an `Event` or its text.

    Raises
    ------
    InputError: something else.
    """
    single = isinstance(events, str | Event)
    expect(
        single or isinstance(events, Sequence),
        "the events are no sequence",
        "an Event, text, or a sequence of these",
        events,
        'events=[odekit.Event("x - 1/2")]',
    )
    return tuple(map(_event, [events] if single else events))


def _event(given: Any) -> Event:
    expect(
        isinstance(given, str | Event),
        "one of the events is none",
        "an Event, or its text",
        given,
        'odekit.Event("x - 1/2")',
    )
    return Event(given) if isinstance(given, str) else given


def bind(
    event: Event, states: tuple[str, ...], parameters: tuple[str, ...], is_clocked: bool = False
) -> BoundEvent:
    """The event for a system with these states and parameters."""
    if not isinstance(event.function, str):
        return BoundEvent(event, states, parameters, event.function, is_clocked)
    # The last two of a clocked system are its origin and direction, which no user named.
    written = parameters[:-2] if is_clocked else parameters
    expression = parse(event.function, (*states, *written, "t"))

    def evaluate(t: FloatArray, y: Rows, p: Rows) -> FloatArray:
        values = {"t": t} | {name: p[name] for name in parameters} | {name: y[name] for name in states}
        return np.asarray(expression.evaluate(values), dtype=np.float64)

    return BoundEvent(event, states, parameters, evaluate, is_clocked)
