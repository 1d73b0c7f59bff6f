"""The task: which element of the group a tuple of inputs maps to."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from odekit.arrays import IntArray
from odekit.errors import InputError, shown
from odekit.expressions import parse
from odekit.groups import FiniteGroup

__all__ = ["Task", "labels"]

SUMMANDS = ("x", "y", "z")
# Coefficients count modulo the order: a larger one is a slip.
MAX_COEFFICIENT = 1000


@dataclass(frozen=True)
class Task:
    """The map to learn: ``sum_i coefficients[i] * x_i`` on an Abelian group, or the group's product.

    Parameters
    ----------
    text: as the user wrote it, such as ``"x+y"``, ``"x-y"``, ``"2*x+3*y"``, ``"x+y+z"`` or ``"x*y"``.
    coefficients: one nonzero integer per summand.
    is_product: whether it was given as the group's product, which needs no Abelian group.
    """

    text: str
    coefficients: tuple[int, ...]
    is_product: bool = False

    @property
    def summands(self) -> int:
        """Number of inputs."""
        return len(self.coefficients)

    @property
    def is_symmetric(self) -> bool:
        """Whether exchanging inputs leaves an Abelian group's label unchanged."""
        return len(set(self.coefficients)) == 1

    @classmethod
    def parse(cls, text: str) -> Task:
        """Read a task.

        Raises
        ------
        InputError: not linear with nonzero integer coefficients in x, y (and z), nor the product x*y.

        >>> Task.parse("2*x - y").coefficients
        (2, -1)
        """
        polynomial = parse(text, SUMMANDS).polynomial(SUMMANDS)
        if polynomial == {(1, 1, 0): Fraction(1)}:
            return cls(text, (1, 1), is_product=True)
        coefficients = [Fraction(0)] * len(SUMMANDS)
        for exponents, value in (polynomial or {}).items():
            if sum(exponents) != 1:
                raise _not_a_task(text)
            coefficients[exponents.index(1)] = value
        summands = len(SUMMANDS) if coefficients[-1] else len(SUMMANDS) - 1
        used = coefficients[:summands]
        if not all(c and c.denominator == 1 and abs(c) <= MAX_COEFFICIENT for c in used):
            raise _not_a_task(text)
        return cls(text, tuple(int(c) for c in used))


def _not_a_task(text: str) -> InputError:
    return InputError(
        "the task is not one that odekit knows",
        expected="a sum of x, y (and z) with nonzero integer coefficients, or the product x*y",
        received=shown(text),
        hint="'x+y', 'x-y', '2*x+3*y' or 'x+y+z'",
    )


def labels(task: Task, group: FiniteGroup) -> IntArray:
    """Right answers: int array of shape ``(n,) * s``, the element that each tuple of inputs maps to."""
    answer = _multiples(group, task.coefficients[0])
    for coefficient in task.coefficients[1:]:
        answer = group.table[answer[..., None], _multiples(group, coefficient)]
    return answer


def _multiples(group: FiniteGroup, coefficient: int) -> IntArray:
    """``coefficient * x`` for every element x, int array (n,)."""
    elements = np.arange(group.order)
    step = elements if coefficient > 0 else group.inverse
    total = np.full(group.order, group.identity)
    for _ in range(abs(coefficient)):
        total = group.table[total, step]
    return total
