"""The energy at uniform softmax in Fourier coordinates, by selection rules, and where its gradient leads.

For a neuron with weights theta_i (input i) and xi, on an Abelian group of order n,

    E = sum_x ( xi[c_1 x_1 + ... + c_s x_s] - mean xi ) act( theta_1[x_1] + ... + theta_s[x_s] ).

Written in characters, the sum over each x_i is n where the frequencies that stand at it add up to zero and
0 where they don't. So E = n^s e, with e a polynomial with rational coefficients in the letters of the modes:

    e = sum_d a_d sum_{d_1 + ... + d_s = d} d!/(d_1! ... d_s!) sum_{l != 0} xihat_l prod_i [theta_i^d_i]_(-c_i l),

where [f]_q is the coefficient of chi_q in f. The same sums, with one factor taken out, give the gradient at
*every* frequency: where it is nonzero outside of the chosen modes, the system leaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import factorial, gcd, prod
from typing import Generic, TypeVar

from odekit.derivation.frequencies import Condition
from odekit.derivation.modes import ModeSet, powers
from odekit.derivation.polynomials import Poly, add, multiply

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
    def _powers(self) -> Sequence[Sequence[dict[F, Poly]]]:
        degree = max(self.activation, default=0)
        tables = {name: powers(self.modes.expansion(name), degree, self.modes) for name in set(self.embeddings)}
        return [tables[name] for name in self.embeddings]

    @cached_property
    def _readout(self) -> Mapping[F, Poly]:
        """The modes of xi, without the trivial one: centring takes that away."""
        zero = self.modes.frequencies.zero
        return {q: value for q, value in self.modes.expansion("xi").items() if q != zero}

    def energy(self) -> Poly:
        """The polynomial e = E/n^s in the modes' letters."""
        terms: list[tuple[Fraction, Poly]] = []
        for factor, degrees in self._words():
            for l, readout in self._readout.items():
                parts = [self._coefficient(i, d, self._target(i, l)) for i, d in enumerate(degrees)]
                if all(parts):
                    terms.append((factor, _product([readout, *parts])))
        return add(terms)

    def readout_gradient(self) -> dict[F, Poly]:
        """Derivative of e by xi's coefficient, at every nontrivial frequency where it is not zero."""
        gradient: dict[F, Poly] = {}
        for factor, degrees in self._words():
            for l in self._reachable(degrees):
                parts = [self._coefficient(i, d, self._target(i, l)) for i, d in enumerate(degrees)]
                gradient[l] = add([(1, gradient.get(l, {})), (factor, _product(parts))])
        return _nonzero(gradient)

    def embedding_gradient(self, weights: str) -> dict[F, Poly]:
        """Derivative of e by a coefficient of ``weights``, at every frequency where it is not zero."""
        gradient: dict[F, Poly] = {}
        for place, name in enumerate(self.embeddings):
            if name == weights:
                self._add_gradient_at(place, gradient)
        return _nonzero(gradient)

    def _add_gradient_at(self, place: int, gradient: dict[F, Poly]) -> None:
        frequencies = self.modes.frequencies
        for factor, degrees in self._words():
            if not degrees[place]:
                continue
            for l, readout in self._readout.items():
                others = [
                    self._coefficient(i, d, self._target(i, l)) for i, d in enumerate(degrees) if i != place
                ]
                if not all(others):
                    continue
                rest = _product([readout, *others])
                for f, poly in self._powers[place][degrees[place] - 1].items():
                    q = frequencies.add(self._target(place, l), frequencies.scale(-1, f))
                    term = multiply(rest, poly)
                    gradient[q] = add([(1, gradient.get(q, {})), (factor * degrees[place], term)])

    def leaks(self) -> dict[str, tuple[F, ...]]:
        """Frequencies outside of the modes at which the gradient is not zero, by weight group."""
        gradients = {name: self.embedding_gradient(name) for name in dict.fromkeys(self.embeddings)}
        gradients["xi"] = self.readout_gradient()
        canonical = self.modes.frequencies.canonical
        return {
            name: tuple(dict.fromkeys(canonical(q) for q in gradient if not self.modes.holds(name, q)))
            for name, gradient in gradients.items()
        }

    def conditions(self) -> set[Condition]:
        """What keeps further terms from surviving at a concrete order."""
        found = {self._condition_of(differences) for differences in self._near_misses()}
        symbols = getattr(self.modes.frequencies, "symbols", ())
        common = gcd(*self.coefficients)
        if symbols and common > 1:
            found.add(Condition(symbols, coprime_to=common))
        return {condition for condition in found if condition is not None}

    def _condition_of(self, differences: Sequence[F]) -> Condition | None:
        return self.modes.frequencies.condition(differences)

    def _near_misses(self) -> Iterator[Sequence[F]]:
        """Tuples of frequencies that are not all zero, and would all have to be zero modulo n."""
        frequencies = self.modes.frequencies
        yield from ([d] for d in self._mode_differences())
        for _, degrees in self._words():
            supports: list[dict[F, Poly]] = [self._powers[i][d] for i, d in enumerate(degrees)]
            for l in self._readout:
                for combination in product(*supports):
                    differences = [
                        frequencies.add(f, frequencies.scale(-1, self._target(i, l)))
                        for i, f in enumerate(combination)
                    ]
                    yield differences
                    yield from (
                        differences[:i] + differences[i + 1 :] for i, degree in enumerate(degrees) if degree
                    )
            for combination in product(*supports):
                yield self._cross_differences(combination)

    def _cross_differences(self, combination: Sequence[F]) -> list[F]:
        """What has to vanish for one l to satisfy c_i l = -f_i at every input i."""
        frequencies, first = self.modes.frequencies, self.coefficients[0]
        return [
            frequencies.add(frequencies.scale(c, combination[0]), frequencies.scale(-first, f))
            for c, f in zip(self.coefficients[1:], combination[1:], strict=True)
        ]

    def _mode_differences(self) -> Iterator[F]:
        """Modes of a weight group are nontrivial, not real, and differ from one another and from leaks."""
        frequencies = self.modes.frequencies
        leaks = self.leaks()
        for name in (*dict.fromkeys(self.embeddings), "xi"):
            present = [mode.frequency for mode in self.modes.of(name)]
            yield from (frequencies.scale(2, q) for q in present)
            for q in present:
                for other in (*present, *leaks[name], frequencies.zero):
                    yield frequencies.add(q, other)
                    yield frequencies.add(q, frequencies.scale(-1, other))

    def _words(self) -> Iterator[tuple[Fraction, tuple[int, ...]]]:
        """Each way to spread a power of the activation over the inputs, with its coefficient."""
        for degree, coefficient in self.activation.items():
            for degrees in product(range(degree + 1), repeat=len(self.coefficients)):
                if sum(degrees) == degree:
                    count = factorial(degree) // prod(factorial(d) for d in degrees)
                    yield coefficient * count, degrees

    def _target(self, place: int, l: F) -> F:
        return self.modes.frequencies.scale(-self.coefficients[place], l)

    def _coefficient(self, place: int, degree: int, frequency: F) -> Poly:
        return self._powers[place][degree].get(frequency, {})

    def _reachable(self, degrees: tuple[int, ...]) -> list[F]:
        """Nontrivial frequencies l of xi at which every input's factor is nonzero."""
        frequencies = self.modes.frequencies
        candidates = dict.fromkeys(
            l
            for f in self._powers[0][degrees[0]]
            for l in frequencies.divide(frequencies.scale(-1, f), self.coefficients[0])
            if l != frequencies.zero
        )
        return [
            l
            for l in candidates
            if all(self._coefficient(i, d, self._target(i, l)) for i, d in enumerate(degrees))
        ]


def _product(parts: Sequence[Poly]) -> Poly:
    result = parts[0]
    for part in parts[1:]:
        result = multiply(result, part)
    return result


def _nonzero(gradient: Mapping[F, Poly]) -> dict[F, Poly]:
    return {frequency: value for frequency, value in gradient.items() if value}
