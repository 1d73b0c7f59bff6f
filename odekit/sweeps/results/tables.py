"""The summary as tables: outcomes by claim and by setting, and the numbers of the other columns."""

from __future__ import annotations

from collections.abc import Iterator

from odekit.outcomes import outcome_text
from odekit.report import Table
from odekit.sweeps.results.summary import COUNTED, Counts, Summary, value_text
from odekit.sweeps.tasks import Value

__all__ = ["summary_tables"]

CAPTION = (
    "Cells by outcome. The share confirmed is of those that were judged, with the interval of Clopper and "
    "Pearson at 95 %."
)
NUMBERS = "Numbers over all cells."
MOST_LINES = 200


def summary_tables(summary: Summary) -> list[Table]:
    """A table of outcomes where there are any, failed cells among them, and one of numbers without verdicts.

    The first has a line for each claim, or the task, and below it one for each value of each setting; where
    these are more than 200, its caption says where the others are.
    """
    tables = []
    if summary.subjects:
        lines = [line for subject in summary.subjects for line in _lines(summary, subject)]
        tables.append(_outcomes(lines))
    is_judged = any(summary.counts(subject).judged for subject in summary.subjects)
    if summary.numbers and not is_judged:
        rows = tuple((name, *numbers) for name, numbers in summary.numbers.items())
        tables.append(Table(("column", "count", "5 %", "median", "95 %"), rows, NUMBERS))
    return tables


def _outcomes(lines: list[tuple[str, str, Counts]]) -> Table:
    present = [name for name in COUNTED if any(counts.by_outcome.get(name) for *_, counts in lines)]
    columns = ("of", "at", *map(outcome_text, present), "confirmed, % (interval)")
    rows: list[tuple[Value, ...]] = []
    for subject, at, counts in lines[:MOST_LINES]:
        numbers = [counts.by_outcome.get(name, 0) for name in present]
        rows.append((subject, at, *numbers, _share(counts)))
    left_out = len(lines) - MOST_LINES
    more = f" {left_out:,} further lines are in summary.json." if left_out > 0 else ""
    return Table(columns, tuple(rows), CAPTION + more)


def _lines(summary: Summary, subject: str) -> Iterator[tuple[str, str, Counts]]:
    yield subject, "all", summary.counts(subject)
    for name in summary.settings:
        for (value,), counts in summary.pooled(subject, [name]).items():
            yield "", f"{name} = {value_text(value)}", counts


def _share(counts: Counts) -> str:
    """A share in percent with its interval; nothing where nothing was judged."""
    if not counts.judged:
        return ""
    share, low, high = (100 * each for each in counts.share("confirmed"))
    return f"{share:.4g} ({low:.4g}-{high:.4g})"
