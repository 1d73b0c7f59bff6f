"""What a user waits for: import, ``odekit derive`` and ``odekit verify`` in fresh processes without numba."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence

from harness import Row, Settings, Timing, measure, say

__all__ = ["DERIVE", "IMPORT", "NAME", "VERIFY", "rows"]

NAME = "startup"
IMPORT, DERIVE, VERIFY = "import odekit", "odekit derive --group Zp", "odekit verify"
GROUPS = ("Z23", "Z24", "Z3xZ5", "S3", "D4", "Q8", "A4", "F21", "A5")

_IMPORT = "import time; start = time.perf_counter(); import odekit; print(time.perf_counter() - start)"
_SHELL = "from odekit.cli import main; main()"
_WITHOUT_NUMBA = "import sys; sys.modules['numba'] = None; "


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured."""
    yield say(_row(IMPORT, _imports(3 if settings.quick else 9), {"timed": "inside the process"}))
    yield say(_row("python -c pass", _waits(["-c", "pass"], 5), {"timed": "the process"}))
    for group in ("Zp", *GROUPS[: 1 if settings.quick else None]):
        timing = _waits(_shell("derive", "--group", group), 1 if group != "Zp" else 3)
        yield say(_row(f"odekit derive --group {group}", timing, {"timed": "the process"}))
    if not settings.quick:
        timing = _waits(_shell("verify", "--seed", str(settings.seed)), 0)
        yield say(_row(VERIFY, timing, {"timed": "the process"}))


def _row(name: str, timing: Timing, facts: dict[str, str]) -> Row:
    return Row(NAME, name, "without numba", 1, 1, timing, None, dict(facts))


def _shell(*arguments: str) -> list[str]:
    return ["-c", _WITHOUT_NUMBA + _SHELL, *arguments]


def _imports(repeats: int) -> Timing:
    first, *later = (float(_run(["-c", _WITHOUT_NUMBA + _IMPORT])) for _ in range(1 + repeats))
    return Timing(first, tuple(later))


def _waits(arguments: Sequence[str], repeats: int) -> Timing:
    return measure(lambda: _run(arguments), most=repeats, budget=60.0)[1]


def _run(arguments: Sequence[str]) -> str:
    """Standard output of a Python process; exit status 1 says that a claim was refuted, 3 inconclusive."""
    result = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1, 3) or "Traceback" in result.stderr:
        raise RuntimeError(f"python {' '.join(arguments)}: {result.stderr.strip()}")
    return result.stdout
