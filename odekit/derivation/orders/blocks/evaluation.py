"""The coupled flow in arrays: order parameters, what the loss feeds back, and the velocities of all neurons.

The feedback T is held at all pairs of inputs and outputs, once for all neurons; what a neuron takes and gives
are contractions over its own coordinates alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from odekit.derivation.orders.blocks.flow import BlockMode, CoupledBlocks, Word
from odekit.derivation.orders.brute_force import Numbers, Values, graded_contraction, graded_product
from odekit.derivation.orders.series import moment_coefficients

__all__ = ["Evaluation", "InField"]


@dataclass(frozen=True, eq=False)
class _Factor:
    """A power of the weights of the neurons of one kind.

    Parameters
    ----------
    coordinates: (grade, neuron, row).
    synthesis: (row, n), the functions that they multiply.
    """

    coordinates: Values
    synthesis: Values


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
        parts = [self._numbers.contract("mk,kx->mx", each, factor.synthesis) for each in factor.coordinates]
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
        power, elements = values, np.eye(self._n, dtype=values.dtype)
        for _ in range(2, self.flow.network.degree + 1):
            power = graded_product(self._numbers, power, values)
            yield _Factor(power, elements)

    def _inputs(self, kind: int, word: Word) -> tuple[_Factor, _Factor]:
        powers, network, (a, b) = self._powers[kind], self.flow.network, word.powers
        return powers[network.embedding_of(0), a], powers[network.embedding_of(1), b]

    @cached_property
    def order_parameters(self) -> tuple[Mapping[tuple[int, int], Values], ...]:
        """By kind and the powers (a, b) of a word: ``S_ab``, (grade, K, L, c)."""
        return tuple(
            {word.powers: self._summed(kind, word) for word in self.flow.words}
            for kind, _ in enumerate(self.flow.kinds)
        )

    def _summed(self, kind: int, word: Word) -> Values:
        (left, right), readout = self._inputs(kind, word), self._readouts[kind]
        numbers = self._numbers
        pairs = graded_contraction(numbers, "ml,mc->mlc", right.coordinates, readout.coordinates)
        sums = graded_contraction(numbers, "mk,mlc->klc", left.coordinates, pairs)
        return np.asarray(numbers.reduced(sums * self.scale))

    @cached_property
    def logits(self) -> Values:
        """Logits at all pairs of inputs, (grade, x, y, output), of grade 1 and higher."""
        numbers, n = self._numbers, self._n
        total = numbers.zeros((self.flow.order, n, n, n))
        for kind, sums in enumerate(self.order_parameters):
            for word in self.flow.words:
                left, right = self._inputs(kind, word)
                factor, readout = numbers.number(word.factor), self._readouts[kind]
                for grade, each in enumerate(sums[word.powers][: self.flow.order - 1]):
                    by_output = numbers.contract("klc,ch->klh", each, readout.synthesis)
                    by_second = numbers.contract("klh,ly->kyh", by_output, right.synthesis)
                    values = numbers.contract("kyh,kx->xyh", by_second, left.synthesis)
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
        for word in self.flow.words:
            left, right = self._inputs(kind, word)
            parts = [
                numbers.contract(
                    "xlh,kx->klh", numbers.contract("xyh,ly->xlh", each, right.synthesis), left.synthesis
                )
                for each in self.feedback
            ]
            inner = graded_contraction(numbers, "ml,klh->mkh", right.coordinates, np.stack(parts))
            outer = graded_contraction(numbers, "mk,mkh->mh", left.coordinates, inner)
            total = numbers.reduced(total + numbers.reduced(numbers.number(word.factor) * outer))
        return self._over_order(total)

    def _of_embedding(self, kind: int, weights: str) -> Values:
        numbers, readout = self._numbers, self._readouts[kind]
        pulled = np.stack(
            [numbers.contract("xyh,ch->xyc", each, readout.synthesis) for each in self.feedback]
        )
        total = numbers.zeros((self.flow.order, self.amplitudes[kind].shape[1], self._n))
        for place, axes in enumerate(((0, 1, 2, 3), (0, 2, 1, 3))):
            if self.flow.network.embedding_of(place) != weights:
                continue
            seen = pulled.transpose(axes)
            for word in self.flow.words:
                own = word.powers[place]
                if own:
                    slope = self._powers[kind][weights, own - 1]
                    other = self._inputs(kind, word)[1 - place]
                    force = self._force(kind, seen, other)
                    power = np.stack(
                        [numbers.contract("mk,kx->mx", each, slope.synthesis) for each in slope.coordinates]
                    )
                    term = graded_product(numbers, power, force)
                    total = numbers.reduced(total + numbers.reduced(numbers.number(own * word.factor) * term))
        return self._over_order(total)

    def _force(self, kind: int, seen: Values, other: _Factor) -> Values:
        """The feedback at each element of one input, summed over the other and the output with the rest."""
        numbers, readout = self._numbers, self._readouts[kind]
        parts = np.stack([numbers.contract("xyc,ly->xlc", each, other.synthesis) for each in seen])
        pairs = graded_contraction(numbers, "ml,mc->mlc", other.coordinates, readout.coordinates)
        return graded_contraction(numbers, "xlc,mlc->mx", parts, pairs)

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
