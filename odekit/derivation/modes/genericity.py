"""What keeps further terms from surviving the selection rules at a concrete order, by accident."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import gcd
from typing import Generic, TypeVar

from odekit.derivation.modes.conditions import Condition
from odekit.derivation.modes.leaks import leaks_of
from odekit.derivation.modes.selection_rules import SelectionRules

__all__ = ["generic_conditions"]

F = TypeVar("F")


def generic_conditions(rules: SelectionRules[F]) -> set[Condition]:
    """Conditions under which the derived terms are all that there are; empty at a concrete order."""
    frequencies = rules.modes.frequencies
    if not frequencies.symbols:
        return set()
    found = {frequencies.condition(differences) for differences in _NearMisses(rules)}
    common = gcd(*rules.coefficients)
    if common > 1:
        found.add(Condition(frequencies.symbols, coprime_to=common))
    return {condition for condition in found if condition is not None}


class _NearMisses(Generic[F]):
    """Sets of frequencies that would all have to be zero modulo n for an accident to happen."""

    def __init__(self, rules: SelectionRules[F]) -> None:
        self.rules = rules
        self.frequencies = rules.modes.frequencies

    def __iter__(self) -> Iterator[Sequence[F]]:
        rules = self.rules
        yield from ([difference] for difference in self._mode_differences())
        for _, degrees in rules.words:
            supports = [rules.powers[name][d] for name, d in zip(rules.embeddings, degrees, strict=True)]
            for combination in product(*supports):
                yield self._cross_differences(combination)
                for frequency in rules.readout:
                    yield from self._word_differences(degrees, combination, frequency)

    def _word_differences(
        self, degrees: tuple[int, ...], combination: Sequence[F], frequency: F
    ) -> Iterator[Sequence[F]]:
        """What has to vanish for a term of the energy to survive, and for one of theta's gradient."""
        frequencies = self.frequencies
        differences = [
            frequencies.add(q, frequencies.scale(-1, self.rules.target(place, frequency)))
            for place, q in enumerate(combination)
        ]
        yield differences
        yield from (differences[:i] + differences[i + 1 :] for i, degree in enumerate(degrees) if degree)

    def _cross_differences(self, combination: Sequence[F]) -> list[F]:
        """What has to vanish for one l to satisfy c_i l = -f_i at every input i."""
        frequencies, first = self.frequencies, self.rules.coefficients[0]
        return [
            frequencies.add(frequencies.scale(c, combination[0]), frequencies.scale(-first, q))
            for c, q in zip(self.rules.coefficients[1:], combination[1:], strict=True)
        ]

    def _mode_differences(self) -> Iterator[F]:
        """Modes are nontrivial, not real, differ from each other and from leaks; xi's leaks aren't 0."""
        frequencies, modes = self.frequencies, self.rules.modes
        for name, leaks in leaks_of(self.rules).items():
            present = [mode.frequency for mode in modes.of(name)]
            yield from (frequencies.scale(2, q) for q in present)
            yield from leaks if name == "xi" else ()
            for q, other in product(present, (*present, *leaks, frequencies.zero)):
                yield frequencies.add(q, other)
                yield frequencies.add(q, frequencies.scale(-1, other))
