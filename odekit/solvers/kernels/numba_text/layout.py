"""What the texts of all kernels have in common: where a lane's numbers lie, and pieces of formulas."""

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from odekit.solvers.codegen import ScalarCode
from odekit.solvers.problem import Status
from odekit.solvers.stepping import CONTROL

__all__ = [
    "LANES",
    "call",
    "constants",
    "control",
    "first_step",
    "has_time",
    "indented",
    "listed",
    "loads",
    "mean_square",
    "norm",
    "parameter_names",
    "right_hand_side",
    "shared_blocks",
    "state_names",
    "targets",
    "window",
]

# Lanes fill whole vectors of any processor, and are few enough that all their rows stay in its cache.
LANES = 64

_SCALARS = ("T", "H", "END", "DUE", "RTOL", "ATOL", "REJECTED", "ERROR", "STEPS", "FATE", "T_OLD", "H_USED")
_BOUNDS = ("MAX_STEP", "GOAL", "LOW", "HIGH")
_GOING = -1.0
_TIME = re.compile(r"\bt\b")


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


def right_hand_side(code: ScalarCode) -> Iterator[str]:
    """The function ``rhs`` of time, states and parameters, whose value is the derivative."""
    yield from ("", "", f"def rhs({', '.join(['t', *state_names('y', code), *parameter_names(code)])}):")
    yield from (f"    {line}" for line in code.statements)
    yield f"    return {listed(code.results)}"


def first_step(code: ScalarCode, order: int) -> Iterator[str]:
    """``begin``, the first step size from the sizes of y, y' and y'', as `initial_step` finds it."""
    states = range(code.states)
    yield from ("", "", "def begin(w, i):")
    yield "    t, end, rtol, atol = w[T + i], w[GOAL + i], w[RTOL + i], w[ATOL + i]"
    yield from indented(1, window(code))
    yield from indented(1, loads(code.states, code.parameters))
    yield f"    {targets('k0', code)} = {call(code, 't', state_names('y', code))}"
    yield from (f"    s{j} = larger(atol + rtol * abs(y{j}), TINY)" for j in states)
    yield f"    size = {norm(f'y{j} / s{j}' for j in states)}"
    yield f"    speed = {norm(f'k0_{j} / s{j}' for j in states)}"
    is_small = f"size < {CONTROL.small} or speed < {CONTROL.small}"
    yield f"    first = {CONTROL.timid} if {is_small} else {CONTROL.first_share} * size / speed"
    yield "    first = min(first, end)"
    points = [f"y{j} + first * k0_{j}" for j in states]
    yield f"    {targets('k1', code)} = {call(code, 'first', points)}"
    yield f"    bend = {norm(f'(k1_{j} - k0_{j}) / s{j}' for j in states)} / first"
    yield "    largest = larger(speed, bend)"
    yield f"    flat = larger({CONTROL.timid}, first * {CONTROL.flat_growth})"
    power = f"({CONTROL.first_share} / largest) ** {1 / order}"
    yield f"    second = flat if largest <= {CONTROL.flat} else {power}"
    yield f"    h = min({CONTROL.growth} * first, second, end)"
    yield "    if w[H + i] != w[H + i]:"
    yield f"        w[H + i] = h if 0.0 < h <= LARGEST else min({CONTROL.timid}, end)"
    yield from (f"    w[F{j} + i] = k0_{j}" for j in states)


def window(code: ScalarCode) -> Iterator[str]:
    """The times next to the breakpoints around the step, between which the right-hand side is asked for."""
    if has_time(code):
        yield "low, high = w[LOW + i], w[HIGH + i]"


def has_time(code: ScalarCode) -> bool:
    """Whether the code holds the time."""
    return any(_TIME.search(line) for line in (*code.statements, *code.results))


def control(factor: str) -> tuple[str, ...]:
    """From a step's error to its acceptance, the next step size and the lane's fate.

    Parameters
    ----------
    factor: of the step that the error allows to this one, an expression in ``error``.
    """
    least, most = CONTROL.smallest_factor, CONTROL.largest_factor
    return (
        "accepted = finite & (error <= 1.0)",
        f"factor = {factor} if finite else {least}",
        f"factor = larger(smaller(factor, 1.0 if rejected > 0.0 else {most}), {least})",
        "h_next = h * factor",
        "h_next = smaller(larger(h_next, proposed) if accepted & lands else h_next, longest)",
        "t_next = (goal if lands else t + h) if accepted else t",
        "steps = w[STEPS + i] + 1.0",
        "fate = MAX_STEPS if steps >= max_steps else GOING",
        f"stuck = t_next + {0.5 / CONTROL.spacings} * h_next <= t_next",
        "fate = (STEP_TOO_SMALL if finite else NOT_FINITE) if stuck else fate",
        "w[FATE + i] = SUCCESS if accepted & lands & (goal >= end) else fate",
        "w[T + i], w[T_OLD + i], w[H + i], w[H_USED + i] = t_next, t, h_next, h",
        "w[ERROR + i] += error * rtol if accepted else 0.0",
        "w[REJECTED + i] = 0.0 if accepted else 1.0",
        "w[STEPS + i] = steps",
    )


def state_names(letter: str, code: ScalarCode) -> list[str]:
    """A name for each state."""
    return [f"{letter}{j}" for j in range(code.states)]


def parameter_names(code: ScalarCode) -> list[str]:
    """A name for each parameter."""
    return [f"p{j}" for j in range(code.parameters)]


def targets(stage: str, code: ScalarCode) -> str:
    """The derivatives of a stage, as what is assigned to."""
    return listed(state_names(f"{stage}_", code))


def call(code: ScalarCode, time: str, points: Sequence[str]) -> str:
    """The derivative at a time, on this side of both breakpoints, and a point."""
    asked = f"smaller(larger({time}, low), high)" if has_time(code) else time
    return f"rhs({', '.join([asked, *points, *parameter_names(code)])})"


def listed(entries: Iterable[str]) -> str:
    """A tuple of expressions."""
    return f"({', '.join(entries)},)"
