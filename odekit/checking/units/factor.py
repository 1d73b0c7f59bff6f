"""Lines that are all off by one common factor of time, and the declaration that would explain it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from odekit.checking import algebra
from odekit.checking.document import Document
from odekit.checking.finding import Finding
from odekit.checking.flow import ONE, TIME, Flow, own_factor
from odekit.checking.sampling import ORDINARY, Points, measure, number
from odekit.checking.statements import statement
from odekit.checking.units.explain import Case, explained
from odekit.checking.vocabulary import Vocabulary, vocabulary
from odekit.expressions import Expression, Number, Power, Product, times

__all__ = ["SharedFactor", "shared_factor"]

KINDS = ("equation", "rate", "closed form")  # lines in which a factor of time shows
FEWEST = 2  # lines that share a factor which no declaration gives: one alone may as well be wrong
_CLOSE = 1e-9  # relative, above the rounding of a float64


@dataclass(frozen=True)
class SharedFactor:
    """A factor by which lines are off, and what would make them right.

    Parameters
    ----------
    lines: places of the lines that agree with it and don't without.
    text: given over derived, in the user's names.
    declaration: what to write into the file.
    """

    lines: tuple[int, ...]
    text: str
    declaration: str

    def note(self) -> str:
        """What is said of each line."""
        others = f", like {len(self.lines) - 1} more," if len(self.lines) > 1 else ""
        return f"off{others} by the factor of time {self.text}, which {self.declaration} explains"


def shared_factor(
    document: Document,
    flow: Flow,
    points: Sequence[Points],
    findings: Sequence[Finding],
    units: Mapping[str, Expression],
) -> SharedFactor | None:
    """The factor of time that makes most lines right and none wrong; None where there is none.

    Parameters
    ----------
    document, flow: what was checked.
    points: of each line.
    findings: what became of each line as it is.
    units: the value of every free unit.
    """
    if not any(finding.agrees is False for finding in findings) or TIME in flow.free_units:
        return None
    free = replace(flow, free_units=(*flow.free_units, TIME))
    words = vocabulary(document, free)
    statements = [statement(line, words) for line in document.lines]
    places = [place for place, each in enumerate(statements) if each.identities and each.kind in KINDS]
    cases = [Case(statements[place].identities, replace(points[place], flow=free)) for place in places]
    close = {places[each] for each in explained(cases, {**units, f"unit:{TIME}": ONE})}
    found: list[SharedFactor] = []
    for ratio in _candidates(document, words, findings):
        told, inverse = (algebra.text(tree, flow, words.display) for tree in (ratio, Power(ratio, -1)))
        right = {places[each] for each in explained(cases, {**units, f"unit:{TIME}": Power(ratio, -1)})}
        numeric = {p for p, each in enumerate(findings) if statements[p].numeric and each.constant == inverse}
        wrong = {place for place, finding in enumerate(findings) if finding.agrees is False}
        lines = tuple(sorted(((right - close) | numeric) & wrong))
        declaration = _declaration(document, ratio, points[0], is_alone=len(lines) < FEWEST)
        if lines and declaration is not None and close <= right:
            found.append(SharedFactor(lines, told, declaration))
    return max(found, key=lambda each: len(each.lines), default=None)


def _candidates(document: Document, words: Vocabulary, findings: Sequence[Finding]) -> Iterator[Expression]:
    """Ratios of velocities that the lines show, and those to the network's own loss and to the summed one."""
    constants = {each.constant for each in findings if each.kind in KINDS and each.constant}
    yield from (words.read(constant) for constant in sorted(constants) if not constant.startswith("-"))
    network = document.network
    if network is not None:
        own = own_factor(network, network.loss, network.logit_scale)
        yield Power(own, -1) if document.own_time else own


def _declaration(document: Document, ratio: Expression, points: Points, is_alone: bool) -> str | None:
    """What the file could say of the network, so that its time is the one of the lines.

    A line alone may as well be wrong: for that only the network's own loss and scale are an explanation.
    """
    network = document.network
    if network is None:
        return None if is_alone else 'free_units = ["time"] in [conventions]'
    now = own_factor(network, network.loss, network.logit_scale) if document.own_time else ONE
    scales = {
        loss: _number(times(ratio, now), own_factor(network, loss, 1.0), points) for loss in ("mean", "sum")
    }
    if not document.own_time and scales[network.loss] == Fraction(repr(network.logit_scale)):
        settings = f"loss {network.loss}, logit scale {network.logit_scale:g}"
        return f'time = "network" in [conventions] ({settings})'
    for loss, scale in scales.items():
        if scale == 1:
            return f'loss = "{loss}" in [network]'
    if is_alone:
        return None
    plausible = (network.loss, "sum", "mean") if document.own_time else ("sum", "mean")
    for loss in plausible:
        if scales[loss] is not None:
            return f'loss = "{loss}" and logit_scale = {float(scales[loss] or 0):g} in [network]'
    return 'free_units = ["time"] in [conventions]'


def _number(left: Expression, right: Expression, points: Points) -> Fraction | None:
    """Their ratio, where it is one simple positive number at every order."""
    values = {name: value[:ORDINARY] for name, value in points.values.items()}
    quotient = np.atleast_1d(measure(Product(left, Power(right, -1)), values)[0])
    if np.ptp(quotient) > _CLOSE * abs(quotient[0]):
        return None
    simple = number(float(quotient[0]))
    return simple.value if isinstance(simple, Number) and simple.value > 0 else None
