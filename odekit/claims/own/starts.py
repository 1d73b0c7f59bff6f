"""Starts and parameters of a claim: numbers, formulas, or two ends between which they are drawn."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from odekit.arguments import expect
from odekit.claims.own.asked import Prediction, Words
from odekit.errors import InputError, UnknownNameError, shown
from odekit.expressions import declared_names
from odekit.numbers import is_real

__all__ = ["Given", "read_parameters", "read_start"]

Given: TypeAlias = float | Prediction | tuple[float, float]

EXPECTED = "a number, a formula in parameters, or [low, high]"


def read_start(written: Any, words: Words) -> dict[str, Given]:
    """The start of every state; vectors as ``"x[i] for i in 1..n"``, one value for all or a list.

    Raises
    ------
    InputError: no table, a state without start, or a value that is none.
    UnknownNameError: no state of that name.
    """
    expect(isinstance(written, Mapping), "it is no table", "{x = 1.0, ...}", written)
    states = [symbol.name for symbol in words.named.system.states]
    sizes = {name: int(value) for name, value in words.named.meanings.items() if value.is_Integer}
    found: dict[str, Given] = {}
    for key, value in written.items():
        names = [name for name, _ in declared_names(key, sizes)] if "[" in key else [key]
        values = value if "[" in key and isinstance(value, list) else [value] * len(names)
        if len(values) != len(names):
            raise InputError(f"{key!r} declares {len(names)} states", received=f"{len(values)} values")
        for name, each in zip(names, values, strict=True):
            if name not in states:
                raise UnknownNameError("state", name, states)
            found[name] = _given(name, each, words)
    _check_all(states, found, "start")
    return found


def read_parameters(
    written: Any, words: Words, chosen: Iterable[str]
) -> dict[str, float | tuple[float, float]]:
    """The value of every parameter that has none in the file, but of those that the claim chooses.

    Raises
    ------
    InputError: no table, a parameter without value, or a value that is none.
    UnknownNameError: no parameter of that name.
    """
    expect(isinstance(written, Mapping), "it is no table", "{k = 1.0, ...}", written)
    free = [name for name in words.free if name not in {*chosen}]
    found: dict[str, float | tuple[float, float]] = {}
    for name, value in written.items():
        if name not in free:
            raise UnknownNameError("parameter without a value", name, free)
        found[name] = _numbers(name, value)
    _check_all(free, found, "value")
    return found


def _given(name: str, value: Any, words: Words) -> Given:
    return words.constant(value) if isinstance(value, str) else _numbers(name, value)


def _numbers(name: str, value: Any) -> float | tuple[float, float]:
    if is_real(value):
        return float(value)
    is_pair = isinstance(value, list) and len(value) == 2 and all(map(is_real, value))
    if not is_pair or not value[0] < value[1]:
        raise InputError(f"{name} has no such value", expected=EXPECTED, received=shown(value))
    return float(value[0]), float(value[1])


def _check_all(names: Iterable[str], found: Mapping[str, Any], what: str) -> None:
    missing = [name for name in names if name not in found]
    if missing:
        raise InputError(
            f"{', '.join(missing)} has no {what}"
            if len(missing) == 1
            else f"{', '.join(missing)} have no {what}",
            expected=EXPECTED,
            received=", ".join(found) or "nothing",
        )
