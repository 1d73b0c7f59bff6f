"""What a long training has come to, kept in a file, so that it goes on as if nothing had happened.

A training is a row of phases (a flow, the same at another tolerance), the same row whenever it is run again.
A phase that had ended is read from the file, the one that was under way goes on, and the rest follows.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arguments import path_of
from odekit.errors import FileError, InputError, StoppedEarly
from odekit.files import check_replaceable
from odekit.simulation.gradient import asking
from odekit.simulation.runs import read_archive, write_archive

__all__ = ["Journal", "Phase", "State", "current_journal", "keeping", "stop_training"]

State = Mapping[str, NDArray[Any]]

# Seconds between two writings: little is lost, and writing costs little.
EVERY = 30.0
SETTINGS, AXES = "settings", " axes of "


class Phase:
    """One flow or descent of a training.

    Parameters
    ----------
    state: arrays by name, what an earlier training left; empty where it didn't come here.
    has_ended: whether it had ended.
    """

    def __init__(self, owner: Journal, state: State, has_ended: bool) -> None:
        self.state, self.has_ended = state, has_ended
        self._owner = owner
        self.latest: Callable[[], State] = lambda: self.state

    def note(self, state: Callable[[], State]) -> None:
        """Say after each step how to tell the state of now; it is asked for when the journal is written.

        Raises
        ------
        StoppedEarly: the training was asked to stop.
        """
        self.latest = state
        self._owner.turn()

    def end(self, state: State) -> None:
        """Keep what came out."""
        self.state, self.has_ended = dict(state), True
        self.latest = lambda: self.state


class Journal:
    """The phases of one training.

    Parameters
    ----------
    path: of the file, or None for a training that keeps none.
    settings: what determines the training, as JSON can hold it.
    resume: whether to read the file first.

    Raises
    ------
    FileError: there is nothing to resume, or the file is of a training with other settings.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None, settings: Mapping[str, Any], resume: bool = False
    ) -> None:
        self._path = None if path is None else check_replaceable(path_of(path, "the checkpoint"))
        self._settings = json.dumps(settings, sort_keys=True, default=_plain)
        self._phases: list[Phase] = []
        self._left: list[tuple[State, bool]] = _read(self._path, self._settings) if resume else []
        self._next = time.monotonic() + EVERY
        self.stopped_by = ""

    def phase(self) -> Phase:
        """The next phase of the training."""
        index = len(self._phases)
        state, has_ended = self._left[index] if index < len(self._left) else ({}, False)
        self._phases.append(Phase(self, state, has_ended))
        return self._phases[-1]

    def turn(self) -> None:
        """Write the file if it is time, and stop if that was asked for."""
        self.check()
        if self._path is not None and time.monotonic() > self._next:
            self.write()

    def check(self) -> None:
        """Stop if that was asked for."""
        if self.stopped_by:
            raise _stopped(self.stopped_by)

    def write(self) -> None:
        """Write the file, whole or not at all."""
        if self._path is None:
            return
        arrays: dict[str, NDArray[Any]] = {SETTINGS: np.array(self._settings)}
        for index, phase in enumerate(self._phases):
            arrays[f"{index}"] = np.array(phase.has_ended)
            for name, value in phase.latest().items():
                # Sums are rounded in the order of memory, which is kept too.
                axes = np.argsort([-stride for stride in value.strides], kind="stable")
                arrays |= {f"{index}.{name}": value.transpose(axes), f"{index}{AXES}{name}": axes}
        write_archive(self._path, arrays)
        self._next = time.monotonic() + EVERY

    def remove(self) -> None:
        """Remove the file of a training that has ended."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def reached(self) -> State:
        """The state of the first phase that keeps snapshots, the run's; empty where none has begun."""
        states = (phase.latest() for phase in self._phases)
        return next((state for state in states if len(state.get("times", ())) > 1), {})


_CURRENT: ContextVar[Journal | None] = ContextVar("journal", default=None)
# Who wanted to stop a training before it had begun.
_WANTED: ContextVar[str] = ContextVar("wanted", default="")


def current_journal() -> Journal:
    """The journal of the training that is under way, or one that keeps no file."""
    return _CURRENT.get() or Journal(None, {})


def stop_training(by: str) -> None:
    """Stop the training that is under way in its step, or the next training; ``by`` says who wants it.

    Nothing is raised here: a signal may come where an error would be swallowed.
    """
    kept = _CURRENT.get()
    if kept is None:
        _WANTED.set(by)
    else:
        kept.stopped_by = by


def _stopped(by: str) -> StoppedEarly:
    return StoppedEarly(f"the training was stopped by {by}")


@contextmanager
def keeping(kept: Journal) -> Iterator[Journal]:
    """Make a journal that of the training in the block; it is written where that stops early.

    Raises
    ------
    StoppedEarly: a stop was asked before there was a training; nothing is kept of it.
    """
    token = _CURRENT.set(kept)
    try:
        if wanted := _WANTED.get():
            _WANTED.set("")
            raise _stopped(wanted)
        with _written_if_stopped(kept), asking(kept.check):
            yield kept
    finally:
        _CURRENT.reset(token)
    kept.remove()


@contextmanager
def _written_if_stopped(kept: Journal) -> Iterator[None]:
    try:
        yield
    except StoppedEarly:
        kept.write()
        raise


def _plain(value: Any) -> Any:
    """What JSON can hold of a number or an array of NumPy's."""
    return np.asarray(value).tolist()


def _read(path: Path | None, settings: str) -> list[tuple[State, bool]]:
    if path is None or not os.path.exists(path):
        raise FileError(
            "there is nothing to go on from",
            expected="the checkpoint of a simulation that stopped early" + (f" at {path}" if path else ""),
            hint="the same without resume=True",
        )
    arrays = read_archive(path)
    _check_settings(path, str(arrays.get(SETTINGS, "{}")), settings)
    phases: list[tuple[State, bool]] = []
    while f"{len(phases)}" in arrays:
        start = f"{len(phases)}."
        state: State = {
            name.removeprefix(start): value.transpose(np.argsort(arrays[name.replace(".", AXES, 1)]))
            for name, value in arrays.items()
            if name.startswith(start)
        }
        phases.append((state, bool(arrays[f"{len(phases)}"])))
    return phases


def _check_settings(path: Path, kept: str, wanted: str) -> None:
    if kept == wanted:
        return
    try:
        before, now = json.loads(kept), json.loads(wanted)
        other = next(name for name in now if before.get(name) != now[name])
        what = f"{other} = {before.get(other)!r}"
        given = f"{now[other]!r}"
    except (ValueError, AttributeError, StopIteration):
        what, given = "the same options", "others"
    raise InputError(
        f"the simulation kept in {path} was another one",
        expected=what,
        received=given,
        hint="the options that it was started with, and resume=True; or start anew without it",
    )
