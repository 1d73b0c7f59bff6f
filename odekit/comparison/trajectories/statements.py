"""What a trajectory's meta states of its record, and what its numbers tell of the digits they keep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import ROUNDOFFS
from odekit.errors import InputError, UnknownNameError, nearest, shown
from odekit.numbers import real

__all__ = ["Precision", "check_meta", "learning_rate", "noise", "precision"]

# What counts in a meta; anything else is kept, but for what seems to mean one of these.
COUNTS = ("learning_rate", "noise", "parameters", "dtype")
# Numbers of so many decimal digits were written so. Fewer may be exact, and more are what float64 holds
# anyway.
FEWEST_DIGITS, MOST_DIGITS = 4, 14


@dataclass(frozen=True)
class Precision:
    """How recorded numbers were rounded.

    Parameters
    ----------
    relative, absolute: bounds of the rounding of a number as stored.
    trained: unit roundoff in which the record was computed.
    """

    relative: float
    absolute: float
    trained: float

    def of(self, values: FloatArray) -> FloatArray:
        """How far stored values may be from those that were meant."""
        return self.relative * np.abs(values) + self.absolute


def check_meta(meta: Any, names: Iterable[str]) -> None:
    """Refuse statements that can't be.

    Raises
    ------
    InputError: a meta that is no mapping, a key that is one of those that count misspelt, a learning rate or
        noise that is no number from 0 on, parameters that are not given by name, or a dtype that isn't known.
    UnknownNameError: the noise of something that wasn't recorded.
    """
    if not isinstance(meta, Mapping):
        raise InputError("meta must be a mapping", expected='{"learning_rate": 0.01}', received=shown(meta))
    for key in map(str, meta):
        meant = "learning_rate" if key == "lr" else nearest(key, COUNTS)
        if meant is not None and key not in (*COUNTS, "type"):
            raise InputError(
                "meta has a key that is not known", expected=", ".join(COUNTS), received=key, hint=meant
            )
    learning_rate(meta)
    known = list(names)
    for name in stated if isinstance(stated := meta.get("noise"), Mapping) else ():
        if name not in known:
            raise UnknownNameError("quantity in meta's noise:", str(name), known)
    for name in known:
        noise(meta, name)
    parameters = meta.get("parameters")
    if parameters is not None and not isinstance(parameters, Mapping):
        raise InputError(
            "meta's parameters must be given by name", expected='{"k": 1.0}', received=shown(parameters)
        )
    if (named := _dtype(meta)) and named not in ROUNDOFFS:
        raise UnknownNameError("dtype in meta:", named, ROUNDOFFS)


def learning_rate(meta: Mapping[str, Any]) -> float:
    """By how much t advances in a step; 0 where nothing is stated."""
    stated = meta.get("learning_rate")
    return 0.0 if stated is None else real(stated, "meta's learning_rate", 0.0)


def noise(meta: Mapping[str, Any], name: str) -> float:
    """Standard deviation of a recorded quantity; 0 where nothing is stated."""
    stated = meta.get("noise")
    if isinstance(stated, Mapping):
        stated = stated.get(name)
    return 0.0 if stated is None else real(stated, "meta's noise", 0.0, hint=f'noise={{"{name}": 0.01}}')


def precision(meta: Mapping[str, Any], values: FloatArray) -> Precision:
    """What meta's ``dtype`` says, and the shortest format, binary or decimal, that holds all numbers."""
    stored = next((ROUNDOFFS[name] for name in ("float16", "float32") if _fit(values, name)), 2.0**-53)
    digits = next((n for n in range(FEWEST_DIGITS, MOST_DIGITS + 1) if _have_digits(values, n)), None)
    named = _dtype(meta)
    trained = ROUNDOFFS[named] if named else stored
    if digits is None:
        return Precision(stored, 0.0, trained)
    relative = max(stored, 0.5 * 10.0 ** (1 - digits))
    places = next((n for n in range(MOST_DIGITS + 1) if _have_places(values, n)), None)
    absolute = 0.0 if places is None else min(0.5 * 10.0**-places, relative * float(np.abs(values).max()))
    return Precision(relative, absolute, trained)


def _dtype(meta: Mapping[str, Any]) -> str:
    return str(meta.get("dtype") or "").lower().rpartition(".")[-1]


def _fit(values: FloatArray, dtype: str) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.array_equal(values, values.astype(dtype)))


def _have_digits(values: FloatArray, digits: int) -> bool:
    """Whether all numbers have so many significant decimal digits."""
    return all(float(f"{value:.{digits - 1}e}") == value for value in values.flat)


def _have_places(values: FloatArray, places: int) -> bool:
    """Whether all numbers have so many digits after the point."""
    return bool(np.array_equal(values, np.round(values, places)))
