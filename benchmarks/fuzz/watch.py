"""What a piece of work does to the machine: files written, programs started, hosts asked, text executed.

Python tells its audit hooks of each such thing before it happens (PEP 578); while a watch is on, what is
forbidden is noted and prevented. A hook can't be taken away again, so that there is one for the process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

__all__ = ["CANARY", "Forbidden", "watched"]

# Inputs hold text that, were it executed, would use this name; no program of ours does.
CANARY = "odekit_canary"
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEVICES = (os.devnull, "/dev/full")
# Whose pickles are its own: of functions that it compiled, in the cache of whoever runs the program.
_OWN_PICKLES = ("numba.",)


class Forbidden(BaseException):
    """Something that no input may bring about; no handler of errors takes it for its own."""


class _Watch:
    """The one hook, what it allows at present, and what it has noted."""

    def __init__(self) -> None:
        self.is_on, self.is_installed = False, False
        self.places: tuple[str, ...] = ()
        self.inputs = ""
        self.noted: list[tuple[str, str]] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        rule = _RULES.get(event) or (_forbidden if event.startswith(_ALWAYS) else None)
        told = rule(self, event, arguments) if rule is not None else ""
        if told:
            self.noted.append(("file" if rule in (_opened, _changed) else "executed", told))
            raise Forbidden(told)

    def allows(self, path: Any) -> bool:
        """Whether a place may be written; a file that is open already has been asked about."""
        if isinstance(path, int) or path is None:
            return True
        real = os.path.realpath(os.fsdecode(path))
        return real in _DEVICES or any(real == place or real.startswith(f"{place}/") for place in self.places)


Rule = Callable[[_Watch, str, tuple[Any, ...]], str]


def _opened(watch: _Watch, event: str, arguments: tuple[Any, ...]) -> str:
    path, _, flags = arguments
    is_writing = bool((flags or 0) & _WRITING)
    return f"writes the file {path!r}" if is_writing and not watch.allows(path) else ""


def _changed(watch: _Watch, event: str, arguments: tuple[Any, ...]) -> str:
    """One place, or two."""
    paths = [each for each in arguments[:2] if isinstance(each, str | bytes | os.PathLike)]
    outside = [path for path in paths if not watch.allows(path)]
    return f"{event} on {outside[0]!r}" if outside else ""


def _unpickled(watch: _Watch, event: str, arguments: tuple[Any, ...]) -> str:
    is_own = any(name.startswith(_OWN_PICKLES) for name in _callers(sys._getframe(1)))
    return "" if is_own else f"unpickles {'.'.join(map(str, arguments))}"


def _executed(watch: _Watch, event: str, arguments: tuple[Any, ...]) -> str:
    """Code from a file beside the input, or that names what only inputs name."""
    code = arguments[0]
    if not isinstance(code, CodeType):
        return ""
    is_input = code.co_filename.startswith(watch.inputs)
    return f"executes {code.co_filename}" if is_input or CANARY in _words(code) else ""


def _loaded(watch: _Watch, event: str, arguments: tuple[Any, ...]) -> str:
    name = str(arguments[0])
    return f"loads {name}" if name.startswith(watch.inputs) else ""


def _forbidden(watch: _Watch, event: str, arguments: tuple[Any, ...]) -> str:
    return f"{event} {arguments!r}"[:200]


_CHANGES = ("chmod", "chown", "link", "mkdir", "remove", "rename", "rmdir", "symlink", "truncate", "utime")
_RULES: dict[str, Rule] = {
    "open": _opened,
    "pickle.find_class": _unpickled,
    "exec": _executed,
    "ctypes.dlopen": _loaded,
    **{f"os.{name}": _changed for name in _CHANGES},
}
_ALWAYS = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "subprocess.",
    "socket.",
    "urllib.",
)
_WATCH = _Watch()


@contextmanager
def watched(inputs: Path, places: Sequence[Path]) -> Iterator[list[tuple[str, str]]]:
    """What is done within the block that no input may bring about, and of which kind, file or executed.

    Each is prevented by `Forbidden`.

    Parameters
    ----------
    inputs: a folder with nothing but inputs in it, of which nothing may be executed.
    places: folders in which files may be written.
    """
    if not _WATCH.is_installed:
        sys.addaudithook(_WATCH)
        _WATCH.is_installed = True
    _WATCH.inputs, _WATCH.places = os.path.realpath(inputs), tuple(os.path.realpath(each) for each in places)
    _WATCH.noted = []
    _WATCH.is_on = True
    try:
        yield _WATCH.noted
    finally:
        _WATCH.is_on = False


def _callers(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        yield f"{frame.f_globals.get('__name__', '')}."
        frame = frame.f_back


def _words(code: CodeType) -> set[str]:
    """Names and texts in a piece of code and in the functions that it holds."""
    found = {*code.co_names, *code.co_varnames}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _words(constant)
        elif isinstance(constant, str):
            found |= {constant, *(word for word in (CANARY,) if word in constant)}
    return found
