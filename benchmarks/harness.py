"""What every benchmark shares: timing, the error that was achieved beside it, and where it was measured.

A benchmark is a script. It builds `Row`s, prints them as a table, and writes the same content as JSON. A time
without the error that it bought says nothing: each row carries both.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["Row", "Timing", "machine", "measure", "report", "versions"]

Result = TypeVar("Result")

PACKAGES = ("numpy", "scipy", "sympy", "mpmath", "numba", "heyoka", "diffrax", "jax")


@dataclass(frozen=True)
class Timing:
    """Wall-clock seconds of a call: the first one apart, then the median of ``repeats`` more."""

    first: float
    median: float
    repeats: int


@dataclass(frozen=True)
class Row:
    """One line of a benchmark.

    Parameters
    ----------
    name: what was run.
    items: how many things (trajectories, steps, neurons) one call dealt with.
    timing: of one call.
    error: achieved error, and ``error_kind`` says of what, against what.
    settings: whatever determines the time (tolerance, size, seed).
    """

    name: str
    items: int
    timing: Timing
    error: float
    error_kind: str
    settings: dict[str, Any]

    @property
    def microseconds(self) -> float:
        """Steady time for one item."""
        return 1e6 * self.timing.median / self.items


def measure(call: Callable[[], Result], repeats: int = 5) -> tuple[Result, Timing]:
    """Result of the first call, and times of it and of ``repeats`` more."""
    seconds = []
    result, first = _timed(call)
    for _ in range(repeats):
        seconds.append(_timed(call)[1])
    return result, Timing(first, statistics.median(seconds or [first]), repeats)


def versions() -> dict[str, str]:
    """Python and the packages that do the work, where installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def report(title: str, rows: Sequence[Row], facts: dict[str, Any], path: str | None) -> None:
    """Prints a table; writes the same, versions and machine as JSON to ``path`` (``-``: standard output)."""
    content = {
        "benchmark": title,
        "rows": [asdict(row) | {"microseconds": row.microseconds} for row in rows],
        "facts": facts,
        "versions": versions(),
        "machine": machine(),
    }
    stream = sys.stderr if path == "-" else sys.stdout
    print(_table(title, rows, facts), file=stream)
    text = json.dumps(content, indent=2) + "\n"
    if path == "-":
        sys.stdout.write(text)
    elif path:
        Path(path).write_text(text)


def _timed(call: Callable[[], Result]) -> tuple[Result, float]:
    start = time.perf_counter()
    result = call()
    return result, time.perf_counter() - start


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _table(title: str, rows: Sequence[Row], facts: dict[str, Any]) -> str:
    width = max(len(row.name) for row in rows)
    lines = [
        title,
        f"{'':{width}}  {'items':>8}  {'first s':>9}  {'median s':>9}  {'us/item':>9}  {'error':>8}",
    ]
    for row in rows:
        times = f"{row.timing.first:9.4f}  {row.timing.median:9.4f}  {row.microseconds:9.2f}"
        lines.append(f"{row.name:{width}}  {row.items:8d}  {times}  {row.error:8.1e}")
    lines += [f"error: {kind}" for kind in sorted({row.error_kind for row in rows})]
    lines += [f"{name}: {_shown(value)}" for name, value in facts.items()]
    return "\n".join(lines)


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
