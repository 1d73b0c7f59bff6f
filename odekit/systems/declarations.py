"""What a system declares: each symbol once, by a name that can be one, and all that its field holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy as sp

from odekit.arguments import expect
from odekit.errors import InputError, named, shown
from odekit.expressions import FUNCTION_NAMES, check_apart, folded

__all__ = ["check_declarations", "check_name"]

_MEANT = {"t": "the time t", "pi": "the number pi"}

_MADE_BY = "odekit.system({'x': '-k*x'}, parameters='k'), which makes one of text"


def check_declarations(
    velocities: Mapping[Any, Any],
    definitions: Mapping[Any, Any],
    parameters: Sequence[Any],
    time: Any,
    others: Iterable[object],
) -> None:
    """Refuse states, definitions, parameters and a time that are no symbols, or that the field contradicts.

    SymPy would take text among the expressions for a program.

    Parameters
    ----------
    velocities, definitions: expressions by symbol.
    parameters, time: symbols; time may be None.
    others: what else a system is made of, such as an energy.

    Raises
    ------
    InputError: something else than symbols and expressions, a repeated name, two that are one to Python, or
        a symbol that nothing declares.
    """
    is_sequence = isinstance(parameters, Sequence) and not isinstance(parameters, str | bytes)
    expect(is_sequence, "a system's parameters are no sequence", "SymPy symbols", parameters, _MADE_BY)
    clock = () if time is None else (time,)
    for symbol in (*velocities, *definitions, *parameters, *clock):
        what = "a system is declared by symbols"
        expect(isinstance(symbol, sp.Symbol), what, "a SymPy symbol", symbol, _MADE_BY)
    for entry in (*velocities.values(), *definitions.values()):
        what = "a system's velocity or definition is no formula"
        expect(isinstance(entry, sp.Expr), what, "a SymPy expression", entry, _MADE_BY)
    for part in others:
        what = "a system is made of expressions"
        expect(isinstance(part, sp.Basic), what, "SymPy expressions", part, _MADE_BY)
    names = [symbol.name for symbol in (*velocities, *parameters, *definitions)]
    if len(set(names)) < len(names):
        raise InputError("a name stands for two things", expected="distinct names", received=str(names))
    check_apart([*names, *(symbol.name for symbol in clock)])
    declared = {*velocities, *parameters, *definitions, *clock}
    unknown = set().union(*(entry.free_symbols for entry in velocities.values())) - declared
    if unknown:
        raise InputError(
            "the vector field holds symbols that nothing declares",
            expected="states, parameters and definitions",
            received=", ".join(sorted(str(symbol) for symbol in unknown)),
            hint="add them to parameters",
        )


def check_name(name: Any) -> None:
    """Refuse what can't be the name of a variable or parameter.

    Raises
    ------
    InputError: no identifier, or the name of a function, of time or of a number.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise InputError(
            f"{named(name)} can't be the name of a variable or parameter",
            expected="a letter, then letters, digits and underscores",
            received=shown(name),
        )
    if folded(name) in (*FUNCTION_NAMES, *_MEANT):
        raise InputError(
            f"{name!r} can't be the name of a variable or parameter",
            expected="a name that has no meaning in formulas yet",
            received=f"{_MEANT.get(folded(name), 'the name of a function')}",
            hint=f"another name, such as {name}_1",
        )
