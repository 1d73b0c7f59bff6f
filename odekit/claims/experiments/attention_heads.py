"""Heads of averaged attention: their flow down a derived loss, and on a manifold of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.derivation import AveragedLoss
from odekit.systems import System, gradient_flow, reduce

__all__ = ["are_of_one_size", "at_values", "heads_flow", "heads_in_groups", "heads_on"]

EQUAL = 0.01  # within which weights are counted as equal in size


def heads_flow(averaged: AveragedLoss, matrices: bool = False) -> System:
    """The flow of mu and omega down a loss of heads.

    Parameters
    ----------
    averaged: the loss.
    matrices: whether omega stands for a matrix ``omega I``, whose square is d omega^2, or for itself.
    """
    return gradient_flow(
        averaged.loss,
        [averaged.mu, averaged.omega],
        metric={"omega": "d"} if matrices else None,
        parameters=[*averaged.parameters],
    )


def heads_on(
    averaged: AveragedLoss, values: Sequence[str], keys: Sequence[str], matrices: bool = False
) -> System:
    """The same reduced to where each head's mu and omega are given formulas, such as ``m, -m`` and ``w, -w``.

    Parameters
    ----------
    averaged, matrices: see `heads_flow`. values, keys: mu and omega of each head.
    """
    names = [str(symbol) for part in (averaged.mu, averaged.omega) for symbol in part.symbols]
    return reduce(heads_flow(averaged, matrices), dict(zip(names, [*values, *keys], strict=True)))


def heads_in_groups(averaged: AveragedLoss, sizes: tuple[int, int], matrices: bool = False) -> System:
    """The same of heads in two groups, ``omega = w, -w`` and ``mu = m/a, -m/b``.

    Parameters
    ----------
    averaged, matrices: see `heads_flow`. sizes: a and b.
    """
    signs = [sign for sign, size in zip((1, -1), sizes, strict=True) for _ in range(size)]
    values = [f"{sign}*m/{sizes[sign < 0]}" for sign in signs]
    return heads_on(averaged, values, [f"{sign}*w" for sign in signs], matrices)


def are_of_one_size(weights: FloatArray) -> bool:
    """Whether key-query weights (head,) are equal in size: of both signs they are two opposite ones."""
    sizes = np.abs(weights)
    return bool(np.ptp(sizes) <= EQUAL * sizes.mean())


def at_values(formula: Any, values: Mapping[str, float]) -> float:
    """A SymPy formula at numbers by the names of its symbols."""
    return float(formula.subs({symbol: values[symbol.name] for symbol in formula.free_symbols}))
