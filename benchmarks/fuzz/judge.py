"""The judge: was an input answered, or refused by an error of odekit's own, and was that all that happened?

Within five seconds of the processor and a gigabyte of memory more, with no file outside the output folder,
and nothing executed. What takes twice as long is ended by the system, with the process that it is in.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from watch import watched

from odekit.errors import OdekitError

__all__ = ["BYTES", "SECONDS", "Complaint", "Judge", "death"]

SECONDS, BYTES = 5.0, 1e9
# A process is ended after so many times the limit, in seconds of the processor, or after these of the clock.
ENDED_AFTER, WALL = 2.0, 60.0
_STATUS, _REFERENCES = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_PEAK = "5"  # has the system forget the peak of the memory so far

Answer = Callable[[Path], None]


@dataclass(frozen=True)
class Complaint:
    """What went wrong.

    Parameters
    ----------
    rule: which one was broken: error, time, memory, file or executed.
    what: in words.
    place: where in the code, which tells one fault from another.
    """

    rule: str
    what: str
    place: str = ""

    @property
    def signature(self) -> tuple[str, str]:
        """What two inputs share that show the same fault."""
        return self.rule, self.place


@dataclass(frozen=True)
class Judge:
    """Judges in a folder of its own.

    Parameters
    ----------
    folder: of which ``work`` is emptied for each input, and ``cache`` is kept.
    seconds, bytes: limits.
    """

    folder: Path
    seconds: float = SECONDS
    bytes: float = BYTES

    def __post_init__(self) -> None:
        os.environ["ODEKIT_CACHE_DIR"] = str(self.folder / "cache")

    def complaint(
        self,
        answer: Answer,
        content: bytes,
        name: str,
        writes: bool = False,
        beside: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Complaint | None:
        """What is wrong with how an input is answered, None where nothing is.

        Parameters
        ----------
        answer: is called with the input's path, in its folder.
        content, name: of the input's file.
        writes: whether files in the input's folder may be written.
        beside: contents of files that lie there, by name.
        """
        work, cache = self._clean()
        for file, held in {**beside, name: content}.items():
            (work / file).write_bytes(held)
        path = work / name
        before, outside = _listing(work), _listing(self.folder)
        memory, start = _fresh_memory(), time.process_time()
        with _ended_after(self.seconds), watched(work, [cache, *([work] if writes else [])]) as noted:
            broken = _asked(answer, path)
        seconds, peak = time.process_time() - start, _memory("VmHWM") - memory
        if noted:
            return Complaint(*noted[0], place=noted[0][1])
        if broken is not None:
            return broken
        if seconds > self.seconds:
            return Complaint("time", f"took {seconds:.1f} s")
        if peak > self.bytes:
            return Complaint("memory", f"took {peak / 1e9:.2f} GB")
        changed = _listing(self.folder) ^ outside | (set() if writes else _listing(work) ^ before)
        return Complaint("file", f"left {sorted(changed)}") if changed else None

    def _clean(self) -> tuple[Path, Path]:
        work, cache = self.folder / "work", self.folder / "cache"
        for place in (work, cache):
            place.mkdir(parents=True, exist_ok=True)
        for entry in os.scandir(work):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry)
            else:
                os.unlink(entry)
        return work, cache


def death(code: int) -> str:
    """What the end of a process by a signal says of the input that it was about; empty for a good end."""
    said = {
        -signal.SIGPROF: "hangs: ended by its processor time",
        -signal.SIGALRM: "hangs: ended by the clock",
    }
    return "" if code == 0 else said.get(code, f"ends the process with {code}")


def _asked(answer: Answer, path: Path) -> Complaint | None:
    before = os.getcwd()
    os.chdir(path.parent)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            answer(path)
    except OdekitError:
        return None
    except BaseException as error:
        place = _place(error)
        return Complaint("error", f"{type(error).__name__}: {str(error)[:300]} ({place})", place)
    finally:
        os.chdir(before)
    return None


def _place(error: BaseException) -> str:
    """The last lines of odekit's own and of all that were under way."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/odekit/" in frame.filename] or frames
    places = dict.fromkeys(f"{Path(each.filename).name}:{each.lineno}" for each in (own[-1], frames[-1]))
    return f"{type(error).__name__} at {', '.join(places)}"


@contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """End the process where the block goes on for too long, whatever it does."""
    for timer, number, end in (
        (signal.ITIMER_PROF, signal.SIGPROF, ENDED_AFTER * seconds),
        (signal.ITIMER_REAL, signal.SIGALRM, WALL),
    ):
        signal.signal(number, signal.SIG_DFL)
        signal.setitimer(timer, end)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _listing(folder: Path) -> set[tuple[str, int, int]]:
    """What lies in a folder itself: names, sizes, and times of the last change of files."""
    found = [(entry, entry.stat(follow_symlinks=False)) for entry in os.scandir(folder)]
    return {(entry.name, *((0, 0) if entry.is_dir() else (s.st_size, s.st_mtime_ns))) for entry, s in found}


def _fresh_memory() -> float:
    """Bytes in use, from which the peak is counted anew."""
    _REFERENCES.write_text(_PEAK)
    return _memory("VmRSS")


def _memory(name: str) -> float:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(name))
    return 1024 * float(line.split()[1])
