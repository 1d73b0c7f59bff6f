"""calibrate: how often do verdicts err? Every claim over many seeds, and its errors counted."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from odekit._version import __version__
from odekit.files import write_text
from odekit.json_text import plain, strict_json
from odekit.numbers import integer
from odekit.outcomes import ExitCode
from odekit.report import Table
from odekit.sweeps.plan import make_plan
from odekit.sweeps.results import Results
from odekit.sweeps.statistics import CONFIDENCE, upper_limit
from odekit.sweeps.store import read_index
from odekit.sweeps.sweep import State, sweep

__all__ = ["Calibration", "Errors", "calibrate", "calibration_table", "counted_errors"]

# Shares of a claim's runs, each by its one-sided limit at 95 %: so many may be refuted, and so many controls
# may survive. None of 300 is just enough.
MOST_REFUTED, MOST_SURVIVING = 0.01, 0.01
SEEDS = 300
REPORT = "calibration.json"


@dataclass(frozen=True)
class Errors:
    """What came of one claim, which is true, in runs that differ by their seed alone.

    Parameters
    ----------
    claim: its identifier.
    runs: to which it was applicable.
    refuted: falsely, for the claim is true.
    inconclusive: left open, with what could not be computed.
    surviving: runs whose negative control, which is false, was not refuted.
    """

    claim: str
    runs: int
    refuted: int
    inconclusive: int
    surviving: int

    @property
    def refuted_limit(self) -> float:
        """Upper Clopper-Pearson limit of the share of false refutations, one-sided at 95 %."""
        return upper_limit(self.refuted, self.runs)

    @property
    def control_limit(self) -> float:
        """Lower limit of the share of controls that are refuted, likewise."""
        return 1.0 - upper_limit(self.surviving, self.runs)

    @property
    def is_met(self) -> bool:
        """Whether at most 1 % are falsely refuted and at least 99 % of the controls are, by the limits."""
        return self.refuted_limit <= MOST_REFUTED and self.control_limit >= 1.0 - MOST_SURVIVING

    @property
    def is_missed(self) -> bool:
        """Whether more than 1 % of the runs erred, so that more of them would not help."""
        allowed = MOST_REFUTED * self.runs, MOST_SURVIVING * self.runs
        return self.refuted > allowed[0] or self.surviving > allowed[1]

    def to_json(self) -> dict[str, Any]:
        """Counts and limits as JSON values."""
        limits = {"refuted_limit": self.refuted_limit, "control_limit": self.control_limit}
        return dict(plain({**vars(self), **limits, "met": self.is_met}))


@dataclass(frozen=True)
class Calibration:
    """How often verdicts err.

    Parameters
    ----------
    errors: of each claim.
    seed: that all runs' seeds are spawned from.
    seconds: of computing, on all processors, of all runs, earlier starts' too.
    state: how many runs were computed, kept, and have failed.
    results: of the sweep.
    """

    errors: Sequence[Errors]
    seed: int
    seconds: float
    state: State
    results: Results

    @property
    def exit_code(self) -> ExitCode:
        """0 where every claim keeps its rates, 1 where one doesn't, 3 with too few runs to tell."""
        if any(each.is_missed for each in self.errors):
            return ExitCode.REFUTED
        return ExitCode.CONFIRMED if all(each.is_met for each in self.errors) else ExitCode.OPEN

    def to_json(self) -> dict[str, Any]:
        """Version, seed, and each claim's counts and limits, as JSON values."""
        errors = [each.to_json() for each in self.errors]
        return {"version": __version__, "seed": self.seed, "confidence": CONFIDENCE, "claims": errors}


def calibrate(
    claims: str | Sequence[str] = "all",
    out: str | os.PathLike[str] = "calibration",
    *,
    seeds: int = SEEDS,
    seed: int = 0,
    scheduler: str | None = None,
    workers: int | None = None,
    retry_failed: bool = False,
    on_progress: Callable[[State], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Calibration:
    """Run claims over many seeds, as a sweep, and count how often each errs.

    The claims are true, each as odekit states it, so that every refutation is false, as is every control that
    survives.

    Parameters
    ----------
    claims: ``"all"`` of the quick set, or identifiers and files of claims.
    out: the sweep's folder, which the same call goes on with; the counts are in its ``calibration.json``.
    seeds: runs of each claim.
    seed: that their seeds are spawned from.
    scheduler, workers, retry_failed, on_progress, is_stopped: see `sweep`.

    Raises
    ------
    UnknownNameError: an unknown claim.
    StoppedEarly, FileError, InputError, MissingExtraError: as `sweep`.
    """
    names = list(claims) if isinstance(claims, tuple) else claims
    table = {"claims": names, "seed": integer(seed, "the seed", 0), "seeds": integer(seeds, "seeds", 1)}
    plan = make_plan({"sweep": table}, "calibrate", Path.cwd())
    found = sweep(
        plan,
        out,
        scheduler=scheduler,
        workers=workers,
        retry_failed=retry_failed,
        on_progress=on_progress,
        is_stopped=is_stopped,
    )
    kept = read_index(found.folder)
    seconds = sum(kept[cell.key]["seconds"] for cell in plan)
    counted = Calibration(counted_errors(found.results), seed, seconds, found.state, found.results)
    write_text(found.folder / REPORT, strict_json(counted.to_json()))
    return counted


def calibration_table(errors: Sequence[Errors]) -> Table:
    """A line for each claim: runs, false refutations, open verdicts, refuted controls, limits in percent.

    Limits are rounded away from what they bound.
    """
    columns = ("claim", "runs", "falsely refuted", "at most, %", "open", "controls refuted", "at least, %")
    rows = tuple(
        (
            each.claim,
            each.runs,
            each.refuted,
            math.ceil(1e5 * each.refuted_limit) / 1e3,
            each.inconclusive,
            each.runs - each.surviving,
            math.floor(1e5 * each.control_limit) / 1e3,
        )
        for each in errors
    )
    caption = "Limits are those of Clopper and Pearson, one-sided at 95 %."
    return Table(columns, rows, caption)


def counted_errors(results: Results) -> list[Errors]:
    """How each claim of a sweep erred; every claim of it is true."""
    counts: dict[str, Counter[str]] = {}
    for row in results:
        found = counts.setdefault(str(row["claim"]), Counter())
        outcome = str(row["outcome"])
        if outcome != "not_applicable":
            found["runs"] += 1
            found["refuted"] += outcome == "refuted"
            found["inconclusive"] += outcome in ("inconclusive", "failed")
            found["surviving"] += row.get("control") != "refuted"
    names = ("runs", "refuted", "inconclusive", "surviving")
    return [Errors(claim, *(found[name] for name in names)) for claim, found in counts.items()]
