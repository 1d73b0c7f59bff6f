"""Over which region was it confirmed? Outcomes by claim and setting, with intervals, and numbers in short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from odekit.json_text import plain
from odekit.outcomes import OUTCOMES, ExitCode, exit_code, outcome_text
from odekit.sweeps.results.rows import FAILED, TidyRows
from odekit.sweeps.statistics import share_interval
from odekit.sweeps.tasks import Value

__all__ = ["Counts", "Summary", "summarised", "value_text"]

COUNTED = (*OUTCOMES, FAILED)
MOST_TOLD = 8  # values of a setting
# Of which a share is taken: what could be judged.
JUDGED = ("confirmed", "refuted", "inconclusive")


@dataclass(frozen=True)
class Counts:
    """How many cells came to which outcome.

    Parameters
    ----------
    by_outcome: number by outcome, ``"failed"`` among them.
    """

    by_outcome: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_outcome.values())

    @property
    def judged(self) -> int:
        """Those that are confirmed, refuted or inconclusive."""
        return sum(self.by_outcome.get(name, 0) for name in JUDGED)

    def share(self, outcome: str) -> tuple[float, float, float]:
        """Share of an outcome among what was judged, NaN where nothing was, and its interval at 95 %."""
        count = self.by_outcome.get(outcome, 0)
        low, high = share_interval(count, self.judged)
        return (count / self.judged if self.judged else float("nan")), low, high

    @property
    def verdict(self) -> str:
        """The outcome to which all that was judged came, or ``"mixed"``."""
        found = [name for name in JUDGED if self.by_outcome.get(name)]
        if not found:
            return FAILED if self.by_outcome.get(FAILED) else "not_applicable"
        return found[0] if len(found) == 1 else "mixed"

    def __str__(self) -> str:
        return ", ".join(
            f"{self.by_outcome[name]} {outcome_text(name)}" for name in COUNTED if self.by_outcome.get(name)
        )


@dataclass(frozen=True)
class Summary:
    """What a sweep came to.

    Parameters
    ----------
    settings: names of the settings that take several values.
    combinations: outcomes by subject (a claim, or the task) and by the values of the settings.
    numbers: count, 5 %, 50 % and 95 % quantile of each column of numbers.
    """

    settings: tuple[str, ...]
    combinations: Mapping[str, Mapping[tuple[Value, ...], Counts]]
    numbers: Mapping[str, tuple[int, float, float, float]]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Claims, or the task, that have outcomes."""
        return tuple(self.combinations)

    def counts(self, subject: str, **fixed: Value) -> Counts:
        """Outcomes of a subject, at the given values of some settings."""
        places = {self.settings.index(name): value for name, value in fixed.items()}
        total: Counter[str] = Counter()
        for values, counts in self.combinations[subject].items():
            if all(values[place] == value for place, value in places.items()):
                total.update(counts.by_outcome)
        return Counts(total)

    def pooled(self, subject: str, settings: Sequence[str]) -> dict[tuple[Value, ...], Counts]:
        """Outcomes of a subject by the values of some settings, whatever the others are."""
        places = [self.settings.index(name) for name in settings]
        found: dict[tuple[Value, ...], Counter[str]] = {}
        for values, counts in self.combinations[subject].items():
            chosen = tuple(values[place] for place in places)
            found.setdefault(chosen, Counter()).update(counts.by_outcome)
        return {values: Counts(dict(counter)) for values, counter in found.items()}

    def values(self, setting: str) -> list[Value]:
        """The values of a setting, in the plan's order."""
        place = self.settings.index(setting)
        every = (values[place] for each in self.combinations.values() for values in each)
        return list(dict.fromkeys(every))

    def regions(self, subject: str) -> dict[str, dict[str, list[Value]]]:
        """By outcome, and by setting, the values at which a subject's cells all came to that outcome."""
        found: dict[str, dict[str, list[Value]]] = {}
        for name in self.settings:
            for (value,), counts in self.pooled(subject, [name]).items():
                found.setdefault(counts.verdict, {}).setdefault(name, []).append(value)
        return found

    def text(self, subject: str) -> str:
        """Over which region a subject is confirmed, and over which it is anything else, in words."""
        total = self.counts(subject)
        if set(total.by_outcome) == {total.verdict}:
            # Where there are no verdicts, cells that failed are all that is counted.
            every = "" if total.verdict == FAILED else "all of "
            return f"{outcome_text(total.verdict)} in {every}{_cells(total.total)}"
        everywhere = self.regions(subject).get("confirmed", {})
        parts = []
        if total.verdict == "confirmed":
            parts = [f"confirmed wherever it could be judged, in {_cells(total.judged)}"]
        elif everywhere:
            parts = [f"confirmed at all of {_listed(everywhere, ', and at all of ')}"]
        for outcome in COUNTED:
            count = total.by_outcome.get(outcome, 0)
            if count and not (outcome == "confirmed" and parts):
                where = _listed(self._where(subject, outcome), " with ")
                only = f", only at {where}" if where else ""
                parts.append(f"{outcome_text(outcome)} in {count:,} of {_cells(total.total)}{only}")
        return "; ".join(parts)

    def _where(self, subject: str, outcome: str) -> dict[str, list[Value]]:
        """By setting the values at which an outcome occurs, of settings with others at which it doesn't."""
        found = {}
        for name in self.settings:
            pooled = self.pooled(subject, [name])
            values = [value for (value,), counts in pooled.items() if counts.by_outcome.get(outcome)]
            if len(values) < len(pooled):
                found[name] = values
        return found

    @property
    def exit_code(self) -> ExitCode:
        """That of all outcomes; where there are none, whether every cell was computed."""
        outcomes = {
            name for subject in self.subjects for name, n in self.counts(subject).by_outcome.items() if n
        }
        if outcomes <= {FAILED}:
            return ExitCode.OPEN if outcomes else ExitCode.CONFIRMED
        code = exit_code(outcomes - {FAILED})
        return ExitCode.OPEN if FAILED in outcomes and code == ExitCode.CONFIRMED else code

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON values.

        Under ``subjects``, by claim or task: ``text``, the region in words; ``counts`` by outcome; ``shares``
        by outcome, each ``share``, ``low``, ``high`` of what was judged, at 95 %; ``regions``, by outcome and
        setting the values at which all came to it; and ``settings``, by name a list of ``value``, ``counts``
        and ``confirmed`` (again ``share``, ``low``, ``high``). Under ``numbers``, by column: ``count``,
        ``low`` (5 %), ``median``, ``high`` (95 %).
        """
        subjects = {}
        for subject in self.subjects:
            counts = self.counts(subject)
            subjects[subject] = {
                "text": self.text(subject),
                "counts": dict(counts.by_outcome),
                "shares": {name: _named(counts.share(name)) for name in JUDGED},
                "regions": self.regions(subject),
                "settings": {name: self._by_value(subject, name) for name in self.settings},
            }
        names = ("count", "low", "median", "high")
        numbers = {name: dict(zip(names, each, strict=True)) for name, each in self.numbers.items()}
        return dict(plain({"subjects": subjects, "numbers": numbers}))

    def _by_value(self, subject: str, setting: str) -> list[dict[str, Any]]:
        return [
            {"value": value, "counts": counts.by_outcome, "confirmed": _named(counts.share("confirmed"))}
            for (value,), counts in self.pooled(subject, [setting]).items()
        ]


def value_text(value: Value) -> str:
    """A setting's value as a person writes it.

    >>> value_text(0.01), value_text("Z5"), value_text(None)
    ('0.01', 'Z5', 'default')
    """
    return "default" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _named(share: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("share", "low", "high"), share, strict=True))


def _cells(count: int) -> str:
    return f"{count:,} cell{'s' if count != 1 else ''}"


def _listed(region: Mapping[str, Sequence[Value]], between: str) -> str:
    """Values by setting, the first and the last of many.

    >>> _listed({"group": ["Z5", "S3"], "scale": [0.1 * place for place in range(1, 10)]}, " with ")
    'group = Z5, S3 with scale = 0.1, 0.2, 0.3, ..., 0.9 (9 values)'
    """
    told = []
    for name, values in region.items():
        texts = [value_text(value) for value in values]
        many = f"{', '.join(texts[:3])}, ..., {texts[-1]} ({len(texts)} values)"
        told.append(f"{name} = {many if len(texts) > MOST_TOLD else ', '.join(texts)}")
    return between.join(told)


def summarised(rows: TidyRows) -> Summary:
    """The summary of a sweep's rows, from one reading of them."""
    varied = _varied(rows)
    combinations: dict[str, dict[tuple[Value, ...], Counter[str]]] = {}
    values: dict[str, list[float]] = {}
    apart = {"cell", "replicate", "seed", *rows.settings}
    for row in rows:
        if row.get("outcome") in COUNTED:  # of a verdict, and no state of an ODE that is called so
            subject = str(row.get("claim", rows.plan.task.name))
            place = tuple(row[name] for name in varied)
            combinations.setdefault(subject, {}).setdefault(place, Counter())[str(row["outcome"])] += 1
        for name, value in row.items():
            if name not in apart and isinstance(value, int | float) and not isinstance(value, bool):
                values.setdefault(name, []).append(float(value))
    counted = {
        subject: {place: Counts(dict(counter)) for place, counter in each.items()}
        for subject, each in combinations.items()
    }
    return Summary(varied, counted, {name: _quantiles(each) for name, each in values.items()})


def _varied(rows: TidyRows) -> tuple[str, ...]:
    """Settings, but for the claim and its file, that take more than one value."""
    return tuple(
        name for name in rows.settings if name not in ("claim", "file") and len(rows.plan.values(name)) > 1
    )


def _quantiles(values: Sequence[float]) -> tuple[int, float, float, float]:
    low, median, high = np.quantile(np.asarray(values), (0.05, 0.5, 0.95)).tolist()
    return len(values), low, median, high
