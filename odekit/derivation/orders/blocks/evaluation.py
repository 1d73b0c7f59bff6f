"""The coupled flow in arrays: order parameters, what the loss feeds back, and the velocities of all neurons.

The feedback T is held at all pairs of inputs and outputs, once for all neurons; what a neuron takes and gives
are contractions over its own coordinates alone, of some neurons at a time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from odekit.derivation.orders.blocks.flow import BlockMode, CoupledBlocks, Monomial
from odekit.derivation.orders.brute_force import Numbers, Values, graded_contraction, graded_product
from odekit.derivation.orders.series import moment_coefficients

__all__ = ["Evaluation", "InField"]

# Products of two coordinates of neurons that are held at once, in numbers: 128 MB.
MOST_HELD = 2**24


@dataclass(frozen=True, eq=False)
class _Factor:
    """A power of the weights of the neurons of one kind.

    Parameters
    ----------
    coordinates: (grade, neuron, row).
    synthesis: (row, n), the functions that they multiply; None where these are the elements' own.
    """

    coordinates: Values
    synthesis: Values | None

    def contract(self, numbers: Numbers, subscripts: str, values: Values) -> Values:
        """Values contracted with the functions, in the place of the axis that these have in common."""
        return values if self.synthesis is None else numbers.contract(subscripts, values, self.synthesis)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The flow at given amplitudes.

    Parameters
    ----------
    flow: the flow.
    amplitudes: (row, neuron) of every kind.
    scale: the logit scale.
    """

    flow: CoupledBlocks
    amplitudes: Sequence[Values]
    scale: float

    @property
    def _numbers(self) -> Numbers:
        return self.flow.numbers

    @property
    def _n(self) -> int:
        return int(self.flow.network.finite_group.order)

    def weights(self, kind: int, weights: str) -> Values:
        """The weights of the blocks that act: (grade, neuron, n)."""
        factor = self._linear(kind, weights)
        return self._values(factor)

    def _values(self, factor: _Factor) -> Values:
        """At every element: (grade, neuron, n)."""
        parts = [factor.contract(self._numbers, "mk,kx->mx", each) for each in factor.coordinates]
        return np.stack(parts)

    def _linear(self, kind: int, weights: str) -> _Factor:
        """The weights by their own coordinates."""
        parts = [
            (mode, place)
            for mode, place in self.flow.places(kind)
            if mode.weights == weights and self.flow.acts(mode)
        ]
        width = sum(self.flow.rows(mode) for mode, _ in parts)
        coordinates = self._numbers.zeros((self.flow.order, self.amplitudes[kind].shape[1], width))
        first = 0
        for mode, place in parts:
            rows = slice(first, first := first + self.flow.rows(mode))
            coordinates[mode.grade, :, rows] = self.amplitudes[kind][place].T
        bases = [self.flow.bases[mode.irrep].synthesis for mode, _ in parts]
        return _Factor(coordinates, np.concatenate([self._numbers.zeros((0, self._n)), *bases]))

    @cached_property
    def _readouts(self) -> tuple[_Factor, ...]:
        return tuple(self._linear(kind, "xi") for kind, _ in enumerate(self.flow.kinds))

    @cached_property
    def _powers(self) -> tuple[Mapping[tuple[str, int], _Factor], ...]:
        """By kind, every power of an embedding that the activation may have, from 0."""
        return tuple(
            {
                (name, power): factor
                for name in self.flow.network.embeddings
                for power, factor in enumerate(self._powers_of(kind, name))
            }
            for kind, _ in enumerate(self.flow.kinds)
        )

    def _powers_of(self, kind: int, name: str) -> Iterator[_Factor]:
        linear, values = self._linear(kind, name), self.weights(kind, name)
        one = self._numbers.zeros((*values.shape[:2], 1))
        one[0] = 1
        yield _Factor(one, np.ones((1, self._n), dtype=values.dtype))
        yield linear
        power = values
        for _ in range(2, self.flow.network.degree + 1):
            power = graded_product(self._numbers, power, values)
            yield _Factor(power, None)

    def _inputs(self, kind: int, monomial: Monomial) -> tuple[_Factor, _Factor]:
        powers, network, (a, b) = self._powers[kind], self.flow.network, monomial.powers
        return powers[network.embedding_of(0), a], powers[network.embedding_of(1), b]

    @cached_property
    def order_parameters(self) -> tuple[Mapping[tuple[int, int], Values], ...]:
        """By kind and the powers (a, b) of a monomial: ``S_ab``, (grade, K, L, c), as far as felt."""
        return tuple(
            {monomial.powers: self._summed(kind, monomial) for monomial in self.flow.monomials}
            for kind, _ in enumerate(self.flow.kinds)
        )

    def _summed(self, kind: int, monomial: Monomial) -> Values:
        (left, right), readout = self._inputs(kind, monomial), self._readouts[kind]
        numbers, grades = self._numbers, max(self.flow.order - 1, 1)
        factors = left, right, readout
        total = numbers.zeros((grades, *(factor.coordinates.shape[-1] for factor in factors)))
        for block in self._blocks(right, readout):
            a, b, c = (factor.coordinates[:grades, block] for factor in factors)
            pairs = graded_contraction(numbers, "ml,mc->mlc", b, c)
            total = numbers.reduced(total + graded_contraction(numbers, "mk,mlc->klc", a, pairs))
        return np.asarray(numbers.reduced(total * self.scale))

    def _blocks(self, left: _Factor, right: _Factor) -> Iterator[slice]:
        """Neurons whose products of both factors are held at once, of all grades."""
        count = left.coordinates.shape[1]
        size = self.flow.order * left.coordinates.shape[-1] * right.coordinates.shape[-1]
        step = max(1, MOST_HELD // max(size, 1))
        return (slice(first, first + step) for first in range(0, count, step))

    @cached_property
    def logits(self) -> Values:
        """Logits at all pairs of inputs, (grade, x, y, output), of grade 1 and higher."""
        numbers, n = self._numbers, self._n
        total = numbers.zeros((self.flow.order, n, n, n))
        for kind, sums in enumerate(self.order_parameters):
            for monomial in self.flow.monomials:
                left, right = self._inputs(kind, monomial)
                factor, readout = numbers.number(monomial.factor), self._readouts[kind]
                for grade, each in enumerate(sums[monomial.powers][: self.flow.order - 1]):
                    by_output = readout.contract(numbers, "klc,ch->klh", each)
                    by_second = right.contract(numbers, "klh,ly->kyh", by_output)
                    values = left.contract(numbers, "kyh,kx->xyh", by_second)
                    total[grade + 1] += numbers.reduced(values * factor)
        return np.asarray(numbers.reduced(total))

    @cached_property
    def feedback(self) -> Values:
        """T, up to functions of the inputs alone: (grade, x, y, output)."""
        numbers, n = self._numbers, self._n
        total = numbers.zeros((self.flow.order, n, n, n))
        labels = self.flow.network.labels()
        total[0, np.arange(n)[:, None], np.arange(n)[None, :], labels] = n
        power = self.logits
        for degree in range(1, self.flow.order):
            factor = numbers.number(-(degree + 1) * moment_coefficients(self.flow.order)[degree + 1])
            total = numbers.reduced(total + numbers.reduced(factor * power))
            if degree + 1 < self.flow.order:
                power = graded_product(numbers, power, self.logits)
        return np.asarray(total)

    def ascent(self, kind: int, weights: str) -> Values:
        """Of minus the loss of the sum, over the logit scale: (grade, neuron, n), xi's but for its mean."""
        return self._of_readout(kind) if weights == "xi" else self._of_embedding(kind, weights)

    def velocities(self, kind: int, modes: Sequence[BlockMode]) -> list[Values]:
        """Velocity of each block at unit logit scale and summed loss: (grade, row, neuron)."""
        ascents = {name: self.ascent(kind, name) for name in {mode.weights for mode in modes}}
        found = []
        for mode in modes:
            rate = self._numbers.number(self.flow.rate(mode.weights))
            analysis = self.flow.bases[mode.irrep].analysis
            parts = [self._numbers.contract("mx,rx->rm", each, analysis) for each in ascents[mode.weights]]
            found.append(np.asarray(self._numbers.reduced(rate * np.stack(parts))))
        return found

    def _of_readout(self, kind: int) -> Values:
        numbers = self._numbers
        total = numbers.zeros((self.flow.order, self.amplitudes[kind].shape[1], self._n))
        for monomial in self.flow.monomials:
            left, right = self._inputs(kind, monomial)
            parts = [
                left.contract(numbers, "xlh,kx->klh", right.contract(numbers, "xyh,ly->xlh", each))
                for each in self.feedback
            ]
            pulled, factor = np.stack(parts), numbers.number(monomial.factor)
            for block in self._blocks(left, right):
                a, b = left.coordinates[:, block], right.coordinates[:, block]
                pairs = graded_contraction(numbers, "mk,ml->mkl", a, b)
                seen = graded_contraction(numbers, "mkl,klh->mh", pairs, pulled)
                total[:, block] = numbers.reduced(total[:, block] + numbers.reduced(factor * seen))
        return self._over_order(total)

    def _of_embedding(self, kind: int, weights: str) -> Values:
        """Where both inputs share it, the activation is symmetric in them, and their feedbacks add up."""
        numbers, readout = self._numbers, self._readouts[kind]
        pulled = np.stack([readout.contract(numbers, "xyh,ch->xyc", each) for each in self.feedback])
        swapped = pulled.transpose(0, 2, 1, 3)
        places = [place for place in (0, 1) if self.flow.network.embedding_of(place) == weights]
        seen = numbers.reduced(sum(swapped if place else pulled for place in places))
        place = places[0]
        total = numbers.zeros((self.flow.order, self.amplitudes[kind].shape[1], self._n))
        for monomial in self.flow.monomials:
            own = monomial.powers[place]
            if own:
                slope = self._values(self._powers[kind][weights, own - 1])
                force = self._force(kind, seen, self._inputs(kind, monomial)[1 - place])
                factor = numbers.number(own * monomial.factor)
                term = graded_product(numbers, slope, force)
                total = numbers.reduced(total + numbers.reduced(factor * term))
        return self._over_order(total)

    def _force(self, kind: int, seen: Values, other: _Factor) -> Values:
        """The feedback at each element of one input, summed over the other and the output with the rest."""
        numbers, readout = self._numbers, self._readouts[kind]
        parts = np.stack([other.contract(numbers, "xyc,ly->xlc", each) for each in seen])
        force = numbers.zeros((self.flow.order, self.amplitudes[kind].shape[1], self._n))
        for block in self._blocks(other, readout):
            a, b = other.coordinates[:, block], readout.coordinates[:, block]
            pairs = graded_contraction(numbers, "ml,mc->mlc", a, b)
            force[:, block] = graded_contraction(numbers, "xlc,mlc->mx", parts, pairs)
        return force

    def _over_order(self, values: Values) -> Values:
        return np.asarray(self._numbers.reduced(values * self._numbers.number(Fraction(1, self._n))))


@dataclass(frozen=True, eq=False)
class InField(Evaluation):
    """The flow of neurons to which not their own feedback is given, but another.

    Parameters
    ----------
    given: (grade, x, y, output).
    """

    given: Values

    @property
    def feedback(self) -> Values:
        """What was given."""
        return self.given
