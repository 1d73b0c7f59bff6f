"""A second thread that looks at the clock of the first one and at the memory in use, and ends its work."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Bounds", "Watch"]

# Often enough that little is wasted; a thread that swallowed the first interruption is interrupted again.
_LOOK, _AGAIN = 0.05, 0.2
_BYTES = 1e9
_MEMORY = Path("/proc/self/statm")


@dataclass(frozen=True)
class Bounds:
    """Seconds of the processor (of the wall's clock where a thread has none of its own), and gigabytes.

    ``share`` is what part of the limit these seconds are.
    """

    seconds: float
    gigabytes: float
    share: float


class Watch:
    """A thread that interrupts the one that made it, again and again until it stops."""

    def __init__(self, bounds: Bounds) -> None:
        # No Exception, so that no handler in between takes it for its own; a class of its own, so that the
        # watch of an outer question is not taken for that of an inner one.
        self.interruption: type[BaseException] = type("Interruption", (BaseException,), {})
        self.cause = "time"
        self.bounds = bounds
        self.has_fired = False
        self._watched = threading.get_ident()
        self._clock = _clock(self._watched)
        self._quiet = threading.Event()
        self._has_interrupted = False
        self._unraisable = sys.unraisablehook
        self._thread = threading.Thread(target=self._look, name="odekit limit", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._end, self._most = (
            self._clock() + self.bounds.seconds,
            _memory() + self.bounds.gigabytes * _BYTES,
        )
        self._thread.start()

    def check(self) -> None:
        """Let nothing pass that came of an interruption which was swallowed."""
        if self.has_fired:
            raise self.interruption

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
