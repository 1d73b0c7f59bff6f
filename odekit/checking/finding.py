"""Finding: what became of one line of a user's file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from odekit.views import html_table, number_text

__all__ = ["Finding", "Findings"]

FEWEST, MOST = 5, 17  # digits, beyond the usual four, up to all of a float64


@dataclass(frozen=True)
class Finding:
    """A line, whether it agrees with the derivation, and if not, where and how it differs.

    Parameters
    ----------
    item: the line's name, such as ``D``.
    kind: ``"equation"``, ``"first integral"``, ``"closed form"``, ``"rate"``, ``"limit"``, ``"energy"`` or
        ``"logit scale"``.
    formula: the line as it was written.
    agrees: the verdict; None where the line could not be judged.
    evidence: why, such as ``"proved symbolically"`` or ``"50 digits at 47 random points"``; of a line that
        could not be judged, what is in the way.
    constant: given over derived where that is one number everywhere, as text; None otherwise.
    ratio: given over derived, simplified; None where it is not simple.
    point: a point at which the two differ, in the file's names; empty where they agree.
    given, derived: both values there.
    difference: given less derived there, where float64 does not tell the two apart; None elsewhere.
    corrected: the right formula in the file's names and units; None where there is none to give.
    corrected_latex: the same as LaTeX.
    notes: symbols that are missing or too many, and what the line was taken to mean.
    units: the value of every free unit, which all lines share.
    time: which time t is in the lines, and how the network's own compares.

    >>> Finding("K", "first integral", "alpha", False).outcome
    'differs'
    """

    item: str
    kind: str
    formula: str
    agrees: bool | None
    evidence: str = ""
    constant: str | None = None
    ratio: str | None = None
    point: Mapping[str, float] = field(default_factory=dict)
    given: float | None = None
    derived: float | None = None
    difference: float | None = None
    corrected: str | None = None
    corrected_latex: str | None = None
    notes: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    time: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "point", MappingProxyType(dict(self.point)))
        object.__setattr__(self, "units", MappingProxyType(dict(self.units)))

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {
            "item": self.item,
            "kind": self.kind,
            "formula": self.formula,
            "agrees": self.agrees,
            "evidence": self.evidence,
            "constant": self.constant,
            "ratio": self.ratio,
            "point": dict(self.point),
            "given": self.given,
            "derived": self.derived,
            "corrected": self.corrected,
            "notes": list(self.notes),
        }

    @property
    def outcome(self) -> str:
        """``"agrees"``, ``"differs"`` or ``"not judged"``."""
        if self.agrees is None:
            return "not judged"
        return "agrees" if self.agrees else "differs"

    @property
    def place(self) -> str:
        """The point that shows a difference, such as ``x = 0.5, y = 2``; empty where there is none."""
        return ", ".join(f"{name} = {number_text(value)}" for name, value in self.point.items())

    @property
    def sides(self) -> tuple[str | float | None, str | float | None]:
        """Both values at that point; as text in as many digits as tell them apart where four don't."""
        given, derived = self.given, self.derived
        if given is None or derived is None or number_text(given) != number_text(derived):
            return given, derived
        if self.difference is not None:
            sign = "-" if self.difference < 0 else "+"
            return f"{number_text(derived)} {sign} {abs(self.difference):.2g}", derived
        for digits in range(FEWEST, MOST + 1):
            texts = f"{given:.{digits}g}", f"{derived:.{digits}g}"
            if texts[0] != texts[1]:
                return texts
        return given, derived

    def _repr_html_(self) -> str:
        """The line, what became of it, and why."""
        return Findings([self])._repr_html_()


class Findings(list[Finding]):
    """What became of all lines, a list that notebooks show as a table."""

    def _repr_html_(self) -> str:
        """A row for each line: outcome, what that rests on, and the corrected formula."""
        columns = ("line", "kind", "outcome", "as written", "correct", "why")
        return html_table(columns, map(_row, self), _clock(self))

    def to_json(self) -> dict[str, Any]:
        """The findings of one file, at least one, as JSON values."""
        return {
            "findings": [finding.to_json() for finding in self],
            "units": dict(self[0].units),
            "time": self[0].time,
        }


def _row(finding: Finding) -> tuple[str, ...]:
    given, derived = map(number_text, finding.sides)
    why = f"at {finding.place}: given {given}, derived {derived}" if finding.point else ""
    return (
        finding.item,
        finding.kind,
        finding.outcome,
        finding.formula,
        finding.corrected or "",
        why or finding.evidence,
    )


def _clock(findings: list[Finding]) -> str:
    return next((finding.time for finding in findings if finding.time), "")
