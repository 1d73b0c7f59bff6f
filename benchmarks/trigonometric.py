"""Batch integration of the form with sines and cosines, as a user writes it down, at rtol 1e-8.

Nothing is derived, so that odekit has neither a closed form nor a cheaper equivalent form to turn to.
"""

from __future__ import annotations

from collections.abc import Iterator

from contenders import ours, peers, race
from flows import TRIGONOMETRIC
from harness import Row, Settings
from problem import make_problem

__all__ = ["NAME", "TOLERANCE", "rows"]

NAME = "trigonometric"
TOLERANCE = 1e-8


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured."""
    size = 10_000 if settings.quick else 100_000
    problem = make_problem(TRIGONOMETRIC, size, settings.checked, settings.seed)
    yield from race(NAME, problem, TOLERANCE, settings, [*peers(), *ours(TRIGONOMETRIC)])
