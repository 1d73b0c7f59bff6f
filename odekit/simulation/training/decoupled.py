"""The flow at uniform softmax, where neurons are independent: a step size of its own for each, by DOP853."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial

import numpy as np
from scipy.integrate import DOP853

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.errors import InputError, StoppedEarly
from odekit.simulation.training.integration import State, current_journal, out_of_reach
from odekit.simulation.training.velocity import Velocity
from odekit.simulation.weights import norms

__all__ = ["Relaxation", "decoupled_flow"]

STAGES = DOP853.n_stages
# Bounds the memory of the stages.
LANES = 512
# No smooth flow takes so many; at the kinks of an activation the steps would never end.
MAX_STEPS = 20_000
# In units of |w| / |dw/dt|: a guess well below the scale of the motion, which step size control corrects.
FIRST_STEP = 0.01
# SciPy's values: a margin for the error estimate, and limits to how fast a step may change.
SAFETY, LEAST, MOST = 0.9, 0.2, 10.0
# A share of the residual keeps what is left of the way known; below the floor a step only rounds.
FLOOR = 1e-14
SHARE_OF_RESIDUAL = 0.01


@dataclass(frozen=True)
class Relaxation:
    """Where a flow of decoupled neurons went.

    Parameters
    ----------
    snapshots: (T, e + 1, n, M) float64, at the times wanted.
    final: (e + 1, n, M) float64, each neuron where it was left.
    arrival: (M,) float64, when it was left there.
    converged: (M,) bool, whether its residual had then fallen to the one asked for.
    """

    snapshots: FloatArray
    final: FloatArray
    arrival: FloatArray
    converged: BoolArray

    def first_arrival(self) -> float:
        """When the first neuron was left because its residual was small; infinity if none was."""
        return float(self.arrival[self.converged].min(initial=np.inf))


def decoupled_flow(
    velocity: Velocity,
    start: FloatArray,
    times: FloatArray,
    rtol: float = 1e-8,
    until: float | None = None,
    last: float | None = None,
    advance: Callable[[float], None] = lambda done: None,
) -> Relaxation:
    """Follow every neuron through ``times``, and on until its residual is small.

    Parameters
    ----------
    velocity: at uniform softmax.
    start: (e + 1, n, M) float64, the stack at ``times[0]``, on its spheres.
    times: (T,) float64, increasing, at least the first.
    rtol: a step's error relative to the neuron's norm; below a residual of 100 rtol it falls with the
        residual, to 1e-14, so that what is left of the way is known relative to itself.
    until: residual at which a neuron is left where it is, at that time and at all later ones.
    last: time at which a neuron is left even so; by default the last of ``times``.
    advance: called with the share of neurons done, in [0, 1].

    Raises
    ------
    InputError: a neuron's velocity is not finite, its step fell to rounding, or it took 20,000 steps.
    """
    result = Relaxation(
        snapshots=np.repeat(start[None], len(times), axis=0),
        final=start.copy(),
        arrival=np.zeros(start.shape[2]),
        converged=np.zeros(start.shape[2], dtype=bool),
    )
    goal = _Goal(times, until, float(times[-1]) if last is None else last, rtol)
    phase, begun = current_journal().phase(), 0
    if phase.state:
        begun = int(phase.state["first"])
        result = Relaxation(*(phase.state[field.name] for field in fields(Relaxation)))
    for first in range(begun, start.shape[2], LANES):
        neurons = np.arange(first, min(first + LANES, start.shape[2]))
        lanes = _Lanes.at(neurons, start[:, :, neurons], times[0])
        if phase.state and first == begun:
            lanes = _Lanes(*(phase.state[f"lanes.{field.name}"] for field in fields(_Lanes)))
        for left in _follow(velocity, lanes, goal, result):
            advance((first + len(neurons) - len(left.neurons)) / start.shape[2])
            phase.note(partial(_state, result, left, goal, first))
    phase.end(_state(result, _Lanes.at(np.arange(0), start[:, :, :0], 0.0), goal, start.shape[2]))
    return result


def _state(result: Relaxation, lanes: _Lanes, goal: _Goal, first: int) -> State:
    """What the way to go depends on: the flow so far, and the block of neurons that begins at ``first``."""
    flows = {field.name: getattr(result, field.name) for field in fields(result)}
    under_way = {f"lanes.{field.name}": getattr(lanes, field.name) for field in fields(lanes)}
    counts = {"first": np.array(first), "filled": np.array(_filled(result, lanes, goal, first))}
    return {**flows, **under_way, **counts, "times": goal.times}


def _filled(result: Relaxation, lanes: _Lanes, goal: _Goal, first: int) -> int:
    """Number of times that every neuron has passed."""
    if first + LANES < result.final.shape[2]:
        return 1
    return int(lanes.passed.min()) if len(lanes.neurons) else len(goal.times)


@dataclass(frozen=True)
class _Goal:
    times: FloatArray
    until: float | None
    last: float
    rtol: float

    def tolerance(self, residual: FloatArray) -> FloatArray:
        return np.clip(SHARE_OF_RESIDUAL * residual, FLOOR, self.rtol)

    def target(self, passed: IntArray) -> FloatArray:
        """The next time at which a step must end, after ``passed`` of the times."""
        return np.append(self.times, self.last)[passed]

    def is_converged(self, residual: FloatArray) -> BoolArray:
        return np.zeros(residual.shape, dtype=bool) if self.until is None else residual <= self.until


@dataclass
class _Lanes:
    """Neurons under way: weights (e + 1, n, m), times, steps to try and how many of the times lie behind."""

    neurons: IntArray
    weights: FloatArray
    t: FloatArray
    step: FloatArray
    passed: IntArray

    @classmethod
    def at(cls, neurons: IntArray, weights: FloatArray, t: float) -> _Lanes:
        count = len(neurons)
        return cls(neurons, weights, np.full(count, t), np.zeros(count), np.ones(count, dtype=np.int64))

    def only(self, kept: BoolArray) -> _Lanes:
        return _Lanes(
            self.neurons[kept], self.weights[:, :, kept], self.t[kept], self.step[kept], self.passed[kept]
        )


def _follow(velocity: Velocity, lanes: _Lanes, goal: _Goal, result: Relaxation) -> Iterator[_Lanes]:
    """Take all lanes to their ends; yields those that are left after each step."""
    for _ in range(MAX_STEPS):
        slope, residual = velocity.measure(lanes.weights)
        converged = goal.is_converged(residual)
        over = converged | ((lanes.passed == len(goal.times)) & (lanes.t >= goal.last))
        if over.any():
            _leave(lanes, over, converged, result)
            lanes, slope, residual = lanes.only(~over), slope[:, :, ~over], residual[~over]
        if len(lanes.neurons):
            _step(velocity, lanes, slope, goal, goal.tolerance(residual), result)
        yield lanes
        if not len(lanes.neurons):
            return
    raise StoppedEarly(
        f"neuron {lanes.neurons[0]} has come no further than t = {lanes.t[0]:.6g} in {MAX_STEPS:,} steps"
        f"{out_of_reach(float(lanes.t[0]), goal.last)}",
        expected="a smooth flow; an activation's kinks (relu, abs) stop it",
        hint="method='sgd', a looser rtol, or an earlier t_end",
    )


def _leave(lanes: _Lanes, over: BoolArray, converged: BoolArray, result: Relaxation) -> None:
    neurons = lanes.neurons[over]
    result.final[:, :, neurons] = lanes.weights[:, :, over]
    result.arrival[neurons] = lanes.t[over]
    result.converged[neurons] = converged[over]
    for index in range(len(result.snapshots)):
        early = neurons[lanes.passed[over] <= index]
        result.snapshots[index, :, :, early] = result.final[:, :, early].transpose(2, 0, 1)


def _step(
    velocity: Velocity,
    lanes: _Lanes,
    slope: FloatArray,
    goal: _Goal,
    tolerance: FloatArray,
    result: Relaxation,
) -> None:
    """Try one step on every lane, in place."""
    size, target = norms(lanes.weights), goal.target(lanes.passed)
    wanted = np.where(lanes.step > 0, lanes.step, _first_step(size, norms(slope)))
    step = np.minimum(wanted, target - lanes.t)
    _check_steps(lanes, step)
    with np.errstate(all="ignore"):
        reached, error = _try(velocity, lanes.weights, slope, step)
        error = np.divide(error, tolerance * size, out=np.zeros_like(error), where=error > 0)
        factor = np.clip(SAFETY * error ** (-1 / 8), LEAST, MOST)
    accepted = error < 1
    factor = np.where(accepted, factor, np.where(np.isfinite(error), np.minimum(factor, 1), LEAST))
    lanes.weights[:, :, accepted] = reached[:, :, accepted]
    velocity.retract(lanes.weights)
    arrived = accepted & (step >= target - lanes.t)
    lanes.t = np.where(arrived, target, lanes.t + step * accepted)
    lanes.step = np.where(arrived, np.maximum(wanted, factor * step), factor * step)
    kept = arrived & (lanes.passed < len(goal.times))
    snapshots = lanes.weights[:, :, kept].transpose(2, 0, 1)
    result.snapshots[lanes.passed[kept], :, :, lanes.neurons[kept]] = snapshots
    lanes.passed += kept


def _try(
    velocity: Velocity, weights: FloatArray, slope: FloatArray, step: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Weights after a step and the norm of its error, (m,), by the pair of orders 5 and 3 of DOP853."""
    slopes = np.empty((STAGES, *weights.shape))
    slopes[0] = slope

    def combined(coefficients: FloatArray) -> FloatArray:
        used = slopes[: len(coefficients)].reshape(len(coefficients), -1)
        return step * (coefficients @ used).reshape(weights.shape)

    for stage in range(1, STAGES):
        slopes[stage] = velocity(weights + combined(DOP853.A[stage, :stage]))
    fifth, third = (norms(combined(pair[:STAGES])) for pair in (DOP853.E5, DOP853.E3))
    scale = np.sqrt(fifth**2 + 0.01 * third**2)
    error = np.divide(fifth**2, scale, out=np.where(np.isfinite(scale), 0.0, np.inf), where=scale > 0)
    return weights + combined(DOP853.B), error


def _first_step(size: FloatArray, speed: FloatArray) -> FloatArray:
    return FIRST_STEP * np.divide(size, speed, out=np.full_like(size, np.inf), where=speed > 0)


def _check_steps(lanes: _Lanes, step: FloatArray) -> None:
    lost = ~(step > 10 * np.spacing(lanes.t))
    if lost.any():
        lane = int(np.argmax(lost))
        raise InputError(
            f"neuron {lanes.neurons[lane]} can't be followed beyond t = {lanes.t[lane]:.6g}",
            expected="a finite velocity and a step size above rounding",
            hint="an earlier t_end, or smaller weights",
        )
