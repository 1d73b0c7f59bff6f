"""A step of the Taylor method for a whole block of trajectories, in NumPy."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from odekit.arrays import FloatArray, IntArray
from odekit.solvers.codegen import FIRST_SCALE, ORDER, SAFETY, Product, SeriesCode, Sum, execute
from odekit.solvers.problem import Interpolant
from odekit.solvers.stepping.attempt import Attempt
from odekit.solvers.stepping.lanes import Lanes, Series
from odekit.solvers.stepping.step_size_control import CONTROL

__all__ = ["first_scale", "series_function", "take_taylor_step"]


def series_function(code: SeriesCode) -> Series:
    """The function ``(t, y, p, s)`` whose value holds the coefficients of y, (order + 1, state, lane).

    They belong to the variable ``(t - t_old) / s``; ``t`` and ``s`` are (lane,), y is (state, lane), p is
    (parameter, lane).

    Parameters
    ----------
    code: the recurrence of the vector field, its coefficients written for numpy.
    """
    evaluate = _constants_function(code)

    def series(t: FloatArray, y: FloatArray, p: FloatArray, s: FloatArray) -> FloatArray:
        constants = iter(
            [np.broadcast_to(np.asarray(value, dtype=np.float64), t.shape) for value in evaluate(p)]
        )
        inner = {name: _bound(sum_, constants) for name, sum_ in code.series.items() if isinstance(sum_, Sum)}
        field = [[(name, s * value) for name, value in _bound(entry, constants)] for entry in code.field]
        coefficients = np.empty((ORDER + 1, *y.shape))
        coefficients[0] = y
        rows = _blank_rows(code, coefficients, t, s)
        for k in range(ORDER):
            for name, entry in code.series.items():
                factors = isinstance(entry, Product)
                rows[name][k] = _convolution(rows, entry, k) if factors else _sum(rows, inner[name], k)
            for j, bound in enumerate(field):
                coefficients[k + 1, j] = _sum(rows, bound, k) * (1.0 / (k + 1))
        return coefficients

    return series


def _constants_function(code: SeriesCode) -> Callable[[FloatArray], list[FloatArray]]:
    sums = [entry for entry in code.series.values() if isinstance(entry, Sum)]
    texts = [text for entry in (*sums, *code.field) for text in _texts(entry)]
    lines = [
        "def constants(p):",
        *(f"    p{j} = p[{j}]" for j in range(code.parameters)),
        *(f"    {statement}" for statement in code.statements),
        f"    return [{', '.join(texts)}]",
    ]
    scope = execute("\n".join(lines), {"numpy": np, "math": math}, "<odekit coefficients>")
    function: Callable[[FloatArray], list[FloatArray]] = scope["constants"]
    return function


def _texts(entry: Sum) -> list[str]:
    return [text for _, text in entry.terms] + ([entry.constant] if entry.constant else [])


def _bound(entry: Sum, constants: Iterator[FloatArray]) -> list[tuple[str, FloatArray]]:
    names = [name for name, _ in entry.terms] + ([_ONE] if entry.constant else [])
    return [(name, next(constants)) for name in names]


_ONE = "1"


def _blank_rows(code: SeriesCode, y: FloatArray, t: FloatArray, s: FloatArray) -> dict[str, FloatArray]:
    rows: dict[str, FloatArray] = {name: np.zeros((ORDER, len(t))) for name in (*code.series, "t", _ONE)}
    rows["t"][0], rows["t"][1], rows[_ONE][0] = t, s, 1.0
    return rows | {f"y{j}": y[:, j] for j in range(code.states)}


def _convolution(rows: dict[str, FloatArray], entry: Product | Sum, k: int) -> FloatArray:
    assert isinstance(entry, Product)
    left, right = rows[entry.left], rows[entry.right]
    if entry.left != entry.right:
        return np.asarray(np.einsum("kl,kl->l", left[: k + 1], right[k::-1]))
    half = (k + 1) // 2
    twice = 2.0 * np.einsum("kl,kl->l", left[:half], left[k : k - half : -1]) if half else 0.0
    return np.asarray(twice + left[k // 2] ** 2 if k % 2 == 0 else twice)


def _sum(rows: dict[str, FloatArray], terms: list[tuple[str, FloatArray]], k: int) -> FloatArray:
    total: FloatArray = np.zeros_like(rows["t"][0])
    for name, value in terms:
        if name != _ONE or k == 0:
            total += value * rows[name][k]
    return total


def first_scale(
    lanes_y: FloatArray, f: FloatArray, rtol: FloatArray, atol: FloatArray, end: FloatArray
) -> FloatArray:
    """First scale of the series, from the sizes of y and y', at most ``end``; (lane,)."""
    scale = np.maximum(atol + rtol * np.abs(lanes_y), CONTROL.tiny)
    size, speed = (np.sqrt(np.mean((value / scale) ** 2, axis=0)) for value in (lanes_y, f))
    first = np.where(
        (size < CONTROL.small) | (speed < CONTROL.small), CONTROL.timid, FIRST_SCALE * size / speed
    )
    return np.minimum(np.where(np.isfinite(first) & (first > 0.0), first, CONTROL.timid), end)


def take_taylor_step(series: Series, lanes: Lanes) -> Attempt:
    """One step of every lane, as long as its last two terms allow.

    With the coefficients b of y in the variable ``(t - t_old) / s`` and e the largest over the states of
    ``max(|b_15|, |b_16|) / (atol + rtol |y|)``, the step is ``s e**(-1/16)``, at most 10 s.

    Source: Jorba and Zou, "A software package for the numerical integration of ODEs by means of high-order
    Taylor methods", Experimental Mathematics 14 (2005), section 3.2.2, with a fixed order.
    """
    s = lanes.h
    b = series(lanes.t, lanes.y, lanes.p, s)
    scale = np.maximum(lanes.atol + lanes.rtol * np.abs(lanes.y), CONTROL.tiny)
    size = (np.maximum(np.abs(b[ORDER - 1]), np.abs(b[ORDER])) / scale).max(axis=0)
    longest = np.minimum(SAFETY * size ** (-1.0 / ORDER), CONTROL.largest_factor)
    longest = np.where(s * longest > lanes.max_step, lanes.max_step / s, longest)
    left = lanes.goal - lanes.t
    lands = (s * longest >= left) & np.isfinite(size)
    x = np.where(lands, left / s, longest)
    y = _horner(b, x)
    finite = np.isfinite(size) & np.isfinite(np.add.reduce(y, axis=0))
    return Attempt(
        t=np.where(lands, lanes.goal, lanes.t + s * longest),
        y=y,
        f=lanes.f.copy(),
        error=size * x**ORDER,
        finite=finite,
        accepted=finite,
        lands=lands & finite,
        h=np.where(finite, s * longest, CONTROL.smallest_factor * s),
        inside=lambda positions: _inside(lanes.t, s, b, positions),
    )


def _horner(b: FloatArray, x: FloatArray) -> FloatArray:
    total = b[ORDER] * x
    for coefficient in b[ORDER - 1 : 0 : -1]:
        total += coefficient
        total *= x
    return np.asarray(total + b[0])


def _inside(t: FloatArray, s: FloatArray, b: FloatArray, positions: IntArray) -> Interpolant:
    return Interpolant(
        t[positions], s[positions], b[0][:, positions], b[1:][:, :, positions], alternates=False
    )
