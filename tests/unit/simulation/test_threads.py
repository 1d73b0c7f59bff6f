"""Small networks keep BLAS to one thread, and give the threads back."""

from __future__ import annotations

from threadpoolctl import threadpool_info

from odekit.networks import Network
from odekit.simulation.threads import blas_threads


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_a_small_network_gets_one_thread_and_gives_them_back() -> None:
    before = threads()
    with blas_threads(Network("Z23", neurons=512)):
        assert threads() == {1}
    assert threads() == before


def test_a_large_network_keeps_its_threads() -> None:
    before = threads()
    with blas_threads(Network("Z97", neurons=512)):
        assert threads() == before
