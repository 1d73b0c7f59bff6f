"""The energy at uniform softmax in Fourier coordinates, by selection rules, and its gradient.

For a neuron with weights theta_i (input i) and xi, on an Abelian group of order n,

    E = sum_x ( xi[c_1 x_1 + ... + c_s x_s] - mean xi ) act( theta_1[x_1] + ... + theta_s[x_s] ).

Written in characters, the sum over each x_i is n where the frequencies that stand at it add up to zero, else
0. So E = n^s e, with e a polynomial with rational coefficients in the letters of the modes:

    e = sum_d a_d sum_{d_1 + ... + d_s = d} d!/(d_1! ... d_s!)
        sum_{l != 0} xihat_l prod_i [theta_i^d_i]_(-c_i l),

where [f]_q is the coefficient of chi_q in f. With one factor taken out it is the gradient at *any* frequency.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from itertools import product
from math import factorial, prod
from typing import Generic, TypeVar

from odekit.derivation.modes.mode_set import ModeSet
from odekit.derivation.modes.mode_set import powers as powers_of
from odekit.systems.algebra import Poly, add, multiply

__all__ = ["SelectionRules"]

F = TypeVar("F")


@dataclass(frozen=True)
class SelectionRules(Generic[F]):
    """Everything that the selection rules need: the modes, the activation, and the task.

    Parameters
    ----------
    modes: the modes of every weight group.
    activation: coefficient by degree.
    coefficients: the task's integers c_i.
    embeddings: the weight group that each input uses, one per summand.
    """

    modes: ModeSet[F]
    activation: Mapping[int, Fraction]
    coefficients: tuple[int, ...]
    embeddings: tuple[str, ...]

    @cached_property
    def powers(self) -> Mapping[str, Sequence[dict[F, Poly]]]:
        """Fourier coefficients of every power of every embedding."""
        degree = max(self.activation, default=0)
        names = dict.fromkeys(self.embeddings)
        return {name: powers_of(self.modes.expansion(name), degree, self.modes) for name in names}

    @cached_property
    def readout(self) -> Mapping[F, Poly]:
        """The modes of xi, without the trivial one: centring takes that away."""
        zero = self.modes.frequencies.zero
        return {q: value for q, value in self.modes.expansion("xi").items() if q != zero}

    def energy(self) -> Poly:
        """The polynomial e = E/n^s in the modes' letters."""
        terms: list[tuple[Fraction, Poly]] = []
        for factor, degrees in self.words:
            for frequency, readout in self.readout.items():
                parts = self._factors(degrees, frequency)
                if all(parts):
                    terms.append((factor, _product([readout, *parts])))
        return add(terms)

    def gradient(self, weights: str) -> dict[F, Poly]:
        """Derivative of e by a Fourier coefficient of ``weights``, at every frequency where it is not zero.

        Every frequency is tried, not only those of the modes; xi's trivial one is left out, because the
        loss does not see it.
        """
        parts: dict[F, list[tuple[Fraction, Poly]]] = {}
        terms = self._readout_gradient() if weights == "xi" else self._embedding_gradient(weights)
        for frequency, factor, polynomial in terms:
            parts.setdefault(frequency, []).append((factor, polynomial))
        total = {frequency: add(found) for frequency, found in parts.items()}
        return {frequency: value for frequency, value in total.items() if value}

    def _readout_gradient(self) -> Iterator[tuple[F, Fraction, Poly]]:
        for factor, degrees in self.words:
            for frequency in self._reachable(degrees):
                yield frequency, factor, _product(self._factors(degrees, frequency))

    def _embedding_gradient(self, weights: str) -> Iterator[tuple[F, Fraction, Poly]]:
        """One factor of one input is taken out of every term; what it has to match is the frequency."""
        frequencies = self.modes.frequencies
        for place, (factor, degrees), (frequency, readout) in product(
            self._places(weights), self.words, self.readout.items()
        ):
            others = self._factors(degrees, frequency, without=place)
            if not degrees[place] or not all(others):
                continue
            rest, target = _product([readout, *others]), self.target(place, frequency)
            for q, polynomial in self.powers[weights][degrees[place] - 1].items():
                reached = frequencies.add(target, frequencies.scale(-1, q))
                yield reached, factor * degrees[place], multiply(rest, polynomial)

    def _places(self, weights: str) -> list[int]:
        return [place for place, name in enumerate(self.embeddings) if name == weights]

    @cached_property
    def words(self) -> Sequence[tuple[Fraction, tuple[int, ...]]]:
        """Each way to spread a power of the activation over the inputs, with its coefficient."""
        return [
            (coefficient * _multinomial(degrees), degrees)
            for degree, coefficient in self.activation.items()
            for degrees in product(range(degree + 1), repeat=len(self.coefficients))
            if sum(degrees) == degree
        ]

    def target(self, place: int, frequency: F) -> F:
        """What the powers at one input must have for xi's ``frequency`` to survive."""
        return self.modes.frequencies.scale(-self.coefficients[place], frequency)

    def _factors(self, degrees: tuple[int, ...], frequency: F, without: int | None = None) -> list[Poly]:
        """Coefficient of each input's power that goes with xi's ``frequency``."""
        return [
            self.powers[self.embeddings[place]][degree].get(self.target(place, frequency), {})
            for place, degree in enumerate(degrees)
            if place != without
        ]

    def _reachable(self, degrees: tuple[int, ...]) -> list[F]:
        """Nontrivial frequencies of xi at which every input's factor is nonzero."""
        frequencies, first = self.modes.frequencies, self.coefficients[0]
        candidates = dict.fromkeys(
            quotient
            for q in self.powers[self.embeddings[0]][degrees[0]]
            for quotient in frequencies.divide(frequencies.scale(-1, q), first)
            if quotient != frequencies.zero
        )
        return [frequency for frequency in candidates if all(self._factors(degrees, frequency))]


def _product(parts: Sequence[Poly]) -> Poly:
    return reduce(multiply, parts)


def _multinomial(degrees: tuple[int, ...]) -> int:
    return factorial(sum(degrees)) // prod(factorial(d) for d in degrees)
