"""What precision costs: everybody on the polynomial form at tolerances from 1e-5 to 1e-13, for the figure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from contenders import Contender, ours, peers
from flows import POLYNOMIAL
from harness import Row, Settings, measure, say
from problem import Problem, make_problem

__all__ = ["NAME", "rows"]

NAME = "work-precision"
SIZE = 20_000


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured; ``case`` is the tolerance that was asked for."""
    problem = make_problem(POLYNOMIAL, 5_000 if settings.quick else SIZE, settings.checked, settings.seed)
    tolerances = (1e-6, 1e-10) if settings.quick else (1e-5, 1e-7, 1e-9, 1e-11, 1e-13)
    for contender in [*peers(), *ours(POLYNOMIAL)]:
        part = contender.portion(problem, settings)
        for rtol in tolerances:
            yield say(_row(contender, part, rtol))


def _row(contender: Contender, problem: Problem, rtol: float) -> Row:
    y, timing = measure(partial(contender.integrate, problem, rtol), most=2, budget=2.0)
    return Row(NAME, contender.name, f"rtol {rtol:.0e}", problem.size, problem.size, timing, problem.error(y))
