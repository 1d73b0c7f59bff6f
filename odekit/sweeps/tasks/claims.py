"""Cells that put a claim to the test, odekit's own or a user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from odekit.claims import Claim, Verdict, loaded, select_claims, verify
from odekit.errors import InputError, UnknownNameError
from odekit.sweeps.tasks.sources import digest
from odekit.sweeps.tasks.task import Row, Settings, Task, Value
from odekit.sweeps.tasks.training import GroupName

__all__ = ["CLAIMS"]

ALL = "all"
EXACT = 2**53  # up to which a whole number is one as a float, too


def _whole(value: Any) -> Value:
    """1 for 1.0, which a claim takes alike, so that both are one cell."""
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < EXACT
    return int(value) if is_whole else value


class ClaimSettings(Settings):
    """One claim of odekit's, or of a file, with what it is put to the test on.

    Further settings are the claim's own, such as ``neurons``; see `odekit.claims.Claim`.
    """

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)

    claim: str
    file: str = ""
    group: GroupName | None = None
    full: bool = False


def _rows(names: str | Sequence[str], full: bool, folder: Path) -> list[dict[str, Value]]:
    """The settings ``claim``, ``file`` and ``full`` of each claim that a plan names.

    Parameters
    ----------
    names: ``"all"``, or identifiers and files of claims, FILE.py or FILE.toml, from the plan's folder.
    full: whether experiments are those of the full set.

    Raises
    ------
    UnknownNameError: an unknown claim.
    FileError: a file of claims that can't be read, or breaks.
    InputError: a file without claims, or two claims of one id.
    """
    every = [claim.id for claim in select_claims(None, None, full)]
    given = [names] if isinstance(names, str) else names
    found: dict[str, dict[str, Value]] = {}
    chosen: list[str | Claim] = []
    for name in chain.from_iterable(every if each == ALL else (each,) for each in given):
        is_file = name.endswith((".py", ".toml"))
        claims = _file_claims(folder / name) if is_file else (name,)
        chosen += claims
        for claim in claims:
            id = claim.id if isinstance(claim, Claim) else claim
            found[id] = {"claim": id, "file": name if is_file else "", "full": full}
    select_claims(chosen, None)
    return list(found.values())


def _taken(rows: Sequence[Mapping[str, Value]], name: str, value: Any, folder: Path, where: str) -> Value:
    """A further setting that one of the claims takes, with a value that one of them can carry.

    A claim that doesn't take what another one does is not applicable there.

    Parameters
    ----------
    rows: with ``claim`` and ``file`` of each claim.
    name, value: of the setting.
    folder: of the plan.
    where: for messages.

    Raises
    ------
    UnknownNameError: a name that no claim knows.
    InputError: a value that every claim refuses.
    """
    named = dict.fromkeys((str(row["claim"]), str(row["file"])) for row in rows)
    claims = [_claim(id, file, folder) for id, file in named]
    taking = [claim for claim in claims if name in claim.takes]
    if not taking:
        known = dict.fromkeys(("group", *(name for claim in claims for name in claim.takes)))
        raise UnknownNameError(f"setting of these claims, in {where}:", name, known)
    whole = _whole(value)
    refusals = []
    for claim in taking:
        try:
            claim.takes[name](whole, f"{name} of {claim.id}, in {where},")
        except InputError as error:
            refusals.append(error)
    if len(refusals) == len(taking):
        raise refusals[0]
    return whole


def _file_claims(path: Path) -> tuple[Claim, ...]:
    return _loaded(path, digest(path))


@lru_cache(maxsize=64)
def _loaded(path: Path, content: str) -> tuple[Claim, ...]:
    """The claims of a file, loaded once for each content that it has."""
    return tuple(each for each in loaded(path) if isinstance(each, Claim))


def _claim(id: str, file: str, folder: Path) -> Claim:
    of_file = _file_claims(folder / file) if file else ()
    return select_claims([claim for claim in of_file if claim.id == id] or id, None)[0]


def _run(settings: ClaimSettings, seed: int, folder: Path) -> list[Row]:
    claim = _claim(settings.claim, settings.file, folder)
    values = settings.model_extra or {}
    try:
        report = verify(claim, group=settings.group, seed=seed, full=settings.full, values=values)
    except InputError as error:  # a setting that another claim of the plan takes
        return [_row(claim.not_applicable(str(error)))]
    return [_row(report.verdicts[0])]


def _row(verdict: Verdict) -> Row:
    alone = [numbers for name, *numbers in verdict.quantities if not name]
    predicted, measured = alone[0] if alone else (None, None)
    return {
        "outcome": verdict.outcome,
        "predicted": predicted,
        "measured": measured,
        "gap": verdict.gap,
        "budget": sum(verdict.budget.values()) if verdict.budget else None,
        "tolerance": verdict.tolerance,
        "control": None if verdict.control is None else verdict.control.outcome,
        "reason": verdict.text,
    }


SAID = ("claim", "file", "full")
CLAIMS = Task("claims", ClaimSettings, _run, files=("file",), said=SAID, rows=_rows, further=_taken)
