"""Settings that claims of one's own take: each with what refuses a bad value."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from odekit.arguments import expect, mapping
from odekit.claims.settings import RESERVED, Validator, Value
from odekit.errors import InputError, OdekitError, shown
from odekit.numbers import integer, is_real, real

__all__ = ["Takes", "validators"]

Takes: TypeAlias = Mapping[str, type[int] | type[float] | type[str] | Callable[[Any, str], Value]]


def validators(takes: Takes, id: str) -> dict[str, Validator]:
    """What refuses a bad value, by name of setting; it can be pickled if what is given can.

    Raises
    ------
    InputError: no mapping from names to types or functions, or the name of a setting of every claim.
    """
    found = {}
    for name, kind in mapping(takes, f"what {id!r} takes", '{"rate": float}').items():
        is_name = isinstance(name, str) and name.isidentifier() and name not in RESERVED
        expect(is_name, f"{id!r} takes no such setting", f"a name, and none of {', '.join(RESERVED)}", name)
        expect(
            callable(kind),
            f"what {id!r} takes as {name} is unknown",
            "int, float, str, or a function of a value and its name",
            kind,
        )
        found[name] = _BY_TYPE[kind] if kind in (int, float, str) else partial(_checked, kind)
    return found


def _text(value: Any, name: str) -> str:
    expect(isinstance(value, str), f"{name} is no text", "text", value)
    return str(value)


_BY_TYPE: Mapping[Any, Validator] = {int: integer, float: real, str: _text}


def _checked(validator: Callable[[Any, str], Value], value: Any, name: str) -> Value:
    """What a user's function makes of a value; whatever it raises is a refusal.

    Raises
    ------
    InputError: it raises, or returns neither a number nor text.
    """
    try:
        found = validator(value, name)
    except OdekitError:
        raise
    except Exception as error:
        raise InputError(
            f"{name} is refused", expected=str(error) or type(error).__name__, received=shown(value)
        ) from error
    expect(isinstance(found, str) or is_real(found), f"{name} is no setting", "a number or text", found)
    return found
