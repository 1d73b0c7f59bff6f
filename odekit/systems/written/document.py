"""An ODE in a TOML file: equations, parameters, definitions, the name of time, and conditions in words."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from odekit.errors import InputError, UnknownNameError
from odekit.files import read_toml

__all__ = ["WrittenSystem", "read_system"]

KEYS = ("equations", "parameters", "definitions", "time", "conditions")


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


def read_system(path: str | os.PathLike[str]) -> WrittenSystem:
    """Read a file.

    Raises
    ------
    FileError: a file that can't be read or is no TOML.
    InputError: no equations, or a table or value of the wrong kind.
    UnknownNameError: a key that means nothing.
    """
    content = read_toml(path)
    for key in content:
        if key not in KEYS:
            raise UnknownNameError(f"key in {Path(path).name}:", key, KEYS)
    if "equations" not in content:
        raise InputError(
            f"{Path(path).name} holds no equations",
            expected="a table [equations] of velocities by state",
            received=", ".join(content) or "an empty file",
            hint='[equations], and below it x = "-x"',
        )
    for key in ("equations", "definitions"):
        if not isinstance(content.get(key, {}), Mapping):
            raise InputError(
                f"{key} must be a table", expected=f"[{key}]", received=type(content[key]).__name__
            )
    parameters = content.get("parameters", ())
    if isinstance(parameters, Mapping):
        parameters = {name: None if value == "" else value for name, value in parameters.items()}
    conditions = content.get("conditions", [])
    return WrittenSystem(
        content["equations"],
        parameters,
        content.get("definitions", {}),
        content.get("time", "t"),
        tuple([conditions] if isinstance(conditions, str) else conditions),
    )
