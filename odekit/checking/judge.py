"""The verdict on one line: equal or not, how that is known, and what would be right.

Identities are never decided in float64 but in 80 digits, at points at which all their parts are finite.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.checking import algebra
from odekit.checking.correction import correction, symbol_notes
from odekit.checking.finding import Finding
from odekit.checking.flow import ONE, ZERO
from odekit.checking.sampling import (
    CLOSE,
    ORDINARY,
    Continuity,
    Gap,
    Jump,
    NumericValue,
    Points,
    compare,
    difference,
    find_jump,
    measure,
    monomial,
    number,
)
from odekit.checking.statements import Identity, Statement, exists_in_part, exists_nowhere, not_real
from odekit.checking.vocabulary import Vocabulary
from odekit.errors import InputError
from odekit.expressions import Expression, names_in, substitute
from odekit.limits import bounded

__all__ = ["judge"]

DIGITS = 50  # that are told of an agreement
_NOTHING = 1e-13  # relative; what is left of a value whose terms cancel
_READ = 1e-6  # relative; above what limits and times are off by
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
                raise premise.error(self.statement.line)

    def finding(self) -> Finding:
        """The verdict on identities."""
        if self._is_constant():
            return self._finding(False, "it is a constant, which is conserved trivially")
        most = 0
        for identity in self.statement.identities:
            found = compare(identity.left, identity.right, self.points, self.values, self.units)
            if found.valid == 0:
                raise self._not_real(measure(identity.left, self.values)[0])
            if found.gap is not None:
                return self._difference(identity, found.gap)
            most = max(most, found.valid)
        continuity = self.statement.continuity
        jump = None if continuity is None else find_jump(continuity, self.points, self.units)
        if jump is not None:
            return self._jump(jump)
        if all(self._is_proved(identity) for identity in self.statement.identities):
            return self._finding(True, "proved symbolically", notes=self._undefined())
        return self._finding(True, f"{DIGITS} digits at {most} random points", notes=self._undefined())

    def _undefined(self) -> tuple[str, ...]:
        """At how many ordinary points the formula is no number although the derivation's is one."""
        shape = self.values["t"].shape
        given, derived = (
            np.broadcast_to(np.isfinite(measure(tree, self.values)[0]), shape)[:ORDINARY]
            for tree in (self.statement.written, self.statement.derived)
        )
        count = int((derived & ~given).sum())
        return (f"no finite real number at {count} of {ORDINARY} random points",) if count else ()

    def _jump(self, jump: Jump) -> Finding:
        """A function whose derivatives are right on both sides of a jump."""
        flow, names = self.words.flow, self.words.display
        place = algebra.text(jump.at.source, flow, names)
        passed = "" if self.statement.kind == "logit scale" else ", which orbits pass"
        right = correction(self.statement, self.words, self.units)
        shown = {name: value for name, value in jump.at.values.items() if name in names_in(jump.at.source)}
        return self._finding(
            False,
            f"it jumps where {place} = 0{passed}",
            point={names.get(name, name): value for name, value in shown.items()},
            given=jump.after,
            derived=jump.before,
            corrected=None if right is None else algebra.text(right, flow, names),
            corrected_latex=None if right is None else algebra.latex(right, flow, names),
            notes=(f"it jumps where {place} = 0{passed}: {jump.before:g} before, {jump.after:g} after",),
        )

    def _is_constant(self) -> bool:
        """Whether a first integral depends on nothing: it has no slope, and nowhere a jump."""
        if self.statement.kind != "first integral":
            return False
        for slope in self.statement.slopes:
            if compare(slope, ZERO, self.points, self.values, self.units).gap is not None:
                return False
        return find_jump(Continuity(self.statement.written, None), self.points, self.units) is None

    def _not_real(self, left: FloatArray) -> InputError:
        return not_real(self.statement.line, bool(np.isfinite(left).any()), len(self.values["t"]))

    def _is_proved(self, identity: Identity) -> bool:
        if self.points.conditions:
            known = {condition.name: condition.value for condition in self.points.conditions}
            identity = Identity(*(substitute(tree, known) for tree in (identity.left, identity.right)))
        left, right = (substitute(tree, self.units) for tree in (identity.left, identity.right))
        return algebra.is_proved(left, right, self.words.flow)

    def _difference(self, identity: Identity, gap: Gap) -> Finding:
        statement = self.statement
        is_scale = statement.kind == "logit scale"
        shown = identity if statement.kind == "closed form" else Identity(statement.given, statement.derived)
        given, derived = (self._shown(tree) for tree in (shown.left, shown.right))
        size = np.fmax(measure(shown.left, self.values)[1], measure(shown.right, self.values)[1])
        constant, ratio = self._ratio(shown, given, derived, CLOSE * size)
        right = correction(statement, self.words, self.units)
        sides = [float(side[gap.index]) for side in (given, derived)]
        is_unseen = sides[0] == sides[1]
        unseen = (
            difference(shown.left, shown.right, self.points, gap.index, self.units) if is_unseen else None
        )
        return self._finding(
            False,
            "not proportional" if is_scale else "",
            constant=None if is_scale else constant,
            ratio=ratio,
            point=self._point(gap.index, names_in(shown.left) | names_in(shown.right)),
            given=sides[0],
            derived=sides[1],
            difference=unseen,
            corrected=None if right is None else algebra.text(right, self.words.flow, self.words.display),
            corrected_latex=None
            if right is None
            else algebra.latex(right, self.words.flow, self.words.display),
            notes=(*symbol_notes(statement, right, self.words), *self._partly(gap)),
        )

    def _shown(self, tree: Expression) -> FloatArray:
        """Values at all points, 0 where only rounding is left of them."""
        value, size = measure(tree, self.values)
        shown = np.where(np.abs(value) < _NOTHING * size, 0.0, value) + 0.0
        return np.broadcast_to(shown, self.values["t"].shape)

    def _partly(self, gap: Gap) -> tuple[str, ...]:
        """Where a formula agrees that differs elsewhere."""
        if gap.index < ORDINARY:
            return ()
        orders = [self.values[name] for name in self.words.flow.order_names]
        wrong = gap.everywhere & np.isfinite(self.values["t"])
        if orders and wrong.any() and (orders[0][wrong] % 2 == 0).all():
            if not (gap.everywhere | (orders[0] % 2 == 1)).all():
                return ("it agrees at some orders only",)
            return ("it agrees at odd orders only",)
        return ("it agrees at ordinary points, but not at all scales and orders",)

    def _ratio(
        self, shown: Identity, given: FloatArray, derived: FloatArray, slack: FloatArray
    ) -> tuple[str | None, str | None]:
        """Given over derived: as a number times powers of the order, and as a formula where that is short."""
        flow, names = self.words.flow, self.words.display
        with np.errstate(all="ignore"):
            quotient = given / derived + np.zeros_like(self.values["t"])
        is_ordinary = np.arange(len(quotient)) < ORDINARY
        valid = np.isfinite(quotient) & (quotient != 0) & is_ordinary
        if not valid.any():
            return None, None
        known = {name: self.values[name][valid] for name in flow.parameters}
        above_zero = {name: values for name, values in known.items() if (values > 0).all()}
        constant = monomial(quotient[valid], above_zero)
        if constant is not None and constant != ONE:
            gap = np.abs(given - measure(constant, self.values)[0] * derived)
            constant = None if (gap > slack).any() else constant
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
        """The verdict on what is known in numbers only, to the digits to which it is known."""
        statement = self.statement
        shape = self.values["t"].shape
        given, size = (np.broadcast_to(each, shape) for each in measure(statement.given, self.values))
        derived, error = quantity.evaluate(self.values, self.points.conditions)
        if not np.isfinite(given).any():
            raise self._not_real(given)
        if not np.isfinite(derived).any():
            raise exists_nowhere(statement.line)
        valid = np.isfinite(given + derived)
        gap = given - derived
        if quantity.is_angle:
            gap = gap - 2 * np.pi * np.rint(gap / (2 * np.pi))
        bound = error + _NOTHING * size
        wrong = valid & ~(np.abs(gap) <= bound)
        if not valid.any():
            raise self._not_real(given)
        if not wrong.any():
            self._check_everywhere(valid)
            relative = (bound / np.where(np.abs(derived) > bound, np.abs(derived), 1.0))[valid]
            digits = int(-np.log10(max(relative.max(), _NOTHING)))
            return self._finding(True, f"{digits} digits at {int(valid.sum())} random points")
        return self._numeric_difference(int(np.flatnonzero(wrong)[0]), given, derived)

    def _check_everywhere(self, valid: BoolArray) -> None:
        """Refuse to confirm of one's own system what exists from some ordinary starts only."""
        missing = int((~valid[:ORDINARY]).sum())
        if self.words.flow.is_own and missing:
            raise exists_in_part(self.statement.line, missing, ORDINARY)

    def _numeric_difference(self, index: int, given: FloatArray, derived: FloatArray) -> Finding:
        flow, names = self.words.flow, self.words.display
        shown = Identity(self.statement.given, self.statement.derived)
        constant, _ = self._ratio(shown, given, derived, _READ * np.abs(given))
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
