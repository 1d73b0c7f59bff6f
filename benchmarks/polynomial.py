"""Batch integration of the polynomial form, N = 1,000 to 1,000,000, at rtol 1e-8 and 1e-12.

Everybody at the achieved error of the loop over `solve_ivp` at that tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator

from contenders import ours, peers, race
from flows import POLYNOMIAL
from harness import Row, Settings
from problem import make_problem

__all__ = ["NAME", "TOLERANCES", "rows", "sizes"]

NAME = "polynomial"
TOLERANCES = (1e-8, 1e-12)


def sizes(settings: Settings) -> tuple[int, ...]:
    """Numbers of trajectories, the largest last."""
    return (1_000, 10_000) if settings.quick else (1_000, 10_000, 100_000, 300_000, 1_000_000)


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured."""
    *smaller, largest = sizes(settings)
    problem = make_problem(POLYNOMIAL, largest, settings.checked, settings.seed)
    for nominal in TOLERANCES:
        everybody = [*peers(), *ours(POLYNOMIAL)]
        yield from race(NAME, problem, nominal, settings, everybody, smaller)
