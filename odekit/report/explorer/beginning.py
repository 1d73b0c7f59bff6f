"""From where and how long: a start, parameters and an end time where nobody names them."""

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from math import floor, isfinite, log10
from typing import Any

import numpy as np

from odekit.arguments import floats, mapping
from odekit.arrays import FloatArray
from odekit.errors import InputError, UnknownNameError
from odekit.expressions import spoken
from odekit.systems import System

__all__ = ["chosen_values", "end_time", "first_parameters", "first_start"]

# Unlike each other, so that no symmetry of the equations hides what they do.
_SIZES = (1.5, 0.7, 1.1, 0.4, 1.9, 0.9, 0.6, 1.3)
# Small weights, from which networks start; their phases are as far apart as the sizes.
_SMALL = 0.1
# The order of a group that is a symbol: the smallest prime at which all that odekit derives can be met.
_ORDER = 7.0
# How often the time goes in which a state changes by its own size.
_TIMES = 6.0


def first_parameters(system: System) -> dict[str, float]:
    """1 for every parameter, and 7 for a whole number, such as the order of a group."""
    return {symbol.name: _ORDER if symbol.is_integer else 1.0 for symbol in system.parameters}


def first_start(system: System) -> dict[str, float]:
    """Numbers of size 1 that differ; small magnitudes where the system is of magnitudes and phases."""
    factor = _SMALL if system.angles else 1.0
    sizes = dict(zip(system.states, islice(cycle(_SIZES), len(system.states)), strict=True))
    return {
        state.name: size if state in system.angles else round(factor * size, 12)
        for state, size in sizes.items()
    }


def chosen_values(kind: str, given: Any, known: Mapping[str, float]) -> dict[str, float]:
    """Numbers by name: those that are known, some of them replaced.

    Raises
    ------
    InputError: what is given is no mapping from names to finite numbers.
    UnknownNameError: a name that is not among the known ones.
    """
    values = dict(known)
    for name, value in mapping({} if given is None else given, f"the {kind}s", "{'x': 1.0}").items():
        meant = spoken(str(name), known)
        if meant not in known:
            raise UnknownNameError(kind, name, known)
        values[meant] = finite(f"the {kind} {meant}", value)
    return values


def finite(what: str, value: Any) -> float:
    """One finite number.

    Raises
    ------
    InputError: something else.
    """
    array = floats(what, value)
    if array.size != 1 or not np.isfinite(array).all():
        raise InputError(f"{what} is no finite number", expected="one number", received=f"{value!r}"[:60])
    return float(array.reshape(()))


def end_time(system: System, start: Sequence[float], parameters: Sequence[float]) -> float:
    """Six times the time in which a state at the start changes by its own size, one or two digits of it."""
    y = np.array(start, dtype=np.float64)
    speed = np.abs(system.function()(0.0, y, list(parameters)))
    moving = np.isfinite(speed) & (speed > 0.0)
    if not moving.any():
        return _TIMES
    return _rounded(_TIMES * float(np.median((np.abs(y[moving]) + _tiny(y)) / speed[moving])))


def _tiny(y: FloatArray) -> float:
    """Keeps the time of a state that starts at 0 from being 0."""
    return 0.1 * float(np.abs(y).max()) or 1.0


def _rounded(time: float) -> float:
    """The number of 1, 2 and 5 times a power of ten that is next above."""
    if not (isfinite(time) and time > 0.0):
        return _TIMES
    power = 10.0 ** floor(log10(time))
    nearly = time * (1.0 - 1e-9)
    return next(float(f"{factor * power:.0e}") for factor in (1, 2, 5, 10) if factor * power >= nearly)
