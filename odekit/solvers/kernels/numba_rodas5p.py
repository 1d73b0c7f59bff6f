"""Source code of a kernel that integrates a batch with Rodas5P, written for one system.

Laid out as in `numba_dop853`, with a loop over all lanes for each operation on states and matrices, so that
the text grows with the formulas alone. Row by row of ``w``, J is the Jacobian, M the factors of
``I/(h gamma) - J``, U the stages, X the point and B the right-hand side of the one that is under way.
"""

from collections.abc import Iterator
from itertools import product

from odekit.arrays import FloatArray
from odekit.solvers.codegen import LinearCode
from odekit.solvers.kernels.numba_text import (
    DRIVER,
    constants,
    control,
    first_step,
    functions_in,
    has_time,
    indented,
    loads,
    right_hand_side,
    shared_blocks,
    window,
)
from odekit.solvers.stepping import CONTROL, RODAS5P

__all__ = ["rosenbrock_kernel_source"]

_INLINED = ("larger", "smaller", "column", "rhs", "value", "exchange", "subtract")
_CALLED = ("begin", "resume", "linearise", "factorise", "gather", "ask", "resolve", "interpolate", "finish")
_DRIVEN = ("advance", "inside", "bound", "admit", "write")
# Of the interpolant.
_COEFFICIENTS = 4


def rosenbrock_kernel_source(code: LinearCode) -> str:
    """Text of the module: constants, ``rhs``, ``begin`` to ``value``, which the driver calls, and ``run``.

    Parameters
    ----------
    code: the right-hand side and its derivatives.
    """
    field = code.velocities
    lines = (*field.statements, *field.results, *code.slopes.statements, *code.slopes.results)
    names, functions = functions_in(lines)
    inlined, called = (*names, *_INLINED), (*_CALLED, *_DRIVEN)
    head = constants(field.states, field.parameters, _blocks(code), inlined=inlined, called=called)
    begun = (*right_hand_side(field), *first_step(field, RODAS5P.order))
    parts = (head, _tableau(), begun, _linearise(code), _ask(code))
    return "\n".join(
        [*(line for part in parts for line in part), _STEP, *_finish(), _INSIDE, functions, DRIVER]
    )


def _blocks(code: LinearCode) -> Iterator[tuple[str, list[str]]]:
    n = code.velocities.states
    yield from shared_blocks(n, code.velocities.parameters)
    yield from ((name, [f"{name}{j}" for j in range(n)]) for name in ("DRIFT", "X", "B", "RECIPROCAL"))
    yield from ((name, [f"{name}{r}_{c}" for r, c in product(range(n), range(n))]) for name in "JMS")
    yield "U", [f"U{s}_{j}" for s, j in product(range(RODAS5P.stages + 1), range(n))]
    yield "C", [f"C{c}_{j}" for c, j in product(range(_COEFFICIENTS), range(n))]


def _tableau() -> Iterator[str]:
    yield f"STAGES, GAMMA = {RODAS5P.stages}, {RODAS5P.gamma}"
    for name, values in (("NODES", RODAS5P.nodes), ("DRIFTS", RODAS5P.drift)):
        yield f"{name} = {_written(values)}"
    for name, values in (("POINTS", RODAS5P.points), ("COUPLINGS", RODAS5P.couplings)):
        yield f"{name} = {_written(values)}"
    first, second, third = RODAS5P.dense
    yield f"DENSE = {_written([first, second + third, -third])}"


def _written(values: FloatArray | list[FloatArray]) -> str:
    return f"np.array({[list(map(float, row)) if row.ndim else float(row) for row in values]})"


def _linearise(code: LinearCode) -> Iterator[str]:
    """Velocities, Jacobian and drift where the lanes stand."""
    n, slopes = code.velocities.states, code.slopes
    yield from ("", "", "def linearise(w):", "    widen()", "    stay_apart()", "    for i in range(LANES):")
    if has_time(slopes):
        yield from indented(2, (*window(slopes), "t = smaller(larger(w[T + i], low), high)"))
    yield from indented(2, loads(n, slopes.parameters))
    yield from indented(2, slopes.statements)
    rows = [f"F{j}" for j in range(n)]
    rows += [f"J{row}_{column}" for row, column in zip(code.rows, code.columns, strict=True)]
    rows += [f"DRIFT{j}" for j in range(len(slopes.results) - len(rows))]
    yield from (f"        w[{row} + i] = {value}" for row, value in zip(rows, slopes.results, strict=True))


def _ask(code: LinearCode) -> Iterator[str]:
    """Adds the right-hand side at a share of the step and at the point."""
    field = code.velocities
    yield from ("", "", "def ask(w, share):", "    widen()", "    stay_apart()", "    for i in range(LANES):")
    yield from indented(2, window(field))
    if has_time(field):
        yield "        t = smaller(larger(w[T + i] + share * w[H_USED + i], low), high)"
    yield from indented(2, (line.replace("w[Y", "w[X") for line in loads(field.states, field.parameters)))
    yield from indented(2, field.statements)
    yield from (f"        w[B{j} + i] += {value}" for j, value in enumerate(field.results))


# Of two rows the one with the larger entry becomes the pivot's; which ones changed places is kept in S. The
# number of states is taken from the length of w, so that no compiler writes the loops out: that takes long.
_STEP = '''

def stay_apart():
    """Asks not to be written out wherever it is called, once it is compiled."""


def resume(w, i):
    pass


def factorise(w, n):
    """Elimination with pivots, by selection instead of branches."""
    widen()
    stay_apart()
    for i in range(LANES):
        w[H_USED + i] = smaller(w[H + i], w[GOAL + i] - w[T + i])
    for e in range(n * n):
        for i in range(LANES):
            w[M + e * LANES + i] = -w[J + e * LANES + i]
    for k in range(n):
        for i in range(LANES):
            w[M + k * (n + 1) * LANES + i] += 1.0 / (GAMMA * w[H_USED + i])
    for k in range(n):
        pivot = M + k * (n + 1) * LANES
        for r in range(k + 1, n):
            other, swap = M + (r * n + k) * LANES, S + (r * n + k) * LANES
            for i in range(LANES):
                w[swap + i] = 1.0 if abs(w[other + i]) > abs(w[pivot + i]) else 0.0
            for c in range(k, n):
                exchange(w, swap, M + (k * n + c) * LANES, M + (r * n + c) * LANES)
        for i in range(LANES):
            w[RECIPROCAL + k * LANES + i] = 1.0 / w[pivot + i]
        for r in range(k + 1, n):
            factor = M + (r * n + k) * LANES
            for i in range(LANES):
                w[factor + i] *= w[RECIPROCAL + k * LANES + i]
            for c in range(k + 1, n):
                subtract(w, M + (r * n + c) * LANES, factor, M + (k * n + c) * LANES)


def exchange(w, swap, upper, lower):
    for i in range(LANES):
        a, b = w[upper + i], w[lower + i]
        w[upper + i] = b if w[swap + i] > 0.0 else a
        w[lower + i] = a if w[swap + i] > 0.0 else b


def subtract(w, target, factor, other):
    for i in range(LANES):
        w[target + i] -= w[factor + i] * w[other + i]


def resolve(w, u, n):
    """Solves for the right-hand side in B; the solution is what stands from row u on."""
    widen()
    stay_apart()
    for i in range(n * LANES):
        w[u + i] = w[B + i]
    for k in range(n):
        for r in range(k + 1, n):
            exchange(w, S + (r * n + k) * LANES, u + k * LANES, u + r * LANES)
        for r in range(k + 1, n):
            subtract(w, u + r * LANES, M + (r * n + k) * LANES, u + k * LANES)
    for k in range(n - 1, -1, -1):
        for c in range(k + 1, n):
            subtract(w, u + k * LANES, M + (k * n + c) * LANES, u + c * LANES)
        for i in range(LANES):
            w[u + k * LANES + i] *= w[RECIPROCAL + k * LANES + i]


def gather(w, s, n):
    """The point of stage s, and what the earlier stages add to its right-hand side."""
    widen()
    stay_apart()
    for j in range(n):
        x, b = X + j * LANES, B + j * LANES
        for i in range(LANES):
            w[x + i], w[b + i] = w[Y + j * LANES + i], 0.0
        for r in range(s):
            u, point, coupling = U + (r * n + j) * LANES, POINTS[s, r], COUPLINGS[s, r]
            for i in range(LANES):
                w[x + i] += point * w[u + i]
                w[b + i] += coupling * w[u + i]
        for i in range(LANES):
            w[b + i] = w[b + i] / w[H_USED + i] + DRIFTS[s] * w[H_USED + i] * w[DRIFT + j * LANES + i]


def interpolate(w, n):
    """Coefficients within the step, and what its middle lacks: how far y' there is from what it should be."""
    widen()
    stay_apart()
    last = U + (STAGES - 1) * n * LANES
    for i in range(n * LANES):
        w[C + i] = w[X + i] + w[last + i] - w[Y + i]
    for c in range(3):
        target = C + (c + 1) * n * LANES
        for i in range(n * LANES):
            w[target + i] = 0.0
        for s in range(STAGES):
            for i in range(n * LANES):
                w[target + i] += DENSE[c, s] * w[U + s * n * LANES + i]
    first, second, third = C + n * LANES, C + 2 * n * LANES, C + 3 * n * LANES
    for i in range(n * LANES):
        inner = w[first + i] + 0.5 * (w[second + i] + 0.5 * w[third + i])
        w[X + i] = w[Y + i] + 0.5 * (w[C + i] + 0.5 * inner)
    for j in range(n):
        for i in range(LANES):
            rise, bend = w[C + j * LANES + i], w[second + j * LANES + i]
            w[B + j * LANES + i] = -(rise + 0.25 * bend) / w[H_USED + i]


def advance(w, max_steps):
    """One step of every lane, as `take_rosenbrock_step` takes it."""
    n = len(w) // (ROWS * LANES) * STATES
    linearise(w)
    factorise(w, n)
    for s in range(STAGES):
        gather(w, s, n)
        ask(w, NODES[s])
        resolve(w, U + s * n * LANES, n)
    interpolate(w, n)
    ask(w, 0.5)
    resolve(w, U + STAGES * n * LANES, n)
    finish(w, max_steps)
'''


def _finish() -> Iterator[str]:
    """Error, acceptance, next step size, fate; the step's end stands in X before it becomes the state."""
    yield from ("", "", "def finish(w, max_steps):", "    widen()", "    stay_apart()")
    yield from indented(1, _ERRORS)
    yield "    for i in range(LANES):"
    yield "        t, end, rtol, rejected = w[T + i], w[END + i], w[RTOL + i], w[REJECTED + i]"
    yield "        goal, proposed, longest = w[GOAL + i], w[H + i], w[MAX_STEP + i]"
    yield "        lands = proposed >= goal - t"
    yield "        h = w[H_USED + i]"
    yield "        error = math.sqrt(larger(w[B + i], w[RECIPROCAL + i]) / STATES)"
    yield "        finite = (w[B + i] <= LARGEST) & (w[RECIPROCAL + i] <= LARGEST) & (error <= LARGEST)"
    yield from indented(2, control(f"{CONTROL.safety} * error ** {-1.0 / RODAS5P.order}"))
    yield "        w[S + i] = 1.0 if accepted else 0.0"
    yield from indented(1, _MOVE)


# Sums of squares: of the last stage in row B, of the defect in row RECIPROCAL, both free by now.
_ERRORS = (
    "for i in range(LANES):",
    "    w[B + i] = w[RECIPROCAL + i] = 0.0",
    "for j in range(STATES):",
    "    last = U + ((STAGES - 1) * STATES + j) * LANES",
    "    defect = U + (STAGES * STATES + j) * LANES",
    "    for i in range(LANES):",
    "        y = w[Y + j * LANES + i]",
    "        z = y + w[C + j * LANES + i]",
    "        z = z if abs(z) <= LARGEST else np.nan",
    "        scale = 1.0 / larger(w[ATOL + i] + w[RTOL + i] * larger(abs(y), abs(z)), TINY)",
    "        a, b = w[last + i] * scale + 0.0 * z, w[defect + i] * scale",
    "        w[B + i] += a * a",
    "        w[RECIPROCAL + i] += b * b",
)

_MOVE = (
    "for j in range(STATES):",
    "    for i in range(LANES):",
    "        y = w[Y + j * LANES + i]",
    "        z = y + w[C + j * LANES + i]",
    "        w[Y_OLD + j * LANES + i] = y",
    "        w[Y + j * LANES + i] = z if w[S + i] > 0.0 else y",
)

_INSIDE = """

def inside(w):
    pass


def value(w, i, j):
    x = (w[DUE + i] - w[T_OLD + i]) / w[H_USED + i]
    c = C + j * LANES + i
    first, second, third = w[c + STATES * LANES], w[c + 2 * STATES * LANES], w[c + 3 * STATES * LANES]
    y = w[c] + (1.0 - x) * (first + x * (second + (1.0 - x) * third))
    return w[Y_OLD + j * LANES + i] + x * y
"""
