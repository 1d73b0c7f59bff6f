"""Rates of decay and growth of a coordinate near where it rests."""

from fractions import Fraction

from odekit.checking.document import Line
from odekit.checking.flow import ZERO, Flow
from odekit.checking.sampling import Condition, eigenvalue, measure
from odekit.checking.statements.assertions import Identity, Premise, Statement
from odekit.checking.vocabulary import Vocabulary
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.expressions import Expression, Number, Power, Product, Symbol, names_in, times

__all__ = ["rate"]

MEASURES = ("decay", "growth")
MINUS_ONE = Number(Fraction(-1))


def rate(
    line: Line, words: Vocabulary, conditions: tuple[Condition, ...], tangent: tuple[Premise, ...]
) -> Statement:
    """What a line says of the rate at which a coordinate decays or grows.

    Where others of the conditioned states drive it, the rate is that of an eigenvalue.

    Parameters
    ----------
    tangent: that the flow keeps the conditions.

    Raises
    ------
    InputError: a coordinate that has no rate.
    ReductionError: a field that depends on time.
    UnknownNameError: another measure than decay and growth.
    """
    if line.measure not in MEASURES:
        raise UnknownNameError("measure of a rate", line.measure, MEASURES)
    flow, name, given = words.flow, words.coordinate(line.of), words.read(line.formula)
    velocity = flow.velocities.get(name)
    if velocity is None:
        raise InputError(f"{line.of} is no state and has no rate", expected=", ".join(flow.coordinates))
    if words.flow.system.time is not None:
        raise ReductionError("a field that depends on time has no rates", expected="an autonomous system")
    others = [each.name for each in conditions if each.name in flow.velocities and each.name != name]
    is_driven = any(velocity.derivative(other) != ZERO for other in others)
    is_at_rest = line.measure == "decay" or any(
        each.name == name and _is_zero(each.value) for each in conditions
    )
    if flow.is_own and is_driven and is_at_rest:
        value = eigenvalue(flow, name, others, line.measure)
        return Statement(line, "rate", given, ZERO, (), conditions, tangent, numeric=value)
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
