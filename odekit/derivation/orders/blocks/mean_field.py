"""A neuron in the mean field of all neurons: its velocity as polynomials in blocks and in that field.

The field is what the loss feeds back beyond the label, in a basis e of functions on the group,

    R_ijc = sum_(x,y,h) (T - label)(x, y)[h] e_i(x) e_j(y) e_c(h),

and the velocities are linear in it. Products of waves are sums of waves by the group's structure constants
``C_ijk = sum_g e_i e_j e_k``, most of which vanish by the selection rules of its irreps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.derivation.orders.blocks.evaluation import Evaluation, InField
from odekit.derivation.orders.blocks.flow import BlockMode, CoupledBlocks
from odekit.derivation.orders.blocks.kinds import random_evaluation
from odekit.derivation.orders.brute_force import Values

__all__ = ["FIELD", "Letter", "MeanField", "Polynomial", "field_components", "row_labels"]

FIELD = "R"
Letter = tuple[str, tuple[int, ...]]
"""A weight group and a row, or ``"R"`` and three rows."""
Polynomial = dict[tuple[Letter, ...], float]
"""Coefficients by sorted letters."""
# Relative to the largest: rounding of sums over a group, far below what selection rules let pass.
_ROUNDING = 1e-12
# Likewise of sums of some products of these.
_CANCELLED = 1e-14


def row_labels(flow: CoupledBlocks) -> tuple[str, ...]:
    """A word for each row of all bases in turn, such as ``2re01``; the trivial one is the irrep's name."""
    return tuple(
        irrep + (name.replace("_", "") if place else "")
        for place, (irrep, basis) in enumerate(flow.bases.items())
        for name in basis.names
    )


def field_components(flow: CoupledBlocks, feedback: Values) -> FloatArray:
    """Components of a feedback (x, y, output) along the rows of all bases: (i, j, c)."""
    waves = np.concatenate([basis.analysis for basis in flow.bases.values()])
    found = feedback
    for subscripts in ("xyh,ix->iyh", "iyh,jy->ijh", "ijh,ch->ijc"):
        found = np.einsum(subscripts, found, waves, optimize=True)
    return np.asarray(found)


@dataclass(frozen=True, eq=False)
class MeanField:
    """The velocities of neurons of one kind.

    Parameters
    ----------
    flow: of that kind alone, in floats.
    """

    flow: CoupledBlocks

    @cached_property
    def waves(self) -> FloatArray:
        """The functions e: (row, n)."""
        return np.concatenate([basis.analysis for basis in self.flow.bases.values()])

    @cached_property
    def lengths(self) -> FloatArray:
        """``sum_g e_i(g)^2`` of every row."""
        return np.asarray((self.waves**2).sum(axis=1))

    @cached_property
    def constants(self) -> FloatArray:
        """The structure constants C, (row, row, row)."""
        found = np.einsum("ix,jx,kx->ijk", self.waves, self.waves, self.waves, optimize=True)
        return _without_rounding(found)

    @cached_property
    def label(self) -> FloatArray:
        """Components of the label's part of T."""
        return _without_rounding(field_components(self.flow, self._somewhere.feedback[0]))

    @cached_property
    def _somewhere(self) -> Evaluation:
        return random_evaluation(self.flow, seed=8)

    @cached_property
    def allowed(self) -> BoolArray:
        """Which components of the field do not vanish for all neurons of this kind: (i, j, c)."""
        parts = [field_components(self.flow, each) for each in self._somewhere.feedback[1:]]
        return np.asarray(np.any([_without_rounding(part) != 0 for part in parts], axis=0))

    @cached_property
    def states(self) -> tuple[Letter, ...]:
        """The entries of the blocks that act."""
        return tuple((mode.weights, (row,)) for mode in self._acting for row in self.flow.rows_of(mode.irrep))

    @property
    def _acting(self) -> list[BlockMode]:
        return [mode for mode in self.flow.kinds[0] if self.flow.acts(mode)]

    @cached_property
    def _grades(self) -> Mapping[Letter, int]:
        return {
            (mode.weights, (row,)): mode.grade
            for mode in self._acting
            for row in self.flow.rows_of(mode.irrep)
        }

    def velocity(self, entry: Letter) -> Polynomial:
        """Time derivative of an entry of a block, also of one that does not act, up to the order."""
        weights, (row,) = entry
        terms = self._of_readout(row) if weights == "xi" else self._of_embedding(weights, row)
        factor = float(self.flow.rate(weights)) / self.flow.network.finite_group.order
        total = _sum((factor, self._truncated(term)) for term in terms)
        return _without_cancelled(total)

    def _truncated(self, polynomial: Polynomial) -> Polynomial:
        return {key: value for key, value in polynomial.items() if self._grade(key) < self.flow.order}

    def _grade(self, letters: Sequence[Letter]) -> int:
        """The grade of a product; the field is of grade 1 or higher."""
        return sum(self._grades.get(letter, 1) for letter in letters)

    def _of_readout(self, row: int) -> Iterator[Polynomial]:
        for monomial in self.flow.monomials:
            left, right = self._powers_of(0, monomial.powers[0]), self._powers_of(1, monomial.powers[1])
            for (i, first), (j, second) in product(left.items(), right.items()):
                field = self._field(i, j, row)
                if field:
                    yield _product(float(monomial.factor), first, second, field)

    def _of_embedding(self, weights: str, row: int) -> Iterator[Polynomial]:
        for place, monomial in product((0, 1), self.flow.monomials):
            own, other = monomial.powers[place], monomial.powers[1 - place]
            if own and self.flow.network.embedding_of(place) == weights:
                slope = self._shifted(row, self._powers_of(place, own - 1))
                rest = self._powers_of(1 - place, other)
                for (i, first), (j, second) in product(slope.items(), rest.items()):
                    where = (i, j) if place == 0 else (j, i)
                    for (_, (output,)), readout in self._linear("xi").items():
                        field = self._field(*where, output)
                        if field:
                            yield _product(float(own * monomial.factor), first, second, readout, field)

    def _shifted(self, row: int, factor: Mapping[int, Polynomial]) -> Mapping[int, Polynomial]:
        """The product of one wave and a function, by row."""
        found = {}
        for k, length in enumerate(self.lengths):
            parts = [(self.constants[row, j, k] / length, own) for j, own in factor.items()]
            total = _sum(part for part in parts if part[0])
            if total:
                found[k] = total
        return found

    def _powers_of(self, place: int, power: int) -> Mapping[int, Polynomial]:
        """A power of an embedding by the waves that it is a sum of."""
        name = self.flow.network.embedding_of(place)
        return self._powers[name][power]

    @cached_property
    def _powers(self) -> Mapping[str, Sequence[Mapping[int, Polynomial]]]:
        found = {}
        for name in self.flow.network.embeddings:
            powers: list[Mapping[int, Polynomial]] = [{0: {(): 1.0}}]
            linear = {row: own for (_, (row,)), own in self._linear(name).items()}
            for _ in range(self.flow.network.degree):
                powers.append(self._times(powers[-1], linear))
            found[name] = powers
        return found

    def _times(
        self, left: Mapping[int, Polynomial], right: Mapping[int, Polynomial]
    ) -> Mapping[int, Polynomial]:
        parts: dict[int, list[tuple[float, Polynomial]]] = {}
        for (i, first), (j, second) in product(left.items(), right.items()):
            both = self._truncated(_product(1.0, first, second))
            for k in np.flatnonzero(self.constants[i, j]).tolist():
                parts.setdefault(k, []).append((self.constants[i, j, k] / self.lengths[k], both))
        return {k: _sum(own) for k, own in parts.items()}

    def _linear(self, name: str) -> Mapping[Letter, Polynomial]:
        return {
            letter: {(letter,): 1 / self.lengths[letter[1][0]]} for letter in self.states if letter[0] == name
        }

    def _field(self, i: int, j: int, c: int) -> Polynomial:
        """A component of T: the label's, and one of the field where that may be."""
        found: Polynomial = {(): self.label[i, j, c]} if self.label[i, j, c] else {}
        if self.allowed[i, j, c]:
            is_symmetric = self.flow.network.embedding == "shared"
            where = (*sorted((i, j)), c) if is_symmetric else (i, j, c)
            found[((FIELD, where),)] = 1.0
        return found

    def disagreement(self, velocities: Sequence[Polynomial]) -> float:
        """Largest relative difference of the polynomials from the arrays, at random neurons."""
        here = random_evaluation(self.flow, seed=2602)
        field = here.feedback.copy()
        field[1:2] = here.feedback[1:].sum(axis=0)
        field[2:] = 0
        arrays = InField(self.flow, here.amplitudes, here.scale, field)
        letters = {letter for own in velocities for key in own for letter in key}
        components = field_components(self.flow, field[1])
        values = self._values(here.amplitudes[0]) | {
            letter: components[letter[1]] for letter in letters if letter[0] == FIELD
        }
        expected = [velocity.sum(axis=0) for velocity in arrays.velocities(0, self._acting)]
        measured = [
            sum(value * prod(values[letter] for letter in key) for key, value in own.items())
            for own in velocities
        ]
        shape = (len(self.states), here.amplitudes[0].shape[1])
        stacked = np.array([np.broadcast_to(each, shape[1:]) for each in measured])
        return self.flow.numbers.residual(stacked, np.concatenate(expected))

    def _values(self, amplitudes: Values) -> dict[Letter, Any]:
        """The value of every state."""
        rows = [
            row
            for mode, place in self.flow.places(0)
            if self.flow.acts(mode)
            for row in range(place.start, place.stop)
        ]
        return {state: amplitudes[row] for state, row in zip(self.states, rows, strict=True)}


def _product(factor: float, *polynomials: Polynomial) -> Polynomial:
    total: Polynomial = {(): factor}
    for polynomial in polynomials:
        terms: Polynomial = {}
        for (a, x), (b, y) in product(total.items(), polynomial.items()):
            key = tuple(sorted((*a, *b)))
            terms[key] = terms.get(key, 0.0) + x * y
        total = terms
    return total


def _sum(parts: Iterable[tuple[float, Polynomial]]) -> Polynomial:
    total: Polynomial = {}
    for factor, polynomial in parts:
        for key, value in polynomial.items():
            total[key] = total.get(key, 0.0) + factor * value
    return total


def _without_cancelled(terms: Polynomial) -> Polynomial:
    """Without terms that are rounding beside those of as many components of the field."""
    largest = [0.0, 0.0]
    for key, value in terms.items():
        largest[_has_field(key)] = max(largest[_has_field(key)], abs(value))
    return {key: value for key, value in terms.items() if abs(value) > _CANCELLED * largest[_has_field(key)]}


def _has_field(letters: Sequence[Letter]) -> bool:
    return any(letter[0] == FIELD for letter in letters)


def _without_rounding(values: FloatArray) -> FloatArray:
    return np.where(np.abs(values) > _ROUNDING * np.abs(values).max(initial=0.0), values, 0.0)
