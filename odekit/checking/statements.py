"""From a line to identities: what has to be equal, at every point, for the line to be right.

An equation is compared with the chain rule along the flow. A first integral has to have no time derivative. A
closed form u(t, start) has to begin at the start and obey ``du/dt = F . grad u``, where F is the flow and the
gradient is by the initial values: both together determine u, by the method of characteristics.
"""

from dataclasses import dataclass
from fractions import Fraction

from odekit.checking.document import Line
from odekit.checking.flow import ENERGY, ONE, ZERO, Flow, along, total
from odekit.checking.sampling import (
    Condition,
    Continuity,
    NumericValue,
    blow_up_time,
    is_turn,
    limit,
    measure,
)
from odekit.checking.vocabulary import CLOCK, Vocabulary
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.expressions import Call, Expression, Number, Power, Product, Symbol, names_in, substitute, times

__all__ = ["Identity", "Premise", "Statement", "statement"]

BLOW_UP = ("blow_up_time", "T")
VALUES = ("energy", "logit_scale")
MEASURES = ("decay", "growth")
MINUS_ONE = Number(Fraction(-1))


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


def statement(line: Line, words: Vocabulary) -> Statement:
    """What a line asserts.

    Raises
    ------
    InputError: a formula or name that can't be read, or a statement that makes no sense.
    """
    conditions = tuple(
        Condition(words.coordinate(name), words.read(text)) for name, text in line.conditions.items()
    )
    if line.kind == "equation":
        return _equation(line, words, conditions)
    if line.kind == "first integral":
        return _first_integral(line, words, conditions)
    if line.kind == "rate":
        return _rate(line, words, conditions)
    if line.kind == "value":
        return _value(line, words)
    return _in_time(line, words, conditions)


def _equation(line: Line, words: Vocabulary, conditions: tuple[Condition, ...]) -> Statement:
    given = words.read(line.formula)
    derived = total(along(words.meaning(line.of), words.flow.velocities))
    return Statement(line, "equation", given, derived, (Identity(given, derived),), conditions, (), derived)


def _first_integral(line: Line, words: Vocabulary, conditions: tuple[Condition, ...]) -> Statement:
    flow, given = words.flow, words.read(line.formula)
    if ENERGY in names_in(given) - {*flow.coordinates}:
        raise InputError(f"the first integral {line.item!r} holds E, which changes in time")
    terms = along(given, flow.velocities)
    first, rest = (terms[0], total(terms[1:])) if terms else (ZERO, ZERO)
    opposite = times(MINUS_ONE, rest)
    whole = substitute(substitute(given, flow.definitions), flow.definitions)
    slopes = tuple(whole.derivative(name) for name in flow.states)
    return Statement(
        line,
        "first integral",
        total(terms),
        ZERO,
        (Identity(first, opposite),),
        conditions,
        _tangent(words.flow, conditions),
        slopes=tuple(slope for slope in slopes if slope != ZERO),
        continuity=Continuity(given, flow.velocities),
    )


def _in_time(line: Line, words: Vocabulary, conditions: tuple[Condition, ...]) -> Statement:
    given = words.read_in_time(line.formula)
    if line.kind == "limit":
        return _numeric(line, given, limit(words.flow, words.meaning(line.of), line.to), conditions)
    if line.of in BLOW_UP and line.of not in words.meanings:
        return _numeric(line, given, blow_up_time(words.flow), conditions)
    speed = given.derivative(CLOCK)
    flow_speed = total(along(given, words.flow.velocities))
    start, meaning = substitute(given, {CLOCK: ZERO}), words.meaning(line.of)
    starts: tuple[Identity, ...] = (Identity(start, meaning),)
    turns = is_turn(meaning, words.flow)
    back = {name: times(MINUS_ONE, velocity) for name, velocity in words.flow.velocities.items()}
    if turns:
        starts = tuple(Identity(Call(wave, start), Call(wave, meaning)) for wave in ("cos", "sin"))
    return Statement(
        line,
        "closed form",
        speed,
        flow_speed,
        (Identity(speed, flow_speed), *starts),
        conditions,
        _tangent(words.flow, conditions),
        continuity=Continuity(given, {CLOCK: ONE, **back}, turns),
    )


def _numeric(
    line: Line, given: Expression, value: NumericValue, conditions: tuple[Condition, ...]
) -> Statement:
    return Statement(line, line.kind, given, ZERO, (), conditions, numeric=value)


def _tangent(flow: Flow, conditions: tuple[Condition, ...]) -> tuple[Premise, ...]:
    """The flow keeps what the conditions ask for; that on E needs no keeping."""
    return tuple(
        Premise(
            Identity(flow.velocities[condition.name], total(along(condition.value, flow.velocities))),
            f"the flow does not keep the condition on {condition.name}",
            "a condition that holds all along an orbit that starts with it",
            "a condition at which the flow rests or stays, such as D = 0",
        )
        for condition in conditions
        if condition.name in flow.velocities
    )


def _rate(line: Line, words: Vocabulary, conditions: tuple[Condition, ...]) -> Statement:
    if line.measure not in MEASURES:
        raise UnknownNameError("measure of a rate", line.measure, MEASURES)
    flow, name, given = words.flow, words.coordinate(line.of), words.read(line.formula)
    velocity = flow.velocities.get(name)
    if velocity is None:
        raise InputError(f"{line.of} is no state and has no rate", expected=", ".join(flow.coordinates))
    if line.measure == "growth":
        at_zero = any(each.name == name and _is_zero(each.value) for each in conditions)
        derived = velocity.derivative(name) if at_zero else Product(velocity, Power(Symbol(name), -1))
        premises = (_rests(velocity, line.of),) if at_zero else ()
        identity = Identity(given, derived)
        return Statement(line, "rate", given, derived, (identity,), conditions, premises, derived)
    known = _known_rate(flow, name, conditions)
    derived = known if known is not None else times(MINUS_ONE, velocity.derivative(name))
    identity, rests = Identity(given, derived), _rests(velocity, line.of)
    return Statement(line, "rate", given, derived, (identity,), conditions, (rests,), derived)


def _rests(velocity: Expression, name: str) -> Premise:
    return Premise(
        Identity(velocity, ZERO),
        f"{name} does not rest there, so that it has no rate",
        f"a place at which {name}' = 0",
        f"another value of {name} under at, or an equation for {name}'",
    )


def _is_zero(tree: Expression) -> bool:
    """Whether a condition's value is the number 0."""
    return not names_in(tree) and bool(measure(tree, {})[0] == 0)


def _known_rate(flow: Flow, name: str, conditions: tuple[Condition, ...]) -> Expression | None:
    """The rate at one of the derivation's fixed points, where that is all that the line says."""
    if len(conditions) != 1 or conditions[0].name != name or name not in flow.definitions:
        return None
    for point in flow.system.fixed_points():
        for symbol, rate in point.rates.items():
            value = flow.tree(point.values[symbol])
            if symbol.name == name and value == conditions[0].value:
                return flow.per_time(flow.rescaled(flow.tree(rate)))
    return None


def _aligned_energy(flow: Flow) -> Expression:
    """What a neuron's margin at its best phases is proportional to: the energy where all D are 0."""
    system, energy = flow.system, flow.system.energy
    angles = {symbol: 0 for symbol in system.definitions if symbol.name != ENERGY}
    shape = 0 if energy is None else energy.subs(angles).as_independent(*system.states)[1]
    return flow.rescaled(flow.tree(shape))


def _value(line: Line, words: Vocabulary) -> Statement:
    flow = words.flow
    if line.of not in VALUES:
        raise UnknownNameError("value", line.of, VALUES)
    if flow.system.energy is None:
        raise ReductionError("this form of the system has no energy", expected='form = "polar"')
    given, energy = words.read(line.formula), flow.rescaled(flow.tree(flow.system.energy))
    if line.of == "energy":
        derived = times(flow.unit(ENERGY), energy)
        return Statement(line, "energy", given, derived, (Identity(given, derived),), corrected=derived)
    aligned = _aligned_energy(flow)
    names = [name for name in flow.states if aligned.derivative(name) != ZERO or name in names_in(given)]
    has_one_sign = Identity(Call("sign", times(given, aligned)), ONE)
    identities = tuple(
        Identity(times(given.derivative(name), aligned), times(given, aligned.derivative(name)))
        for name in names
    )
    return Statement(
        line,
        "logit scale",
        given,
        aligned,
        (*identities, has_one_sign),
        corrected=aligned,
        continuity=Continuity(given, None),
    )
