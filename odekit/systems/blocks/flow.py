"""The flow of matrices by products of matrices, the same at every block of every stack.

    A' = sum of terms - radial_A E A,        E = sum of metric <B, terms of B>/rate_B

for a letter B in which E is linear. All radial_A are 0 without spheres; a trivial stack's block has no terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.systems.blocks.entries import Term, energy_of, velocities_of
from odekit.systems.blocks.stack import BlockStack

__all__ = ["ENERGY", "BlockFlow", "Term", "matrix_expression", "matrix_text"]

ENERGY = sp.Symbol("E", real=True)


@dataclass(frozen=True, eq=False)
class BlockFlow:
    """Matrices as states, and how they move.

    States are, of each letter in turn, the rows of each stack.

    Parameters
    ----------
    letters: names of the matrices, such as theta and xi.
    stacks: the blocks that each of them has.
    terms: of each letter's velocity without the spheres' part.
    radial: the coefficient of ``-E A`` in each letter's velocity; all 0 where there are no spheres.
    linear: the letter in which the energy is linear, and the rate at which it moves.
    """

    letters: tuple[str, ...]
    stacks: tuple[BlockStack, ...]
    terms: Mapping[str, tuple[Term, ...]]
    radial: Mapping[str, Fraction]
    linear: tuple[str, Fraction]

    @property
    def has_spheres(self) -> bool:
        """Whether a radial part is taken away."""
        return any(self.radial.values())

    @property
    def rows(self) -> int:
        """Number of real states of one letter."""
        return sum(stack.rows for stack in self.stacks)

    @cached_property
    def states(self) -> tuple[sp.Symbol, ...]:
        """One symbol per real number: letter, irrep, part, row and column."""
        names = [n for letter in self.letters for stack in self.stacks for n in stack.state_names(letter)]
        return tuple(sp.Symbol(name, real=True) for name in names)

    @cached_property
    def velocities(self) -> dict[sp.Symbol, sp.Expr]:
        """Time derivative of every state, in the states and E."""
        free = velocities_of(self.letters, self.stacks, self.terms, self.states)
        radial = [self.radial[letter] for letter in self.letters for _ in range(self.rows)]
        return {
            state: velocity - sp.Rational(factor.numerator, factor.denominator) * ENERGY * state
            for state, velocity, factor in zip(self.states, free, radial, strict=True)
        }

    @cached_property
    def energy(self) -> sp.Expr:
        """E in the states."""
        free = velocities_of(self.letters, self.stacks, self.terms, self.states)
        first = self.letters.index(self.linear[0]) * self.rows
        here = slice(first, first + self.rows)
        return energy_of(self.states[here], free[here], self.stacks, self.linear[1])

    @cached_property
    def equations(self) -> dict[sp.MatrixSymbol, sp.MatrixExpr]:
        """Velocity of each matrix at every block but the trivial one, as a matrix expression."""
        return {block_symbol(name): self._velocity(name) for name in self.letters}

    def _velocity(self, name: str) -> sp.MatrixExpr:
        free, radial = matrix_expression(self.terms[name]), self.radial[name]
        if not radial:
            return free
        return free - sp.Rational(radial.numerator, radial.denominator) * ENERGY * block_symbol(name)

    @cached_property
    def transform(self) -> FloatArray:
        """Real matrix (rows, n) that takes the weights of one letter to its states."""
        return np.concatenate([stack.transform for stack in self.stacks])

    @cached_property
    def metric(self) -> FloatArray:
        """(rows,): what each squared state of a letter counts in the squared length of its weights."""
        return np.concatenate([np.full(stack.rows, stack.metric) for stack in self.stacks])

    def to_states(self, weights: Mapping[str, ArrayLike]) -> FloatArray:
        """States (state, batch) of weights (batch, n) by letter.

        Raises
        ------
        InputError: a letter is missing, or has another shape.
        """
        return np.concatenate([self.transform @ self._weights(weights, name).T for name in self.letters])

    def to_weights(self, y: FloatArray) -> dict[str, FloatArray]:
        """Weights (..., batch, n) by letter, from states (..., state, batch).

        Where only some blocks are states, the weights' part in those.
        """
        inverse = (self.metric[:, None] * self.transform).T
        return {
            name: np.swapaxes(inverse @ y[..., i * self.rows : (i + 1) * self.rows, :], -1, -2)
            for i, name in enumerate(self.letters)
        }

    def _weights(self, weights: Mapping[str, ArrayLike], name: str) -> FloatArray:
        matrix = np.asarray(weights.get(name, np.empty(0)), dtype=np.float64)
        count = self.transform.shape[1]
        if matrix.ndim != 2 or matrix.shape[1] != count:
            raise InputError(
                f"the weights {name} don't fit the group",
                expected=f"{', '.join(self.letters)}, each of shape (batch, {count})",
                received=f"{name} of shape {matrix.shape}" if name in weights else f"no {name}",
            )
        return matrix


def matrix_text(expression: sp.MatrixExpr) -> str:
    """A sum of products of matrices as a formula, each sign in front of its term.

    >>> A = block_symbol("A")
    >>> matrix_text(2 * A * A.adjoint() - ENERGY * A)
    '-E*A + 2*A*Adjoint(A)'
    """
    text = ""
    for term in sp.MatAdd.make_args(expression):
        factor, matrices = term.as_coeff_mmul()
        is_negative = factor.could_extract_minus_sign()
        size = -factor if is_negative else factor
        words = ([] if size == 1 else [str(size)]) + [str(matrices)]
        sign = (" - " if is_negative else " + ") if text else "-" if is_negative else ""
        text += sign + "*".join(words)
    return text


def block_symbol(name: str) -> sp.MatrixSymbol:
    """The matrix of a letter, d by d."""
    size = sp.Symbol("d", integer=True, positive=True)
    return sp.MatrixSymbol(name, size, size)


def matrix_expression(terms: Sequence[Term]) -> sp.MatrixExpr:
    """A sum of products of matrices and adjoints.

    >>> matrix_expression([(Fraction(2), (("xi", False), ("theta", True)))])
    2*xi*Adjoint(theta)
    """
    products = [
        sp.MatMul(
            sp.Rational(value.numerator, value.denominator),
            *(sp.Adjoint(block_symbol(n)) if is_adjoint else block_symbol(n) for n, is_adjoint in word),
        )
        for value, word in terms
    ]
    return sp.MatAdd(*products).doit() if products else sp.ZeroMatrix(*block_symbol("x").shape)
