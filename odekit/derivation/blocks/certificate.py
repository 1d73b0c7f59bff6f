"""Certificates of a lifted flow: energy and equations of motion against the multiplication table.

On delta functions the energy in blocks is (1/n) sum_rho d_rho chi_rho(g), g being the element that the word
spells. It is checked that g is the identity exactly where the labels agree, and, modulo the cyclotomic
polynomial, that sum_rho d_rho chi_rho(g) = n delta(g, 1). The equations of motion are bilinear, so delta
functions decide for them too: exactly where the irreps have monomial matrices, else with random weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.derivation.blocks.flow import LiftedFlow
from odekit.derivation.blocks.monomial import MonomialIrrep, monomial_irreps
from odekit.derivation.blocks.words import Letter, Word, Words
from odekit.derivation.certificates import TOLERANCE, root_reducer
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup, class_of_elements, eigenvalue_multiplicities, group_fourier
from odekit.networks import Network
from odekit.systems import Certificate

__all__ = ["BlockCertificate", "certify_lifted", "characters_are_complete", "energy_is_exact"]

IntArray = NDArray[Any]


@dataclass(frozen=True)
class BlockCertificate(Certificate):
    """A certificate of energy and equations of motion in blocks.

    Parameters
    ----------
    energy_agrees: whether the energy is exact, by characters.
    """

    energy_agrees: bool

    def __str__(self) -> str:
        energy = "agrees" if self.energy_agrees else "DISAGREES"
        how = "exactly, by monomial matrices" if self.exact else "at random weights"
        field = "agree" if self.residual <= TOLERANCE else "DISAGREE"
        size = "" if self.exact else f", largest relative difference {self.residual:.1e}"
        return (
            f"the energy {energy} with the sum over all pairs exactly, by characters; "
            f"the equations of motion {field} with its gradient {how}{size}{self._spheres()}; "
            f"order {self.order}"
        )

    def _spheres(self) -> str:
        if self.printed is None:
            return ""
        agree = "agree" if self.printed <= TOLERANCE else "DISAGREE"
        return f"; their radial parts {agree} at random weights, {self.printed:.1e}"


def certify_lifted(flow: LiftedFlow, network: Network, order: int | None = None) -> BlockCertificate:
    """Compare a lifted flow with its network's sums over all pairs of elements.

    Raises
    ------
    ReductionError: another order than the group's, or a task of more than two inputs.
    """
    group = network.finite_group
    if order not in (None, group.order) or network.task.summands != 2:
        raise ReductionError(
            "a certificate in blocks is for the group itself and two inputs",
            expected=f"order {group.order}, task x*y",
            received=f"order {order or group.order}, task {network.task.text}",
        )
    energy = energy_is_exact(flow, network)
    matrices = monomial_irreps(group)
    if matrices is None:
        residual = _numeric_residual(flow, network)
    else:
        residual = 0.0 if all(_field_is_exact(flow, network, rho) for rho in matrices[1:]) else 1.0
    spheres = _radial_residual(flow, network) if flow.spheres else None
    passed = energy and max(residual, spheres or 0.0) <= TOLERANCE
    return BlockCertificate(group.order, (), matrices is not None, residual, passed, energy, printed=spheres)


def energy_is_exact(flow: LiftedFlow, network: Network) -> bool:
    """Whether the energy in blocks is the energy summed over all pairs, at any weights, exactly."""
    group = network.finite_group
    expected = _pair_coefficient(network)
    if len(flow.energy) != 1:
        return not flow.energy and not expected
    ((word, coefficient),) = flow.energy.items()
    slots = [network.embedding_of(0), network.embedding_of(1)]
    if coefficient != expected or sorted(letter.name for letter in word) != sorted([*slots, "xi"]):
        return False
    labelled = network.labels()[:, :, None] == np.arange(group.order)
    agrees = np.array_equal(_spelled(group, word, slots) == group.identity, labelled)
    return agrees and characters_are_complete(group)


def characters_are_complete(group: FiniteGroup) -> bool:
    """Whether sum_rho d_rho chi_rho(g) is n at the identity and 0 elsewhere, exactly.

    It sums integer multiplicities of roots of unity, modulo the cyclotomic polynomial.
    """
    multiplicities = eigenvalue_multiplicities(group)
    total = sum(irrep.dimension * rows for irrep, rows in zip(group.irreps, multiplicities, strict=True))
    reduced = np.asarray(total) @ root_reducer(group.exponent)
    reduced[class_of_elements(group)[group.identity], 0] -= group.order
    return not reduced.any()


def _spelled(group: FiniteGroup, word: Word, slots: list[str]) -> IntArray:
    """Element that a word spells at the elements (a, b) of the inputs and c of the readout, (n, n, n)."""
    axes = {"xi": [2], **{name: [i for i, slot in enumerate(slots) if slot == name] for name in slots}}
    spelled: IntArray = np.array(group.identity)
    for letter in word:
        shape = [1, 1, 1]
        shape[axes[letter.name].pop(0)] = group.order
        element = group.inverse if letter.is_adjoint else np.arange(group.order)
        spelled = group.table[spelled, element.reshape(shape)]
    return spelled


def _pair_coefficient(network: Network) -> Fraction:
    """Coefficient of theta1[a] theta2[b] in the activation's value at (a, b)."""
    return 2 * (network.activation_polynomial or {}).get(2, Fraction(0))


def _field_is_exact(flow: LiftedFlow, network: Network, rho: MonomialIrrep) -> bool:
    """Whether each block's velocity on delta functions is the transform of the gradient's delta functions."""
    return all(
        _same_sums(_spelled_terms(flow.free_field[name], rho), _gradient_terms(flow, network, name, rho))
        for name in flow.letters
    )


def _spelled_terms(words: Words, rho: MonomialIrrep) -> list[tuple[Any, IntArray]]:
    """Coefficient and matrices (n, n) of each word; xi, or else the first factor, varies along the rows."""
    terms = []
    for word, coefficient in words.items():
        order = sorted(range(len(word)), key=lambda place: (word[place].name != "xi", place))
        factors = [_factor(rho, letter, order.index(place)) for place, letter in enumerate(word)]
        terms.append((coefficient, (factors[0] @ factors[1]).numbers))
    return terms


def _factor(rho: MonomialIrrep, letter: Letter, axis: int) -> MonomialIrrep:
    matrices = rho.adjoint if letter.is_adjoint else rho
    return matrices[:, None] if axis == 0 else matrices[None, :]


def _gradient_terms(
    flow: LiftedFlow, network: Network, name: str, rho: MonomialIrrep
) -> list[tuple[Any, IntArray]]:
    """The gradient summed over pairs, at delta functions: of xi and an input, or of both inputs for xi."""
    labels = network.labels()
    factor = _pair_coefficient(network) * flow.rates[name]
    if not factor:
        return []
    if name == "xi":
        return [(factor, rho[labels].numbers)]
    solved = {0: np.argsort(labels, axis=0), 1: np.argsort(labels, axis=1).T}
    places = [place for place in (0, 1) if network.embedding_of(place) == name]
    return [(factor, rho[solved[place]].numbers) for place in places]


def _same_sums(left: list[tuple[Any, IntArray]], right: list[tuple[Any, IntArray]]) -> bool:
    """Whether two sums of matrices have the same terms, in any order, at each pair of elements."""
    if sorted(value for value, _ in left) != sorted(value for value, _ in right):
        return False
    return not left or (
        len({value for value, _ in left}) == 1 and np.array_equal(_ordered(left), _ordered(right))
    )


def _ordered(terms: list[tuple[Any, IntArray]]) -> IntArray:
    """Terms (n, n, term, number) in lexicographic order."""
    stacked = np.stack(np.broadcast_arrays(*(numbers for _, numbers in terms)), axis=2)
    order = np.lexsort(np.moveaxis(stacked, -1, 0)[::-1], axis=-1)
    return np.take_along_axis(stacked, order[..., None], axis=2)


def _numeric_residual(flow: LiftedFlow, network: Network) -> float:
    """Largest relative difference between the velocities in blocks and the transformed gradient."""
    group = network.finite_group
    rng = np.random.default_rng(2606)
    weights = {name: rng.normal(size=group.order) for name in flow.letters}
    blocks = {name: group_fourier(values, group) for name, values in weights.items()}
    gradient = _summed_gradient(network, weights)
    residual = 0.0
    for name in flow.letters:
        expected = group_fourier(gradient[name] * float(flow.rates[name]), group)
        for i in range(1, len(expected)):
            measured = _value(flow.free_field[name], {key: block[i] for key, block in blocks.items()})
            scale = max(float(np.abs(block).max()) for block in expected)
            residual = max(residual, float(np.abs(measured - expected[i]).max()) / scale)
    return residual


def _radial_residual(flow: LiftedFlow, network: Network) -> float:
    """Largest difference of <w, gradient> on a sphere from the multiple of E that is taken away there."""
    rng = np.random.default_rng(2606)
    weights = {name: rng.normal(size=network.finite_group.order) for name in flow.letters}
    gradient = _summed_gradient(network, weights)
    readout = weights["xi"] - weights["xi"].mean()
    # E is linear in xi.
    energy = float(readout @ gradient["xi"])
    scale = max(float(np.abs(weights[name]) @ np.abs(gradient[name])) for name in flow.letters)
    worst = 0.0
    for sphere in flow.spheres:
        measured = sum(float((weights[name] - weights[name].mean()) @ gradient[name]) for name in sphere)
        for name in sphere:
            claimed = float(flow.radial[name] / flow.rates[name]) * energy
            worst = max(worst, abs(measured - claimed))
    return worst / (scale or 1.0)


def _summed_gradient(network: Network, weights: Mapping[str, IntArray]) -> dict[str, IntArray]:
    labels, xi = network.labels(), weights["xi"]
    inputs = weights[network.embedding_of(0)][:, None] + weights[network.embedding_of(1)][None, :]
    values, slopes = (np.zeros_like(inputs) for _ in range(2))
    for degree, coefficient in (network.activation_polynomial or {}).items():
        values += float(coefficient) * inputs**degree
        slopes += float(coefficient) * degree * inputs ** max(degree - 1, 0)
    forces = (xi - xi.mean())[labels] * slopes
    gradient = {name: np.zeros_like(xi) for name in weights}
    for place in (0, 1):
        gradient[network.embedding_of(place)] += forces.sum(axis=1 - place)
    np.add.at(gradient["xi"], labels, values)
    return gradient


def _value(words: Words, blocks: Mapping[str, IntArray]) -> IntArray:
    total: IntArray = np.zeros_like(blocks["xi"])
    for word, coefficient in words.items():
        factors = [
            blocks[letter.name].conj().T if letter.is_adjoint else blocks[letter.name] for letter in word
        ]
        total = total + float(coefficient) * (factors[0] @ factors[1])
    return total
