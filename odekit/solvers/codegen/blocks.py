"""Array code for a flow of blocks: blocks of a batch as stacked matrices, words as matrix products.

States hold each letter in turn, in it each stack: real parts of all blocks, then imaginary ones (none at type
R), row by row. At type H, ((A, -conj B), (B, conj A)), only the first half of the columns is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import FloatArray
from odekit.systems import BlockFlow, BlockStack, Term

__all__ = ["BlockLayout", "block_rhs"]

Blocks = list[NDArray[Any]]
Code = list[tuple[float, tuple[tuple[str, bool], ...]]]


class BlockLayout:
    """Where each weight group's blocks lie in the rows of the states.

    Blocks of a stack are (irrep, row, column, ...), float64 at type R, else complex128.
    """

    def __init__(self, flow: BlockFlow) -> None:
        self.letters = flow.letters
        self.stacks = flow.stacks
        self.rows = flow.rows

    def rows_of(self, letter: int, stack: int) -> slice:
        """Rows of one weight group's blocks in one stack."""
        first = letter * self.rows + sum(other.rows for other in self.stacks[:stack])
        return slice(first, first + self.stacks[stack].rows)

    def unpack(self, y: FloatArray) -> dict[str, Blocks]:
        """Blocks by letter and stack, from states (state, ...)."""
        return {
            name: [read_blocks(stack, y[self.rows_of(i, j)]) for j, stack in enumerate(self.stacks)]
            for i, name in enumerate(self.letters)
        }


def read_blocks(stack: BlockStack, rows: FloatArray) -> NDArray[Any]:
    """Blocks (irrep, d, d, ...) of one weight group in one stack; a view of the states at type R."""
    shape = (len(stack.names), stack.dimension, stack.columns, *rows.shape[1:])
    if stack.kind == "R":
        return rows.reshape(shape)
    half = len(rows) // 2
    blocks = np.empty((*shape[:2], stack.dimension, *shape[3:]), dtype=np.complex128)
    kept = blocks[:, :, : stack.columns]
    kept.real, kept.imag = rows[:half].reshape(shape), rows[half:].reshape(shape)
    if stack.kind == "H":
        m = stack.columns
        np.conjugate(kept[:, :m], out=blocks[:, m:, m:])
        np.conjugate(kept[:, m:], out=blocks[:, :m, m:])
        np.negative(blocks[:, :m, m:], out=blocks[:, :m, m:])
    return blocks


def write_blocks(stack: BlockStack, kept: NDArray[Any], rows: FloatArray) -> None:
    """The states of one weight group in one stack, from the columns of its blocks that are states."""
    if stack.kind == "R":
        rows.reshape(kept.shape)[...] = kept
        return
    half = len(rows) // 2
    rows[:half].reshape(kept.shape)[...] = kept.real
    rows[half:].reshape(kept.shape)[...] = kept.imag


def block_rhs(flow: BlockFlow) -> Callable[[Any, FloatArray, Any, FloatArray], None]:
    """The right-hand side ``rhs(t, y, p, out)`` of a flow of blocks on (state, batch) arrays."""
    layout = BlockLayout(flow)
    field = {name: _code(terms) for name, terms in flow.terms.items()}
    radial = {name: float(value) for name, value in flow.radial.items()}
    last, rate = flow.linear[0], float(flow.linear[1])
    has_spheres = flow.has_spheres
    places = [
        (stack, {name: layout.rows_of(i, j) for i, name in enumerate(layout.letters)})
        for j, stack in enumerate(layout.stacks)
    ]
    spheres = [
        (radial[name], slice(i * layout.rows, (i + 1) * layout.rows)) for i, name in enumerate(layout.letters)
    ]

    def rhs(t: Any, y: FloatArray, p: Any, out: FloatArray) -> None:
        energy = np.zeros(y.shape[1:])
        for stack, rows in places:
            _write_free_field(stack, field, y, rows, out)
            if has_spheres:
                energy += (stack.metric / rate) * np.einsum("ib,ib->b", y[rows[last]], out[rows[last]])
        if has_spheres:
            for coefficient, sphere in spheres:
                out[sphere] -= (coefficient * energy) * y[sphere]

    return rhs


def _write_free_field(
    stack: BlockStack, field: Mapping[str, Code], y: FloatArray, places: Mapping[str, slice], out: FloatArray
) -> None:
    """The field of one stack's blocks without the spheres' part; the trivial irrep has none."""
    if stack.is_trivial:
        for rows in places.values():
            out[rows] = 0.0
        return
    blocks: dict[tuple[str, bool], NDArray[Any]] = {}
    for name, rows in places.items():
        block = read_blocks(stack, y[rows])
        blocks[name, False], blocks[name, True] = block, block.conj().swapaxes(1, 2)
    for name, rows in places.items():
        write_blocks(stack, _evaluate(field[name], blocks, stack.columns), out[rows])


def _code(terms: Sequence[Term]) -> Code:
    return [(float(value), word) for value, word in terms]


def _evaluate(code: Code, blocks: Mapping[tuple[str, bool], NDArray[Any]], columns: int) -> NDArray[Any]:
    """The first columns of a combination of words."""
    terms = [value * _product([blocks[letter] for letter in word], columns) for value, word in code]
    return np.asarray(sum(terms[1:], terms[0]))


def _product(factors: Blocks, columns: int) -> NDArray[Any]:
    product = factors[-1][:, :, :columns]
    for left in factors[-2::-1]:
        product = _multiply(left, product)
    return product


def _multiply(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Products of the matrices on axes 1 and 2, one outer product after the other."""
    total = left[:, :, 0, None] * right[:, None, 0]
    for inner in range(1, right.shape[1]):
        total += left[:, :, inner, None] * right[:, None, inner]
    return np.asarray(total)
