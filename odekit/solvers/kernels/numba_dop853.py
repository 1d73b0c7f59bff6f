"""Source code of a kernel that integrates a batch with DOP853, written for one system.

Stages are unrolled and all lanes go through one loop without branches, which compiles to vector instructions.
The lanes' state is the flat array ``w``: row ``T`` holds their times, row ``H`` their step sizes, and so on,
each `LANES` entries long. A lane only reads its own column, so no result depends on its neighbours.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers.codegen import ScalarCode
from odekit.solvers.kernels.numba_text import (
    DRIVER,
    call,
    constants,
    control,
    first_step,
    functions_in,
    indented,
    loads,
    mean_square,
    right_hand_side,
    shared_blocks,
    state_names,
    targets,
    window,
)
from odekit.solvers.stepping import CONTROL, DOP853

__all__ = ["kernel_source"]

# Of the interpolant: three from the ends of the step, four from `DOP853.dense`.
_COEFFICIENTS = 7
_INLINED = ("larger", "smaller", "column", "rhs", "value")
_CALLED = ("begin", "resume", "advance", "inside", "bound", "admit", "write")


def kernel_source(code: ScalarCode) -> str:
    """Text of the module: constants, ``rhs``, ``begin`` to ``value``, which the driver calls, and ``run``.

    Parameters
    ----------
    code: the right-hand side.
    """
    names, functions = functions_in((*code.statements, *code.results))
    inlined = (*names, *_INLINED)
    head = constants(code.states, code.parameters, _blocks(code), inlined=inlined, called=_CALLED)
    parts = (
        head,
        right_hand_side(code),
        first_step(code, DOP853.order),
        _resume(code),
        _advance(code),
        _inside(code),
        _VALUE,
    )
    return "\n".join([*(line for part in parts for line in part), functions, DRIVER])


def _blocks(code: ScalarCode) -> Iterator[tuple[str, list[str]]]:
    states = range(code.states)
    yield from shared_blocks(code.states, code.parameters)
    yield "K", [f"K{s}_{j}" for s, j in product(range(DOP853.stages + 1), states)]
    yield "C", [f"C{c}_{j}" for c, j in product(range(_COEFFICIENTS), states)]


def _resume(code: ScalarCode) -> Iterator[str]:
    """The derivative after a breakpoint, where the right-hand side may jump."""
    yield from ("", "", "def resume(w, i):", "    t = w[T + i]")
    yield from indented(1, (*window(code), *loads(code.states, code.parameters)))
    yield f"    {targets('k0', code)} = {call(code, 't', state_names('y', code))}"
    yield from (f"    w[F{j} + i] = k0_{j}" for j in range(code.states))


def _advance(code: ScalarCode) -> Iterator[str]:
    """One step of every lane: stages, error, acceptance, next step size, fate."""
    yield from ("", "", "def advance(w, max_steps):", "    widen()", "    for i in range(LANES):")
    yield from indented(2, _step(code))


def _step(code: ScalarCode) -> Iterator[str]:
    states = range(code.states)
    yield "t, end, rtol, atol, rejected = w[T + i], w[END + i], w[RTOL + i], w[ATOL + i], w[REJECTED + i]"
    yield "goal, proposed, longest = w[GOAL + i], w[H + i], w[MAX_STEP + i]"
    yield from window(code)
    yield "left = goal - t"
    yield "lands = proposed >= left"
    yield "h = left if lands else proposed"
    yield from loads(code.states, code.parameters)
    yield from (f"k0_{j} = w[F{j} + i]" for j in states)
    for stage in range(1, DOP853.stages):
        yield from _stage(code, stage)
    yield from (f"z{j} = y{j} + h * ({_sum(DOP853.weights, j)})" for j in states)
    yield f"{targets(f'k{DOP853.stages}', code)} = {call(code, 't + h', state_names('z', code))}"
    yield from _error(code)
    yield from control(f"{CONTROL.safety} / math.sqrt(math.sqrt(math.sqrt(error)))")
    yield from (f"w[Y_OLD{j} + i] = y{j}" for j in states)
    yield from (f"w[Y{j} + i] = z{j} if accepted else y{j}" for j in states)
    yield from (f"w[F{j} + i] = k{DOP853.stages}_{j} if accepted else k0_{j}" for j in states)
    yield from (f"w[K{s}_{j} + i] = k{s}_{j}" for s, j in product(range(DOP853.stages + 1), states))


def _stage(code: ScalarCode, stage: int) -> Iterator[str]:
    points = [f"y{j} + h * ({_sum(DOP853.rows[stage, :stage], j)})" for j in range(code.states)]
    yield f"{targets(f'k{stage}', code)} = {call(code, f't + {DOP853.nodes[stage]} * h', points)}"


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


def _inside(code: ScalarCode) -> Iterator[str]:
    """Coefficients of the interpolant over the last step of every lane, as `stages.interpolate` does."""
    yield from ("", "", "def inside(w):", "    for i in range(LANES):")
    yield from indented(2, _coefficients(code))


def _coefficients(code: ScalarCode) -> Iterator[str]:
    states, last = range(code.states), DOP853.stages
    yield "t, h = w[T_OLD + i], w[H_USED + i]"
    yield from window(code)
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


def _sum(weights: FloatArray, state: int) -> str:
    return " + ".join(f"{weights[s]} * k{s}_{state}" for s in np.flatnonzero(weights))
