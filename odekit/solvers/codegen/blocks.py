"""Array code for a lifted flow: blocks of a batch as stacked matrices, words as matrix products.

What enters is a system whose right-hand side is given in words of blocks; what leaves is a function of real
states. It must not know what the blocks stand for.

States hold each weight group in turn, in it each stack, in it the real parts of all blocks and then the
imaginary ones, row by row: of a real stack (type R) there are none, and of a quaternionic one (type H) only
the first half of the columns is kept, because the block is ((A, -conj B), (B, conj A)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BlockLayout", "block_rhs"]

FloatArray = NDArray[np.float64]
Blocks = list[NDArray[Any]]
Code = list[tuple[float, list[tuple[str, bool]]]]


class BlockLayout:
    """Where each weight group's blocks lie in the rows of the states.

    Blocks of a stack are (irrep, row, column, ...), float64 at type R, else complex128.
    """

    def __init__(self, system: Any) -> None:
        self.letters: tuple[str, ...] = system.flow.letters
        self.stacks: tuple[Any, ...] = system.stacks
        self.rows: int = sum(stack.rows for stack in self.stacks)

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

    def pack(self, blocks: Mapping[str, Blocks]) -> FloatArray:
        """States (state, ...) from blocks by letter and stack."""
        batch = blocks[self.letters[0]][0].shape[3:]
        y = np.empty((len(self.letters) * self.rows, *batch))
        for i, name in enumerate(self.letters):
            for j, stack in enumerate(self.stacks):
                write_blocks(stack, blocks[name][j][:, :, : stack.columns], y[self.rows_of(i, j)])
        return y


def read_blocks(stack: Any, rows: FloatArray) -> NDArray[Any]:
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


def write_blocks(stack: Any, kept: NDArray[Any], rows: FloatArray) -> None:
    """The states of one weight group in one stack, from the columns of its blocks that are states."""
    if stack.kind == "R":
        rows.reshape(kept.shape)[...] = kept
        return
    half = len(rows) // 2
    rows[:half].reshape(kept.shape)[...] = kept.real
    rows[half:].reshape(kept.shape)[...] = kept.imag


def block_rhs(system: Any) -> Callable[[Any, FloatArray, Any, FloatArray], None]:
    """The right-hand side ``rhs(t, y, p, out)`` of a lifted system on (state, batch) arrays.

    The energy is a linear function of xi, so that it is the inner product of xi with its own gradient.
    """
    layout, flow = BlockLayout(system), system.flow
    field = {name: _code(words) for name, words in flow.free_field.items()}
    radial = {name: float(value) for name, value in flow.radial.items()}
    rate = float(flow.rates["xi"])

    def rhs(t: Any, y: FloatArray, p: Any, out: FloatArray) -> None:
        energy = np.zeros(y.shape[1:])
        for j, stack in enumerate(layout.stacks):
            places = [layout.rows_of(i, j) for i in range(len(layout.letters))]
            _write_free_field(stack, field, y, dict(zip(layout.letters, places, strict=True)), out)
            if flow.spheres:
                energy += (stack.metric / rate) * np.einsum("ib,ib->b", y[places[-1]], out[places[-1]])
        if flow.spheres:
            for i, name in enumerate(layout.letters):
                rows = slice(i * layout.rows, (i + 1) * layout.rows)
                out[rows] -= (radial[name] * energy) * y[rows]

    return rhs


def _write_free_field(
    stack: Any, field: Mapping[str, Code], y: FloatArray, places: Mapping[str, slice], out: FloatArray
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


def _code(words: Mapping[Any, Any]) -> Code:
    return [
        (float(value), [(letter.name, letter.is_adjoint) for letter in word]) for word, value in words.items()
    ]


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
