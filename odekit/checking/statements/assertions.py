"""What a line asserts: identities, under premises, and what would be right instead."""

from dataclasses import dataclass

from odekit.checking.document import Line
from odekit.checking.sampling import Condition, Continuity, NumericValue
from odekit.errors import InputError
from odekit.expressions import Expression

__all__ = ["Identity", "Premise", "Statement", "exists_in_part", "exists_nowhere", "not_real"]


@dataclass(frozen=True)
class Identity:
    """Two trees that have to be equal."""

    left: Expression
    right: Expression


@dataclass(frozen=True)
class Premise:
    """What has to hold for a line to make sense, and what to say where it doesn't."""

    identity: Identity
    complaint: str
    expected: str
    hint: str

    def error(self, line: Line) -> InputError:
        """The complaint about a line."""
        at = ", ".join(f"{name} = {value}" for name, value in line.conditions.items()) or "no condition"
        told = f"{self.complaint} (line {line.item!r})"
        return InputError(told, expected=self.expected, received=at, hint=self.hint)


@dataclass(frozen=True)
class Statement:
    """A line with all that it asserts.

    Parameters
    ----------
    line: as it was written.
    kind: in words.
    given, derived: the two trees whose values are shown.
    identities: all of which have to hold.
    conditions, premises: where they have to hold, and whether that makes sense.
    corrected: the right formula, or None.
    slopes: for a first integral its partial derivatives by the states, with definitions put in, not all of
        which may vanish.
    numeric: for a limit or a time, what is known in numbers only; then ``derived`` has no meaning.
    continuity: what must not jump, where derivatives are compared.
    """

    line: Line
    kind: str
    given: Expression
    derived: Expression
    identities: tuple[Identity, ...]
    conditions: tuple[Condition, ...] = ()
    premises: tuple[Premise, ...] = ()
    corrected: Expression | None = None
    slopes: tuple[Expression, ...] = ()
    numeric: NumericValue | None = None
    continuity: Continuity | None = None

    @property
    def written(self) -> Expression:
        """The formula as it was written."""
        return self.given if self.continuity is None else self.continuity.function


def not_real(line: Line, is_derived: bool, points: int) -> InputError:
    """The complaint about a formula, the line's or the derived one, that is a number at no point."""
    what = f"what the derivation says of {line.item!r}" if is_derived else f"the formula of {line.item!r}"
    return InputError(
        f"{what} is no finite real number at any of {points} random points",
        expected="a value that exists: no division by zero, no root or logarithm of a negative number",
        received=line.formula[:80],
    )


def exists_nowhere(line: Line) -> InputError:
    """The complaint about a limit or time that no orbit has."""
    return InputError(
        f"the line {line.item!r} has no such {line.kind} at any random point",
        expected="orbits that go on until then, and a value to which they come",
        received=f"to = {line.to!r}",
        hint='a limit to = "blow-up", or conditions under at that lead to a rest',
    )


def exists_in_part(line: Line, missing: int, points: int) -> InputError:
    """The complaint about a limit or rate that is right where it is known, and not known everywhere."""
    return InputError(
        f"the line {line.item!r} has no such {line.kind}, or comes to it too late, at {missing} of {points} "
        "random points, and is right at the others",
        expected="one from every start that the line is about",
        hint='what holds under at, or conditions = ["x > 0"] under [system]',
    )
