"""system: any ODE that a user writes down, as a `System`."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sympy as sp

from odekit.arguments import expect
from odekit.errors import InputError, shown
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.systems.answers import ANY
from odekit.systems.energies import (
    TIME,
    Vocabulary,
    declared_parameters,
    declared_variables,
    gradient_flow,
    parameter_values,
    variable,
)
from odekit.systems.system import System
from odekit.systems.written import (
    Entry,
    WrittenEnergy,
    WrittenSystem,
    entries,
    entries_by_name,
    equations_of_text,
    in_words,
    read_system,
    system_of_tables,
    whole_numbers,
)

__all__ = ["NamedSystem", "named_system", "system"]

_ADVICE = "; an equation of its own if it moves"
# So many equations have the time of a formula, and more that of a derivation.
FEW = 64


@bounded("the reading of the equations", DERIVATION_SECONDS)
def system(
    equations: Any,
    parameters: Any = (),
    *,
    definitions: Mapping[Any, Any] | None = None,
    time: str = TIME.name,
    conditions: str | Iterable[str] = (),
) -> System:
    """An ODE from the time derivative of each state.

    Vectors are written by ranges: ``"x[i] for i in 1..n"`` as a state, and in formulas ``x[i+1]`` and sums
    and products such as ``sum(sin(x[j] - x[i]) for j in 1..n if j != i)``. Their entries are x1, x2, ...; n
    is a parameter with a whole number. Ranges hold both their ends.

    Parameters
    ----------
    equations: velocity by state: names or real SymPy symbols, each with text, a number or a SymPy
        expression, or for a vector a list of these; or text, ``"x' = y; y' = -x"``, an equation on a line or
        between semicolons; or the path of a TOML file with tables [equations], [parameters] and
        [definitions], and keys time and conditions, or with energy and variables and what else
        `gradient_flow` takes.
    parameters: names or symbols of constants; or a mapping from these to None, a number, a formula in time,
        or for a vector a list of numbers. They win over those of a file.
    definitions: abbreviations, which the equations may hold: formula by name, in the order in which they use
        each other.
    time: what time is called in these formulas; elsewhere it is t.
    conditions: in words, where the equations hold.

    Returns
    -------
    system: whose first integrals, scaling symmetries and points of rest are found on demand, and which
        `solve` and `compile` take.

    Raises
    ------
    FileError: a file that can't be read.
    InputError: no equations, two for one state, a derivative by something else than time, a file together
        with what it says itself, a velocity that is not real or finite, or a name that can't
        be one.
    UnknownNameError: a name that nothing declares; the nearest is suggested.

    >>> predators = system({"x": "x*(1 - y)", "y": "r*y*(x - 1)"}, parameters="r")
    >>> print(predators)
    x' = x*(1 - y)
    y' = r*y*(x - 1)
    >>> print(system("x[i]' = K/n*sum(sin(x[j] - x[i]) for j in 1..n) for i in 1..n", {"K": None, "n": 2}))
    x1' = -K*sin(x1 - x2)/2
    x2' = K*sin(x1 - x2)/2
    """
    return _read(_written(equations, parameters, definitions, time, conditions)).system


@dataclass(frozen=True)
class NamedSystem:
    """A system, and what else its file gives a name.

    Parameters
    ----------
    system: whose field has these names' meanings put in.
    meanings: of parameters with a value and of definitions, in states, free parameters and time.
    clock: what time is called in the file.
    """

    system: System
    meanings: Mapping[str, sp.Expr]
    clock: str = TIME.name


def named_system(described: Any, folder: Path, where: str) -> NamedSystem:
    """The system that a part of a file describes.

    Parameters
    ----------
    described: the path of a TOML file, or the keys of one as a mapping.
    folder: from which a relative path leads there.
    where: the part's name, for messages.

    Raises
    ------
    FileError: a file that can't be read.
    InputError: neither a path nor a mapping, or as `system`.
    UnknownNameError: a key or name that means nothing.
    """
    if isinstance(described, str):
        return _bounded_read(read_system(folder / described))
    expect(isinstance(described, Mapping), f"{where} describes no system", "a table, or a file", described)
    return _bounded_read(system_of_tables(described, where))


@bounded("the reading of the equations", DERIVATION_SECONDS)
def _bounded_read(written: WrittenSystem | WrittenEnergy) -> NamedSystem:
    return _read(written)


def _read(written: WrittenSystem | WrittenEnergy) -> NamedSystem:
    if isinstance(written, WrittenEnergy):
        variables = [variable(name, *shape) for name, shape in written.shapes.items()]
        flow = gradient_flow(written.energy, variables, parameters=written.parameters, **written.options)
        return NamedSystem(flow, parameter_values(written.parameters)[1])
    velocities = entries(written.equations, whole_numbers(written.parameters), "a state")
    if not velocities:
        raise InputError(
            "the equations are of no state",
            expected="ranges that hold numbers, such as 1..n with n at least 1",
            received=", ".join(map(str, written.equations)) or "no equations",
        )
    return (_read_few if len(velocities) <= FEW else _read_entries)(written, velocities)


def _read_entries(written: WrittenSystem, velocities: Sequence[Entry]) -> NamedSystem:
    clock = _clock(written.time)
    sizes = whole_numbers(written.parameters)
    free, values = parameter_values(written.parameters, clock)
    moving = declared_variables([entry.name for entry in velocities])
    vocabulary = Vocabulary(moving, free, values, clock, _ADVICE)
    _check_apart(vocabulary)
    vocabulary = _defined(entries(written.definitions, sizes, "defined"), vocabulary)
    field = {
        state: vocabulary.read_real(entry.formula, f"the velocity of {state}", entry.indices)
        for state, entry in zip(vocabulary.states, velocities, strict=True)
    }
    has_time = any(TIME in velocity.free_symbols for velocity in field.values())
    found = System(field, ANY, free, conditions=written.conditions, time=TIME if has_time else None)
    return NamedSystem(found, vocabulary.values, clock)


_read_few = bounded("the reading of the equations")(_read_entries)


def _written(
    equations: Any,
    parameters: Any,
    definitions: Mapping[Any, Any] | None,
    time: str,
    conditions: str | Iterable[str],
) -> WrittenSystem | WrittenEnergy:
    """What was written, from a file, from text or as it is.

    Raises
    ------
    InputError: none of these, or nothing.
    """
    if isinstance(equations, os.PathLike) or (isinstance(equations, str) and equations.endswith(".toml")):
        if definitions is not None or time != TIME.name or conditions != ():
            raise InputError(
                "a file says itself what its definitions, time and conditions are",
                expected="the file, and values of its parameters",
                hint="the tables [definitions], and the keys time and conditions, in the file",
            )
        return _with_parameters(read_system(Path(equations)), parameters)
    if isinstance(equations, str) and "=" in equations:
        equations = equations_of_text(equations, _clock(time))
    if not isinstance(equations, Mapping) or not equations:
        raise InputError(
            "a system needs equations",
            expected="velocities by state, {'x': '-x'}, text such as x' = -x, or a TOML file",
            received=shown(equations),
        )
    if not isinstance(definitions, Mapping | None):
        raise InputError(
            "definitions must be given by name",
            expected='{"r": "sqrt(x**2 + y**2)"}',
            received=shown(definitions),
        )
    return WrittenSystem(equations, parameters, definitions or {}, time, in_words(conditions))


def _with_parameters(
    written: WrittenSystem | WrittenEnergy, parameters: Any
) -> WrittenSystem | WrittenEnergy:
    """What a file says, with other values of its parameters."""
    if not parameters:
        return written
    own = written.parameters
    is_valued = isinstance(own, Mapping)
    known = dict(own) if is_valued else {e.name: None for e in entries_by_name(own, {}, "parameters")}
    if not isinstance(parameters, Mapping) or not {*parameters} <= {*known}:
        raise InputError(
            "the file declares its parameters",
            expected=f"values by name, of {', '.join(known) or 'none'}",
            received=shown(parameters),
        )
    return replace(written, parameters={**known, **parameters})


def _clock(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier():
        raise InputError("time needs a name", expected='a word such as "t"', received=shown(name))
    return name


def _check_apart(vocabulary: Vocabulary) -> None:
    """Refuse a name that stands for two of a state, a parameter and time."""
    states = [state.name for state in vocabulary.states]
    constants = [*(symbol.name for symbol in vocabulary.parameters), *vocabulary.values]
    both = {*states} & {*constants} | {vocabulary.clock} & {*states, *constants}
    if both:
        raise InputError(
            f"{', '.join(sorted(both))} stands for two of a state, a parameter and time",
            expected="distinct names",
            hint='another name for it, or for time: time="tau"',
        )


def _defined(written: Sequence[Entry], vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with the abbreviations, each in states, parameters and time."""
    for entry, symbol in zip(written, declared_parameters([e.name for e in written]), strict=True):
        if symbol.name in vocabulary.known:
            raise InputError(f"{symbol} is defined, but has a meaning already", expected="a name of its own")
        meaning = vocabulary.read_real(entry.formula, f"the definition of {symbol}", entry.indices)
        vocabulary = replace(vocabulary, values={**vocabulary.values, symbol.name: meaning})
    return vocabulary
