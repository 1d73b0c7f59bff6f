"""Integrates a batch by a compiled kernel on several threads; no result depends on the threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers.kernels.numba_kernel import thread_count
from odekit.solvers.stepping import Record, Task

__all__ = ["integrate_in_lanes"]

# Several ranges a thread even out slow ones; in short ranges lanes run empty, long ones leave threads idle.
_SMALLEST_RANGE = 512
_LARGEST_RANGE = 8192
_RANGES_PER_THREAD = 4


def integrate_in_lanes(task: Task, kernel: Callable[..., None], threads: int | None = None) -> Record:
    """Integrates a task by a compiled kernel, with the method of the kernel.

    Parameters
    ----------
    task: without events and without dense output; its ``rhs`` and ``block`` aren't used.
    kernel: the function ``run`` of the system's kernel.
    threads: how many at most; all cores of this process where omitted.
    """
    record = Record.blank(task, np.empty)
    given = task.inputs
    bounds = task.h0, task.max_step, task.breakpoints
    arguments = [_owned(a) for a in (given.y0, given.p, given.times, given.rtol, given.atol, *bounds)]
    results = record.y, record.status, record.t_reached, record.steps, record.error
    threads = threads or thread_count()
    size = _range_size(task.batch, threads)

    def follow(first: int) -> None:
        last = min(first + size, task.batch)
        record.y[:, :, first:last] = np.nan
        kernel(first, last, float(task.max_steps), *arguments, *results)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(follow, range(0, task.batch, size)))
    return record


def _owned(values: FloatArray) -> FloatArray:
    """An array that a kernel can read; one column where all are the same by construction."""
    shared = values.strides[-1] == 0 and values.shape[-1] > 0
    return np.require(values[..., :1] if shared else values, np.float64, ["C", "W"])


def _range_size(batch: int, threads: int) -> int:
    return int(np.clip(-(-batch // (_RANGES_PER_THREAD * threads)), _SMALLEST_RANGE, _LARGEST_RANGE))
