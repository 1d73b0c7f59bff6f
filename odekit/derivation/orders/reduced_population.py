"""A population in arrays: neurons of one frequency each, coupled by the order parameters of all of them.

Each step costs a few operations a neuron, whatever the group's order: order parameters are sums over the
neurons of one frequency, and the velocity of a neuron is a polynomial in its amplitudes and in these.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
import sympy as sp

from odekit.arguments import expect, is_series, mapping
from odekit.arrays import ComplexArray, FloatArray
from odekit.derivation.modes import CharacterFrequencies, Mode, default_reduction
from odekit.derivation.orders.blocks import BlockPopulation, block_population
from odekit.derivation.orders.certificate import certify_flow
from odekit.derivation.orders.coupled_flow import CoupledFlow, coupled_flow
from odekit.derivation.orders.derived import HIGHEST_ORDER, check_orders
from odekit.errors import InputError, shown
from odekit.groups import character_exponents, dual_group
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.networks import Network, check_network
from odekit.numbers import integer
from odekit.systems import Certificate
from odekit.systems.algebra import Poly, code_function, to_sympy

__all__ = ["ReducedPopulation", "reduced_population"]

Amplitudes = Mapping[int, ComplexArray]
Evaluator = Callable[..., Any]


@dataclass(frozen=True)
class ReducedPopulation:
    """The flow of the amplitudes of neurons of a few frequencies, in the time of the network's own flow.

    Amplitudes are given by frequency, complex arrays (mode, neuron) in the order of `modes`: those that a
    neuron starts with, then those into which they leak at this order.

    Parameters
    ----------
    network: of a definite group.
    frequencies: the frequency of each kind of neurons.
    flow: of these kinds.
    """

    network: Network
    frequencies: tuple[int, ...]
    flow: CoupledFlow

    @cached_property
    def modes(self) -> Mapping[int, tuple[Mode[Any], ...]]:
        """The modes of the neurons of each frequency."""
        found = {}
        for kind, frequency in enumerate(self.frequencies):
            further = (one.mode for one in self.flow.responses(kind))
            found[frequency] = (*self.flow.kinds[kind].modes, *further)
        return found

    def order_parameters(self, amplitudes: Amplitudes) -> ComplexArray:
        """The logit scale times sums over neurons, by letter of the order parameters: complex (letter,).

        Raises
        ------
        InputError: amplitudes that lack a frequency, or have not one row for each of its modes.
        """
        self._check(amplitudes)
        values = np.zeros(self.flow.parameters.letters, dtype=np.complex128)
        for kind, frequency in enumerate(self.frequencies):
            if not self._own_parameters[kind]:
                continue
            letters = self._letters(kind, amplitudes[frequency])
            summed = self._summands[kind](letters)
            for one, terms in zip(self._own_parameters[kind], summed, strict=True):
                total = self.network.logit_scale * np.sum(terms)
                values[one.conjugate] = np.conj(total)
                values[one.letter] = total
        return values

    def velocities(self, amplitudes: Amplitudes) -> Amplitudes:
        """Time derivative of every amplitude, in the shape of the amplitudes.

        Raises
        ------
        InputError: amplitudes that lack a frequency, or have not one row for each of its modes.
        """
        parameters = list(self.order_parameters(amplitudes))
        found: dict[int, ComplexArray] = {}
        for kind, frequency in enumerate(self.frequencies):
            own = amplitudes[frequency]
            entries = self._fields[kind](self._letters(kind, own), parameters)
            rows = np.stack([np.broadcast_to(entry, own.shape[1:]) for entry in entries])
            found[frequency] = np.asarray(rows * self._rate, dtype=np.complex128)
        return found

    def _check(self, amplitudes: Amplitudes) -> None:
        given = mapping(amplitudes, "amplitudes", "{1: array (mode, neuron)}")
        for frequency, modes in self.modes.items():
            found: tuple[int, ...] = np.shape(given[frequency]) if frequency in given else ()
            if len(found) != 2 or found[0] != len(modes):
                raise InputError(
                    f"the amplitudes at frequency {frequency} don't fit its modes",
                    expected=f"an array (mode, neuron) with {len(modes)} rows",
                    received=f"shape {found}" if frequency in given else "none",
                )

    def certify(self) -> Certificate:
        """Compare the velocities with brute force for three random neurons of each frequency, modulo a prime.

        Raises
        ------
        ReductionError: there are too many tuples of inputs and outputs.
        """
        return certify_flow(self.flow, self.network.finite_group, [{}])

    def amplitudes(self, weights: Mapping[str, FloatArray], frequency: int) -> ComplexArray:
        """The amplitudes of neurons of one frequency, from their weights by group: floats (neuron, n)."""
        rows = []
        for mode in self.modes[frequency]:
            scale = (1 if mode.is_real else 2) / self.network.finite_group.order
            rows.append(weights[mode.weights] @ np.conj(self._waves[mode.frequency]) * scale)
        return np.stack(rows)

    def weights(self, amplitudes: ComplexArray, frequency: int) -> Mapping[str, FloatArray]:
        """The weights of neurons of one frequency, by group: float arrays (neuron, n)."""
        shape = (amplitudes.shape[1], self.network.finite_group.order)
        found = {name: np.zeros(shape) for name in (*self.network.embeddings, "xi")}
        for mode, row in zip(self.modes[frequency], amplitudes, strict=True):
            found[mode.weights] += (row[:, None] * self._waves[mode.frequency]).real
        return found

    @cached_property
    def _waves(self) -> ComplexArray:
        """Every character at every element: complex (n, n)."""
        exponents, root = character_exponents(self.network.finite_group)
        return np.asarray(np.exp(2j * np.pi / root * exponents))

    @property
    def _rate(self) -> float:
        """From units of n^(s-1) and the energy's time to the network's own flow."""
        return float(self.network.finite_group.order ** (self.network.task.summands - 1)) * (
            self.network.flow_rate()
        )

    def _letters(self, kind: int, own: ComplexArray) -> list[ComplexArray]:
        """Amplitudes and conjugates of the modes that act, by letter."""
        letters: list[Any] = [None] * self.flow.kinds[kind].rules.modes.letters
        for mode, row in zip(self.flow.kinds[kind].modes, own, strict=False):
            letters[mode.conjugate] = np.conj(row)
            letters[mode.letter] = row
        return letters

    @cached_property
    def _own_parameters(self) -> Sequence[Sequence[Any]]:
        kinds = range(len(self.frequencies))
        return [[one for one in self.flow.parameters.all if one.kind == kind] for kind in kinds]

    @cached_property
    def _summands(self) -> Sequence[Evaluator]:
        return [
            self._code(kind, [one.formula for one in own], with_parameters=False)
            for kind, own in enumerate(self._own_parameters)
        ]

    @cached_property
    def _fields(self) -> Sequence[Evaluator]:
        kinds = range(len(self.frequencies))
        return [
            self._code(
                kind,
                [*self.flow.field(kind), *(one.velocity for one in self.flow.responses(kind))],
                with_parameters=True,
            )
            for kind in kinds
        ]

    def _code(self, kind: int, polynomials: Sequence[Poly], *, with_parameters: bool) -> Evaluator:
        own = list(sp.symbols(f"w:{self.flow.kinds[kind].rules.modes.letters}"))
        others = list(sp.symbols(f"s:{self.flow.parameters.letters}")) if with_parameters else []
        entries = [to_sympy(polynomial, [*own, *others]) for polynomial in polynomials]
        return code_function([own, others] if with_parameters else [own], entries)


@overload
def reduced_population(network: Network, frequencies: Sequence[int], order: int = 2) -> ReducedPopulation: ...


@overload
def reduced_population(
    network: Network, frequencies: str | Sequence[str], order: int = 2
) -> BlockPopulation: ...


@bounded("the derivation", DERIVATION_SECONDS)
def reduced_population(
    network: Network, frequencies: str | Sequence[int] | Sequence[str], order: int = 2
) -> ReducedPopulation | BlockPopulation:
    """The flow up to a cumulant of neurons of one frequency or irrep each, coupled by order parameters.

    Parameters
    ----------
    network: polynomial activation, no spheres, a group of a definite order.
    frequencies: indices of the nontrivial characters that neurons have, one of each conjugate pair; or names
        of nontrivial real irreps of any group, on which neurons live; or ``"all"`` for neurons on all of
        them, such as random ones.
    order: the highest cumulant, 1, 2 or 3.

    Returns
    -------
    population: of characters a `ReducedPopulation`, in complex amplitudes; of irreps a `BlockPopulation`, in
        the entries of blocks.

    Raises
    ------
    InputError: no network, frequencies that the group doesn't have or that are named twice, another order.
    UnknownNameError: an irrep that the group doesn't have.
    ReductionError: a network of which no order above 1 is derived.

    >>> population = reduced_population(Network("Z11"), [1, 2], order=2)
    >>> [f"{mode.weights} {mode.label}" for mode in population.modes[1]]
    ['theta 1', 'xi 1', 'theta 3', 'xi 2']
    >>> [f"{mode.weights} {mode.irrep}" for mode in reduced_population(Network("S3"), ["2"]).modes["2"]]
    ['theta 2', 'xi 2', 'theta 1', 'theta 1a']
    """
    check_network(network)
    order = integer(order, "the order of the cumulants", 1, HIGHEST_ORDER)
    check_orders(network)
    if isinstance(frequencies, str):
        return block_population(network, [name.strip() for name in frequencies.split(",")], order)
    expect(is_series(frequencies), "the frequencies are no sequence", "indices of characters", frequencies)
    names = [each for each in frequencies if isinstance(each, str)]
    if names and len(names) == len(frequencies):
        return block_population(network, names, order)
    return _of_characters(network, frequencies, order)


def _of_characters(network: Network, frequencies: Sequence[Any], order: int) -> ReducedPopulation:
    group = network.finite_group
    if not group.is_abelian:
        irreps = ", ".join(irrep.name for irrep in group.real_irreps[1:])
        raise InputError(
            f"{group.name} is not Abelian, and has irreps instead of frequencies",
            expected=f"names among {irreps}, or 'all'",
            received=shown(frequencies),
        )
    characters = CharacterFrequencies(dual_group(group))
    chosen = tuple(integer(each, "a frequency", 1, group.order - 1) for each in frequencies)
    pairs = [characters.canonical(each) for each in chosen]
    if not chosen or len(set(pairs)) < len(pairs):
        raise InputError(
            "neurons of one frequency are one kind",
            expected="one character of each conjugate pair, at least one",
            received=", ".join(map(str, chosen)) or "none",
        )
    kinds = [default_reduction(network, characters, each, sp.Integer(group.order)) for each in chosen]
    return ReducedPopulation(network, chosen, coupled_flow(kinds, order))
