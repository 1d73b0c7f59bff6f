"""The summary as tables: outcomes by claim and by setting, and the numbers of the other columns."""

from __future__ import annotations

from collections.abc import Iterator

from odekit.outcomes import outcome_text
from odekit.report import Table
from odekit.sweeps.results.summary import COUNTED, Counts, Summary
from odekit.sweeps.tasks import Value

__all__ = ["summary_tables"]

CAPTION = "Cells by outcome; the interval of the share confirmed is that of Clopper and Pearson, at 95 %."
NUMBERS = "Numbers over all cells."
MOST_LINES = 200


def summary_tables(summary: Summary) -> list[Table]:
    """A table of outcomes where there are any, failed cells among them, and one of numbers without verdicts.

    The first has a line for each claim, or the task, and below it one for each value of each setting.
    """
    tables = []
    if summary.subjects:
        lines = [line for subject in summary.subjects for line in _lines(summary, subject)]
        present = [name for name in COUNTED if any(counts.by_outcome.get(name) for *_, counts in lines)]
        columns = ("of", "at", *map(outcome_text, present), "share confirmed", "at least", "at most")
        rows = tuple(
            (subject, at, *(counts.by_outcome.get(name, 0) for name in present), *(_share(counts)))
            for subject, at, counts in lines[:MOST_LINES]
        )
        tables.append(Table(columns, rows, CAPTION))
    is_judged = any(summary.counts(subject).judged for subject in summary.subjects)
    if summary.numbers and not is_judged:
        rows = tuple((name, *numbers) for name, numbers in summary.numbers.items())
        tables.append(Table(("column", "count", "5 %", "median", "95 %"), rows, NUMBERS))
    return tables


def _lines(summary: Summary, subject: str) -> Iterator[tuple[str, str, Counts]]:
    yield subject, "all", summary.counts(subject)
    for name in summary.settings:
        for value in summary.values(name):
            yield "", f"{name} = {_text(value)}", summary.counts(subject, **{name: value})


def _share(counts: Counts) -> tuple[Value, ...]:
    return counts.share("confirmed") if counts.judged else (None, None, None)


def _text(value: Value) -> str:
    if value is None:
        return "default"
    return f"{value:g}" if isinstance(value, float) else str(value)
