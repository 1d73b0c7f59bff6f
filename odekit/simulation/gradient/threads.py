"""How many threads the matrix products of one training get, and work side by side on Python's threads."""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

from odekit.networks import Network

__all__ = ["blas_threads", "side_by_side"]

# Order times neurons below which a second thread costs more than it saves, see `blas_threads`.
SMALL = 30_000
Result = TypeVar("Result")


def blas_threads(network: Network) -> AbstractContextManager[Any]:
    """Keep BLAS to one thread where order times neurons is below 30,000.

    Products that small finish before a second thread has woken up; on busy cores waiting for it can take
    ten times as long as the work.
    """
    return _one_thread() if network.finite_group.order * network.neurons < SMALL else nullcontext()


def side_by_side(work: Sequence[Callable[[], Result]]) -> list[Result]:
    """Results of some functions, in order, on as many threads as BLAS has been given, BLAS itself on one.

    A single function keeps BLAS as it is.
    """
    if len(work) == 1:
        return [work[0]()]
    threads = max((library.num_threads for library in _blas().lib_controllers), default=1)
    with _one_thread() if threads > 1 else nullcontext():
        return list(_pool(threads).map(_call, work)) if threads > 1 else [function() for function in work]


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
