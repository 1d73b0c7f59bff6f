"""An ODE in a TOML file: equations, or an energy whose gradient flow is meant."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from odekit.arguments import expect, is_series
from odekit.errors import InputError, UnknownNameError, shown
from odekit.files import read_toml

__all__ = ["WrittenEnergy", "WrittenSystem", "in_words", "read_system", "system_of_tables"]

KEYS = ("equations", "parameters", "definitions", "time", "conditions")
ENERGY_KEYS = ("energy", "variables", "parameters", "metric", "constraint", "decay", "direction", "solution")


@dataclass(frozen=True)
class WrittenSystem:
    """What a file says of an ODE.

    Parameters
    ----------
    equations: velocity by state, or by entries such as ``x[i] for i in 1..n``.
    parameters: names, or values by name.
    definitions: formula by name.
    time: what time is called.
    conditions: where the equations hold, in words.
    """

    equations: Mapping[str, Any]
    parameters: Any = ()
    definitions: Mapping[str, Any] = field(default_factory=dict)
    time: str = "t"
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class WrittenEnergy:
    """What a file says of an energy.

    Parameters
    ----------
    energy: the formula.
    shapes: of each variable by name: none of a number, (n,) of a vector, (rows, columns) of a matrix.
    parameters: names, or values by name.
    options: what else it says of the flow: metric, constraint, decay, direction, solution.
    """

    energy: str
    shapes: Mapping[str, tuple[int, ...]]
    parameters: Any = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def read_system(path: str | os.PathLike[str]) -> WrittenSystem | WrittenEnergy:
    """Read a file.

    Raises
    ------
    FileError: a file that can't be read or is no TOML.
    InputError: no equations, or a table or value of the wrong kind.
    UnknownNameError: a key that means nothing.
    """
    return system_of_tables(read_toml(path), Path(path).name)


def system_of_tables(content: Mapping[str, Any], name: str) -> WrittenSystem | WrittenEnergy:
    """What the tables of a file say, or a table in a file.

    Parameters
    ----------
    content: value by key.
    name: of the file or table, for messages.

    Raises
    ------
    InputError: no equations, or a table or value of the wrong kind.
    UnknownNameError: a key that means nothing.
    """
    allowed = ENERGY_KEYS if "energy" in content else KEYS
    for key in content:
        if key not in allowed:
            raise UnknownNameError(f"key in {name}:", key, allowed)
    parameters = content.get("parameters", ())
    if isinstance(parameters, Mapping):
        parameters = {key: None if value == "" else value for key, value in parameters.items()}
    if "energy" in content:
        options = {key: content[key] for key in ENERGY_KEYS[3:] if key in content}
        return WrittenEnergy(content["energy"], _shapes(content.get("variables")), parameters, options)
    if "equations" not in content:
        raise InputError(
            f"{name} holds no equations",
            expected="a table [equations] of velocities by state, or an energy",
            received=", ".join(content) or "an empty file",
            hint='[equations], and below it x = "-x"',
        )
    for key in ("equations", "definitions"):
        if not isinstance(content.get(key, {}), Mapping):
            raise InputError(
                f"{key} must be a table", expected=f"[{key}]", received=type(content[key]).__name__
            )
    return WrittenSystem(
        content["equations"],
        parameters,
        content.get("definitions", {}),
        content.get("time", "t"),
        in_words(content.get("conditions", ())),
    )


def in_words(conditions: Any) -> tuple[str, ...]:
    """Conditions as a tuple of texts, from one text or several.

    Raises
    ------
    InputError: something else.
    """
    texts = (conditions,) if isinstance(conditions, str) else conditions
    is_right = is_series(texts) and all(isinstance(text, str) for text in texts)
    expect(is_right, "conditions are words", "text, or a sequence of texts", conditions, '"x > 0"')
    return tuple(texts)


def _shapes(variables: Any) -> dict[str, tuple[int, ...]]:
    """The shape of each variable, from names alone or from sizes by name."""
    if isinstance(variables, str):
        variables = variables.replace(",", " ").split()
    if isinstance(variables, list):
        return {str(name): () for name in variables}
    if not isinstance(variables, Mapping):
        raise InputError(
            "an energy needs variables",
            expected='variables = ["a", "b"], or {A = [2, 3]} for a matrix',
            received="none" if variables is None else shown(variables),
        )
    return {name: tuple(size if isinstance(size, list) else [size]) for name, size in variables.items()}
