"""The table of what became of a user's lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from odekit.report.tables.table import Cell, Table, number_text

if TYPE_CHECKING:
    from odekit.checking import Finding

__all__ = ["findings_table"]

COLUMNS = ("line", "kind", "outcome", "why", "given", "derived", "given/derived")
FEWEST, MOST = 5, 17  # digits, beyond the usual four, up to all of a float64
CAPTION = "Lines against the derivation: where one differs, a point that shows it, and both values there."


def findings_table(findings: Sequence[Finding]) -> Table:
    """One row per line: its outcome, what that rests on, and both values where it differs."""
    return Table(COLUMNS, tuple(_row(finding) for finding in findings), CAPTION)


def _row(finding: Finding) -> tuple[Cell, ...]:
    # Of what can't be judged the first sentence; the rest is what to try.
    evidence = finding.evidence.partition(" Expected: ")[0].rstrip(".")
    why = f"at {_point(finding)}" if finding.point else evidence
    return (finding.item, finding.kind, finding.outcome, why, *_sides(finding), finding.ratio)


def _sides(finding: Finding) -> tuple[Cell, Cell]:
    """Both values, in as many digits as tell them apart."""
    given, derived = finding.given, finding.derived
    if given is None or derived is None or number_text(given) != number_text(derived):
        return given, derived
    if finding.difference is not None:
        sign = "-" if finding.difference < 0 else "+"
        return f"{number_text(derived)} {sign} {abs(finding.difference):.2g}", derived
    for digits in range(FEWEST, MOST + 1):
        texts = f"{given:.{digits}g}", f"{derived:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return given, derived


def _point(finding: Finding) -> str:
    return ", ".join(f"{name} = {number_text(value)}" for name, value in finding.point.items())
