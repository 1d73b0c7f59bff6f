"""Experiments carried out: one after the other, or several at a time, in processes of their own."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children, get_context, parent_process
from time import perf_counter
from typing import TypeAlias

from threadpoolctl import threadpool_limits

from odekit.claims.catalogue import CLAIMS
from odekit.claims.settings import Settings, Value
from odekit.claims.verdict import Claim, Verdict
from odekit.errors import OdekitError, StoppedEarly
from odekit.groups import FiniteGroup
from odekit.limits import limit, limits_in_force

__all__ = ["Experiment", "carry_out"]

# A claim with what its experiment may depend on, or the reason why it is not applicable.
Experiment: TypeAlias = tuple[Claim, Settings | str]
# A process takes as long to start as some experiments of the quick set do.
_FEWEST_EACH = 5


def carry_out(
    experiments: Sequence[Experiment],
    workers: int,
    on_start: Callable[[Claim], None],
    on_finish: Callable[[Verdict], None],
) -> list[Verdict]:
    """The verdicts, in the experiments' order.

    Parameters
    ----------
    experiments: the claims, each with what its experiment may depend on.
    workers: processes at most, each with one thread of the linear algebra's and with five experiments of the
        quick set at least. Claims of one's own are carried out in this one.
    on_start, on_finish: called around each experiment, here; several may be under way.

    Raises
    ------
    StoppedEarly: a process died.
    """
    known = {claim.id: claim for claim in CLAIMS}
    apart = {
        index: (claim, settings)
        for index, (claim, settings) in enumerate(experiments)
        if known.get(claim.id) is claim and not isinstance(settings, str)
    }
    is_full = any(settings.full for _, settings in apart.values())
    workers = min(workers, len(apart) // (1 if is_full else _FEWEST_EACH))
    found = _in_processes(apart, workers, on_start, on_finish) if workers > 1 else {}
    for index, (claim, settings) in enumerate(experiments):
        if index not in found:
            on_start(claim)
            found[index] = _run(claim, settings)
            on_finish(found[index])
    return [found[index] for index in range(len(experiments))]


def _in_processes(
    experiments: Mapping[int, tuple[Claim, Settings]],
    workers: int,
    on_start: Callable[[Claim], None],
    on_finish: Callable[[Verdict], None],
) -> dict[int, Verdict]:
    """The verdicts by index. No more are handed out than there are processes."""
    found: dict[int, Verdict] = {}
    left, under_way = [*experiments], dict[Future[Verdict], int]()
    others = {*active_children()}
    # Threads, such as the watch of a limit, don't survive a fork.
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin) as pool:
        try:
            while left or under_way:
                while left and len(under_way) < workers:
                    index = left.pop(0)
                    claim, settings = experiments[index]
                    on_start(claim)
                    asked = (claim.id, settings.seed, settings.full, settings.group, dict(settings.values))
                    with _deaf_to_ctrl_c():
                        future = pool.submit(_run_named, *asked, *limits_in_force())
                    under_way[future] = index
                done = wait(under_way, return_when=FIRST_COMPLETED).done
                for future in sorted(done, key=lambda one: one.exception() is not None):
                    index = under_way[future]
                    found[index] = future.result()
                    del under_way[future]
                    on_finish(found[index])
        except BrokenProcessPool as error:
            named = ", ".join(experiments[index][0].id for index in under_way.values())
            raise StoppedEarly(
                f"a process died while {named} were verified",
                expected="that all live until they have answered",
                hint="one worker and more memory; in a program of your own, to ask below "
                'if __name__ == "__main__"',
            ) from error
        except BaseException:
            # Nobody waits for what is under way.
            for process in {*active_children()} - others:
                process.terminate()
            raise
    return found


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A process that begins within hears of Ctrl-C from `_begin` on: before, it would tell where it was."""
    if sys.platform == "win32":
        yield
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Die of Ctrl-C without a word, and with the program; leave other processors to other processes.

    Where the program was started deaf to Ctrl-C, as a job in the background is, its processes are, too.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_die_with_the_program, daemon=True).start()
    threadpool_limits(limits=1)


def _die_with_the_program() -> None:
    program = parent_process()
    if program is not None:
        program.join()
        os._exit(1)


def _run_named(
    claim: str,
    seed: int,
    full: bool,
    group: FiniteGroup | None,
    values: Mapping[str, Value],
    seconds: float | None,
    gigabytes: float,
) -> Verdict:
    (named,) = (known for known in CLAIMS if known.id == claim)
    with limit(seconds, gigabytes):
        return _run(named, Settings(seed, full, group, values))


def _run(claim: Claim, settings: Settings | str) -> Verdict:
    if isinstance(settings, str):
        return claim.not_applicable(settings)
    started = perf_counter()
    if settings.group is not None and not claim.applies(settings.group):
        return claim.not_applicable(f"{settings.group.name} does not meet the hypotheses: {claim.hypotheses}")
    if claim.full_only and not settings.full:
        return claim.not_applicable("its experiment takes minutes and belongs to the full set: --full")
    try:
        verdict = claim.experiment(claim, settings)
    except OdekitError as error:
        verdict = claim.inconclusive(f"the experiment could not be carried out: {error}")
    return replace(verdict, seconds=perf_counter() - started)
