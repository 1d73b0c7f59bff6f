"""Modes: the characters in which the weights are written, and the letters that stand for them.

A pair of conjugate characters carries a complex w, two letters: the weight Re(w chi_q) is w/2 at q, conj(w)/2
at -q. A real character carries one signed number, one letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from odekit.derivation.modes.frequencies import Frequencies
from odekit.systems.algebra import Poly, add, constant, letter, multiply

__all__ = ["Mode", "ModeSet", "build_modes", "powers"]

F = TypeVar("F")


@dataclass(frozen=True)
class Mode(Generic[F]):
    """One unknown of the reduced system.

    Parameters
    ----------
    weights: the weight group, ``"theta"``, ``"theta1"``, ... or ``"xi"``.
    frequency: frequency of its character, the canonical one of a pair.
    label: how a person writes the frequency.
    is_real: whether the character is real, so that the unknown is one signed number.
    is_mean: whether the character is trivial, so that the unknown is the weights' mean.
    letter, conjugate: indices of its letters; equal where real.
    """

    weights: str
    frequency: F
    label: str
    is_real: bool
    is_mean: bool
    letter: int
    conjugate: int

    @property
    def metric(self) -> Fraction:
        """Plancherel: squared length of the weight per squared length of the unknown, in units of n."""
        return Fraction(1) if self.is_real else Fraction(1, 2)

    @property
    def gradient_factor(self) -> int:
        """``w' = gradient_factor/n * dE/dconj(w)`` is the gradient flow of a real E in that metric."""
        return 1 if self.is_real else 4


@dataclass(frozen=True)
class ModeSet(Generic[F]):
    """All unknowns of a reduced system, and how the weights are written in them."""

    frequencies: Frequencies[F]
    modes: tuple[Mode[F], ...]

    @property
    def letters(self) -> int:
        """Number of letters of the polynomials."""
        return max((mode.conjugate for mode in self.modes), default=-1) + 1

    def of(self, weights: str) -> tuple[Mode[F], ...]:
        """The modes of one weight group."""
        return tuple(mode for mode in self.modes if mode.weights == weights)

    def expansion(self, weights: str) -> dict[F, Poly]:
        """Fourier coefficients of a weight group: polynomial (one letter) by frequency."""
        coefficients: dict[F, Poly] = {}
        for mode in self.of(weights):
            half = Fraction(1) if mode.is_real else Fraction(1, 2)
            coefficients[mode.frequency] = letter(mode.letter, self.letters, half)
            if not mode.is_real:
                opposite = self.frequencies.scale(-1, mode.frequency)
                coefficients[opposite] = letter(mode.conjugate, self.letters, half)
        return coefficients

    def holds(self, weights: str, frequency: F) -> bool:
        """Whether a weight group has a mode at ``frequency`` or at its conjugate."""
        return any(mode.frequency == self.frequencies.canonical(frequency) for mode in self.of(weights))

    def conjugate_exponents(self, exponents: tuple[int, ...]) -> tuple[int, ...]:
        """Exponents of the complex conjugate of a monomial."""
        swapped = list(exponents)
        for mode in self.modes:
            swapped[mode.letter], swapped[mode.conjugate] = exponents[mode.conjugate], exponents[mode.letter]
        return tuple(swapped)


def build_modes(frequencies: Frequencies[F], wanted: Iterable[tuple[str, F]]) -> ModeSet[F]:
    """Number the letters of the wanted (weight group, frequency) pairs, one mode per conjugate pair."""
    modes: list[Mode[F]] = []
    seen: set[tuple[str, F]] = set()
    next_letter = 0
    for weights, frequency in wanted:
        canonical = frequencies.canonical(frequency)
        if (weights, canonical) in seen:
            continue
        seen.add((weights, canonical))
        is_real = frequencies.scale(2, canonical) == frequencies.zero
        is_mean = canonical == frequencies.zero
        conjugate = next_letter if is_real else next_letter + 1
        label = frequencies.label(canonical)
        modes.append(Mode(weights, canonical, label, is_real, is_mean, next_letter, conjugate))
        next_letter = conjugate + 1
    return ModeSet(frequencies, tuple(modes))


def powers(expansion: dict[F, Poly], degree: int, modes: ModeSet[F]) -> Sequence[dict[F, Poly]]:
    """Fourier coefficients of the powers 0 to ``degree`` of a function, by convolution."""
    frequencies = modes.frequencies
    result: list[dict[F, Poly]] = [{frequencies.zero: constant(1, modes.letters)}]
    for _ in range(degree):
        following: dict[F, Poly] = {}
        for q, left in result[-1].items():
            for r, right in expansion.items():
                total = frequencies.add(q, r)
                following[total] = add([(1, following.get(total, {})), (1, multiply(left, right))])
        result.append(following)
    return result
