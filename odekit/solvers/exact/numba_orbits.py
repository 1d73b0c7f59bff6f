"""The exact orbits of a large batch by machine code on several threads; no result depends on the threads."""

import inspect
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.solvers.exact import lanes
from odekit.solvers.exact.elliptic import phase_integral
from odekit.solvers.exact.rows import follow_rows
from odekit.solvers.kernels import is_installed, load_function, thread_count

__all__ = ["SMALLEST_BATCH", "exact_kernel", "follow_lanes"]

# numpy is through with fewer rows before numba is loaded.
SMALLEST_BATCH = 50_000

# Rows that a thread takes at a time: whole passes of `LANES`, and few enough that all threads stay busy.
_RANGE = 8192
_ROW = "float64[::1]"
_SIGNATURE = f"void(int64, boolean, {', '.join([_ROW] * 6)}, float64[:, ::1], {_ROW})"


def exact_kernel(batch: int) -> Any:
    """The compiled kernel where it pays and is to be had, else None.

    Parameters
    ----------
    batch: number of rows; below 50,000 numpy is through before numba is loaded.
    """
    if batch < SMALLEST_BATCH or not is_installed():
        return None
    try:
        return load_function(inspect.getsource(lanes), _SIGNATURE)
    except (InputError, OSError):
        return None


def follow_lanes(
    kernel: Any, columns: Sequence[FloatArray], *, before: bool, phases: bool, threads: int | None = None
) -> tuple[FloatArray, ...]:
    """What `follow_rows` returns for the same arguments, to within rounding.

    Parameters
    ----------
    kernel: from `exact_kernel`, or `lanes.run` itself, which needs no compiler.
    columns: alpha, phi, beta, psi, rate and span, that broadcast.
    before, phases: as there.
    threads: how many at most; all cores of this process where omitted.
    """
    shape = np.broadcast_shapes(*(column.shape for column in columns))
    rows = [np.broadcast_to(column, shape).reshape(-1) for column in columns]
    results = np.empty((6 if phases else 4, rows[0].size))

    def follow(first: int) -> None:
        part = [np.require(row[first : first + _RANGE], requirements=["C", "W"]) for row in rows]
        _follow(kernel, part, results[:, first : first + _RANGE], before, phases)

    with ThreadPoolExecutor(threads or thread_count()) as pool:
        list(pool.map(follow, range(0, rows[0].size, _RANGE)))
    return tuple(row.reshape(shape) for row in results)


def _follow(
    kernel: Any, columns: Sequence[FloatArray], results: FloatArray, before: bool, phases: bool
) -> None:
    """Fills the results of one range: the kernel's rows first, then those that it leaves."""
    size = columns[0].size
    out = np.empty((lanes.RESULTS, size))
    kernel(size, before, *columns, out, np.empty(lanes.ROWS * lanes.LANES))
    results[:4] = out[:4]
    if phases:
        results[4:] = _phases(columns, out)
    left = np.flatnonzero((out[lanes.PLAIN] == 0.0) | (columns[-1] == 0.0))
    if left.size:
        rest = (column[left] for column in columns)
        results[:, left] = follow_rows(*rest, before=before, phases=phases)


def _phases(columns: Sequence[FloatArray], out: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Phases at the point: phi moves by K times the integral of ``1/alpha^2`` over the clock; psi follows."""
    _, phi, _, psi, *_ = columns
    a, s = out[lanes.TURN_A], out[lanes.TURN_S]
    with np.errstate(all="ignore"):
        turn = phase_integral(np.zeros_like(a), np.zeros_like(a), a, s)
        ends = [
            np.where(rises == 1.0, near, 2.0 * turn - near)
            for near, rises in (
                (phase_integral(out[lanes.POINT_D], out[lanes.POINT_P], a, s), out[lanes.POINT_RISES]),
                (phase_integral(out[lanes.START_D], out[lanes.START_P], a, s), out[lanes.START_RISES]),
            )
        ]
        moved = phi + out[lanes.INTEGRAL] * (ends[0] - ends[1])
    return moved, psi + (2.0 * (moved - phi) - (out[lanes.PHASE] - out[lanes.START_PHASE]))
