"""From a user's lines to findings: read, derive, state, draw points, find the units, judge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from odekit.checking.document import Document, Line, read_document
from odekit.checking.finding import Finding, Findings
from odekit.checking.flow import clock_factor, derived_system, flow_of
from odekit.checking.judge import judge
from odekit.checking.sampling import draw
from odekit.checking.statements import Statement, statement
from odekit.checking.units import Case, explain, shared_factor
from odekit.checking.vocabulary import checked_units, vocabulary
from odekit.checking.words import judge_words
from odekit.errors import AlgebraError, InputError, LimitError, ReductionError
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.networks import Network, time_text
from odekit.numbers import integer
from odekit.systems import NamedSystem, System

__all__ = ["check"]

T = TypeVar("T")

# What a line asks that can't be answered, as far as reading it shows; a line that is none is bad input.
UNAVAILABLE = (ReductionError, LimitError, AlgebraError)


@bounded("the check", DERIVATION_SECONDS)
def check(
    equations: Mapping[str, Any] | str | Path,
    network: Network | System | NamedSystem | None = None,
    *,
    seed: int = 0,
) -> Findings:
    """Compare a user's own formulas with the derivation, or with an ODE of their own, line by line.

    Each line is compared at random points, in float64 and in 80 digits, and proved where expansion shows it.
    Only units that are declared free are forgiven, and one value of each has to explain every line at once.

    Parameters
    ----------
    equations: a TOML file, or its tables as a mapping: ``equations`` (right-hand sides by state),
        ``first_integrals``, ``closed_forms`` (in t and ``alpha0``, ...), ``rates``, ``limits``, ``values``
        (``energy``, ``logit_scale``), ``definitions``, ``conventions``, and ``network`` or ``system``, an
        ODE as `odekit.system` reads it from a file, or that file's path. A mapping of text only is read as
        equations. Of a group that is not Abelian, equations and first integrals are words of matrices, such
        as ``2*theta*Adjoint(xi)``, or traces of such.
    network: what is derived, or the system, unless a table says so. Conditions of a system such as ``x > 0``
        are kept.
    seed: of the random points.

    Returns
    -------
    findings: a list, one for each line, in the order of the file. A line that can't be judged, such as a
        limit that does not exist, has ``agrees=None`` and its reason as ``evidence``, and stops no other.

    Raises
    ------
    FileError: a file that can't be read.
    InputError: a formula that is none, or neither a network nor a system.
    UnknownNameError: a name that no state has.
    ReductionError: a network that has no such derivation.

    >>> wrong = check({"D": "-p*(4*beta**2 - alpha**2/beta)*sin(D)"}, Network("Zp"))[0]
    >>> wrong.agrees, wrong.corrected
    (False, '-p*(alpha**2 + 4*beta**2)*sin(D)/beta')
    """
    document = read_document(equations, network)
    system = derived_system(document)
    rng = np.random.default_rng(integer(seed, "the seed", 0))
    if system.blocks is not None:
        judged = judge_words(document, system.blocks, clock_factor(document), rng)
        return Findings(replace(finding, time=_clock(document)) for finding in judged)
    flow = flow_of(document, system)
    flow = replace(flow, free_units=checked_units(document, flow))
    words = vocabulary(document, flow)
    read = [_attempted(line, partial(statement, line, words), UNAVAILABLE) for line in document.lines]
    statements = [each for each in read if isinstance(each, Statement)]
    points = [draw(flow, each.conditions, each.written, rng) for each in statements]
    cases = [Case(s.identities, p) for s, p in zip(statements, points, strict=True) if s.identities]
    units = explain(flow, cases)
    found = [
        _attempted(each.line, partial(judge, each, at, words, units), (InputError,))
        for each, at in zip(statements, points, strict=True)
    ]
    told = replace(document, lines=tuple(each.line for each in statements))
    factor = shared_factor(told, flow, points, found, units)
    if factor is not None:
        found = [
            replace(finding, notes=(*finding.notes, factor.note())) if place in factor.lines else finding
            for place, finding in enumerate(found)
        ]
    others = iter(found)
    findings = [next(others) if isinstance(each, Statement) else each for each in read]
    clock = _clock(document)
    return Findings(replace(finding, time=clock, units=_units(findings)) for finding in findings)


def _attempted(line: Line, work: Callable[[], T], errors: tuple[type[InputError], ...]) -> T | Finding:
    """What becomes of a line; one that can't be judged is a finding that says why, and stops no other."""
    try:
        return work()
    except errors as error:
        return Finding(line.item, line.kind, line.formula, None, str(error))


def _units(findings: Sequence[Finding]) -> Mapping[str, str]:
    """Which all lines share."""
    return next((finding.units for finding in findings if finding.units), {})


def _clock(document: Document) -> str:
    """Which time t is, in the lines."""
    network = document.network
    if network is None:
        return ""
    if document.own_time:
        settings = f"loss {network.loss}, logit scale {network.logit_scale:g}"
        return f"t is the time of the network's own flow ({settings})"
    return f"t is the flow time of the summed loss at logit scale 1: {time_text(network)}"
