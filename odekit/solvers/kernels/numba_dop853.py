"""Source code of a kernel that integrates a batch with DOP853, written for one system.

Stages are unrolled and all lanes go through one loop without branches, which compiles to vector instructions.
The lanes' state is the flat array ``w``: row ``T`` holds their times, row ``H`` their step sizes, and so on,
each `LANES` entries long. A lane only reads its own column, so no result depends on its neighbours.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers.codegen import ScalarCode
from odekit.solvers.kernels.numba_driver import DRIVER
from odekit.solvers.kernels.numba_layout import constants, indented, loads, mean_square, norm, shared_blocks
from odekit.solvers.kernels.numba_waves import WAVE_FUNCTIONS, WAVES
from odekit.solvers.stepping import CONTROL, DOP853

__all__ = ["kernel_source"]

# Of the interpolant: three from the ends of the step, four from `DOP853.dense`.
_COEFFICIENTS = 7
_TIME = re.compile(r"\bt\b")
_INLINED = ("larger", "smaller", "column", "rhs", "value")
_CALLED = ("begin", "resume", "advance", "inside", "bound", "admit", "write")


def kernel_source(code: ScalarCode) -> str:
    """Text of the module: constants, ``rhs``, ``begin`` to ``value``, which the driver calls, and ``run``.

    Parameters
    ----------
    code: the right-hand side.
    """
    waves = any(
        f"{name}(" in line for name in ("sine", "cosine") for line in (*code.statements, *code.results)
    )
    inlined = (*WAVE_FUNCTIONS, *_INLINED) if waves else _INLINED
    head = constants(code.states, code.parameters, _blocks(code), inlined=inlined, called=_CALLED)
    parts = (head, _rhs(code), _begin(code), _resume(code), _advance(code), _inside(code), _VALUE)
    return "\n".join([*(line for part in parts for line in part), WAVES if waves else "", DRIVER])


def _blocks(code: ScalarCode) -> Iterator[tuple[str, list[str]]]:
    states = range(code.states)
    yield from shared_blocks(code.states, code.parameters)
    yield "K", [f"K{s}_{j}" for s, j in product(range(DOP853.stages + 1), states)]
    yield "C", [f"C{c}_{j}" for c, j in product(range(_COEFFICIENTS), states)]


def _rhs(code: ScalarCode) -> Iterator[str]:
    yield from ("", "", f"def rhs({', '.join(['t', *_state_names('y', code), *_parameter_names(code)])}):")
    yield from (f"    {line}" for line in code.statements)
    yield f"    return {_tuple(code.results)}"


def _begin(code: ScalarCode) -> Iterator[str]:
    """First step size from the sizes of y, y' and y'', as `step_size_control.initial_step` does."""
    states = range(code.states)
    yield from ("", "", "def begin(w, i):")
    yield "    t, end, rtol, atol = w[T + i], w[GOAL + i], w[RTOL + i], w[ATOL + i]"
    yield from indented(1, _window(code))
    yield from indented(1, loads(code.states, code.parameters))
    yield f"    {_targets('k0', code)} = {_call(code, 't', _state_names('y', code))}"
    yield from (f"    s{j} = larger(atol + rtol * abs(y{j}), TINY)" for j in states)
    yield f"    size = {norm(f'y{j} / s{j}' for j in states)}"
    yield f"    speed = {norm(f'k0_{j} / s{j}' for j in states)}"
    is_small = f"size < {CONTROL.small} or speed < {CONTROL.small}"
    yield f"    first = {CONTROL.timid} if {is_small} else {CONTROL.first_share} * size / speed"
    yield "    first = min(first, end)"
    points = [f"y{j} + first * k0_{j}" for j in states]
    yield f"    {_targets('k1', code)} = {_call(code, 'first', points)}"
    yield f"    bend = {norm(f'(k1_{j} - k0_{j}) / s{j}' for j in states)} / first"
    yield "    largest = larger(speed, bend)"
    yield f"    flat = larger({CONTROL.timid}, first * {CONTROL.flat_growth})"
    power = f"({CONTROL.first_share} / largest) ** {1 / DOP853.order}"
    yield f"    second = flat if largest <= {CONTROL.flat} else {power}"
    yield f"    h = min({CONTROL.growth} * first, second, end)"
    yield "    if w[H + i] != w[H + i]:"
    yield f"        w[H + i] = h if 0.0 < h <= LARGEST else min({CONTROL.timid}, end)"
    yield from (f"    w[F{j} + i] = k0_{j}" for j in states)


def _resume(code: ScalarCode) -> Iterator[str]:
    """The derivative after a breakpoint, where the right-hand side may jump."""
    yield from ("", "", "def resume(w, i):", "    t = w[T + i]")
    yield from indented(1, (*_window(code), *loads(code.states, code.parameters)))
    yield f"    {_targets('k0', code)} = {_call(code, 't', _state_names('y', code))}"
    yield from (f"    w[F{j} + i] = k0_{j}" for j in range(code.states))


def _window(code: ScalarCode) -> Iterator[str]:
    """The times next to the breakpoints around the step, between which the right-hand side is asked for."""
    if _has_time(code):
        yield "low, high = w[LOW + i], w[HIGH + i]"


def _has_time(code: ScalarCode) -> bool:
    return any(_TIME.search(line) for line in (*code.statements, *code.results))


def _advance(code: ScalarCode) -> Iterator[str]:
    """One step of every lane: stages, error, acceptance, next step size, fate."""
    yield from ("", "", "def advance(w, max_steps):", "    widen()", "    for i in range(LANES):")
    yield from indented(2, _step(code))


def _step(code: ScalarCode) -> Iterator[str]:
    states = range(code.states)
    yield "t, end, rtol, atol, rejected = w[T + i], w[END + i], w[RTOL + i], w[ATOL + i], w[REJECTED + i]"
    yield "goal, proposed, longest = w[GOAL + i], w[H + i], w[MAX_STEP + i]"
    yield from _window(code)
    yield "left = goal - t"
    yield "lands = proposed >= left"
    yield "h = left if lands else proposed"
    yield from loads(code.states, code.parameters)
    yield from (f"k0_{j} = w[F{j} + i]" for j in states)
    for stage in range(1, DOP853.stages):
        yield from _stage(code, stage)
    yield from (f"z{j} = y{j} + h * ({_sum(DOP853.weights, j)})" for j in states)
    yield f"{_targets(f'k{DOP853.stages}', code)} = {_call(code, 't + h', _state_names('z', code))}"
    yield from _error(code)
    yield from _control()
    yield from (f"w[Y_OLD{j} + i] = y{j}" for j in states)
    yield from (f"w[Y{j} + i] = z{j} if accepted else y{j}" for j in states)
    yield from (f"w[F{j} + i] = k{DOP853.stages}_{j} if accepted else k0_{j}" for j in states)
    yield from (f"w[K{s}_{j} + i] = k{s}_{j}" for s, j in product(range(DOP853.stages + 1), states))


def _stage(code: ScalarCode, stage: int) -> Iterator[str]:
    points = [f"y{j} + h * ({_sum(DOP853.rows[stage, :stage], j)})" for j in range(code.states)]
    yield f"{_targets(f'k{stage}', code)} = {_call(code, f't + {DOP853.nodes[stage]} * h', points)}"


def _error(code: ScalarCode) -> Iterator[str]:
    states = range(code.states)
    yield from (f"r{j} = 1.0 / larger(atol + rtol * larger(abs(y{j}), abs(z{j})), TINY)" for j in states)
    for name, weights in (("a", DOP853.error_5), ("b", DOP853.error_3)):
        yield from (f"{name}{j} = r{j} * (h * ({_sum(weights, j)}))" for j in states)
    yield f"fifth = {mean_square(f'a{j}' for j in states)}"
    yield f"third = {mean_square(f'b{j}' for j in states)}"
    yield f"denominator = math.sqrt(fifth + {CONTROL.third_share} * third)"
    yield "error = fifth / (1.0 if denominator == 0.0 else denominator)"
    yield f"slope = {' + '.join(f'k{DOP853.stages}_{j}' for j in states)}"
    yield "finite = (abs(error) <= LARGEST) & (abs(slope) <= LARGEST)"


def _control() -> tuple[str, ...]:
    least, most = CONTROL.smallest_factor, CONTROL.largest_factor
    return (
        "accepted = finite & (error <= 1.0)",
        f"factor = {CONTROL.safety} / math.sqrt(math.sqrt(math.sqrt(error))) if finite else {least}",
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


def _inside(code: ScalarCode) -> Iterator[str]:
    """Coefficients of the interpolant over the last step of every lane, as `stages.interpolate` does."""
    yield from ("", "", "def inside(w):", "    for i in range(LANES):")
    yield from indented(2, _coefficients(code))


def _coefficients(code: ScalarCode) -> Iterator[str]:
    states, last = range(code.states), DOP853.stages
    yield "t, h = w[T_OLD + i], w[H_USED + i]"
    yield from _window(code)
    yield from (f"y{j} = w[Y_OLD{j} + i]" for j in states)
    yield from (f"p{j} = w[P{j} + i]" for j in range(code.parameters))
    yield from (f"k{s}_{j} = w[K{s}_{j} + i]" for s, j in product(range(last + 1), states))
    for stage in range(last + 1, DOP853.stages_extended):
        yield from _stage(code, stage)
    for j in states:
        yield f"rise, start, stop = w[Y{j} + i] - y{j}, h * k0_{j}, h * k{last}_{j}"
        yield f"w[C0_{j} + i], w[C1_{j} + i] = rise, start - rise"
        yield f"w[C2_{j} + i] = 2.0 * rise - (start + stop)"
        yield from (f"w[C{3 + c}_{j} + i] = h * ({_sum(row, j)})" for c, row in enumerate(DOP853.dense))


_VALUE = (
    "",
    "",
    "def value(w, i, j):",
    "    x = (w[DUE + i] - w[T_OLD + i]) / w[H_USED + i]",
    f"    y = w[C + ({_COEFFICIENTS - 1} * STATES + j) * LANES + i] * x",
    f"    for c in ({', '.join(map(str, range(_COEFFICIENTS - 2, 0, -2)))}):",
    "        y = (y + w[C + (c * STATES + j) * LANES + i]) * (1.0 - x)",
    "        y = (y + w[C + ((c - 1) * STATES + j) * LANES + i]) * x",
    "    return y + w[Y_OLD + j * LANES + i]",
)


def _state_names(letter: str, code: ScalarCode) -> list[str]:
    return [f"{letter}{j}" for j in range(code.states)]


def _parameter_names(code: ScalarCode) -> list[str]:
    return [f"p{j}" for j in range(code.parameters)]


def _targets(stage: str, code: ScalarCode) -> str:
    return _tuple(_state_names(f"{stage}_", code))


def _call(code: ScalarCode, time: str, points: Sequence[str]) -> str:
    asked = f"smaller(larger({time}, low), high)" if _has_time(code) else time
    return f"rhs({', '.join([asked, *points, *_parameter_names(code)])})"


def _sum(weights: FloatArray, state: int) -> str:
    return " + ".join(f"{weights[s]} * k{s}_{state}" for s in np.flatnonzero(weights))


def _tuple(entries: Iterable[str]) -> str:
    return f"({', '.join(entries)},)"
