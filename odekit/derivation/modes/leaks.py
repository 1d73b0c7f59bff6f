"""Leaks: where the gradient leads outside of the modes that were kept."""

from collections.abc import Mapping
from typing import Any, TypeVar

from odekit.derivation.modes.selection_rules import SelectionRules
from odekit.systems.algebra import Poly

__all__ = ["leak_labels", "leaks_of"]

F = TypeVar("F")


def leaks_of(rules: SelectionRules[F]) -> dict[str, dict[F, Poly]]:
    """The part of the gradient outside of the modes, by weight group and frequency."""
    return {
        name: {q: value for q, value in rules.gradient(name).items() if not rules.modes.holds(name, q)}
        for name in (*dict.fromkeys(rules.embeddings), "xi")
    }


def leak_labels(
    rules: SelectionRules[Any], leaks: Mapping[str, Mapping[Any, Poly]]
) -> dict[str, tuple[str, ...]]:
    """The frequencies of leaks as labels, each conjugate pair once, by weight group."""
    frequencies = rules.modes.frequencies
    return {
        name: tuple(dict.fromkeys(frequencies.label(frequencies.canonical(q)) for q in found))
        for name, found in leaks.items()
    }
