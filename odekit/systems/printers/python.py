"""A system as a Python program that needs NumPy only."""

import keyword
from collections.abc import Iterator, Mapping

import sympy as sp

from odekit.errors import ReductionError
from odekit.systems.algebra import NumPyCode, codable
from odekit.systems.equations import left_out
from odekit.systems.system import System

__all__ = ["program"]

# Words that the program needs for itself, beside those that Python keeps.
_TAKEN = ("functools", "numpy", "out", "t", "vector_field", "y")
_MODULES = ("functools", "numpy")


def program(system: System) -> str:
    """Source of ``vector_field(t, y, ...)``, whose docstring lists the order of states and parameters.

    ``y`` has one row per state and any number of columns; parameters follow by name, so that the function
    fits ``scipy.integrate.solve_ivp`` with ``args``. A name that Python or the program needs for itself is
    written with an underscore at its end.

    Raises
    ------
    ReductionError: an integral, or a function that NumPy doesn't have.

    >>> import odekit
    >>> u, v = sp.symbols("u v")
    >>> print(program(odekit.system({u: 8 * u * v, v: 4 * u**2})))
    import numpy
    <BLANKLINE>
    <BLANKLINE>
    def vector_field(t, y):
        \"\"\"Time derivative of the states.
    <BLANKLINE>
        States: y[0] = u, y[1] = v.
        Parameters: none.
        \"\"\"
        u, v = y
        out = numpy.empty(numpy.shape(y))
        out[0] = 8*u*v
        out[1] = 4*u**2
        return out
    <BLANKLINE>
    """
    names = _spoken(system)
    arguments = ", ".join(["t", "y", *(names[symbol] for symbol in system.parameters)])
    printer = NumPyCode()
    body = list(_body(system, names, printer))
    lines = [f"def vector_field({arguments}):", *_docstring(system, names), *body]
    imports = [f"import {name}" for name in _MODULES if name == "numpy" or name in printer.module_imports]
    return "\n".join([*imports, "", "", *lines, ""])


def _spoken(system: System) -> Mapping[sp.Symbol, str]:
    """What each symbol is called in the program."""
    symbols = (*system.states, *system.parameters, *system.definitions)
    taken = {*_TAKEN, *keyword.kwlist, *(symbol.name for symbol in symbols)}
    names = {} if system.time is None else {system.time: "t"}
    for symbol in symbols:
        name = symbol.name
        if name in _TAKEN or keyword.iskeyword(name):
            while name in taken:
                name += "_"
            taken.add(name)
        names[symbol] = name
    return names


def _docstring(system: System, names: Mapping[sp.Symbol, str]) -> Iterator[str]:
    states = ", ".join(f"y[{i}] = {symbol.name}" for i, symbol in enumerate(system.states))
    parameters = ", ".join(
        symbol.name if names[symbol] == symbol.name else f"{symbol.name} (here {names[symbol]})"
        for symbol in system.parameters
    )
    yield '    """Time derivative of the states.'
    yield ""
    yield f"    States: {states}."
    yield f"    Parameters: {parameters or 'none'}."
    yield from (f"    Holds where {condition}." for condition in system.conditions)
    if told := left_out(system.leaks):
        yield f"    {told[0].upper()}{told[1:]}."
    yield '    """'


def _body(system: System, names: Mapping[sp.Symbol, str], printer: NumPyCode) -> Iterator[str]:
    comma = "," if len(system.states) == 1 else ""
    symbols = {symbol: sp.Symbol(name) for symbol, name in names.items() if name != symbol.name}
    yield f"    {', '.join(names[symbol] for symbol in system.states)}{comma} = y"
    for symbol, meaning in system.definitions.items():
        yield f"    {names[symbol]} = {_code(printer, meaning.xreplace(symbols))}"
    yield "    out = numpy.empty(numpy.shape(y))"
    for index, velocity in enumerate(system.vector_field):
        yield f"    out[{index}] = {_code(printer, velocity.xreplace(symbols))}"
    yield "    return out"


def _code(printer: NumPyCode, expression: sp.Expr) -> str:
    try:
        text = str(printer.doprint(codable(expression)))
        if foreign := sorted({*printer.module_imports} - {*_MODULES}):
            raise NotImplementedError(f"code needs {', '.join(foreign)}")
        return text
    except (NotImplementedError, ValueError) as error:
        missing = sorted({type(atom).__name__ for atom in expression.atoms(sp.Integral, sp.Function)})
        raise ReductionError(
            "the equations are no program in NumPy alone",
            expected="a closed form in functions that NumPy has",
            received=f"among {', '.join(missing)}",
            hint="format text, latex or json",
        ) from error
