"""How long may symbolic work take, and how much memory? A bound on each question, which a caller can raise.

A second thread looks at the clock of the first one and at the memory in use, and ends work that goes beyond.
It holds in every thread and on every platform of CPython; memory is bounded where ``/proc`` tells of it.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, cast

from odekit.errors import AlgebraError, LimitError, OdekitError
from odekit.numbers import positive

__all__ = ["DERIVATION_SECONDS", "bounded", "limit", "limits_in_force", "processors"]

R = TypeVar("R")
Function = TypeVar("Function", bound=Callable[..., Any])

# A formula that a person writes takes well below a second; a derivation at all modes may take half a minute.
FORMULA_SECONDS, DERIVATION_SECONDS = 4.0, 60.0
GIGABYTES = 2.0
# They were set where Python sums 199 fractions in so many seconds.
_SUM_TAKES = 3e-4
# Often enough that little is wasted; a thread that swallowed the first interruption is interrupted again.
_LOOK, _AGAIN = 0.05, 0.2
_BYTES = 1e9
_MEMORY = Path("/proc/self/statm")
# Where an exception that is raised here says nothing about odekit, but about what it was asked to compute.
_ALGEBRA = ("mpmath.", "numpy.linalg.", "sympy.")

_SECONDS: ContextVar[float | None] = ContextVar("odekit_limit_seconds", default=None)
_GIGABYTES: ContextVar[float] = ContextVar("odekit_limit_gigabytes", default=GIGABYTES)
_UNDER_WAY: ContextVar[float] = ContextVar("odekit_limit_under_way", default=float("inf"))


@dataclass(frozen=True)
class _Bounds:
    """Seconds of the processor (of the wall's clock where a thread has none of its own), and gigabytes.

    ``share`` is what part of the limit these seconds are.
    """

    seconds: float
    gigabytes: float
    share: float


@contextmanager
def limit(seconds: float | None = None, gigabytes: float | None = None) -> Iterator[None]:
    """Give each symbolic question within the block so much time and memory; what is None stays as it is.

    Parameters
    ----------
    seconds: of the processor, for each call such as `odekit.gradient_flow` or `System.fixed_points`; by
        default 4 for formulas and 60 for derivations, and more on a slow processor, as many times as it takes
        longer. ``float("inf")`` takes the limit away.
    gigabytes: of memory, beyond what is in use when the question is asked; by default 2.

    Raises
    ------
    InputError: a number that is not positive.

    >>> with limit(seconds=60):
    ...     pass
    """
    time_allowed = _SECONDS.get() if seconds is None else _allowed(seconds, "seconds")
    memory_allowed = _GIGABYTES.get() if gigabytes is None else _allowed(gigabytes, "gigabytes")
    tokens = _SECONDS.set(time_allowed), _GIGABYTES.set(memory_allowed)
    try:
        yield
    finally:
        _SECONDS.reset(tokens[0])
        _GIGABYTES.reset(tokens[1])


def limits_in_force() -> tuple[float | None, float]:
    """Seconds, None where each question has its own, and gigabytes: what a caller asked for last."""
    return _SECONDS.get(), _GIGABYTES.get()


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def bounded(
    what: str, seconds: float = FORMULA_SECONDS, share: float = 1.0
) -> Callable[[Function], Function]:
    """Let a function work within the limits.

    Parameters
    ----------
    what: the function does, as the subject of a sentence.
    seconds: of a processor that isn't slow, unless the caller asked for another `limit`.
    share: of these seconds, for a question that is one part of another.

    Raises
    ------
    LimitError: it took longer or more memory.
    AlgebraError: SymPy or mpmath broke on what it was given.
    """

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def within(*args: Any, **named: Any) -> Any:
            allowed = _SECONDS.get() or seconds * _slowness()
            bounds = _Bounds(allowed * share, _GIGABYTES.get(), share)
            if bounds.seconds >= _UNDER_WAY.get():
                return function(*args, **named)
            return _watched(lambda: function(*args, **named), what, bounds)

        return cast(Function, within)

    return decorate


def _allowed(value: float, name: str) -> float:
    return value if isinstance(value, float) and value == float("inf") else positive(value, name)


def _watched(work: Callable[[], R], what: str, bounds: _Bounds) -> R:
    watch = _Watch(bounds)
    token = _UNDER_WAY.set(bounds.seconds)
    try:
        try:
            watch.start()
            found = work()
        finally:
            watch.stop()
        if watch.has_fired:
            raise _exceeded(what, bounds, watch.cause)
        return found
    except watch.interruption:
        watch.stop()
        raise _exceeded(what, bounds, watch.cause) from None
    except MemoryError as error:
        raise _exceeded(what, bounds, "memory") from error
    except Exception as error:
        # What comes of an interruption that a handler of everything swallowed, such as mpmath's.
        if watch.has_fired and not isinstance(error, LimitError):
            raise _exceeded(what, bounds, watch.cause) from error
        if isinstance(error, RecursionError):
            raise AlgebraError(
                f"{what} is nested too deep",
                expected="a formula that nests less",
                received="a RecursionError",
            ) from error
        if isinstance(error, OdekitError) or not _is_foreign(error):
            raise
        raise AlgebraError(
            f"{what} has no answer: the computer algebra breaks on the formula",
            expected="a formula that SymPy can work on",
            received=f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:120]}".rstrip(": "),
            hint="another way to write it",
        ) from error
    finally:
        _UNDER_WAY.reset(token)


def _exceeded(what: str, bounds: _Bounds, cause: str) -> LimitError:
    if cause == "memory":
        return LimitError(
            f"{what} takes too much memory",
            expected=f"at most {bounds.gigabytes:g} GB",
            hint=f"a shorter formula, or odekit.limit(gigabytes={4 * bounds.gigabytes:g})",
        )
    return LimitError(
        f"{what} takes too long",
        expected=f"at most {bounds.seconds:g} s of symbolic work",
        hint=f"a shorter formula, or odekit.limit(seconds={10 * bounds.seconds / bounds.share:g})",
    )


def _is_foreign(error: BaseException) -> bool:
    """Whether the innermost frame is one of the computer algebra's."""
    trace, name = error.__traceback__, ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next
    return f"{name}.".startswith(_ALGEBRA)


class _Watch:
    """A thread that interrupts the one that made it, again and again until it stops."""

    def __init__(self, bounds: _Bounds) -> None:
        # No Exception, so that no handler in between takes it for its own; a class of its own, so that the
        # watch of an outer question is not taken for that of an inner one.
        self.interruption: type[BaseException] = type("Interruption", (BaseException,), {})
        self.cause = "time"
        self.has_fired = False
        self._bounds = bounds
        self._watched = threading.get_ident()
        self._clock = _clock(self._watched)
        self._quiet = threading.Event()
        self._has_interrupted = False
        self._unraisable = sys.unraisablehook
        self._thread = threading.Thread(target=self._look, name="odekit limit", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._end, self._most = (
            self._clock() + self._bounds.seconds,
            _memory() + self._bounds.gigabytes * _BYTES,
        )
        self._thread.start()

    def stop(self) -> None:
        """Return when no interruption can come any more.

        One that was sent and has not come is awaited: an interpreter that is told to forget it stays on the
        alert, and is slow at every call, for good.
        """
        is_last = False
        while not is_last:
            try:
                self._quiet.set()
                # Waited for in pieces: an interruption on its way is taken in between. The other thread
                # can't go on before it is, where a debugger or a measurement of coverage traces it.
                while self._thread.is_alive():
                    self._thread.join(_LOOK)
                if not self._has_interrupted:
                    return
                is_last = True
                _interrupt(self._watched, self.interruption)
                while True:
                    time.sleep(0)
            except self.interruption:
                continue
        self._has_interrupted = False
        if sys.unraisablehook == self._swallow:
            sys.unraisablehook = self._unraisable

    def _look(self) -> None:
        while not self._quiet.wait(_LOOK):
            if self._clock() > self._end or _memory() > self._most:
                self.cause = "time" if self._clock() > self._end else "memory"
                if not self._has_interrupted:
                    self._unraisable, sys.unraisablehook = sys.unraisablehook, self._swallow
                self.has_fired = self._has_interrupted = True
                _interrupt(self._watched, self.interruption)
                if self._quiet.wait(_AGAIN):
                    return

    def _swallow(self, unraisable: Any) -> None:
        """Say nothing of an interruption that came where none can pass, as in a callback of the collector."""
        if unraisable.exc_type is not self.interruption:
            self._unraisable(unraisable)


@functools.cache
def _slowness() -> float:
    """How many times longer Python takes here than where the limits were set, at least 1: the best of three.

    Also a debugger's or a coverage tool's doing: they slow each call down, and SymPy's work is calls.
    """
    taken = []
    for _ in range(3):
        begun = time.thread_time()
        sum(Fraction(1, number) for number in range(1, 200))
        taken.append(time.thread_time() - begun)
    return max(1.0, min(taken) / _SUM_TAKES)


def _clock(thread: int) -> Callable[[], float]:
    """Seconds that a thread has used of the processor, where that is known, so that others don't count."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.monotonic
    return functools.partial(time.clock_gettime, time.pthread_getcpuclockid(thread))


def _memory() -> float:
    """Bytes in use; 0 where the system doesn't tell."""
    try:
        return float(_MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError):
        return 0.0


def _interrupt(thread: int, kind: type[BaseException]) -> None:
    """Let a thread raise an exception at its next step."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))
