"""Source code of a kernel that integrates a batch by Taylor series, written for one system.

Laid out as in `numba_dop853`; row ``H`` of ``w`` holds the scale of the series, about the length of a step.
"""

import math
from collections.abc import Iterator
from itertools import product

from odekit.solvers.codegen import FIRST_SCALE, ORDER, SAFETY, SeriesCode, coefficient_lines
from odekit.solvers.kernels.numba_text import DRIVER, constants, indented, loads, norm, shared_blocks
from odekit.solvers.stepping import CONTROL

__all__ = ["taylor_kernel_source"]

_INLINED = ("larger", "smaller", "column", "bits", "number", "power_of_two", "value")
_CALLED = ("begin", "resume", "advance", "inside", "bound", "admit", "write")


def taylor_kernel_source(code: SeriesCode) -> str:
    """Text of the module: constants, ``begin`` to ``value``, which the driver calls, and the driver ``run``.

    Parameters
    ----------
    code: the recurrence of the vector field.
    """
    head = constants(code.states, code.parameters, _blocks(code), inlined=_INLINED, called=_CALLED)
    parts = (head, _LOGARITHMS, _begin(code), _RESUME, _advance(code), _inside(code), _VALUE)
    return "\n".join([*(line for part in parts for line in part), DRIVER])


def _blocks(code: SeriesCode) -> Iterator[tuple[str, list[str]]]:
    yield from shared_blocks(code.states, code.parameters)
    yield "C", [f"C{k}_{j}" for k, j in product(range(1, ORDER + 1), range(code.states))]


def _begin(code: SeriesCode) -> Iterator[str]:
    """First scale from the sizes of y and y', as `taylor_batch.first_scale` does."""
    states = range(code.states)
    yield from ("", "", "def begin(w, i):")
    yield "    t, s, end, rtol, atol = w[T + i], 1.0, w[END + i], w[RTOL + i], w[ATOL + i]"
    yield from indented(1, _point(code))
    yield from indented(1, coefficient_lines(code, 1))
    yield from (f"    s{j} = larger(atol + rtol * abs(y{j}_0), TINY)" for j in states)
    yield f"    size = {norm(f'y{j}_0 / s{j}' for j in states)}"
    yield f"    speed = {norm(f'y{j}_1 / s{j}' for j in states)}"
    is_small = f"size < {CONTROL.small} or speed < {CONTROL.small}"
    yield f"    first = {CONTROL.timid} if {is_small} else {FIRST_SCALE} * size / speed"
    yield "    if w[H + i] != w[H + i]:"
    yield f"        w[H + i] = min(first, end) if 0.0 < first <= LARGEST else min({CONTROL.timid}, end)"
    yield from (f"    w[F{j} + i] = y{j}_1" for j in states)


def _point(code: SeriesCode) -> Iterator[str]:
    for line in loads(code.states, code.parameters):
        yield line.replace(" =", "_0 =", 1) if line.startswith("y") else line


def _advance(code: SeriesCode) -> Iterator[str]:
    """One step of every lane: coefficients, step size, new state, fate."""
    yield from ("", "", "def advance(w, max_steps):", "    widen()", "    for i in range(LANES):")
    yield from indented(2, _step(code))


def _step(code: SeriesCode) -> Iterator[str]:
    states = range(code.states)
    yield "t, s, end, rtol, atol = w[T + i], w[H + i], w[END + i], w[RTOL + i], w[ATOL + i]"
    yield "goal, longest = w[GOAL + i], w[MAX_STEP + i]"
    yield from _point(code)
    yield from coefficient_lines(code)
    yield from _control(code)
    for j in states:
        yield f"z{j} = y{j}_{ORDER} * x"
        yield from (f"z{j} = (z{j} + y{j}_{k}) * x" for k in range(ORDER - 1, 0, -1))
        yield f"z{j} = y{j}_0 + z{j}"
    yield f"finite = abs({' + '.join(f'z{j}' for j in states)}) <= LARGEST"
    yield from _FATE
    yield from (f"w[Y_OLD{j} + i] = y{j}_0" for j in states)
    yield from (f"w[Y{j} + i] = z{j} if finite else y{j}_0" for j in states)


def _control(code: SeriesCode) -> Iterator[str]:
    """The largest step, in units of the scale, whose last two terms are within the tolerance.

    The bits of a float, read as an integer, are its logarithm at base 2 but for .09, in units of 2**-52: with
    them a quotient is a difference and a root a quotient. This makes a step uncertain by .5 per cent.
    """
    states = range(code.states)
    for j in states:
        yield f"m{j} = larger(abs(y{j}_{ORDER - 1}), abs(y{j}_{ORDER}))"
        yield f"e{j} = bits(m{j}) - bits(larger(atol + rtol * abs(y{j}_0), TINY))"
    yield "e = e0"
    yield from (f"e = larger(e, e{j})" for j in states[1:])
    yield f"root = {math.log2(SAFETY)} - e * {2.0**-52 / ORDER}"
    yield f"x = power_of_two(smaller(root, {math.log2(CONTROL.largest_factor)}))"
    yield "x = longest / s if s * x > longest else x"
    yield "h = s * x"
    yield "left = goal - t"
    yield "lands = h >= left"
    yield "x = left / s if lands else x"


def _power(exponent: int) -> Iterator[str]:
    """Products that raise x to a power; the compiler's own power would keep the loop from vectors."""
    yield "power = x"
    for digit in f"{exponent:b}"[1:]:
        yield "power = power * power" + (" * x" if digit == "1" else "")


_FATE = (
    f"h_next = h if finite else {CONTROL.smallest_factor} * s",
    "t_next = (goal if lands else t + h) if finite else t",
    "steps = w[STEPS + i] + 1.0",
    "fate = MAX_STEPS if steps >= max_steps else GOING",
    f"stuck = t_next + {0.5 / CONTROL.spacings} * h_next <= t_next",
    "fate = (STEP_TOO_SMALL if finite else NOT_FINITE) if stuck else fate",
    "w[FATE + i] = SUCCESS if finite & lands & (goal >= end) else fate",
    "w[T + i], w[T_OLD + i], w[H + i], w[H_USED + i] = t_next, t, h_next, s",
    "excess = number(smaller(larger(e + ONE, 0), 2 * ONE))",
    *_power(ORDER),
    "w[ERROR + i] += rtol * excess * power if finite else 0.0",
    "w[STEPS + i] = steps",
)

# A polynomial has no breakpoints, and a series needs no derivative from the step before.
_RESUME = ("", "", "def resume(w, i):", "    pass")

_LOGARITHMS = (
    "",
    "ONE = 0x3FF0000000000000",
    "",
    "",
    "def bits(x):",
    "    return np.float64(x).view(np.int64)",
    "",
    "",
    "def number(n):",
    "    return np.int64(n).view(np.float64)",
    "",
    "",
    "def power_of_two(x):",
    '    """2**x within 2e-4 of it: the power of the nearest integer goes into the exponent."""',
    "    whole = x + 6755399441055744.0",
    "    f = x - (whole - 6755399441055744.0)",
    "    part = 0.99994822 + f * (0.69312726 + f * (0.24229484 + f * 0.05587557))",
    "    return number(bits(part) + (bits(whole) << 52))",
)


def _inside(code: SeriesCode) -> Iterator[str]:
    """The coefficients of the last steps once more: few steps have a requested time within them."""
    yield from ("", "", "def inside(w):", "    widen()", "    for i in range(LANES):")
    yield "        t, s = w[T_OLD + i], w[H_USED + i]"
    yield from indented(2, (line.replace("w[Y", "w[Y_OLD") for line in _point(code)))
    yield from indented(2, coefficient_lines(code))
    places = product(range(1, ORDER + 1), range(code.states))
    yield from indented(2, (f"w[C{k}_{j} + i] = y{j}_{k}" for k, j in places))


_VALUE = (
    "",
    "",
    "def value(w, i, j):",
    "    x = (w[DUE + i] - w[T_OLD + i]) / w[H_USED + i]",
    "    y = 0.0",
    f"    for k in range({ORDER - 1}, -1, -1):",
    "        y = (y + w[C + (k * STATES + j) * LANES + i]) * x",
    "    return y + w[Y_OLD + j * LANES + i]",
)
