"""Where cells are computed: Dask workers on this machine, or those of a scheduler that runs already."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from odekit.errors import InputError, MissingExtraError, OdekitError, StoppedEarly, told
from odekit.extras import require_distributed

__all__ = ["connected"]

LOOPBACK = "127.0.0.1"
# Seconds: for a scheduler to answer, and for its first worker to come.
ANSWER, FIRST_WORKER = 10, 60
TRIES = 3  # to start the workers of this machine
# Bytes that a worker's allocator keeps, where it is glibc's, so that arrays that come and go cost no page
# faults; with what Dask sets, a cell takes a tenth longer.
ALLOCATOR = {
    f"distributed.nanny.pre-spawn-environ.MALLOC_{name}_THRESHOLD_": size
    for name, size in (("TRIM", 2**28), ("MMAP", 2**26))
}
# A worker of this machine that gives no sign of life for so long is started anew, within twice that time.
SILENCE = {"distributed.scheduler.worker-ttl": "1 minute"}
LOGGERS = ("distributed", "tornado.application", "asyncio")


@contextmanager
def connected(scheduler: str | None, workers: int) -> Iterator[Any]:
    """A Dask client.

    The local cluster talks to loopback only, each process to the others by certificates made for this
    sweep alone: what Dask sends is unpickled, so that nobody else may speak to it. A scheduler elsewhere is
    trusted as the one who runs it trusts it; its ``tls://`` address takes the certificates of Dask's
    configuration.

    Parameters
    ----------
    scheduler: address of one that runs, such as ``"tcp://10.0.0.1:8786"``, or None for a local cluster.
    workers: processes of the local cluster, each with one thread.

    Raises
    ------
    MissingExtraError: distributed, or what it needs, is not installed.
    InputError: no scheduler answers at the address, or it has no worker; or Dask's configuration is broken.
    StoppedEarly: the workers of this machine don't start.
    """
    with _refusing_configuration():
        distributed = require_distributed()
    with _quiet():
        if scheduler is None:
            with _local(distributed, workers) as cluster, distributed.Client(cluster) as client:
                yield client
        else:
            with _remote(distributed, scheduler) as client:
                yield client


@contextmanager
def _refusing_configuration() -> Iterator[None]:
    """Tell of what only a broken configuration of Dask makes it raise.

    Raises
    ------
    MissingExtraError: the block lacks a package.
    InputError: the block raised anything else but what a machine does.
    """
    try:
        yield
    except (OdekitError, RuntimeError, OSError):
        raise
    except ImportError as error:
        raise MissingExtraError("a part of Dask is missing", "sweep", str(error)) from error
    except Exception as error:
        raise InputError(
            "Dask doesn't start",
            expected="a configuration that it can read",
            received=" ".join(told(error).split()),
            hint="look at the variables DASK_* and the files in ~/.config/dask",
        ) from error


def _local(distributed: Any, workers: int) -> Any:
    """A cluster on this machine, tried again where a worker dies while it starts.

    Raises
    ------
    InputError: Dask's configuration is broken.
    StoppedEarly: no try succeeded.
    """
    causes = []
    for _ in range(TRIES):
        try:
            with _refusing_configuration(), import_module("dask").config.set(ALLOCATOR | SILENCE):
                return distributed.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    host=LOOPBACK,
                    dashboard_address=f"{LOOPBACK}:0",
                    worker_dashboard_address=None,
                    security=distributed.Security.temporary(),
                    silence_logs=logging.CRITICAL,
                    preload="odekit.sweeps.engine.work",
                )
        except (RuntimeError, OSError) as error:
            causes.append(str(error))
    raise StoppedEarly(
        "the workers of this machine don't start",
        expected=f"{workers} processes",
        received=causes[-1],
        hint="fewer workers, if the memory is short; in a program of your own, the call below "
        'if __name__ == "__main__":',
    )


def _remote(distributed: Any, scheduler: str) -> Any:
    """A client of a scheduler that has a worker or more.

    Raises
    ------
    InputError: no scheduler answers, or it has no worker.
    """
    try:
        if not scheduler.startswith("tls://"):  # by which nobody is spoken to who has no certificate
            # In a thread of its own, since a notebook's has a loop that runs already.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _greet(distributed, scheduler)).result()
        client = distributed.Client(scheduler, timeout=ANSWER)
    except Exception as error:  # whatever speaks there may break Dask in any way
        raise InputError(
            f"no Dask scheduler answers at {scheduler}",
            expected="the address of a running one, such as tcp://127.0.0.1:8786",
            received=str(error).splitlines()[0] if str(error) else type(error).__name__,
            hint="dask scheduler, and dask worker ADDRESS",
        ) from None
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER)
    except TimeoutError:
        client.close()
        raise InputError(
            f"the scheduler at {scheduler} has no worker",
            expected="one or more",
            hint=f"dask worker {scheduler}",
        ) from None
    return client


async def _greet(distributed: Any, scheduler: str) -> None:
    """Wait for a scheduler's greeting, for which Dask's client would wait without end."""
    arguments = distributed.Security().get_connection_args("client")
    greeting = distributed.comm.connect(scheduler, timeout=ANSWER, **arguments)
    comm = await asyncio.wait_for(greeting, ANSWER + 1)
    await comm.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own log off the terminal: what matters of it is told by whoever runs the cells."""
    known = [name for name in logging.root.manager.loggerDict if name.startswith("distributed.")]
    loggers = [logging.getLogger(name) for name in (*LOGGERS, *known)]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
