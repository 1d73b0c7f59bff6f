"""The system of a file with every parameter free, and the values from which a reader starts."""

from collections.abc import Mapping
from pathlib import Path

from odekit.errors import InputError
from odekit.numbers import is_integer
from odekit.systems import System, named_system, system
from odekit.systems.written import read_system

__all__ = ["opened"]


def opened(path: Path) -> tuple[System, Mapping[str, float]]:
    """The system of a TOML file, and the values that the file gives to its parameters, which are free here.

    A parameter whose value is a formula in time keeps it, and so does a whole number that counts in a range.

    Raises
    ------
    FileError: a file that can't be read.
    InputError: what the file holds is no system.
    UnknownNameError: a key or name that means nothing.
    """
    written = read_system(path).parameters
    meanings = named_system(path.name, path.parent, path.name).meanings
    given = written if isinstance(written, Mapping) else {}
    values = {name: float(meanings[name]) for name in given if _is_number(meanings.get(name))}
    try:
        return system(path, dict.fromkeys(values)), values
    except InputError:
        free = {name: value for name, value in values.items() if not is_integer(given[name])}
        return system(path, dict.fromkeys(free)), free


def _is_number(meaning: object) -> bool:
    """Whether it is a formula without symbols."""
    return meaning is not None and not meaning.free_symbols  # type: ignore[attr-defined]
