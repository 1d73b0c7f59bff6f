"""A system as a Python program that needs NumPy only."""

from collections.abc import Iterator

import sympy as sp
from sympy.printing.numpy import NumPyPrinter

from odekit.errors import ReductionError
from odekit.systems.system import System

__all__ = ["program"]


def program(system: System) -> str:
    """Source of ``vector_field(t, y, ...)``, whose docstring lists the order of states and parameters.

    ``y`` has one row per state and any number of columns; parameters follow by name, so that the function
    fits ``scipy.integrate.solve_ivp`` with ``args``.

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
    arguments = ", ".join(["t", "y", *(symbol.name for symbol in system.parameters)])
    lines = [f"def vector_field({arguments}):", *_docstring(system), *_body(system)]
    return "\n".join(["import numpy", "", "", *lines, ""])


def _docstring(system: System) -> Iterator[str]:
    states = ", ".join(f"y[{i}] = {symbol.name}" for i, symbol in enumerate(system.states))
    parameters = ", ".join(symbol.name for symbol in system.parameters)
    yield '    """Time derivative of the states.'
    yield ""
    yield f"    States: {states}."
    yield f"    Parameters: {parameters or 'none'}."
    yield from (f"    Holds where {condition}." for condition in system.conditions)
    yield '    """'


def _body(system: System) -> Iterator[str]:
    printer = NumPyPrinter()
    comma = "," if len(system.states) == 1 else ""
    yield f"    {', '.join(symbol.name for symbol in system.states)}{comma} = y"
    for symbol, meaning in system.definitions.items():
        yield f"    {symbol.name} = {_code(printer, meaning)}"
    yield "    out = numpy.empty(numpy.shape(y))"
    for index, velocity in enumerate(system.vector_field):
        yield f"    out[{index}] = {_code(printer, velocity)}"
    yield "    return out"


def _code(printer: NumPyPrinter, expression: sp.Expr) -> str:
    try:
        return str(printer.doprint(expression))
    except NotImplementedError as error:
        missing = sorted({type(atom).__name__ for atom in expression.atoms(sp.Integral, sp.Function)})
        raise ReductionError(
            "the equations are no program in NumPy alone",
            expected="a closed form in functions that NumPy has",
            received=f"among {', '.join(missing)}",
            hint="format text, latex or json",
        ) from error
