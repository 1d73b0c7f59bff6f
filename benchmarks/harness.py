"""What every benchmark shares: timing, rows, and tolerances that buy the same error.

A time without the error that it bought says nothing: each row carries both. Nothing is asserted about time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

__all__ = ["Row", "Settings", "Timing", "measure", "say", "tighten"]

Result = TypeVar("Result")

_SMALLEST_RTOL = 1e-15
_LARGEST_RTOL = 1e-2
_STEP = 1.5
_LOOKAHEAD = 4.0


@dataclass(frozen=True)
class Settings:
    """What determines the extent of a run.

    Parameters
    ----------
    quick: small sizes and few repeats.
    seed: of all random starts.
    """

    quick: bool = False
    seed: int = 0

    @property
    def checked(self) -> int:
        """Trajectories with a 40-digit reference."""
        return 20 if self.quick else 200

    @property
    def repeats(self) -> tuple[int, float]:
        """How often a call is repeated at most, and within how many seconds."""
        return (3, 1.0) if self.quick else (5, 8.0)


@dataclass(frozen=True)
class Timing:
    """Wall-clock seconds of a call: the first one, with all that it compiles, apart from the later ones."""

    first: float
    later: tuple[float, ...]

    @property
    def seconds(self) -> tuple[float, ...]:
        """The later ones, or the first where it is the only one."""
        return self.later or (self.first,)

    @property
    def best(self) -> float:
        """The shortest, which other work on the machine disturbs least."""
        return min(self.seconds)

    def summary(self) -> dict[str, float]:
        """Minimum, quartiles, first call and number of repeats."""
        quartiles = np.percentile(self.seconds, [25, 50, 75]).tolist()
        names = ("quartile_1", "median", "quartile_3")
        return {
            "min": self.best,
            **dict(zip(names, quartiles, strict=True)),
            "first": self.first,
            "repeats": len(self.later),
        }


@dataclass(frozen=True)
class Row:
    """One line of a benchmark.

    Parameters
    ----------
    bench: which benchmark; together with ``name`` and ``case`` it is unique.
    name: who did it.
    case: what was asked (tolerance, size, precision).
    items: things (trajectories, calls) that the row speaks of.
    sample: how many of them were really done; time is scaled by the ratio.
    timing: of the sample.
    error: achieved error, or None where there is none.
    facts: settings, compile time, notes.
    """

    bench: str
    name: str
    case: str
    items: int
    sample: int
    timing: Timing
    error: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Shortest time for all items."""
        return self.timing.best * self.items / self.sample

    @property
    def microseconds(self) -> float:
        """Shortest time for one item."""
        return 1e6 * self.timing.best / self.sample

    def content(self) -> dict[str, Any]:
        """Plain numbers and text, as they go into JSON."""
        return {
            "bench": self.bench,
            "name": self.name,
            "case": self.case,
            "items": self.items,
            "sample": self.sample,
            "seconds": self.seconds,
            "microseconds_per_item": self.microseconds,
            "sample_seconds": self.timing.summary(),
            "error": self.error,
            "facts": self.facts,
        }


def measure(call: Callable[[], Result], most: int = 5, budget: float = 8.0) -> tuple[Result, Timing]:
    """Result of the first call, its time and that of ``most`` more, or fewer within ``budget`` seconds.

    There is always one more: the first call may have compiled.
    """
    result, first = _timed(call)
    later = [_timed(call)[1]]
    while len(later) < most and sum(later) < budget:
        later.append(_timed(call)[1])
    return result, Timing(first, tuple(later))


def tighten(error_at: Callable[[float], float], nominal: float, target: float) -> float:
    """Largest tolerance, to a factor of 1.5, at which the error is at most the target.

    The error of a method whose order depends on the tolerance isn't monotonic: the search looks ahead.

    Parameters
    ----------
    error_at: tolerance to achieved error.
    nominal: where the search begins.
    target: largest error.

    Returns
    -------
    The tolerance; the smallest that makes sense, 1e-15, where none reaches the target.

    >>> 1e-9 <= tighten(lambda rtol: 100 * rtol, 1e-8, 2e-7) <= 2e-9
    True
    """
    error = error_at(nominal)
    if error == 0.0:
        return nominal
    rtol = min(max(nominal * min(target / error, 1e3), _SMALLEST_RTOL), _LARGEST_RTOL)
    while rtol > _SMALLEST_RTOL and error_at(rtol) > target:
        rtol = max(rtol / _STEP, _SMALLEST_RTOL)
    for looser in (rtol * _STEP**power for power in range(1, 20)):
        if looser > _LOOKAHEAD * rtol or looser > _LARGEST_RTOL:
            break
        rtol = looser if error_at(looser) <= target else rtol
    return rtol


def say(row: Row) -> Row:
    """Prints a line about a row while the run goes on."""
    error = "" if row.error is None else f"  error {row.error:.1e}"
    scaled = "" if row.sample == row.items else f" (from {row.sample:,})"
    what = f"{row.bench:14} {row.case:18} {row.name:34}"
    print(f"  {what} {row.seconds:10.4g} s for {row.items:>9,}{scaled}{error}", flush=True)
    return row


def _timed(call: Callable[[], Result]) -> tuple[Result, float]:
    start = time.perf_counter()
    result = call()
    return result, time.perf_counter() - start
