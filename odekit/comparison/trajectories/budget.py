"""How far a right ODE may be from a record: integration, finite steps, noise, rounding, each carried along.

With M the flow's linearisation from the first record on, and h the learning rate, descent on the states
themselves follows ``x' = f - (h/2) x''``. Descent on weights w, of which the states are functions X(w),
follows ``x' = f - (h/2) (x'' - X''[w', w'])``, of which the ODE doesn't tell the last term; of a power of a
weight it is a multiple of ``f^2/x``. So the largest response counts, to ``x''``, to ``f^2/x`` and to their
difference, for all states alike in units of their size, and it counts doubly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.trajectories.flow import Flow, Orbit, Transitions

__all__ = ["PARTS", "Record", "node_times", "state_budget"]

PARTS = ("integrator", "learning_rate", "noise", "rounding")
# Intervals on which the linearised flow is followed: sources are taken as constant on each.
NODES = 128
# Of so many standard deviations no record in a million is beyond.
DEVIATIONS = 5.0
# Of descent on weights, and of second order in the learning rate.
DOUBLED = 2.0
# What other states drive away from near zero changes by large shares of itself, and no weight need do so: it
# counts as changing by at most so many times the rate at which its velocity changes.
QUICK = 2.0
# Some roundings of a formula.
FORMULA = 16 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Record:
    """What is known of the recorded states.

    Parameters
    ----------
    learning_rate: h, or 0.
    noise: (state,) standard deviations at the first record.
    stored: (state, batch) bounds of the first record's rounding.
    trained: unit roundoff of the training.
    """

    learning_rate: float
    noise: FloatArray
    stored: FloatArray
    trained: float


def node_times(t: FloatArray) -> FloatArray:
    """Times from the first to the last record: parts of the intervals between records, or some records."""
    count = len(t) - 1
    if count >= 2 * NODES:
        return np.append(t[: -1 : count // NODES], t[-1])
    parts = -(-NODES // count)
    fine = np.interp(np.arange(count * parts + 1) / parts, np.arange(count + 1), t)
    fine[::parts] = t
    return fine


def state_budget(flow: Flow, record: Record, nodes: Orbit, orbit: Orbit) -> Mapping[str, FloatArray]:
    """Each part of the budget of every state at the records, (state, T, batch).

    Parameters
    ----------
    nodes: the ODE's solution at the times of `node_times`.
    orbit: at the records.
    """
    with np.errstate(all="ignore"):
        transitions = flow.transitions(nodes, _sources(flow, record, nodes))
        *steps, rounding = _responses(transitions)
        parts = {
            "learning_rate": _learning_rate(nodes, *steps) if steps else np.zeros_like(nodes.y),
            "noise": DEVIATIONS * np.sqrt(_spread(transitions, record.noise[:, None] ** 2, power=2)),
            "rounding": _spread(transitions, record.stored, power=1)
            + np.maximum.accumulate(np.abs(rounding), axis=1)
            + FORMULA * nodes.size,
        }
        at_records = {name: _at(nodes.t, orbit.t, part) for name, part in parts.items()}
    return {"integrator": orbit.error, **at_records}


def _sources(flow: Flow, record: Record, nodes: Orbit) -> FloatArray:
    """Disturbances of the velocities: two of finite steps, then rounding; (source, state, K, batch)."""
    h = record.learning_rate
    if not h:
        return np.zeros((1, *nodes.y.shape))
    velocity, second = flow.velocity(nodes.t[:, None], nodes.y), flow.acceleration(nodes)
    speed = np.abs(velocity)
    quickly = QUICK * speed * _largest(second) / _largest(velocity)
    most = np.fmax(quickly, speed**2 / _largest(nodes.y))
    own = np.where(speed > 0, speed**2 / _own_size(nodes, np.abs(nodes.y)), 0.0)
    squares = np.sign(nodes.y) * np.fmin(own, most)
    return np.array([0.5 * h * second, 0.5 * h * squares, record.trained / h * nodes.size])


def _largest(values: FloatArray) -> FloatArray:
    """The largest size of finite values along the orbit, (state, 1, batch)."""
    return np.asarray(np.where(np.isfinite(values), np.abs(values), 0.0).max(axis=1, keepdims=True))


def _learning_rate(nodes: Orbit, second: FloatArray, squares: FloatArray) -> FloatArray:
    """Twice the largest response so far, of the state itself or of all in units of their size."""
    own = np.max(np.abs([second, squares, second - squares]), axis=0)
    whole = _own_size(nodes, nodes.size)
    share = np.where(whole > 0, own / whole, 0.0).max(axis=0)
    size = np.where(whole > 0, nodes.size, nodes.size.max(axis=0))
    first = np.maximum.accumulate(np.maximum(own, share * size), axis=1)
    return np.asarray(DOUBLED * first * (1 + np.maximum.accumulate(share, axis=0)))


def _own_size(nodes: Orbit, size: FloatArray) -> FloatArray:
    """The given size of states that keep their sign, (state, K, batch); of others the largest that they take.

    What begins at zero, or passes it, is driven by other states: there its relative error says nothing.
    """
    sign = np.sign(nodes.y)
    kept = ((sign == sign[:, :1]) | np.isnan(sign)).all(axis=1, keepdims=True) & (sign[:, :1] != 0)
    return np.where(kept, size, _largest(nodes.y))


def _responses(transitions: Transitions) -> FloatArray:
    """What each source has led to at each time, (source, state, K, batch)."""
    matrices, added = transitions.matrices, transitions.added
    response = np.zeros((len(added), len(matrices) + 1, *added.shape[2:]))
    for k, matrix in enumerate(matrices):
        response[:, k + 1] = np.einsum("bij,sbj->sbi", matrix, response[:, k]) + added[:, k]
    return _bounded(response.transpose(0, 3, 1, 2))


def _spread(transitions: Transitions, start: FloatArray, power: int) -> FloatArray:
    """Sum of the start's entries, each times a power of how much it has grown, (state, K, batch)."""
    count, batch, n, _ = transitions.matrices.shape
    grown = np.broadcast_to(np.eye(n), (batch, n, n))
    begun = np.broadcast_to(start, (n, batch)).T
    spread = np.empty((count + 1, batch, n))
    for k in range(count + 1):
        grown = grown if k == 0 else transitions.matrices[k - 1] @ grown
        spread[k] = np.einsum("bij,bj->bi", np.abs(grown) ** power, begun)
    return _bounded(spread.transpose(2, 0, 1)) if begun.any() else np.zeros((n, count + 1, batch))


def _at(nodes: FloatArray, t: FloatArray, part: FloatArray) -> FloatArray:
    """The larger of the values at the two nodes beside each record."""
    before = np.searchsorted(nodes, t, side="right") - 1
    after = np.searchsorted(nodes, t, side="left")
    return np.asarray(np.maximum(part[:, before], part[:, after]))


def _bounded(values: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values), values, np.inf)
