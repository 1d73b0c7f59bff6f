"""The velocities of blocks written out in their real entries, exactly.

Entries are two polynomials, real and imaginary part: coefficients by sorted tuples of the states' places.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import sympy as sp

from odekit.systems.blocks.stack import BlockStack

__all__ = ["Term", "energy_of", "velocities_of"]

Term = tuple[Fraction, tuple[tuple[str, bool], ...]]
Poly = dict[tuple[int, ...], Fraction]
Entry = tuple[Poly, Poly]
Matrix = list[list[Entry]]


def velocities_of(
    letters: Sequence[str],
    stacks: Sequence[BlockStack],
    terms: Mapping[str, Sequence[Term]],
    states: Sequence[sp.Symbol],
) -> list[sp.Expr]:
    """Velocity of each state of each letter in turn; 0 in a trivial stack."""
    rows = sum(stack.rows for stack in stacks)
    result: list[sp.Expr] = [sp.S.Zero] * len(states)
    first = 0
    for stack in stacks:
        for place in range(0 if stack.is_trivial else len(stack.names)):
            blocks = {
                name: _block(stack, [i * rows + first + k for k in _places(stack, place)])
                for i, name in enumerate(letters)
            }
            for i, name in enumerate(letters):
                entries = _independent(stack, _summed(terms[name], blocks, stack.dimension))
                for k, polynomial in zip(_places(stack, place), entries, strict=True):
                    result[i * rows + first + k] = _expression(polynomial, states)
        first += stack.rows
    return result


def energy_of(
    states: Sequence[sp.Symbol], velocities: Sequence[sp.Expr], stacks: Sequence[BlockStack], rate: Fraction
) -> sp.Expr:
    """Sum over the blocks of a letter of metric times state times velocity, over its rate."""
    metric = [
        sp.Rational(stack.dimension * (1 if stack.kind == "R" else 2), stack.matrices.shape[1])
        for stack in stacks
        for _ in range(stack.rows)
    ]
    factor = sp.Rational(rate.denominator, rate.numerator)
    pairs = zip(metric, states, velocities, strict=True)
    return sp.Add(*(factor * g * state * velocity for g, state, velocity in pairs))


def _places(stack: BlockStack, place: int) -> list[int]:
    """Rows of the states of one of a stack's blocks: real parts, then imaginary ones."""
    size = stack.dimension * stack.columns
    half = len(stack.names) * size
    parts = (0,) if stack.kind == "R" else (0, half)
    return [part + place * size + k for part in parts for k in range(size)]


def _block(stack: BlockStack, places: Sequence[int]) -> Matrix:
    """The whole block, in the places of its states."""
    d, columns = stack.dimension, stack.columns
    size = d * columns
    kept = [
        [_entry(places[i * columns + j], places[size + i * columns + j] if len(places) > size else None)
         for j in range(columns)]
        for i in range(d)
    ]  # fmt: skip
    if stack.kind != "H":
        return kept
    return [
        [*row, *(_times(Fraction(1 if i >= columns else -1), _conjugate(kept[(i + columns) % d][j]))
                 for j in range(columns))]
        for i, row in enumerate(kept)
    ]  # fmt: skip


def _entry(real: int, imaginary: int | None) -> Entry:
    return {(real,): Fraction(1)}, {} if imaginary is None else {(imaginary,): Fraction(1)}


def _summed(terms: Sequence[Term], blocks: Mapping[str, Matrix], size: int) -> Matrix:
    total: Matrix = [[({}, {}) for _ in range(size)] for _ in range(size)]
    for value, word in terms:
        matrix = _product([_adjoint(blocks[name]) if adjoint else blocks[name] for name, adjoint in word])
        total = [
            [_added(a, _times(value, b)) for a, b in zip(left, right, strict=True)]
            for left, right in zip(total, matrix, strict=True)
        ]
    return total


def _product(factors: Sequence[Matrix]) -> Matrix:
    product, *others = factors
    for other in others:
        product = [
            [_sum([_multiplied(row[k], other[k][j]) for k in range(len(other))]) for j in range(len(other))]
            for row in product
        ]
    return product


def _adjoint(matrix: Matrix) -> Matrix:
    return [[_conjugate(row[i]) for row in matrix] for i in range(len(matrix))]


def _conjugate(entry: Entry) -> Entry:
    return entry[0], {key: -value for key, value in entry[1].items()}


def _times(factor: Fraction, entry: Entry) -> Entry:
    real, imaginary = ({key: factor * value for key, value in part.items()} for part in entry)
    return real, imaginary


def _sum(entries: Sequence[Entry]) -> Entry:
    total: Entry = ({}, {})
    for entry in entries:
        total = _added(total, entry)
    return total


def _added(left: Entry, right: Entry) -> Entry:
    real, imaginary = (
        {key: a.get(key, Fraction(0)) + b.get(key, Fraction(0)) for key in {**a, **b}}
        for a, b in zip(left, right, strict=True)
    )
    return real, imaginary


def _multiplied(left: Entry, right: Entry) -> Entry:
    (a, b), (c, d) = left, right
    real, imaginary = _added((_convolved(a, c), _convolved(a, d)), (_convolved(b, d, -1), _convolved(b, c)))
    return real, imaginary


def _convolved(left: Poly, right: Poly, sign: int = 1) -> Poly:
    total: Poly = {}
    for a, x in left.items():
        for b, y in right.items():
            key = tuple(sorted(a + b))
            total[key] = total.get(key, Fraction(0)) + sign * x * y
    return total


def _independent(stack: BlockStack, matrix: Matrix) -> list[Poly]:
    """The entries that are states: real parts, then imaginary ones."""
    kept = [row[: stack.columns] for row in matrix]
    parts = (0,) if stack.kind == "R" else (0, 1)
    return [entry[part] for part in parts for row in kept for entry in row]


def _expression(polynomial: Poly, states: Sequence[sp.Symbol]) -> sp.Expr:
    return sp.Add(
        *(
            sp.Mul(sp.Rational(value.numerator, value.denominator), *(states[i] for i in key))
            for key, value in polynomial.items()
            if value
        )
    )
