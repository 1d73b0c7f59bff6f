"""The flow of one mode in the two forms that are compared, written once for every library.

A rate, the three states and a library with ``sin`` and ``cos`` enter, the three derivatives leave: numbers,
arrays, tensors or expressions, whatever the states are. The rate is p for the loss summed over the pairs of
Z_p.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import odekit

__all__ = ["POLYNOMIAL", "TRIGONOMETRIC", "Flow", "symbolic_system"]


@dataclass(frozen=True)
class Flow:
    """A vector field by name.

    Parameters
    ----------
    name: of the form.
    states: names of the states, in order.
    field: (rate, states, library) to derivatives, in the states' order.
    """

    name: str
    states: tuple[str, ...]
    field: Callable[[Any, Any, Any], list[Any]]


def _polynomial(rate: Any, y: Any, library: Any) -> list[Any]:
    """x' = 4 p x X, X' = p (x + 4 Y^2), Y' = -4 p X Y."""
    x, X, Y = y
    return [4 * rate * x * X, rate * (x + 4 * Y * Y), -4 * rate * X * Y]


def _trigonometric(rate: Any, y: Any, library: Any) -> list[Any]:
    """alpha' = 2 p alpha beta cos D, beta' = p alpha^2 cos D, D' = -p (4 beta + alpha^2/beta) sin D."""
    alpha, beta, D = y
    cosine, sine = library.cos(D), library.sin(D)
    square = alpha * alpha
    return [
        2 * rate * alpha * beta * cosine,
        rate * square * cosine,
        -rate * (4 * beta + square / beta) * sine,
    ]


POLYNOMIAL = Flow("polynomial", ("x", "X", "Y"), _polynomial)
TRIGONOMETRIC = Flow("trigonometric", ("alpha", "beta", "D"), _trigonometric)


def symbolic_system(flow: Flow, rate: int) -> Any:
    """The flow as a user of odekit writes it down: equations, nothing derived, no closed form."""
    import sympy

    states = sympy.symbols(flow.states)
    return odekit.system(dict(zip(states, flow.field(rate, states, sympy), strict=True)))
