"""Integrates a batch by a kernel that JAX compiled: whole on an accelerator, in blocks on the CPU."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from odekit.solvers.kernels.jax_kernel import in_float64, runs_on_accelerator
from odekit.solvers.stepping import Record, Task

__all__ = ["integrate_in_jax"]

# Few sizes mean few compilations; small blocks cost calls, and large ones wait for their slowest lane.
_SMALLEST_BLOCK = 128
_LARGEST_BLOCK = 2048


def integrate_in_jax(task: Task, kernel: Callable[..., Any]) -> Record:
    """Integrates a task with DOP853 by a kernel of `jax_kernel`.

    Blocks have few sizes, so that few shapes are compiled: the missing lanes repeat the last trajectory.

    Parameters
    ----------
    task: without events and without dense output; its ``rhs`` and ``block`` aren't used.
    kernel: the kernel of the system.
    """
    record = Record.blank(task)
    size = _block(task.batch, whole=runs_on_accelerator())

    def follow(first: int) -> None:
        _fill(record, task, kernel, np.arange(first, min(first + size, task.batch)), size)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(follow, range(0, task.batch, size)))
    return record


def _block(batch: int, *, whole: bool) -> int:
    """The smallest power of two that takes the batch, within the limits of a block.

    >>> [_block(batch, whole=False) for batch in (1, 200, 1_000_000)]
    [128, 256, 2048]
    """
    enough = 1 << max(batch - 1, 0).bit_length()
    return max(_SMALLEST_BLOCK, enough if whole else min(enough, _LARGEST_BLOCK))


def _fill(record: Record, task: Task, kernel: Callable[..., Any], index: Any, size: int) -> None:
    given, count = task.inputs, len(index)
    lanes = np.concatenate([index, np.repeat(index[-1:], size - count)])
    stops = np.concatenate([task.breakpoints, np.full((1, task.breakpoints.shape[1]), np.inf)])
    bounds = [np.broadcast_to(a, (*a.shape[:-1], task.batch)) for a in (task.h0, task.max_step, stops)]
    columns = [a[..., lanes] for a in (given.y0, given.p, given.times, given.rtol, given.atol, *bounds)]
    with in_float64():
        results = [np.asarray(result)[..., :count] for result in kernel(*columns, task.max_steps)]
    record.y[:, :, index], record.status[index], record.t_reached[index] = results[:3]
    record.steps[index], record.error[index] = results[3:]
