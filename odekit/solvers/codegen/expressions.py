"""Source code of a right-hand side, written from a symbolic system.

What enters is a system (states, parameters, vector field and definitions, all SymPy). What leaves is the
text of one Python function ``rhs(t, y, p, out)`` and that function. Entries of ``y`` and ``p`` are numbers or
whole arrays over a batch: the text is the same. This module must not know what integrates the result.

Names never reach the generated text: states become ``y0, y1, ...`` and parameters ``p0, p1, ...``, so a
state may be called ``lambda``, ``E`` or ``gamma``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import mpmath
import numpy
import sympy
from sympy.codegen.rewriting import create_expand_pow_optimization
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pycode import MpmathPrinter, PythonCodePrinter

from odekit.errors import InputError

__all__ = ["PRINTERS", "assignments", "expanded_field", "generate", "renamed_field", "source_text"]

PRINTERS: dict[str, tuple[type[PythonCodePrinter], dict[str, Any]]] = {
    "numpy": (NumPyPrinter, {"functools": functools, "numpy": numpy}),
    "mpmath": (MpmathPrinter, {"mpmath": mpmath}),
}

_LARGEST_UNROLLED_POWER = 8


def generate(system: Any, dialect: str) -> tuple[Callable[..., None], str]:
    """Function ``rhs(t, y, p, out)`` of a system, and its source.

    Common subexpressions are computed once and small integer powers are products.

    Parameters
    ----------
    system: states, parameters, vector_field and definitions, as in `odekit.derivation.ReducedSystem`.
    dialect: key of `PRINTERS`: "numpy" for arrays over a batch, "mpmath" for mpf.

    Raises
    ------
    InputError: two of the states and parameters share a name.
    InputError: the vector field has another length than the states.
    InputError: the vector field holds a symbol that is neither state, parameter, definition nor ``t``.
    InputError: the vector field holds a function that the dialect can't express.
    """
    printer_type, namespace = PRINTERS[dialect]
    source = source_text(system, printer_type({"fully_qualified_modules": True}), namespace)
    scope = dict(namespace)
    exec(compile(source, f"<odekit right-hand side, {dialect}>", "exec"), scope)
    function: Callable[..., None] = scope["rhs"]
    return function, source


def expanded_field(system: Any) -> tuple[sympy.Expr, ...]:
    """Vector field with every definition, also a nested one, replaced by what it stands for."""
    definitions = {symbol.name: sympy.sympify(value) for symbol, value in system.definitions.items()}
    field = [sympy.sympify(entry) for entry in system.vector_field]
    for _ in definitions:
        field = [_substitute(entry, definitions) for entry in field]
    return tuple(field)


def _substitute(expression: sympy.Expr, values: dict[str, Any]) -> sympy.Expr:
    return expression.xreplace({s: values[s.name] for s in expression.free_symbols if s.name in values})


def renamed_field(system: Any) -> list[sympy.Expr]:
    """Expanded vector field in ``t``, the states ``y0, y1, ...`` and the parameters ``p0, p1, ...``.

    Raises
    ------
    InputError: as for `generate`, but for functions; an integral.
    """
    field = expanded_field(system)
    if any(entry.has(sympy.Integral) for entry in field):
        raise InputError(
            "the vector field holds an integral without a closed form, for which there is no code",
            hint="for a network's activation odekit.derivation.HarmonicHierarchy, which sums over a lattice",
        )
    _check(field, _names(system.states), _names(system.parameters))
    safe = _safe_symbols(system)
    return [_substitute(entry, safe) for entry in field]


def assignments(
    field: Sequence[sympy.Expr], printer: PythonCodePrinter, modules: Collection[str]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Common subexpressions as (name, code), and the code of each entry.

    Raises
    ------
    InputError: a function has no code with these modules alone.
    """
    replacements, reduced = sympy.cse(field, symbols=sympy.numbered_symbols("c"))
    shared = [(symbol.name, _print(value, printer, modules)) for symbol, value in replacements]
    return shared, [_print(value, printer, modules) for value in reduced]


def _names(symbols: Sequence[sympy.Symbol]) -> list[str]:
    return [symbol.name for symbol in symbols]


def _safe_symbols(system: Any) -> dict[str, sympy.Symbol]:
    safe = {name: sympy.Symbol(f"y{i}") for i, name in enumerate(_names(system.states))}
    return safe | {name: sympy.Symbol(f"p{j}") for j, name in enumerate(_names(system.parameters))}


def source_text(system: Any, printer: PythonCodePrinter, modules: Collection[str]) -> str:
    """Text of ``rhs(t, y, p, out)``, in a printer's words, with these modules alone.

    Raises
    ------
    InputError: as for `generate`.
    """
    field = renamed_field(system)
    shared, entries = assignments(field, printer, modules)
    states, parameters = (", ".join(_names(symbols)) for symbols in (system.states, system.parameters))
    lines = [
        "def rhs(t, y, p, out):",
        f'    """States {states}; parameters {parameters or "none"}."""',
        *_loads(field, _safe_symbols(system)),
        *(f"    {name} = {value}" for name, value in shared),
        *(f"    out[{index}] = {value}" for index, value in enumerate(entries)),
    ]
    return "\n".join([*lines, ""])


def _check(field: Sequence[sympy.Expr], states: list[str], parameters: list[str]) -> None:
    names = [*states, *parameters]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(
            f"the name {', '.join(repeated)} is used twice", expected="distinct states and parameters"
        )
    if len(field) != len(states):
        raise InputError(
            "the vector field doesn't match the states",
            expected=f"{len(states)} entries",
            received=f"{len(field)}",
        )
    unknown = sorted({s.name for entry in field for s in entry.free_symbols} - {*names, "t"})
    if unknown:
        raise InputError(
            f"the vector field holds unknown symbols: {', '.join(unknown)}",
            expected=f"states {', '.join(states)}; parameters {', '.join(parameters) or 'none'}; time t",
            hint="list them as parameters, or define them",
        )


def _loads(field: Sequence[sympy.Expr], safe: dict[str, sympy.Symbol]) -> Iterator[str]:
    used = {symbol.name for entry in field for symbol in entry.free_symbols}
    for symbol in safe.values():
        if symbol.name in used:
            yield f"    {symbol.name} = {symbol.name[0]}[{symbol.name[1:]}]"


def _print(expression: sympy.Expr, printer: PythonCodePrinter, modules: Collection[str]) -> str:
    expand_powers = create_expand_pow_optimization(_LARGEST_UNROLLED_POWER)
    try:
        text: str = printer.doprint(expand_powers(expression))
        foreign = sorted(set(printer.module_imports) - set(modules))
        if foreign:
            raise NotImplementedError(f"code needs {', '.join(foreign)}")
    except (NotImplementedError, TypeError, ValueError) as error:
        functions = sorted({str(atom.func) for atom in expression.atoms(sympy.Function)})
        raise InputError(
            f"the vector field holds a function without code, one of {', '.join(functions)}",
            hint="write it with functions that numpy knows",
        ) from error
    return text
