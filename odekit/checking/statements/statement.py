"""From a line to identities: what has to be equal, at every point, for the line to be right.

An equation is compared with the chain rule along the flow. A first integral has to have no time derivative. A
closed form u(t, start) has to begin at the start and obey ``du/dt = F . grad u``, where F is the flow and the
gradient is by the initial values: both together determine u, by the method of characteristics.
"""

from fractions import Fraction

from odekit.checking.document import Line
from odekit.checking.flow import ENERGY, ONE, ZERO, Flow, along, total
from odekit.checking.sampling import Condition, Continuity, NumericValue, blow_up_time, is_turn, limit
from odekit.checking.statements.assertions import Identity, Premise, Statement
from odekit.checking.statements.rates import rate
from odekit.checking.vocabulary import CLOCK, Vocabulary
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.expressions import Call, Expression, Number, names_in, substitute, times

__all__ = ["statement"]

BLOW_UP = ("blow_up_time", "T")
VALUES = ("energy", "logit_scale")
MINUS_ONE = Number(Fraction(-1))


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
        return rate(line, words, conditions, _tangent(words.flow, conditions))
    if line.kind == "value":
        return _value(line, words)
    return _in_time(line, words, conditions)


def _equation(line: Line, words: Vocabulary, conditions: tuple[Condition, ...]) -> Statement:
    given = words.read(line.formula)
    meaning = words.meaning(line.of)
    derived = total((*along(meaning, words.flow.velocities), *_own_change(meaning)))
    return Statement(line, "equation", given, derived, (Identity(given, derived),), conditions, (), derived)


def _first_integral(line: Line, words: Vocabulary, conditions: tuple[Condition, ...]) -> Statement:
    flow, given = words.flow, words.read(line.formula)
    if any(map(flow.is_energy, names_in(given) - {*flow.coordinates})):
        raise InputError(f"the first integral {line.item!r} holds E, which changes in time")
    terms = (*along(given, flow.velocities), *_own_change(given))
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


def _own_change(tree: Expression) -> tuple[Expression, ...]:
    """What changes in a formula that holds t, at a state that stays."""
    slope = tree.derivative(CLOCK)
    return () if slope == ZERO else (slope,)


def _in_time(line: Line, words: Vocabulary, conditions: tuple[Condition, ...]) -> Statement:
    given = words.read_in_time(line.formula)
    if words.flow.system.time is not None:
        raise ReductionError(
            f"the {line.kind} can't be checked of a field that depends on time",
            expected="an autonomous system",
            hint="odekit verify, which integrates",
        )
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


def _aligned_energy(flow: Flow) -> Expression:
    """What a neuron's margin at its best phases is proportional to: the energy where all D are 0."""
    system, energy = flow.system, flow.system.energy
    angles = {symbol: 0 for symbol in system.definitions if not flow.is_energy(symbol.name)}
    shape = 0 if energy is None else energy.subs(angles).as_independent(*system.states)[1]
    return flow.rescaled(flow.tree(shape))


def _value(line: Line, words: Vocabulary) -> Statement:
    flow = words.flow
    if line.of not in VALUES:
        raise UnknownNameError("value", line.of, VALUES)
    if flow.system.energy is None:
        raise ReductionError("this form of the system has no energy", expected='form = "polar"')
    if flow.is_own and line.of != "energy":
        raise ReductionError("a system of one's own has no logit scale", expected="energy")
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
