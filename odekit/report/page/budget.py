"""The error budget of a page: the parts of a stacked bar, and how gap, budget and tolerance compare."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["BudgetBar", "budget_bar"]

COLOURS = 7  # that the style sheet has for parts


@dataclass(frozen=True)
class Part:
    """One part of a budget: its size, its share of the bar in percent, and which colour it has."""

    name: str
    size: float
    share: float
    colour: int


@dataclass(frozen=True)
class BudgetBar:
    """What a stacked bar shows.

    Parameters
    ----------
    parts: the largest first.
    total: their sum.
    gap, tolerance: what the budget has to cover, and what it may be; None where that is not known.
    mark: place of the gap on the bar in percent; None where there is none, 100 for all that lies beyond.
    """

    parts: tuple[Part, ...]
    total: float
    gap: float | None
    tolerance: float | None
    mark: float | None

    @property
    def is_exceeded(self) -> bool:
        """Whether the gap is larger than the budget."""
        return self.gap is not None and self.gap > self.total

    @property
    def gap_share(self) -> float | None:
        """The gap in percent of the budget."""
        return _percent(self.gap, self.total)

    @property
    def tolerance_share(self) -> float | None:
        """The budget in percent of the tolerance."""
        return _percent(self.total, self.tolerance)


def budget_bar(
    parts: Mapping[str, float], gap: float | None = None, tolerance: float | None = None
) -> BudgetBar | None:
    """The bar of a budget; None where there is no budget.

    >>> bar = budget_bar({"integrator": 1.0, "sampling": 3.0}, gap=1.0, tolerance=8.0)
    >>> [(part.name, part.share) for part in bar.parts], bar.mark, bar.tolerance_share
    ([('sampling', 75.0), ('integrator', 25.0)], 25.0, 50.0)
    """
    if not parts:
        return None
    sizes = {name: float(size) for name, size in parts.items()}
    total = math.fsum(sizes.values())
    ranked = sorted(sizes.items(), key=lambda item: -item[1])
    is_drawn = math.isfinite(total) and total > 0
    drawn = tuple(
        Part(name, size, round(100 * size / total, 2) if is_drawn else 0.0, place % COLOURS)
        for place, (name, size) in enumerate(ranked)
    )
    share = _percent(gap, total)
    mark = None if share is None else round(min(share, 100.0), 2)
    return BudgetBar(drawn, total, gap, tolerance, mark)


def _percent(value: float | None, of: float | None) -> float | None:
    if value is None or of is None or not (math.isfinite(value) and math.isfinite(of)) or of <= 0:
        return None
    return 100 * value / of
