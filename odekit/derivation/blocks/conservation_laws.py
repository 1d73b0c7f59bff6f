"""Conservation laws of the lifted flow, found: matrices and traces that move by a multiple of themselves.

What vanishes in non-commuting letters is conserved in every irrep of every group. On spheres each letter also
decays at its radial coefficient times E: P' = -cofactor * E * P, with first integrals as ratios.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import sympy as sp

from odekit.derivation.blocks.flow import LiftedFlow
from odekit.derivation.blocks.words import (
    Letter,
    Word,
    Words,
    adjoint,
    combine,
    derivative_along,
    terms_of,
    trace_form,
    words_text,
)
from odekit.systems.blocks import matrix_expression
from odekit.systems.integrals import conserved_combinations, primitive

__all__ = ["ConservationLaw", "find_conservation_laws"]


@dataclass(frozen=True)
class ConservationLaw:
    """A matrix of words, or the imaginary part of a trace, with ``P' = -cofactor * E * P``.

    Parameters
    ----------
    words: the combination P.
    is_trace: whether P is the imaginary part of the trace of ``words`` instead of the matrix itself.
    cofactor: 0 for a first integral.
    """

    words: Words
    is_trace: bool
    cofactor: Fraction

    @property
    def expression(self) -> sp.Expr:
        """P as a matrix expression, or as the imaginary part of a trace."""
        matrix = matrix_expression(terms_of(self.words))
        return sp.im(sp.Trace(matrix)) if self.is_trace else matrix

    def __str__(self) -> str:
        text = words_text(self.words)
        return f"Im tr({text})" if self.is_trace else text


def find_conservation_laws(flow: LiftedFlow) -> tuple[ConservationLaw, ...]:
    """Balancedness as matrices of two letters, and traces of three letters, by linear algebra over Q."""
    letters = [Letter(name, is_adjoint) for name in flow.letters for is_adjoint in (False, True)]
    laws = [
        ConservationLaw(words, False, cofactor)
        for cofactor, candidates in _by_cofactor(flow, product(letters, repeat=2))
        for words in _vanishing(
            candidates, lambda word: derivative_along({word: Fraction(1)}, flow.free_field)
        )
    ]
    return (*(law for law in laws if _is_hermitian(law.words)), *_traces(flow, letters))


def _traces(flow: LiftedFlow, letters: list[Letter]) -> Iterator[ConservationLaw]:
    """Combinations of tr(w) - conj tr(w) of three letters that vanish along the free flow."""
    words = {next(iter(trace_form({word: Fraction(1)}))) for word in product(letters, repeat=3)}
    chosen = {min(word, _conjugate(word)) for word in words if word != _conjugate(word)}
    for cofactor, candidates in _by_cofactor(flow, sorted(chosen)):
        for found in _vanishing(candidates, lambda word: _imaginary_rate(flow, word)):
            yield ConservationLaw(found, True, cofactor)


def _conjugate(word: Word) -> Word:
    return next(iter(trace_form(adjoint({word: Fraction(1)}))))


def _imaginary_rate(flow: LiftedFlow, word: Word) -> Words:
    rate = derivative_along({word: Fraction(1)}, flow.free_field)
    return combine([(1, trace_form(rate)), (-1, trace_form(adjoint(rate)))])


def _by_cofactor(flow: LiftedFlow, words: Iterable[Word]) -> list[tuple[Fraction, list[Word]]]:
    groups: dict[Fraction, list[Word]] = {}
    for word in words:
        groups.setdefault(sum((flow.radial[letter.name] for letter in word), Fraction(0)), []).append(word)
    return sorted(groups.items())


def _vanishing(candidates: list[Word], rate: Callable[[Word], Words]) -> Iterator[Words]:
    """A basis of the combinations of candidates whose rate vanishes identically."""
    for found in conserved_combinations(candidates, rate):
        yield primitive(found, next(iter(found)))


def _is_hermitian(words: Words) -> bool:
    return adjoint(words) == words
