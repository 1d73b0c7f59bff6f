"""What the page is told of a system: its names, numbers and texts as JSON, its formulas as JavaScript."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from odekit.derivation import FourierAnswers
from odekit.errors import AlgebraError, InputError, LimitError, ReductionError
from odekit.json_text import plain
from odekit.report.explorer.labels import label
from odekit.solvers.codegen import Slopes, formulas_of, slopes_of
from odekit.solvers.stepping import CONTROL, DOP853, RODAS5P
from odekit.systems import System
from odekit.systems.printers import JAVASCRIPT_FUNCTIONS, javascript_function

__all__ = ["Beginning", "code", "facts", "known_integrals"]

# Characters of the Jacobian's code beyond which the page does without, and so without an implicit method.
_LONGEST_JACOBIAN = 400_000

_NO_SLOPES = "const slopes = null;"

Item = dict[str, Any]


@dataclass(frozen=True)
class Beginning:
    """The numbers that a reader starts from.

    Parameters
    ----------
    start, parameters: values by name, in the system's order.
    t_end: positive.
    is_slow: whether the start is a small part of all that time, so that its logarithm shows more.
    """

    start: Mapping[str, float]
    parameters: Mapping[str, float]
    t_end: float
    is_slow: bool


def facts(system: System, beginning: Beginning, title: str) -> Item:
    """Everything that the page shows, but for the formulas that it computes with."""
    integrals, searched = known_integrals(system)
    jacobian = _slopes(system)
    return {
        "title": title,
        "states": [_state(system, name, value) for name, value in beginning.start.items()],
        "parameters": [
            {
                **_named(symbol.name),
                "value": beginning.parameters[symbol.name],
                "whole": bool(symbol.is_integer),
            }
            for symbol in system.parameters
        ],
        "definitions": [
            {**_named(symbol.name), "angle": symbol in system.angles} for symbol in system.definitions
        ],
        "constraints": len(system.constraints),
        "integrals": len(integrals),
        "searched": searched,
        "timed": system.time is not None,
        "end": beginning.t_end,
        "slow": beginning.is_slow,
        "axes": _axes(system),
        "competitors": _competitors(system),
        "jacobian": None if jacobian is None else _places(jacobian),
        "methods": _methods(),
    }


def code(system: System) -> str:
    """The JavaScript of the vector field, of its derivatives, and of what else the page computes.

    Raises
    ------
    ReductionError: an integral, or a function that JavaScript doesn't have.
    LimitError: code that takes too long to write.
    """
    integrals, _ = known_integrals(system)
    watched = [*system.definitions, *integrals, *system.constraints.values()]
    slopes = _slopes(system)
    return "\n".join(
        [
            javascript_function("vectorField", tuple(system.rhs.values()), system),
            javascript_function("watch", [_spelled(system, entry) for entry in watched], system),
            _NO_SLOPES if slopes is None else _derivatives(system, slopes.formulas.expressions),
            JAVASCRIPT_FUNCTIONS,
        ]
    )


def _derivatives(system: System, expressions: Sequence[Any]) -> str:
    try:
        text = javascript_function("slopes", expressions, system)
    except (ReductionError, LimitError):
        return _NO_SLOPES
    return text if len(text) <= _LONGEST_JACOBIAN else _NO_SLOPES


def _named(name: str) -> Item:
    return {"name": name, "label": label(name)}


def _state(system: System, name: str, value: float) -> Item:
    symbol = system[name]
    is_positive, is_nonnegative = bool(symbol.is_positive), bool(symbol.is_nonnegative)
    kind = "angle" if symbol in system.angles else "real"
    return {
        **_named(name),
        "kind": "positive" if is_positive else "nonnegative" if is_nonnegative else kind,
        "value": value,
    }


def known_integrals(system: System) -> tuple[list[Any], str]:
    """First integrals in the states, as many as a search finds in its time, and what it says of itself."""
    try:
        found = system.first_integrals()
    except (LimitError, AlgebraError) as error:
        return [], f"not finished: {str(error).removesuffix('.')}"
    return [integral for integral in found if _is_of_states(system, integral)], found.sentence


def _is_of_states(system: System, expression: Any) -> bool:
    """Whether a formula is in states, definitions, parameters and time, and not in matrices of states."""
    known = {*system.states, *system.definitions, *system.parameters, system.time}
    return {*expression.free_symbols} <= known


def _slopes(system: System) -> Slopes | None:
    """The derivatives of the velocities; None where there are none, or they take too long."""
    try:
        return slopes_of(formulas_of(system))
    except (InputError, LimitError, AlgebraError):
        return None


def _axes(system: System) -> list[int]:
    """Two states to look at first: those that are no angles, where there are two."""
    others = [place for place, state in enumerate(system.states) if state not in system.angles]
    return (others if len(others) > 1 else [*range(len(system.states)), 0])[:2]


def _places(slopes: Slopes) -> Item:
    """Where the entries of the Jacobian stand, and whether derivatives by time follow them."""
    return {"rows": slopes.rows, "columns": slopes.columns, "timed": slopes.holds_time}


def _spelled(system: System, expression: Any) -> Any:
    """An expression in states, parameters and time alone."""
    meanings = dict(system.definitions)
    for _ in meanings:
        expression = expression.xreplace(meanings)
    return expression


def _competitors(system: System) -> Item | None:
    """Where a network's frequencies are several, the magnitudes of each in the first embedding; else None."""
    if not isinstance(system.answers, FourierAnswers):
        return None
    places = {state: place for place, state in enumerate(system.states)}
    groups = list(_magnitudes(system.answers, places))
    return {"what": "frequency", "groups": groups} if len(groups) > 1 else None


def _magnitudes(answers: FourierAnswers, places: Mapping[Any, int]) -> Iterator[Item]:
    reduction = answers.reduction
    first = answers.network.embeddings[0]
    for mode, names in zip(reduction.modes, reduction.names, strict=True):
        if mode.weights == first and not mode.is_mean and names.magnitude in places:
            yield {"label": mode.label, "state": places[names.magnitude]}


def _methods() -> Item:
    """The tableaux of `odekit.solve`, and the numbers that control its steps."""
    found: Item = plain(
        {
            "dop853": {**asdict(DOP853), "weights": DOP853.weights},
            "rodas5p": asdict(RODAS5P),
            "control": asdict(CONTROL),
        }
    )
    return found
