"""What a claim, a verdict and a report are, and the rule that decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from odekit.claims.negative_control import Control, controlled
from odekit.claims.settings import Settings, Validator
from odekit.errors import InputError
from odekit.groups import FiniteGroup
from odekit.json_text import plain
from odekit.outcomes import OUTCOMES, ExitCode, Outcome, exit_code, outcome_text
from odekit.text import unmarked
from odekit.views import html_paragraph, html_table

__all__ = ["Claim", "Report", "Verdict", "about_no_group", "judge"]


@dataclass(frozen=True)
class Verdict:
    """What an experiment found.

    Parameters
    ----------
    id, statement, source: of the claim; statements hold formulas between dollar signs.
    outcome: ``"confirmed"``, ``"refuted"``, ``"inconclusive"`` or ``"not_applicable"``.
    predicted, measured: the numbers compared, as one value or by name; None where nothing was done.
    interval: interval of what was measured, or None for deterministic data.
    tolerance: largest budget at which the claim can be confirmed.
    budget: parts of the error budget by name; their sum bounds an acceptable gap.
    gap: distance of measurement and prediction, which the budget has to cover.
    control: the negative control.
    evidence: further numbers and series, for tables and figures.
    text: qualifications of the statement, in words.
    seconds: how long the experiment took.

    Raises
    ------
    InputError: an unknown outcome, or a confirmed claim whose control was not refuted.
    """

    id: str
    statement: str
    source: str
    outcome: Outcome
    predicted: float | Mapping[str, float] | None = None
    measured: float | Mapping[str, float] | None = None
    interval: tuple[float, float] | None = None
    tolerance: float | None = None
    budget: Mapping[str, float] = field(default_factory=dict)
    control: Control | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    seconds: float = 0.0
    gap: float | None = None

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise InputError("unknown outcome", expected=", ".join(OUTCOMES), received=self.outcome)
        if controlled(self.outcome, self.control) != self.outcome:
            raise InputError(
                f"{self.id} can't be confirmed",
                expected="a negative control that was refuted",
                received="none" if self.control is None else self.control.outcome,
            )

    @property
    def quantities(self) -> list[tuple[str, float | None, float | None]]:
        """Name, prediction and measurement of each; a single one has no name. None where one is unknown."""
        first, second = (_by_name(numbers) for numbers in (self.predicted, self.measured))
        return [(name, first.get(name), second.get(name)) for name in dict.fromkeys((*first, *second))]

    def to_json(self) -> dict[str, Any]:
        """The verdict as JSON values; numbers that are not finite become null."""
        return {
            "id": self.id,
            "statement": unmarked(self.statement),
            "source": self.source,
            "outcome": self.outcome,
            "predicted": plain(self.predicted),
            "measured": plain(self.measured),
            "interval": plain(self.interval),
            "tolerance": plain(self.tolerance),
            "budget": plain(self.budget),
            "gap": plain(self.gap),
            "control": None if self.control is None else self.control.to_json(),
            "text": unmarked(self.text),
            "evidence": plain(self.evidence),
            "seconds": round(self.seconds, 3),
        }

    def _repr_html_(self) -> str:
        """Outcome and statement, each quantity as predicted and measured, budget, control and text."""
        outcome, source = outcome_text(self.outcome), f" ({self.source})" if self.source else ""
        parts = [html_paragraph(f"{self.id}, {outcome}", f"{unmarked(self.statement)}{source}")]
        rows = [(name or "value", *numbers) for name, *numbers in self.quantities]
        if rows:
            parts.append(html_table(("quantity", "predicted", "measured"), rows, self._judged()))
        if self.control is not None:
            told = f"{unmarked(self.control.statement)}: {outcome_text(self.control.outcome)}"
            parts.append(html_paragraph("Control", told))
        return "".join([*parts, *([html_paragraph("Note", unmarked(self.text))] if self.text else [])])

    def _judged(self) -> str:
        """Budget, tolerance and interval in words."""
        parts = []
        if self.budget:
            shares = ", ".join(f"{name} {part:.3g}" for name, part in self.budget.items())
            parts.append(f"budget {sum(self.budget.values()):.3g} ({shares})")
        if self.tolerance is not None:
            parts.append(f"tolerance {self.tolerance:.3g}")
        if self.interval is not None:
            parts.append(f"interval {self.interval[0]:.4g} to {self.interval[1]:.4g}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Claim:
    """A statement that an experiment can confirm or refute.

    Parameters
    ----------
    id: stable name.
    statement: what is claimed, one sentence; formulas stand between dollar signs, ``"$D = 0$ attracts"``.
    source: paper and place.
    paper: arXiv identifier, or ``odekit`` for what no paper states.
    hypotheses: what the statement assumes.
    experiment: makes a verdict from settings.
    applies: whether a group meets the hypotheses.
    full_only: whether the experiment takes minutes, and is left out of the quick set.
    takes: the settings that the experiment understands beside seed, full and group, each with what refuses a
        value that it can't carry, by InputError.
    """

    id: str
    statement: str
    source: str
    paper: str
    hypotheses: str
    experiment: Callable[[Claim, Settings], Verdict]
    applies: Callable[[FiniteGroup], bool]
    full_only: bool = False
    takes: Mapping[str, Validator] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        """What is claimed, where, under which hypotheses, and with which settings; formulas unmarked."""
        return {
            "id": self.id,
            "source": self.source,
            "statement": unmarked(self.statement),
            "paper": self.paper,
            "hypotheses": unmarked(self.hypotheses),
            "takes": [*self.takes],
        }

    def verdict(
        self,
        *,
        gap: float,
        budget: Mapping[str, float],
        tolerance: float,
        control: Control | None,
        predicted: float | Mapping[str, float],
        measured: float | Mapping[str, float],
        checks: Mapping[str, bool] | None = None,
        interval: tuple[float, float] | None = None,
        evidence: Mapping[str, Any] | None = None,
        text: str = "",
    ) -> Verdict:
        """Decide by the gap against the budget, and by checks.

        Parameters
        ----------
        gap, budget, tolerance: see `judge`; the parts of the budget add up.
        control: one that survives, or none, makes a claim inconclusive that was confirmed otherwise.
        predicted, measured, interval, evidence, text: see `Verdict`.
        checks: parts of the statement that hold or don't, by name; one that doesn't refutes the claim. They
            join the evidence, and the text names those that failed.
        """
        failed = [name for name, holds in (checks or {}).items() if not holds]
        outcome = "refuted" if failed else judge(gap, sum(budget.values()), tolerance)
        return Verdict(
            self.id,
            self.statement,
            self.source,
            controlled(outcome, control),
            predicted,
            measured,
            interval,
            tolerance,
            budget,
            control,
            {**(evidence or {}), "checks": dict(checks or {})},
            " ".join([text, *(f"It is not so that {name}." for name in failed)]).strip(),
            gap=gap,
        )

    def inconclusive(self, reason: str) -> Verdict:
        """The verdict where the experiment could not be carried out."""
        return Verdict(self.id, self.statement, self.source, "inconclusive", text=reason)

    def not_applicable(self, reason: str) -> Verdict:
        """The verdict where the hypotheses don't hold."""
        return Verdict(self.id, self.statement, self.source, "not_applicable", text=reason)


@dataclass(frozen=True)
class Report:
    """The verdicts of one call of `verify`.

    Parameters
    ----------
    version: of odekit.
    seed, settings: what they were made with; values of settings that claims take are one of them, by name.
    verdicts: one per claim, in order.
    seconds: from the question to the last verdict.
    """

    version: str
    seed: int
    settings: Mapping[str, Any]
    verdicts: Sequence[Verdict]
    seconds: float = 0.0

    @property
    def described(self) -> dict[str, Any]:
        """Seed and every setting, by name."""
        own = {name: value for name, value in self.settings.items() if name != "values"}
        return {"seed": self.seed, **own, **self.settings.get("values", {})}

    @property
    def exit_code(self) -> ExitCode:
        """0: all confirmed (not applicable is neutral); 1: something refuted; 3: inconclusive, or nothing."""
        return exit_code(verdict.outcome for verdict in self.verdicts)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "version": self.version,
            "seed": self.seed,
            "settings": plain(self.settings),
            "seconds": round(self.seconds, 3),
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
        }

    def __str__(self) -> str:
        return "\n".join(f"{verdict.id}: {outcome_text(verdict.outcome)}" for verdict in self.verdicts)

    def _repr_html_(self) -> str:
        """A row for each claim."""
        columns = ("claim", "outcome", "statement", "budget", "tolerance", "control")
        return html_table(columns, map(_row, self.verdicts), f"odekit {self.version}, seed {self.seed}")


def about_no_group(group: FiniteGroup) -> bool:
    """For `Claim.applies`, where no group meets the hypotheses: what is learnt has none, or its own."""
    return False


def judge(gap: float, budget: float, tolerance: float) -> Outcome:
    """Refuted if the gap exceeds the budget, else confirmed if the budget is within the tolerance.

    Parameters
    ----------
    gap: distance of measurement and prediction, at least 0; NaN where nothing could be measured.
    budget: bound of all errors that are known of; infinite or NaN where they have none.
    tolerance: largest budget that still tests the statement.

    >>> judge(0.1, 0.2, 0.5), judge(0.3, 0.2, 0.5), judge(0.1, 0.6, 0.5)
    ('confirmed', 'refuted', 'inconclusive')
    """
    if math.isnan(gap) or not math.isfinite(budget):
        return "inconclusive"
    if gap > budget:
        return "refuted"
    return "confirmed" if budget <= tolerance else "inconclusive"


def _row(verdict: Verdict) -> tuple[str | float | None, ...]:
    """A verdict as a row of a report."""
    return (
        verdict.id,
        outcome_text(verdict.outcome),
        unmarked(verdict.statement),
        sum(verdict.budget.values()) if verdict.budget else None,
        verdict.tolerance,
        "" if verdict.control is None else outcome_text(verdict.control.outcome),
    )


def _by_name(numbers: float | Mapping[str, float] | None) -> dict[str, float | None]:
    """Numbers by the name of what they are of; a single one has none."""
    found = numbers if isinstance(numbers, Mapping) else {} if numbers is None else {"": numbers}
    return {name: None if value is None else float(value) for name, value in found.items()}
