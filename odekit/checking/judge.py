"""The verdict on one line: equal or not, how that is known, and what would be right.

Identities are never decided in float64 but in 80 digits, at points at which all their parts are finite.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mpmath
import numpy as np

from odekit.arrays import FloatArray
from odekit.checking import algebra
from odekit.checking.correction import correction, symbol_notes
from odekit.checking.finding import Finding
from odekit.checking.flow import ONE
from odekit.checking.sampling import WORKING_DIGITS, NumericValue, Points, measure, monomial, number, precise
from odekit.checking.statements import Identity, Statement
from odekit.checking.vocabulary import Vocabulary
from odekit.errors import InputError
from odekit.expressions import Expression, names_in, substitute
from odekit.limits import bounded

__all__ = ["judge"]

PRECISE_POINTS = 12  # 80 digits are slow, and what is wrong is wrong at almost every point
DIGITS = 50  # the most that is told of an agreement
_EQUAL = 1e-65  # relative; leaves 15 of 80 digits for rounding and cancellation
_PREMISE = 1e-9  # relative; premises are looked at in float64
_UNIT = "unit:"


@bounded("the check of a line")
def judge(
    statement: Statement, points: Points, words: Vocabulary, units: Mapping[str, Expression]
) -> Finding:
    """What became of a line.

    Raises
    ------
    InputError: a formula that is no finite real number at any point, or a premise that does not hold.
    """
    case = _Case(statement, points, words, units)
    case.check_premises()
    return case.finding() if statement.numeric is None else case.numeric_finding(statement.numeric)


@dataclass(frozen=True)
class _Gap:
    """A point at which an identity fails, with both sides."""

    index: int
    left: float
    right: float


@dataclass(frozen=True)
class _Case:
    """A statement at its points, with the units put in."""

    statement: Statement
    points: Points
    words: Vocabulary
    units: Mapping[str, Expression]

    @cached_property
    def values(self) -> Mapping[str, FloatArray]:
        """All values at all points."""
        floats = {name: measure(tree, self.points.values)[0] for name, tree in self.units.items()}
        return self.points.at(floats)

    def check_premises(self) -> None:
        """Refuse a line that makes no sense."""
        for premise in self.statement.premises:
            (left, size), (right, other) = (
                measure(tree, self.values) for tree in (premise.identity.left, premise.identity.right)
            )
            gap = np.abs(left - right)
            if (gap > _PREMISE * (1 + np.fmax(size, other))).any():
                raise InputError(f"{premise.complaint} (line {self.statement.line.item!r})")

    def finding(self) -> Finding:
        """The verdict on identities."""
        if self._is_constant():
            return self._finding(False, "it is a constant, which is conserved trivially")
        fewest, count = DIGITS, 0
        for identity in self.statement.identities:
            gap, digits, valid = self._compare(identity)
            if gap is not None:
                return self._difference(identity, gap)
            fewest, count = min(fewest, digits), max(count, valid)
        if all(self._is_proved(identity) for identity in self.statement.identities):
            return self._finding(True, "proved symbolically")
        return self._finding(True, f"{fewest} digits at {count} random points")

    def _is_constant(self) -> bool:
        """Whether a first integral depends on nothing."""
        if self.statement.kind != "first integral":
            return False
        sizes = [measure(slope, self.values) for slope in self.statement.slopes]
        return not any((np.abs(value) > _PREMISE * (size + _PREMISE)).any() for value, size in sizes)

    def _compare(self, identity: Identity) -> tuple[_Gap | None, int, int]:
        """The first point at which the sides differ, or None, the digits to which they agree, and where."""
        (left, size), (right, other) = (
            measure(tree, self.values) for tree in (identity.left, identity.right)
        )
        valid = np.flatnonzero(np.isfinite(left + right + np.zeros_like(self.values["t"])))
        if not valid.size:
            raise self._not_real(left)
        sizes = np.broadcast_to(np.fmax(size, other), self.values["t"].shape)
        digits = DIGITS
        for index in valid[:PRECISE_POINTS].tolist():
            with mpmath.workdps(WORKING_DIGITS):
                exact = self.points.precisely(index, self.units)
                sides = [precise(tree, exact) for tree in (identity.left, identity.right)]
                gap = abs(sides[0] - sides[1])
                if gap > _EQUAL * sizes[index]:
                    return _Gap(index, *(float(mpmath.re(side)) for side in sides)), 0, 0
                if gap:
                    digits = min(digits, int(-mpmath.log10(gap / mpmath.mpf(float(sizes[index])))))
        return None, digits, min(valid.size, PRECISE_POINTS)

    def _not_real(self, left: FloatArray) -> InputError:
        line = self.statement.line
        is_given = not np.isfinite(left).any()
        what = f"the formula of {line.item!r}" if is_given else f"what the derivation says of {line.item!r}"
        return InputError(
            f"{what} is no finite real number at any of {len(self.values['t'])} random points",
            expected="a value that exists: no division by zero, no root or logarithm of a negative number",
            received=line.formula[:80],
        )

    def _is_proved(self, identity: Identity) -> bool:
        if self.points.conditions:
            known = {condition.name: condition.value for condition in self.points.conditions}
            identity = Identity(*(substitute(tree, known) for tree in (identity.left, identity.right)))
        left, right = (substitute(tree, self.units) for tree in (identity.left, identity.right))
        return algebra.is_proved(left, right, self.words.flow)

    def _difference(self, identity: Identity, gap: _Gap) -> Finding:
        statement = self.statement
        is_scale = statement.kind == "logit scale"
        shown = identity if statement.kind == "closed form" else Identity(statement.given, statement.derived)
        given, derived = (measure(tree, self.values)[0] for tree in (shown.left, shown.right))
        constant, ratio = self._ratio(shown, given, derived)
        right = correction(statement, self.words, self.units)
        sides = [float(np.broadcast_to(side, self.values["t"].shape)[gap.index]) for side in (given, derived)]
        return self._finding(
            False,
            "not proportional" if is_scale else "",
            constant=None if is_scale else constant,
            ratio=ratio,
            point=self._point(gap.index, names_in(shown.left) | names_in(shown.right)),
            given=sides[0],
            derived=sides[1],
            corrected=None if right is None else algebra.text(right, self.words.flow, self.words.display),
            corrected_latex=None
            if right is None
            else algebra.latex(right, self.words.flow, self.words.display),
            notes=symbol_notes(statement, right, self.words),
        )

    def _ratio(
        self, shown: Identity, given: FloatArray, derived: FloatArray
    ) -> tuple[str | None, str | None]:
        """Given over derived: as a number times powers of the order, and as a formula where that is short."""
        flow, names = self.words.flow, self.words.display
        with np.errstate(all="ignore"):
            quotient = given / derived + np.zeros_like(self.values["t"])
        valid = np.isfinite(quotient) & (quotient != 0)
        if not valid.any():
            return None, None
        orders = {name: self.values[name][valid] for name in flow.parameters}
        constant = monomial(quotient[valid], orders)
        if constant is not None and constant != ONE:
            told = algebra.text(constant, flow, names)
            return told, told
        above, below = (substitute(tree, self.units) for tree in (shown.left, shown.right))
        return None, algebra.ratio(above, below, flow, names)

    def _point(self, index: int, names: frozenset[str]) -> dict[str, float]:
        """The point in the user's names."""
        flow, shown = self.words.flow, self.words.display
        used = [n for n in (*flow.coordinates, *flow.parameters, "t") if n in names]
        return {shown.get(name, name): float(self.values[name][index]) for name in used}

    def numeric_finding(self, quantity: NumericValue) -> Finding:
        """The verdict on what is known in numbers only."""
        statement = self.statement
        shape = self.values["t"].shape
        given = np.broadcast_to(measure(statement.given, self.values)[0], shape)
        derived = np.broadcast_to(quantity.evaluate(self.values, self.points.conditions), shape)
        if not np.isfinite(given).any():
            raise self._not_real(given)
        if not np.isfinite(derived).any():
            raise InputError(f"{statement.line.item!r} has no such {statement.kind} at any random point")
        valid = np.isfinite(given + derived)
        gap = given - derived
        if quantity.is_angle:
            gap = gap - 2 * np.pi * np.rint(gap / (2 * np.pi))
        wrong = valid & ~(np.abs(gap) <= quantity.tolerance * (1e-3 + np.abs(derived)))
        if not valid.any():
            raise self._not_real(given)
        if not wrong.any():
            digits = int(-np.log10(quantity.tolerance))
            return self._finding(True, f"{digits} digits at {int(valid.sum())} random points")
        return self._numeric_difference(int(np.flatnonzero(wrong)[0]), given, derived)

    def _numeric_difference(self, index: int, given: FloatArray, derived: FloatArray) -> Finding:
        flow, names = self.words.flow, self.words.display
        constant, _ = self._ratio(Identity(self.statement.given, self.statement.derived), given, derived)
        everywhere = derived[np.isfinite(derived)]
        simple = number(float(everywhere[0])) if np.ptp(everywhere) < 1e-6 else None
        return self._finding(
            False,
            "",
            constant=constant,
            ratio=constant,
            point=self._point(index, frozenset({*flow.coordinates, *flow.parameters})),
            given=float(given[index]),
            derived=float(derived[index]),
            corrected=None if simple is None else algebra.text(simple, flow, names),
            corrected_latex=None if simple is None else algebra.latex(simple, flow, names),
        )

    def _finding(self, agrees: bool, evidence: str, **more: Any) -> Finding:
        line, flow, names = self.statement.line, self.words.flow, self.words.display
        units = {
            names.get(name.removeprefix(_UNIT), name.removeprefix(_UNIT)): algebra.text(tree, flow, names)
            for name, tree in self.units.items()
        }
        return Finding(
            item=line.item,
            kind=self.statement.kind,
            formula=line.formula,
            agrees=agrees,
            evidence=evidence,
            units=units,
            **more,
        )
