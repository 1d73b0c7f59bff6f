"""From a user's lines to findings: read, derive, state, draw points, find the units, judge."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from odekit.checking.document import Document, read_document
from odekit.checking.finding import Finding
from odekit.checking.flow import derived_flow
from odekit.checking.judge import judge
from odekit.checking.sampling import draw
from odekit.checking.statements import statement
from odekit.checking.units import Case, explain, shared_factor
from odekit.checking.vocabulary import checked_units, vocabulary
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.networks import Network, time_text
from odekit.numbers import integer

__all__ = ["check"]


@bounded("the check", DERIVATION_SECONDS)
def check(
    equations: Mapping[str, Any] | str | Path, network: Network | None = None, *, seed: int = 0
) -> list[Finding]:
    """Compare a user's own formulas with the derivation, line by line.

    Each line is compared at random points, in float64 and in 80 digits, and proved where expansion shows it.
    Only units that are declared free are forgiven, and one value of each has to explain every line at once.

    Parameters
    ----------
    equations: a TOML file, or its tables as a mapping: ``equations`` (right-hand sides by state),
        ``first_integrals``, ``closed_forms`` (in t and ``alpha0``, ...), ``rates``, ``limits``, ``values``
        (``energy``, ``logit_scale``), ``definitions``, ``conventions`` and ``network``. A mapping of text
        only is read as equations.
    network: what is derived, unless the table ``network`` says so.
    seed: of the random points.

    Returns
    -------
    findings: one for each line, in the order of the file.

    Raises
    ------
    FileError: a file that can't be read.
    InputError: a formula that is none, or that is no finite real number at any point.
    UnknownNameError: a name that no state has.
    ReductionError: a network that has no such derivation.

    >>> wrong = check({"D": "-p*(4*beta**2 - alpha**2/beta)*sin(D)"}, Network("Zp"))[0]
    >>> wrong.agrees, wrong.corrected
    (False, '-p*(alpha**2 + 4*beta**2)*sin(D)/beta')
    """
    document = read_document(equations, network)
    flow = derived_flow(document, ())
    flow = replace(flow, free_units=checked_units(document, flow))
    words = vocabulary(document, flow)
    rng = np.random.default_rng(integer(seed, "the seed", 0))
    statements = [statement(line, words) for line in document.lines]
    points = [draw(flow, each.conditions, each.written, rng) for each in statements]
    cases = [Case(s.identities, p) for s, p in zip(statements, points, strict=True) if s.identities]
    units = explain(flow, cases)
    clock = _clock(document)
    findings = [
        replace(judge(s, p, words, units), time=clock) for s, p in zip(statements, points, strict=True)
    ]
    factor = shared_factor(document, flow, points, findings, units)
    if factor is None:
        return findings
    return [
        replace(finding, notes=(*finding.notes, factor.note())) if place in factor.lines else finding
        for place, finding in enumerate(findings)
    ]


def _clock(document: Document) -> str:
    """Which time t is, in the lines."""
    network = document.network
    if document.own_time:
        settings = f"loss {network.loss}, logit scale {network.logit_scale:g}"
        return f"t is the time of the network's own flow ({settings})"
    return f"t is the flow time of the summed loss at logit scale 1: {time_text(network)}"
