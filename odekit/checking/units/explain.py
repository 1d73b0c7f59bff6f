"""Free units: one value of each that explains as many lines as can be explained at once.

A unit is a number times a power of the order. Term by term, an identity is linear in the logarithms of the
units: numbers and powers of the order are two systems of linear equations with the same matrix.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from odekit.arrays import FloatArray
from odekit.checking.algebra import balances
from odekit.checking.flow import LOSS, ONE, TIME, Flow
from odekit.checking.sampling import Points, measure, number, power
from odekit.checking.statements import Identity
from odekit.expressions import Expression, times

__all__ = ["Case", "explain", "explained"]

# Each subset of lines is solved and tried; beyond these `_fitting` looks for good ones instead.
MOST_LEFT_OUT = 3
MOST_SUBSETS = 300
_CLOSE = 1e-9  # relative, well above the rounding of a float64


@dataclass(frozen=True)
class Case:
    """A line's identities, at its points."""

    identities: tuple[Identity, ...]
    points: Points


@dataclass(frozen=True)
class _Rows:
    """Linear equations of one line: exponents of the units, and what they have to add up to.

    Parameters
    ----------
    matrix: (equations, units) exponents.
    wanted: (equations, 1 + parameters) logarithm of a number, then exponents of the parameters.
    """

    matrix: FloatArray
    wanted: FloatArray


def explain(flow: Flow, cases: Sequence[Case]) -> dict[str, Expression]:
    """A value of each unit that explains the most lines, with as few units other than 1 as can be.

    Only rationals and their square roots, times powers of the order, count as values.
    """
    units = tuple(sorted(flow.units, key=_worth))
    if not units or not cases:
        return dict.fromkeys(units, ONE)
    parameters = (*flow.order_names, *flow.constants)
    rows = [_rows(case, flow, units, parameters) for case in cases]
    best: dict[str, Expression] = dict.fromkeys(units, ONE)
    most = explained(cases, best)
    for kept in _subsets(rows):
        if len(kept) <= len(most):
            continue
        solution = _solve([rows[line] for line in kept])
        if solution is None:
            continue
        named = [_recognised(row, parameters) for row in solution]
        values = {unit: value for unit, value in zip(units, named, strict=True) if value is not None}
        if len(values) < len(units):
            continue
        found = explained(cases, values)
        if len(found) > len(most):
            best, most = values, found
    return best


def _worth(unit: str) -> tuple[int, str]:
    """Time explains a factor before the loss does, and states come last."""
    return ({f"unit:{TIME}": 0, f"unit:{LOSS}": 1}.get(unit, 2), unit)


def _rows(case: Case, flow: Flow, units: tuple[str, ...], parameters: tuple[str, ...]) -> _Rows:
    found = [balance for each in case.identities for balance in balances(each.left, each.right, flow)]
    matrix = [[balance.exponents.get(unit, 0.0) for unit in units] for balance in found]
    wanted = [
        [-math.log(balance.number), *(-balance.exponents.get(name, 0.0) for name in parameters)]
        for balance in found
    ]
    shape = (len(found), len(units)), (len(found), 1 + len(parameters))
    return _Rows(np.array(matrix).reshape(shape[0]), np.array(wanted).reshape(shape[1]))


def _subsets(rows: Sequence[_Rows]) -> Iterator[tuple[int, ...]]:
    """All lines, then all but a few as long as these are few subsets; then those that fit each line."""
    count = len(rows)
    for left_out in range(min(MOST_LEFT_OUT + 1, count)):
        if comb(count, left_out) <= MOST_SUBSETS:
            yield from combinations(range(count), count - left_out)
    yield from (_fitting(line, rows) for line in range(count))
    yield from ((line,) for line in range(count))


def _fitting(first: int, rows: Sequence[_Rows]) -> tuple[int, ...]:
    """A line, and those after it, cyclically, that some units explain together with all chosen before."""
    chosen = [first]
    for line in (*range(first + 1, len(rows)), *range(first)):
        together = [rows[each] for each in (*chosen, line)]
        matrix, wanted = (
            np.concatenate([r.matrix for r in together]),
            np.concatenate([r.wanted for r in together]),
        )
        if _fulfilled(matrix, wanted, list(range(matrix.shape[1]))) is not None:
            chosen.append(line)
    return tuple(chosen)


def _solve(rows: Sequence[_Rows]) -> FloatArray | None:
    """Units that fulfil all equations, those set to 1 that can be, from the last; None where none do."""
    matrix, wanted = np.concatenate([r.matrix for r in rows]), np.concatenate([r.wanted for r in rows])
    active = list(range(matrix.shape[1]))
    solution = _fulfilled(matrix, wanted, active)
    if solution is None:
        return None
    for column in reversed(range(matrix.shape[1])):
        fewer = [other for other in active if other != column]
        tried = _fulfilled(matrix, wanted, fewer)
        if tried is not None:
            active, solution = fewer, tried
    return solution


def _fulfilled(matrix: FloatArray, wanted: FloatArray, active: list[int]) -> FloatArray | None:
    solution = np.zeros((matrix.shape[1], wanted.shape[1]))
    if active and len(matrix):
        solution[active] = np.linalg.lstsq(matrix[:, active], wanted, rcond=None)[0]
    return solution if np.allclose(matrix @ solution, wanted, rtol=0, atol=_CLOSE) else None


def explained(cases: Sequence[Case], units: Mapping[str, Expression]) -> tuple[int, ...]:
    """Places of the lines that hold with these units, as far as float64 tells."""
    return tuple(number for number, case in enumerate(cases) if _is_explained(case, units))


def _is_explained(case: Case, units: Mapping[str, Expression]) -> bool:
    values = case.points.at({name: measure(tree, case.points.values)[0] for name, tree in units.items()})
    for identity in case.identities:
        (left, size), (right, other) = (measure(tree, values) for tree in (identity.left, identity.right))
        valid = np.isfinite(left + right)
        if (valid & (np.abs(left - right) > _CLOSE * np.fmax(size, other))).any():
            return False
    return True


def _recognised(solution: FloatArray, parameters: tuple[str, ...]) -> Expression | None:
    """A number times powers of the parameters; None where the number is not simple."""
    result = number(math.exp(solution[0]))
    for name, exponent in zip(parameters, solution[1:], strict=True):
        result = None if result is None else times(result, power(name, float(exponent)))
    return result
