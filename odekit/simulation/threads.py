"""How many threads the matrix products of one training get."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from threadpoolctl import threadpool_limits

from odekit.networks import Network

__all__ = ["blas_threads"]

SMALL = 30_000


def blas_threads(network: Network) -> AbstractContextManager[Any]:
    """Keep BLAS to one thread where order times neurons is below 30,000.

    Products that small finish before a second thread has woken up; on busy cores waiting for it can take
    ten times as long as the work.
    """
    if network.finite_group.order * network.neurons < SMALL:
        limited: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
        return limited
    return nullcontext()
