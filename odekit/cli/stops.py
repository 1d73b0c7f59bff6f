"""Signals that end a long computation in good order, and the places that its results may take."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from odekit.errors import FileError, OdekitError

if TYPE_CHECKING:
    from odekit.simulation import Run

__all__ = ["SIGNALS", "check_free", "checkpoint_of", "stopping"]

Handlers = dict[signal.Signals, Any]

# By the exit code of a program that such a signal ended.
SIGNALS = {"Ctrl-C": 130, "SIGTERM": 143}


@contextmanager
def stopping(stop_by: Callable[[str], None]) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM call what stops the block in good order, and the second end it.

    Parameters
    ----------
    stop_by: called with the signal's name.
    """
    numbers = dict(zip(SIGNALS, (signal.SIGINT, signal.SIGTERM), strict=True))
    before: Handlers = {number: signal.getsignal(number) for number in numbers.values()}
    names = {number: name for name, number in numbers.items()}

    def stop(number: int, frame: FrameType | None) -> None:
        stop_by(names[signal.Signals(number)])
        _set(before)

    _set(dict.fromkeys(before, stop))
    try:
        yield
    finally:
        _set(before)


def _set(handlers: Handlers) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


def checkpoint_of(out: Path) -> Path:
    """Where a simulation that writes ``out`` keeps what it needs to go on."""
    return out.with_name(f"{out.name}.checkpoint")


def check_free(out: Path, force: bool, resume: bool) -> None:
    """Refuse a place that holds what this simulation would lose.

    Raises
    ------
    FileError: there is a file already, or the checkpoint of a simulation that stopped early.
    """
    if force:
        return
    kept = checkpoint_of(out)
    going_on = ", or --resume to go on from there" if kept.exists() and not resume else ""
    if out.exists() and not (resume and _is_incomplete(out)):
        raise FileError(
            f"there is a file {out} already",
            expected="a new file's name",
            hint=f"another --out, --force to overwrite it{going_on}",
        )
    if kept.exists() and not resume:
        raise FileError(
            f"a simulation that stopped early has left {kept}",
            expected="a new file's name",
            hint=f"--force to start anew{going_on}",
        )


def _is_incomplete(out: Path) -> bool:
    from odekit.simulation import load_run

    try:
        run: Run = load_run(out)
    except OdekitError:
        return False
    return "incomplete" in run.meta
