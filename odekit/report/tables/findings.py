"""The table of what became of a user's lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from odekit.report.tables.table import Cell, Table

if TYPE_CHECKING:
    from odekit.checking import Finding

__all__ = ["findings_table"]

COLUMNS = ("line", "kind", "outcome", "why", "given", "derived", "given/derived")
CAPTION = "Lines against the derivation: where one differs, a point that shows it, and both values there."


def findings_table(findings: Sequence[Finding]) -> Table:
    """One row per line: its outcome, what that rests on, and both values where it differs."""
    return Table(COLUMNS, tuple(_row(finding) for finding in findings), CAPTION)


def _row(finding: Finding) -> tuple[Cell, ...]:
    # Of what can't be judged the first sentence; the rest is what to try.
    evidence = finding.evidence.partition(" Expected: ")[0].rstrip(".")
    why = f"at {finding.place}" if finding.point else evidence
    return (finding.item, finding.kind, finding.outcome, why, *finding.sides, finding.ratio)
