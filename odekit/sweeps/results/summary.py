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

__all__ = ["Counts", "Summary", "summarised"]

COUNTED = (*OUTCOMES, FAILED)
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

    def values(self, setting: str) -> list[Value]:
        """The values of a setting, in the plan's order."""
        place = self.settings.index(setting)
        every = (values[place] for each in self.combinations.values() for values in each)
        return list(dict.fromkeys(every))

    def regions(self, subject: str) -> dict[str, dict[str, list[Value]]]:
        """By outcome, and by setting, the values at which a subject's cells all came to that outcome."""
        found: dict[str, dict[str, list[Value]]] = {}
        for name in self.settings:
            for value in self.values(name):
                verdict = self.counts(subject, **{name: value}).verdict
                found.setdefault(verdict, {}).setdefault(name, []).append(value)
        return found

    @property
    def exit_code(self) -> ExitCode:
        """That of all outcomes; where there are none, whether every cell was computed."""
        outcomes = {name for subject in self.subjects for name, n in self._all(subject).items() if n}
        if outcomes <= {FAILED}:
            return ExitCode.OPEN if outcomes else ExitCode.CONFIRMED
        code = exit_code(outcomes - {FAILED})
        return ExitCode.OPEN if FAILED in outcomes and code == ExitCode.CONFIRMED else code

    def _all(self, subject: str) -> Mapping[str, int]:
        return self.counts(subject).by_outcome

    def to_json(self) -> dict[str, Any]:
        """Counts, shares and regions by subject, and quantiles by column, as JSON values."""
        subjects = {}
        for subject in self.subjects:
            counts = self.counts(subject)
            shares = {name: counts.share(name) for name in JUDGED}
            subjects[subject] = {
                "counts": dict(counts.by_outcome),
                "shares": {
                    name: dict(zip(("share", "low", "high"), s, strict=True)) for name, s in shares.items()
                },
                "regions": self.regions(subject),
            }
        names = ("count", "low", "median", "high")
        numbers = {name: dict(zip(names, each, strict=True)) for name, each in self.numbers.items()}
        return dict(plain({"subjects": subjects, "numbers": numbers}))


def summarised(rows: TidyRows) -> Summary:
    """The summary of a sweep's rows, from one reading of them."""
    varied = _varied(rows)
    combinations: dict[str, dict[tuple[Value, ...], Counter[str]]] = {}
    values: dict[str, list[float]] = {}
    apart = {"cell", "replicate", "seed", *rows.settings}
    for row in rows:
        if "outcome" in row:
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
