"""Array code for a lifted flow: blocks of a batch as stacked matrices, words as matrix products.

What enters is a system whose right-hand side is given in words of blocks; what leaves is a function of real
states. It must not know what the blocks stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BlockLayout", "block_rhs"]

FloatArray = NDArray[np.float64]
Blocks = list[NDArray[Any]]


class BlockLayout:
    """Where each weight group's blocks lie in the rows of the states.

    Blocks of a stack are (irrep, row, column, batch), complex unless the stack is real.
    """

    def __init__(self, system: Any) -> None:
        self.letters: tuple[str, ...] = system.flow.letters
        self.stacks = system.stacks
        self.rows = sum(stack.rows for stack in self.stacks)

    def unpack(self, y: FloatArray) -> dict[str, Blocks]:
        """Blocks by letter and stack, from states (state, ...)."""
        return {
            letter: self._unpack_letter(y[i * self.rows : (i + 1) * self.rows])
            for i, letter in enumerate(self.letters)
        }

    def pack(self, blocks: Mapping[str, Blocks]) -> FloatArray:
        """States (state, ...) from blocks by letter and stack."""
        parts = []
        for letter in self.letters:
            for stack, values in zip(self.stacks, blocks[letter], strict=True):
                flat = values.reshape(-1, *values.shape[3:])
                parts += [flat.real] if stack.is_real else [flat.real, flat.imag]
        return np.ascontiguousarray(np.concatenate(parts), dtype=np.float64)

    def _unpack_letter(self, rows: FloatArray) -> Blocks:
        blocks: Blocks = []
        place = 0
        for stack in self.stacks:
            shape = (len(stack.irreps), stack.dimension, stack.dimension, *rows.shape[1:])
            part = rows[place : place + stack.rows]
            if stack.is_real:
                blocks.append(part.reshape(shape))
            else:
                half = stack.rows // 2
                blocks.append((part[:half] + 1j * part[half:]).reshape(shape))
            place += stack.rows
        return blocks


def block_rhs(system: Any) -> Callable[[Any, FloatArray, Any, FloatArray], None]:
    """The right-hand side ``rhs(t, y, p, out)`` of a lifted system on (state, batch) arrays."""
    layout = BlockLayout(system)
    flow, order = system.flow, system.group.order
    field = {name: _code(words) for name, words in flow.free_field.items()}
    energy = _code(flow.energy)
    radial = {name: float(value) for name, value in flow.radial.items()}
    constrained = any(radial.values())

    def rhs(t: Any, y: FloatArray, p: Any, out: FloatArray) -> None:
        blocks = layout.unpack(y)
        moved: dict[str, Blocks] = {name: [] for name in layout.letters}
        total = np.zeros(y.shape[1:])
        for index, stack in enumerate(layout.stacks):
            is_trivial = stack.irreps == (0,)
            here = {name: values[index] for name, values in blocks.items()}
            if constrained and not is_trivial:
                weights = np.array(stack.multiplicities) * stack.dimension / order
                trace = np.einsum("siib->sb", _evaluate(energy, here)).real
                total += weights @ trace
            for name in layout.letters:
                moved[name].append(np.zeros_like(here[name]) if is_trivial else _evaluate(field[name], here))
        if constrained:
            for name in layout.letters:
                for values, block in zip(moved[name], blocks[name], strict=True):
                    values -= radial[name] * total * block
        out[...] = layout.pack(moved)

    return rhs


def _code(words: Mapping[Any, Any]) -> list[tuple[float, list[tuple[str, bool]]]]:
    return [
        (float(value), [(letter.name, letter.is_adjoint) for letter in word]) for word, value in words.items()
    ]


def _evaluate(code: list[tuple[float, list[tuple[str, bool]]]], blocks: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    total: NDArray[Any] | None = None
    for value, word in code:
        product: NDArray[Any] | None = None
        for name, is_adjoint in word:
            block = blocks[name].conj().swapaxes(1, 2) if is_adjoint else blocks[name]
            product = block if product is None else _multiply(product, block)
        term = value * np.asarray(product)
        total = term if total is None else total + term
    return np.asarray(total)


def _multiply(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    if left.shape[1] == 1:
        return left * right
    return np.einsum("sijb,sjkb->sikb", left, right)
