"""The right-hand side of a system as a plain function, for SciPy and other integrators of one trajectory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import sympy as sp

from odekit.arguments import chosen, expect, floats, is_series
from odekit.errors import InputError, UnknownNameError
from odekit.limits import bounded
from odekit.systems.algebra import code_function, real_values

__all__ = ["Backend", "NumericFunction", "numeric_function"]

Backend = Literal["numpy", "mpmath", "jax"]
NumericFunction = Callable[..., Any]

_BACKENDS = ("numpy", "mpmath", "jax")


@bounded("the function of the velocities")
def numeric_function(
    rhs: Mapping[Any, sp.Expr],
    parameters: Sequence[sp.Symbol],
    time: sp.Symbol | None,
    backend: str = "numpy",
) -> NumericFunction:
    """``f(t, y, p)`` of velocities that are free of definitions.

    Parameters
    ----------
    rhs: velocity by state.
    parameters, time: the other symbols that occur.
    backend: ``"numpy"``, ``"mpmath"`` or ``"jax"``, which has to be installed.

    Raises
    ------
    UnknownNameError: another backend.
    InputError: a function that the backend doesn't have.

    >>> x, k = sp.symbols("x k")
    >>> numeric_function({x: -k * x}, (k,), None)(0.0, [2.0], {"k": 3.0})
    array([-6.])
    """
    chosen("backend", backend, _BACKENDS)
    states = list(rhs)
    clock = time or sp.Dummy("t")
    velocity = code_function((clock, states, list(parameters)), list(rhs.values()), backend)
    names, names_of_states = ([symbol.name for symbol in symbols] for symbols in (parameters, states))

    def function(t: Any, y: Any, p: Any = ()) -> Any:
        rows, values = _states(names_of_states, y), _values(names, p)
        if backend != "numpy":
            return list(velocity(t, rows, values))
        arrays = [
            [floats(name, v) for name, v in zip(*given, strict=True)]
            for given in ((names_of_states, rows), (names, values))
        ]
        with np.errstate(all="ignore"):
            return _stacked(velocity(floats("the time", t), *arrays))

    function.__doc__ = (
        f"Velocities of {', '.join(s.name for s in states)} at time t, states y in this order, "
        f"parameters p: {', '.join(names) or 'none'}, in this order or by name."
    )
    return function


def _states(names: Sequence[str], y: Any) -> Any:
    """The states, one row each."""
    fits = is_series(y) and len(y) == len(names)
    expected = f"one row for each of {', '.join(names)}"
    expect(
        fits,
        "the states don't fit the system",
        expected,
        y,
        f"shape ({len(names)},) or ({len(names)}, batch)",
    )
    return y


def _stacked(entries: Sequence[Any]) -> Any:
    """The entries as one float array, constants spread over the batch."""
    arrays = (np.asarray(real_values(entry), dtype=np.float64) for entry in entries)
    return np.stack(np.broadcast_arrays(*arrays))


def _values(names: Sequence[str], p: Any) -> Sequence[Any]:
    if isinstance(p, Mapping):
        unknown = next((name for name in p if name not in names), None)
        if unknown is not None:
            raise UnknownNameError("parameter", str(unknown), names)
        p = [p[name] for name in names if name in p]
    elif not is_series(p):
        p = [p]
    if len(p) != len(names):
        raise InputError(
            "the parameters don't fit the system",
            expected=f"values of {', '.join(names)}" if names else "none",
            received=f"{len(p)} values",
        )
    return list(p)
