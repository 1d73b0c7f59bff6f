"""What a run leaves: one JSON file, one Markdown page, and the page printed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import Row
from targets import Verdict

__all__ = ["page", "write_json"]

Content = Mapping[str, Any]


def write_json(content: Content, path: Path) -> None:
    """The whole content, under a temporary name first."""
    temporary = path.with_suffix(".partial")
    temporary.write_text(json.dumps(content, indent=2) + "\n")
    temporary.replace(path)


def page(content: Content, rows: Sequence[Row], found: Sequence[Verdict]) -> str:
    """Markdown: machine, targets, a table for each benchmark, exponents, and who was absent."""
    sections = [
        "# Benchmarks of odekit",
        "\n".join(_preamble(content)),
        "## Targets",
        _table(("work", "target", "measured", ""), [_target(verdict) for verdict in found]),
        *_reasons(found),
    ]
    for bench in dict.fromkeys(row.bench for row in rows):
        lines = [_line(row) for row in rows if row.bench == bench]
        sections += [f"## {bench.capitalize()}", _table(_HEADER, lines)]
    sections += ["## Growth of cost", _table(("with", "of", "exponent"), list(_growth(content)))]
    sections += ["## Peers", _table(("who", "how"), list(content["peers"].items()))]
    if content["absent"]:
        sections += ["## Not measured, and why", _table(("who", "why"), list(content["absent"].items()))]
    return "\n\n".join(sections) + "\n"


def _reasons(found: Sequence[Verdict]) -> Iterator[str]:
    """A paragraph on what is missed, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for verdict in found:
        if verdict.reason:
            by_reason.setdefault(verdict.reason, []).append(verdict.work)
    if by_reason:
        yield "Missed, and why:"
        yield "\n".join(f"- {'; '.join(dict.fromkeys(works))}: {why}." for why, works in by_reason.items())


_HEADER = (
    "case",
    "who",
    "N",
    "timed on",
    "µs each",
    "seconds",
    "quartiles of the sample",
    "first call more",
    "error",
    "rtol used",
)


def _preamble(content: Content) -> Iterator[str]:
    machine = content["machine"]
    yield f"{content['date']}, seed {content['seed']}{', QUICK: small sizes' if content['quick'] else ''}, "
    yield f"{content['seconds']:.0f} s in all. {machine['processor']}, {machine['cores']} cores, "
    yield f"{machine['memory_gb']} GB, load at the start {machine['load']:.1f}. {machine['system']}. "
    yield f"BLAS: {'; '.join(machine['blas'])}. "
    yield ", ".join(f"{name} {version}" for name, version in machine["versions"].items()) + ".\n"
    yield f"Times are minima. Error: {content['error_kind']}."
    yield "Rtol used: what buys at most the error of the `solve_ivp` loop at the rtol of the case (not in"
    yield 'work-precision, where it is the rtol of the case). "Timed on" fewer than N: scaled.'


def _target(verdict: Verdict) -> tuple[str, ...]:
    measured = "" if verdict.measured is None else f"{verdict.measured:,.3g}"
    return verdict.work, verdict.target, measured, verdict.status


def _line(row: Row) -> tuple[str, ...]:
    summary = row.timing.summary()
    quartiles = f"{summary['quartile_1']:.3g} to {summary['quartile_3']:.3g}" if summary["repeats"] else ""
    return (
        row.case,
        row.name,
        f"{row.items:,}",
        f"{row.sample:,}",
        f"{row.microseconds:.3g}",
        f"{row.seconds:.3g}",
        quartiles,
        f"{max(0.0, row.timing.first - row.timing.best):.2g} s" if row.timing.later else "",
        "" if row.error is None else f"{row.error:.1e}",
        f"{row.facts['rtol']:.1e}" if "rtol" in row.facts else "",
    )


def _growth(content: Content) -> Iterator[tuple[str, ...]]:
    for grows, series in content["exponents"].items():
        for name, slope in series.items():
            yield grows, name, f"{slope:.3f}"


def _table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    lines = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    rule = ["-" * width for width in widths]
    shown = (
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        for line in (header, rule, *lines)
    )
    return "\n".join(f"| {' | '.join(line)} |" for line in shown)
