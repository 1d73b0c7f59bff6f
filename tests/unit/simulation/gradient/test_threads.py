"""Small networks keep BLAS to one thread, and give the threads back; work side by side does as well."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from odekit.networks import Network
from odekit.simulation.gradient.threads import blas_threads, side_by_side


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_a_small_network_gets_one_thread_and_gives_them_back() -> None:
    before = threads()
    with blas_threads(Network("Z23", neurons=512)):
        assert threads() == {1}
    assert threads() == before


def test_a_large_network_of_a_single_lane_keeps_its_threads() -> None:
    before = threads()
    with blas_threads(Network("Z23", neurons=1400)):
        assert threads() == before


def test_lanes_have_the_threads_that_blas_might_use() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        with blas_threads(Network("Z97", neurons=100)):
            assert threads() == {1}
            with blas_threads(Network("Z97", neurons=100)):
                others = set(side_by_side([threading.get_ident] * 8))
        assert threads() == {2}
    assert threading.get_ident() not in others


def test_work_side_by_side_leaves_its_results_in_order_and_blas_as_it_was() -> None:
    before = threads()
    assert side_by_side([partial(pow, base, 2) for base in range(7)]) == [0, 1, 4, 9, 16, 25, 36]
    assert side_by_side([threads, threads]) == [{1}, {1}]
    assert threads() == before


def test_with_one_thread_for_blas_the_work_stays_in_the_caller_s_thread() -> None:
    with threadpool_limits(limits=1, user_api="blas"):
        assert side_by_side([threading.get_ident] * 3) == [threading.get_ident()] * 3


def test_an_error_in_the_work_reaches_the_caller_and_blas_gets_its_threads_back() -> None:
    before = threads()
    with pytest.raises(ZeroDivisionError, match="division"):
        side_by_side([partial(divmod, 1, 1), partial(divmod, 1, 0)])
    assert threads() == before
