"""DOP853 for a whole batch as one loop of array operations for JAX, until the last lane has ended."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from odekit.solvers.problem import Status
from odekit.solvers.stepping import CONTROL, DOP853

__all__ = ["integrator"]

Vector = tuple[Any, ...]

_GOING = -1


def integrator(jax: Any, rhs: Callable[..., None]) -> Callable[..., Any]:
    """The function that follows a batch to its end.

    It takes y0 (state, lane), p (parameter, lane), times (time, lane), rtol, atol, h0, the longest step
    (lane,), breakpoints (count, lane), the last of them infinite, and the step cap; it returns y (time,
    state, lane), and status, t_reached, steps and error, each (lane,).

    Parameters
    ----------
    jax: the module.
    rhs: ``rhs(t, y, p, out)`` puts the entries of y' into the list ``out``.
    """

    def run(
        y0: Any, p: Any, times: Any, rtol: Any, atol: Any, h0: Any, max_step: Any, stops: Any, max_steps: Any
    ) -> Any:
        flow = _Flow(jax, rhs, p, times, rtol, atol, max_step, stops, max_steps)
        lanes = flow.begin(tuple(y0), h0)
        lanes = jax.lax.while_loop(lambda now: (now.status == _GOING).any(), flow.advance, lanes)
        return lanes.out, lanes.status, lanes.t, lanes.steps, lanes.error

    return run


class _Lanes(NamedTuple):
    """Trajectories side by side: (lane,) each, y and f one such array a state, out (time, state, lane)."""

    t: Any
    y: Vector
    f: Vector
    h: Any
    cursor: Any
    passed: Any
    steps: Any
    error: Any
    rejected: Any
    status: Any
    out: Any


@dataclass(frozen=True, eq=False)
class _Flow:
    """What stays the same while the lanes advance."""

    jax: Any
    rhs: Callable[..., None]
    p: Any
    times: Any
    rtol: Any
    atol: Any
    max_step: Any
    stops: Any
    max_steps: Any

    def begin(self, y: Vector, h0: Any) -> _Lanes:
        """Lanes at t = 0, with what is due there written down."""
        jnp = self.jax.numpy
        end, zero = self.times[-1], jnp.zeros_like(self.rtol)
        passed = (self.stops <= 0.0).sum(axis=0)
        window, goal = self._window(passed), self._goal(passed)
        f = self._slope(zero, y, window)
        finite = functools.reduce(jnp.logical_and, map(jnp.isfinite, (*y, *f)))
        status = jnp.where(finite, jnp.where(end > 0.0, _GOING, int(Status.success)), int(Status.not_finite))
        nothing = jnp.zeros(zero.shape, dtype=jnp.int64)
        lanes = _Lanes(
            t=zero,
            y=y,
            f=f,
            h=jnp.minimum(jnp.where(jnp.isnan(h0), self._first_step(y, f, goal, window), h0), self.max_step),
            cursor=nothing,
            passed=passed,
            steps=nothing,
            error=zero,
            rejected=jnp.zeros(zero.shape, dtype=bool),
            status=status.astype(jnp.int8),
            out=jnp.full((len(self.times), len(y), len(zero)), jnp.nan),
        )
        cursor, out = self._write(lanes, jnp.ones_like(finite), zero, lambda due: jnp.stack(y))
        return lanes._replace(cursor=cursor, out=out)

    def advance(self, lanes: _Lanes) -> _Lanes:
        """One step of every lane that is under way."""
        jnp = self.jax.numpy
        going, end = lanes.status == _GOING, self.times[-1]
        window, goal = self._window(lanes.passed), self._goal(lanes.passed)
        lands = lanes.h >= goal - lanes.t
        h = jnp.where(lands, goal - lanes.t, lanes.h)
        k = self._stages(lanes, h, [lanes.f], range(1, DOP853.stages), window)
        y = self._moved(lanes.y, h, DOP853.weights, k)
        f = self._slope(lanes.t + h, y, window)
        error = self._error_norm(h, k, lanes.y, y)
        finite = jnp.isfinite(error) & jnp.isfinite(sum(f))
        accepted = finite & (error <= 1.0)
        taken = going & accepted
        t = jnp.where(accepted, jnp.where(lands, goal, lanes.t + h), lanes.t)
        cursor, out = self._write(lanes, taken, t, self._inside(lanes, h, [*k, f], y, taken, t, window))
        h_next = self._next_step(h, error, finite, lanes.rejected)
        h_next = jnp.where(accepted & lands, jnp.maximum(h_next, lanes.h), h_next)
        h_next = jnp.minimum(h_next, self.max_step)
        steps = lanes.steps + going
        status = self._status(t, h_next, steps, finite, accepted & lands & (goal >= end))
        passed = lanes.passed + (taken & lands & (goal < end))
        f = self._resumed(lanes, passed, t, y, f)
        return _Lanes(
            t=jnp.where(taken, t, lanes.t),
            y=_chosen(jnp, taken, y, lanes.y),
            f=_chosen(jnp, taken, f, lanes.f),
            h=jnp.where(going, h_next, lanes.h),
            cursor=cursor,
            passed=passed,
            steps=steps,
            error=lanes.error + jnp.where(taken, error * self.rtol, 0.0),
            rejected=~accepted,
            status=jnp.where(going, status, lanes.status).astype(jnp.int8),
            out=out,
        )

    def _window(self, passed: Any) -> Vector:
        """The times between the breakpoints around a step at which the right-hand side is asked for."""
        before = self.jax.numpy.where(passed > 0, self._stop(passed - 1), -np.inf)
        least = CONTROL.least_gap * self.times[-1]
        return before * (1.0 + CONTROL.gap) + least, self._stop(passed) * (1.0 - CONTROL.gap) - least

    def _goal(self, passed: Any) -> Any:
        return self.jax.numpy.minimum(self.times[-1], self._stop(passed))

    def _stop(self, number: Any) -> Any:
        return self.jax.numpy.take_along_axis(self.stops, number[None], axis=0, mode="clip")[0]

    def _resumed(self, lanes: _Lanes, passed: Any, t: Any, y: Vector, f: Vector) -> Vector:
        """The derivative at the end of a step, after its breakpoint where it ends at one."""
        jnp, landed = self.jax.numpy, passed > lanes.passed

        def after() -> Vector:
            return _chosen(jnp, landed, self._slope(t, y, self._window(passed)), f)

        resumed: Vector = self.jax.lax.cond(landed.any(), after, lambda: f)
        return resumed

    def _slope(self, t: Any, y: Vector, window: Vector) -> Vector:
        out: list[Any] = [0.0] * len(y)
        self.rhs(self.jax.numpy.clip(t, *window), y, self.p, out)
        return tuple(self.jax.numpy.broadcast_to(entry, t.shape).astype(float) for entry in out)

    def _moved(self, y: Vector, h: Any, weights: Any, k: Sequence[Vector]) -> Vector:
        return tuple(entry + h * rise for entry, rise in zip(y, _combined(weights, k), strict=True))

    def _stages(self, lanes: _Lanes, h: Any, k: list[Vector], stages: range, window: Vector) -> list[Vector]:
        for stage in stages:
            point = self._moved(lanes.y, h, DOP853.rows[stage, :stage], k)
            k = [*k, self._slope(lanes.t + DOP853.nodes[stage] * h, point, window)]
        return k

    def _error_norm(self, h: Any, k: Sequence[Vector], y: Vector, y_new: Vector) -> Any:
        """As `step_size_control.error_norm`."""
        jnp = self.jax.numpy
        larger = tuple(jnp.maximum(abs(a), abs(b)) for a, b in zip(y, y_new, strict=True))
        fifth, third = (
            self._mean_square([h * entry for entry in _combined(weights, k)], larger)
            for weights in (DOP853.error_5, DOP853.error_3)
        )
        denominator = jnp.sqrt(fifth + CONTROL.third_share * third)
        return fifth / jnp.where(denominator == 0.0, 1.0, denominator)

    def _mean_square(self, values: Sequence[Any], sizes: Vector) -> Any:
        """Mean square over the states, each in units of its tolerance."""
        scales = [self.jax.numpy.maximum(self.atol + self.rtol * size, CONTROL.tiny) for size in sizes]
        return sum((value / scale) ** 2 for value, scale in zip(values, scales, strict=True)) / len(scales)

    def _first_step(self, y: Vector, f: Vector, end: Any, window: Vector) -> Any:
        """As `step_size_control.initial_step`."""
        jnp, sizes = self.jax.numpy, tuple(map(abs, y))
        size, speed = (jnp.sqrt(self._mean_square(values, sizes)) for values in (y, f))
        first = jnp.where(
            (size < CONTROL.small) | (speed < CONTROL.small),
            CONTROL.timid,
            CONTROL.first_share * size / speed,
        )
        first = jnp.minimum(first, end)
        point = tuple(a + first * b for a, b in zip(y, f, strict=True))
        change = [b - a for a, b in zip(f, self._slope(first, point, window), strict=True)]
        largest = jnp.maximum(speed, jnp.sqrt(self._mean_square(change, sizes)) / first)
        flat = jnp.maximum(CONTROL.timid, first * CONTROL.flat_growth)
        second = jnp.where(
            largest <= CONTROL.flat, flat, (CONTROL.first_share / largest) ** (1 / DOP853.order)
        )
        step = jnp.minimum(jnp.minimum(CONTROL.growth * first, second), end)
        return jnp.where(jnp.isfinite(step) & (step > 0.0), step, jnp.minimum(CONTROL.timid, end))

    def _next_step(self, h: Any, error: Any, finite: Any, after_rejection: Any) -> Any:
        """As `step_size_control.next_step`."""
        jnp = self.jax.numpy
        factor = jnp.where(
            finite, CONTROL.safety / jnp.sqrt(jnp.sqrt(jnp.sqrt(error))), CONTROL.smallest_factor
        )
        return h * jnp.clip(
            factor, CONTROL.smallest_factor, jnp.where(after_rejection, 1.0, CONTROL.largest_factor)
        )

    def _status(self, t: Any, h: Any, steps: Any, finite: Any, landed: Any) -> Any:
        jnp = self.jax.numpy
        spacing = jnp.nextafter(t, jnp.inf) - t
        stuck = jnp.where(finite, int(Status.step_too_small), int(Status.not_finite))
        status = jnp.where(steps >= self.max_steps, int(Status.max_steps), _GOING)
        status = jnp.where(h < CONTROL.spacings * spacing, stuck, status)
        return jnp.where(landed, int(Status.success), status)

    def _due(self, cursor: Any) -> Any:
        """Requested time number ``cursor`` of each lane, infinite after the last."""
        jnp, last = self.jax.numpy, len(self.times) - 1
        due = jnp.take_along_axis(self.times, jnp.minimum(cursor, last)[None], axis=0)[0]
        return jnp.where(cursor > last, jnp.inf, due)

    def _write(self, lanes: _Lanes, taken: Any, t: Any, state: Callable[[Any], Any]) -> tuple[Any, Any]:
        """Writes down the requested times up to t, where a step was taken; the next number, and all y."""
        jnp, everyone = self.jax.numpy, np.arange(len(t))

        def is_due(cursor: Any) -> Any:
            return taken & (self._due(cursor) <= t)

        def write(written: tuple[Any, Any]) -> tuple[Any, Any]:
            cursor, out = written
            row = jnp.where(is_due(cursor), cursor, len(self.times))
            values = state(self._due(cursor)).T
            return cursor + is_due(cursor), out.at[row, :, everyone].set(values, mode="drop")

        written: tuple[Any, Any] = self.jax.lax.while_loop(
            lambda written: is_due(written[0]).any(), write, (lanes.cursor, lanes.out)
        )
        return written

    def _inside(
        self, lanes: _Lanes, h: Any, k: list[Vector], y: Vector, taken: Any, t: Any, window: Vector
    ) -> Callable[[Any], Any]:
        """y (state, lane) within a step at given times, as an `Interpolant`; at its end it is y itself."""
        jnp = self.jax.numpy
        wanted = (taken & (self._due(lanes.cursor) < t)).any()

        def coefficients() -> Any:
            return self._coefficients(lanes, h, k, y, window)

        blank = np.zeros((7, len(y), len(self.rtol)))
        c = self.jax.lax.cond(wanted, coefficients, lambda: jnp.asarray(blank))

        def at(due: Any) -> Any:
            x, value = (due - lanes.t) / h, jnp.zeros_like(c[0])
            for index, coefficient in enumerate(c[::-1]):
                value = (value + coefficient) * (x, 1.0 - x)[index % 2]
            return jnp.where(due < t, value + jnp.stack(lanes.y), jnp.stack(y))

        return at

    def _coefficients(self, lanes: _Lanes, h: Any, k: list[Vector], y: Vector, window: Vector) -> Any:
        jnp = self.jax.numpy
        k = self._stages(lanes, h, k, range(DOP853.stages + 1, DOP853.stages_extended), window)
        first, last = (h * jnp.stack(k[stage]) for stage in (0, DOP853.stages))
        rise = jnp.stack(y) - jnp.stack(lanes.y)
        upper = [h * jnp.stack(_combined(weights, k)) for weights in DOP853.dense]
        return jnp.stack([rise, first - rise, 2.0 * rise - (first + last), *upper])


def _combined(weights: Any, k: Sequence[Vector]) -> Vector:
    """Sum of ``weights_i k_i``, for each state."""
    used = [(float(weight), slope) for weight, slope in zip(weights, k, strict=True) if weight]
    return tuple(sum(weight * slope[state] for weight, slope in used) for state in range(len(k[0])))


def _chosen(jnp: Any, mask: Any, left: Vector, right: Vector) -> Vector:
    return tuple(jnp.where(mask, a, b) for a, b in zip(left, right, strict=True))
