"""What the texts of all kernels have in common: where a lane's numbers lie, and pieces of formulas."""

from collections.abc import Iterable, Iterator

import numpy as np

from odekit.solvers.problem import Status
from odekit.solvers.stepping import CONTROL

__all__ = ["LANES", "constants", "indented", "loads", "mean_square", "norm", "shared_blocks"]

# Lanes fill whole vectors of any processor, and are few enough that all their rows stay in its cache.
LANES = 64

_SCALARS = ("T", "H", "END", "DUE", "RTOL", "ATOL", "REJECTED", "ERROR", "STEPS", "FATE", "T_OLD", "H_USED")
_BOUNDS = ("MAX_STEP", "GOAL", "LOW", "HIGH")
_GOING = -1.0


def constants(
    states: int,
    parameters: int,
    blocks: Iterable[tuple[str, list[str]]],
    *,
    inlined: tuple[str, ...],
    called: tuple[str, ...],
) -> Iterator[str]:
    """Head of a kernel's text: sizes, statuses, and the first entry of every row and block of rows.

    Parameters
    ----------
    states, parameters: how many.
    blocks: (name of a block, names of its rows).
    inlined, called: the functions that will be compiled before ``run``, callees first.
    """
    yield from ("import math", "", "import numpy as np", "")
    yield f"INLINED, CALLED = {inlined}, {called}"
    yield f"LANES, STATES, PARAMETERS, GOING = {LANES}, {states}, {parameters}, {_GOING}"
    yield from (f"{status.name.upper()} = {float(status)}" for status in Status)
    yield f"TINY, LARGEST = {CONTROL.tiny}, {np.finfo(np.float64).max}"
    yield f"GAP, LEAST_GAP = {CONTROL.gap}, {CONTROL.least_gap}"
    row = 0
    for block, names in blocks:
        places = {block: row} | {name: row + place for place, name in enumerate(names)}
        yield from (f"{name} = {place * LANES}" for name, place in places.items())
        row += len(names)
    yield f"ROWS = {row}"
    yield from ("", "", "def widen():", '    """Asks for the widest vectors, once it is compiled."""')


def shared_blocks(states: int, parameters: int) -> Iterator[tuple[str, list[str]]]:
    """Rows that the driver reads and writes: scalars, bounds, state, derivative, last state, parameters."""
    yield from ((name, [name]) for name in (*_SCALARS, *_BOUNDS))
    yield from ((name, [f"{name}{j}" for j in range(states)]) for name in ("Y", "F", "Y_OLD"))
    yield "P", [f"P{j}" for j in range(parameters)]


def loads(states: int, parameters: int) -> Iterator[str]:
    """Assignments of a lane's states to ``y0, y1, ...`` and of its parameters to ``p0, p1, ...``."""
    yield from (f"y{j} = w[Y{j} + i]" for j in range(states))
    yield from (f"p{j} = w[P{j} + i]" for j in range(parameters))


def norm(terms: Iterable[str]) -> str:
    """Root mean square of expressions."""
    return f"math.sqrt({mean_square(terms)})"


def mean_square(terms: Iterable[str]) -> str:
    """Mean square of expressions."""
    squares = [f"({term}) * ({term})" for term in terms]
    return f"({' + '.join(squares)}) / {float(len(squares))}"


def indented(depth: int, lines: Iterable[str]) -> Iterator[str]:
    """Lines, some levels deeper."""
    return (f"{'    ' * depth}{line}" for line in lines)
