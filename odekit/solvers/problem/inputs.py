"""Checks what a user passes to a solver, and makes arrays with one batch axis of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from odekit.arguments import floats, mapping
from odekit.arrays import FloatArray
from odekit.errors import InputError, UnknownNameError
from odekit.expressions import spoken
from odekit.solvers.problem.clock import PLAIN, Clock, read_times
from odekit.systems import System

__all__ = ["InitialStates", "Inputs", "default_atol", "prepare", "select_system"]

InitialStates = ArrayLike | Mapping[str, ArrayLike]

# Columns that are taken together: their intermediate results stay in the cache.
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Inputs:
    """Checked arrays of one batch.

    Parameters
    ----------
    y0: (state, batch) float64.
    p: (parameter, batch) float64.
    times: (time, batch) float64, elapsed, from 0 on and nowhere decreasing.
    rtol, atol: (batch,) float64.
    clock: what the time is when so much has elapsed.
    """

    y0: FloatArray
    p: FloatArray
    times: FloatArray
    rtol: FloatArray
    atol: FloatArray
    clock: Clock = PLAIN


def select_system(system: System, y0: InitialStates) -> System:
    """The system, restricted to the closed subset of states that a mapping of initial values names.

    The mapping's order doesn't matter: the subset is in the system's own order.

    Raises
    ------
    UnknownNameError: the mapping names something that is neither a state nor a definition.
    ReductionError: what the mapping names is no system of its own.
    """
    if not isinstance(y0, Mapping):
        return system
    if not y0:
        raise InputError("no initial values", expected=f"all of {', '.join(s.name for s in system.states)}")
    known = [symbol.name for symbol in (*system.states, *system.definitions)]
    named = _by_name("state", y0, known)
    return system if set(named) == {state.name for state in system.states} else system.restrict(named)


def prepare(
    system: System,
    y0: InitialStates,
    t: ArrayLike,
    parameters: Mapping[str, ArrayLike] | None,
    rtol: ArrayLike,
    atol: ArrayLike | None,
    t0: ArrayLike = 0.0,
) -> Inputs:
    """Arrays of one batch from a user's arguments; the sizes of all batch axes must agree or be 1.

    Raises
    ------
    InputError: the initial states don't have one row for each state.
    InputError: a parameter is missing, or the times aren't finite or don't lead away from t0.
    InputError: a tolerance is not positive, or the batch axes disagree.
    UnknownNameError: a parameter or state that the system doesn't have.
    """
    given = {} if parameters is None else mapping(parameters, "the parameters", "{'k': 2.0}")
    start = _initial_states([symbol.name for symbol in system.states], y0)
    rows = _parameters([symbol.name for symbol in system.parameters], given)
    times, clock = read_times(t, t0)
    relative = _tolerance("rtol", rtol)
    absolute = None if atol is None else _tolerance("atol", atol)
    sizes = [start.shape[1], times.shape[1], relative.size, *(row.size for row in rows)]
    batch = _batch([*sizes, 1 if absolute is None else absolute.size])
    start = np.ascontiguousarray(_widened(start, batch))
    relative = np.broadcast_to(relative, batch)
    return Inputs(
        y0=start,
        p=_stacked(rows, batch),
        times=_widened(np.array(times), batch),
        rtol=relative,
        atol=default_atol(start, relative) if absolute is None else np.broadcast_to(absolute, batch),
        clock=clock,
    )


def _initial_states(states: Sequence[str], y0: InitialStates) -> FloatArray:
    if isinstance(y0, Mapping):
        named = _by_name("state", y0, states)
        columns = [_vector(f"initial {name}", named[name]) for name in states]
        batch = _batch([column.size for column in columns])
        return np.array([np.broadcast_to(column, batch) for column in columns])
    start = floats("initial states", y0)
    start = start[:, None] if start.ndim == 1 else start
    if start.ndim != 2 or len(start) != len(states):
        raise InputError(
            "the initial states don't match the system",
            expected=f"shape ({len(states)},) or ({len(states)}, batch): {', '.join(states)}",
            received=f"shape {np.shape(y0)}",
            hint="the transpose: one row for each state" if _is_transposed(start, len(states)) else "",
        )
    return start


def _is_transposed(start: FloatArray, count: int) -> bool:
    return start.ndim == 2 and start.shape[1] == count


def _parameters(names: Sequence[str], values: Mapping[str, ArrayLike]) -> list[FloatArray]:
    named = _by_name("parameter", values, names)
    missing = [name for name in names if name not in named]
    if missing:
        raise InputError(
            f"no value for the parameter {', '.join(missing)}",
            expected=f"parameters={{{', '.join(f'{name!r}: ...' for name in names)}}}",
        )
    return [_vector(f"parameter {name}", named[name]) for name in names]


def _by_name(kind: str, values: Mapping[str, ArrayLike], known: Sequence[str]) -> dict[str, ArrayLike]:
    """Values under the names that are known; a keyword argument comes in Python's form of its letters."""
    named: dict[str, ArrayLike] = {}
    for given, value in values.items():
        name = spoken(str(given), known)
        if name not in known:
            raise UnknownNameError(kind, name, known)
        if name in named:
            raise InputError(f"the {kind} {name} is given twice", received=", ".join(map(str, values)))
        named[name] = value
    return named


def _tolerance(name: str, value: ArrayLike) -> FloatArray:
    tolerance = _vector(name, value)
    smallest = 4.0 * np.finfo(np.float64).eps if name == "rtol" else 0.0
    if not (np.isfinite(tolerance).all() and (tolerance >= smallest).all()):
        raise InputError(
            f"{name} is out of range", expected=f"at least {smallest:.1e}", received=f"{tolerance.min()}"
        )
    return tolerance


def default_atol(y0: FloatArray, rtol: FloatArray) -> FloatArray:
    """``1e-3 rtol max|y0|`` of each trajectory, where nothing is finite and positive 1e-3 rtol."""
    atol = np.zeros(len(rtol))
    for first in range(0, len(rtol), _BLOCK):
        size, columns = atol[first : first + _BLOCK], slice(first, first + _BLOCK)
        for row in y0[:, columns]:
            np.maximum(size, np.abs(row), out=size)
        size[~((size > 0.0) & (size < np.inf))] = 1.0
        size *= 1e-3 * rtol[columns]
    return atol


def _widened(values: FloatArray, batch: int) -> FloatArray:
    return values if values.shape[1] == batch else np.broadcast_to(values, (len(values), batch))


def _stacked(rows: Sequence[FloatArray], batch: int) -> FloatArray:
    """Rows (batch,) or (1,) as an array (row, batch), which holds one column where all rows are numbers."""
    width = max((row.size for row in rows), default=1)
    columns = np.array([np.broadcast_to(row, width) for row in rows]).reshape(len(rows), width)
    return np.broadcast_to(columns, (len(rows), batch))


def _batch(sizes: Sequence[int]) -> int:
    proper = {size for size in sizes if size != 1} or {1}
    if len(proper) > 1:
        raise InputError(
            "the batch sizes disagree",
            expected="one batch size in initial states, times, parameters and tolerances, or 1",
            received=", ".join(map(str, sorted(proper))),
        )
    return proper.pop()


def _vector(what: str, value: ArrayLike) -> FloatArray:
    vector = np.atleast_1d(floats(what, value))
    if vector.ndim != 1:
        raise InputError(
            f"{what} has the wrong shape", expected="a scalar or (batch,)", received=f"shape {vector.shape}"
        )
    return vector
