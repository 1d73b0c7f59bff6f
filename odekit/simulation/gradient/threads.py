"""How many threads the matrix products of one training get, and work side by side on Python's threads."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

from odekit.networks import Network
from odekit.simulation.gradient.plan import lane_count

__all__ = ["blas_threads", "side_by_side"]

# Order times neurons below which a second thread costs more than it saves, see `blas_threads`.
SMALL = 30_000
Result = TypeVar("Result")

# Threads that BLAS might use where a training began, 0 outside of one.
_threads: ContextVar[int] = ContextVar("threads", default=0)


@contextmanager
def blas_threads(network: Network) -> Iterator[None]:
    """Keep BLAS to one thread for a training, unless a single lane does large products.

    Products with order times neurons below 30,000 finish before a second thread has woken up; on busy cores
    waiting for it can take ten times as long as the work. Several lanes have a thread each, as many as BLAS
    may use, and BLAS's own, which wait awake for more, would be in their way.
    """
    is_large = network.finite_group.order * network.neurons >= SMALL and lane_count(network) == 1
    token = _threads.set(_allowed())
    try:
        with nullcontext() if is_large else _one_thread():
            yield
    finally:
        _threads.reset(token)


def side_by_side(work: Sequence[Callable[[], Result]]) -> list[Result]:
    """Results of some functions, in order, on as many threads as BLAS may use, BLAS itself on one.

    A single function keeps BLAS as it is.
    """
    if len(work) == 1:
        return [work[0]()]
    threads = _allowed()
    with _one_thread() if threads > 1 else nullcontext():
        return list(_pool(threads).map(_call, work)) if threads > 1 else [function() for function in work]


def _allowed() -> int:
    """Threads that BLAS may use, or might before a training began."""
    return _threads.get() or max((library.num_threads for library in _blas().lib_controllers), default=1)


def _call(function: Callable[[], Result]) -> Result:
    return function()


def _one_thread() -> AbstractContextManager[Any]:
    limited: AbstractContextManager[Any] = _blas().limit(limits=1)
    return limited


@cache
def _blas() -> Any:
    return ThreadpoolController().select(user_api="blas")


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="odekit")


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_pool.cache_clear)
