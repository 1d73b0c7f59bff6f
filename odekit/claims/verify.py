"""Run the experiments of the claims that were asked for."""

import os
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, TypeAlias

from odekit._version import __version__
from odekit.arguments import chosen as one_of
from odekit.arguments import expect, expect_functions, flag, mapping
from odekit.claims.catalogue import CLAIMS
from odekit.claims.own import claims_in, is_file
from odekit.claims.running import carry_out
from odekit.claims.settings import RESERVED, Settings, Value
from odekit.claims.verdict import Claim, Report, Verdict
from odekit.errors import InputError, UnknownNameError
from odekit.groups import FiniteGroup
from odekit.groups import group as named_group
from odekit.numbers import integer

__all__ = ["loaded", "select_claims", "verify"]

Named: TypeAlias = str | os.PathLike[str] | Claim


def verify(
    claims: Named | Sequence[Named] | None = None,
    *,
    paper: str | None = None,
    group: FiniteGroup | str | None = None,
    seed: int = 0,
    full: bool = False,
    values: Mapping[str, Value] | None = None,
    workers: int = 1,
    on_start: Callable[[Claim], None] | None = None,
    on_finish: Callable[[Verdict], None] | None = None,
) -> Report:
    """Put theorems to the test: prediction, experiment, verdict and negative control for each claim.

    An experiment that can't be carried out, such as one whose training can't be followed, leaves its claim
    inconclusive and the others alone.

    Parameters
    ----------
    claims: identifiers, or None for all; those that take minutes are left out unless ``full``, and not
        applicable if named. Also claims of one's own: a `Claim` of `odekit.claim`, or a file of them, FILE.py
        (a program of the user's, which is run) or FILE.toml.
    paper: only the claims of this arXiv identifier.
    group: the group to experiment on; claims whose hypotheses it does not meet are not applicable.
    seed: of all randomness, at least 0.
    full: more seeds, larger orders, longer runs, and the claims that take minutes.
    values: of settings that claims take, by name, such as ``{"neurons": 64, "scale": 0.01}``; a claim that
        does not take all of them, or can't carry a value that another can, is not applicable. `Claim.takes`
        and ``odekit claims`` say which a claim takes.
    workers: processes at most, each for five claims at least, or for one if ``full``. A program that asks for
        more than one does so below ``if __name__ == "__main__"``, for each process imports it.
    on_start, on_finish: called around each experiment, for progress; of several, each has its own end.

    Raises
    ------
    UnknownNameError: an unknown claim or paper, or a setting that no claim takes, with the nearest name.
    FileError: a file of claims that can't be read, or breaks.
    InputError: a negative seed, what is no group of a definite order, a file without claims, one id twice, no
        worker, or a value that no claim can carry.
    StoppedEarly: a process died.
    """
    started = perf_counter()
    seed = integer(seed, "the seed", 0)
    workers = integer(workers, "workers", 1)
    full = flag(full, "full")
    expect_functions(on_start, on_finish)
    chosen = group if group is None or isinstance(group, FiniteGroup) else named_group(group)
    if chosen is not None and not isinstance(chosen, FiniteGroup):
        raise InputError(
            "the experiments need a group of a definite order",
            expected="'Z23', or a group",
            received=str(group),
        )
    given = {} if values is None else mapping(values, "the values of settings", '{"neurons": 64}')
    selected = select_claims(claims, paper, full)
    experiments = [
        (claim, taken if isinstance(taken, str) else Settings(seed, full, chosen, taken))
        for claim, taken in zip(selected, _taken(selected, given), strict=True)
    ]
    verdicts = carry_out(experiments, workers, on_start or _say_nothing, on_finish or _say_nothing)
    described: dict[str, Any] = {"full": full, "group": chosen.name if chosen else None, "paper": paper}
    if given:
        described["values"] = dict(given)
    return Report(__version__, seed, described, tuple(verdicts), perf_counter() - started)


def loaded(claims: Named | Sequence[Named] | None) -> tuple[str | Claim, ...]:
    """What is named, with the claims of a file in its place; nothing where nothing is.

    Raises
    ------
    FileError: a file that can't be read, or breaks.
    InputError: something else than names, files and claims, or a file without claims.
    """
    if isinstance(claims, str | os.PathLike | Claim):
        claims = [claims]
    expect(
        claims is None or isinstance(claims, Sequence),
        "the claims are no names",
        "an identifier, several, or None",
        claims,
        "odekit claims",
    )
    found: list[str | Claim] = []
    for named in claims or ():
        if isinstance(named, os.PathLike) or (isinstance(named, str) and is_file(named)):
            found += claims_in(named)
        else:
            found.append(named)
    return tuple(found)


def select_claims(
    claims: Named | Sequence[Named] | None, paper: str | None, full: bool = True
) -> tuple[Claim, ...]:
    """The claims asked for, each once, in the catalogue's order where all are meant.

    Those of the full set alone are among all of them only if ``full``.

    Raises
    ------
    UnknownNameError: an unknown claim or paper.
    InputError: two claims of one id, or as `loaded`.
    """
    known = {claim.id: claim for claim in CLAIMS}
    wanted: dict[str, Claim] = {}
    for named in loaded(claims):
        if not isinstance(named, Claim) and (not isinstance(named, str) or named not in known):
            raise UnknownNameError("claim", named, known)
        claim = named if isinstance(named, Claim) else known[named]
        if wanted.setdefault(claim.id, claim) is not claim:
            raise InputError(f"two claims are called {claim.id!r}", expected="an id for each")
    papers = dict.fromkeys(claim.paper for claim in (*CLAIMS, *wanted.values()))
    if paper is not None:
        one_of("paper", paper, tuple(papers))
    chosen = wanted.values() if claims else known.values()
    return tuple(
        claim for claim in chosen if paper in (None, claim.paper) and (claims or full or not claim.full_only)
    )


def _taken(claims: Sequence[Claim], given: Mapping[Any, Any]) -> list[dict[str, Value] | str]:
    """What each claim is given, checked by its own rules, or the reason why it can't be.

    Raises
    ------
    UnknownNameError: a setting that no claim takes.
    InputError: a value that every claim refuses.
    """
    known = tuple(dict.fromkeys(name for claim in claims for name in claim.takes))
    for name in given:
        if name not in known:
            meant = f"the argument {name}, --{name}" if name in RESERVED else ""
            raise UnknownNameError("setting", name, known, "odekit claims", meant)
    found: list[dict[str, Value] | str] = []
    refused = None
    for claim in claims:
        missing = next((name for name in given if name not in claim.takes), None)
        if missing is not None:
            takes = ", ".join(("group", *claim.takes))
            found.append(f"its experiment has no setting {missing!r}; it takes {takes}")
            continue
        try:
            found.append(
                {name: claim.takes[name](value, f"{name} of {claim.id}") for name, value in given.items()}
            )
        except InputError as error:
            refused = refused or error
            found.append(str(error))
    if refused is not None and all(isinstance(taken, str) for taken in found):
        raise refused
    return found


def _say_nothing(_: Claim | Verdict) -> None:
    pass
