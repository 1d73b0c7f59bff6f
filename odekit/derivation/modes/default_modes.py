"""The default modes: one generic frequency, and what activation and task need for a non-zero energy."""

from collections.abc import Iterable
from fractions import Fraction
from math import gcd
from typing import Any

import sympy as sp

from odekit.derivation.modes.frequencies import Frequencies
from odekit.derivation.modes.mode_set import ModeSet, build_modes
from odekit.derivation.modes.reduction import FourierReduction
from odekit.derivation.modes.selection_rules import SelectionRules
from odekit.groups import FiniteGroup
from odekit.networks import Network

__all__ = ["default_reduction", "kinds_of_characters", "reduction_to"]


def default_reduction(
    network: Network, frequencies: Frequencies[Any], base: Any, order: sp.Expr
) -> FourierReduction:
    """One frequency, its multiples that the task asks for, and the mean where the energy depends on it."""
    wanted = [
        (network.embedding_of(i), frequencies.scale(c, base)) for i, c in enumerate(network.task.coefficients)
    ]
    plain = reduction_to(network, frequencies, [*wanted, ("xi", base)], order)
    if network.degree < 3:
        return plain
    means = [(name, frequencies.zero) for name in network.embeddings]
    full = reduction_to(network, frequencies, [*means, *wanted, ("xi", base)], order)
    return full if _depends_on_mean(full) else plain


def reduction_to(
    network: Network, frequencies: Frequencies[Any], wanted: Iterable[tuple[str, Any]], order: sp.Expr
) -> FourierReduction:
    """The reduction to given modes, each a weight group with a frequency."""
    modes: ModeSet[Any] = build_modes(frequencies, wanted)
    embeddings = tuple(network.embedding_of(i) for i in range(network.task.summands))
    polynomial: dict[int, Fraction] = dict(network.activation_polynomial or {})
    rules = SelectionRules(modes, polynomial, network.task.coefficients, embeddings)
    return FourierReduction(network, rules, order)


def kinds_of_characters(network: Network, group: FiniteGroup, dual: FiniteGroup) -> Iterable[list[int]]:
    """Nontrivial characters, one of each conjugate pair, by what decides their system.

    That is the character's order, where the system holds its multiples only, or all of the group is cyclic.
    """
    is_coprime = all(gcd(c, group.exponent) == 1 for c in network.task.coefficients)
    by_order = is_coprime or len(group.factors) == 1
    kinds: dict[int, list[int]] = {}
    for index in range(dual.order):
        if index != dual.identity and index <= dual.inverse[index]:
            key = int(dual.element_orders[index]) if by_order else index
            kinds.setdefault(key, []).append(index)
    return kinds.values()


def _depends_on_mean(reduction: FourierReduction) -> bool:
    means = [mode.letter for mode in reduction.modes if mode.is_mean]
    return any(exponents[index] for exponents in reduction.energy for index in means)
