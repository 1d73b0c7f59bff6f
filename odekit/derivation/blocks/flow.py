"""The lifted flow: every block's equation of motion on any finite group, with or without spheres.

The gradient of E = (1/n) sum_rho d_rho Re tr(e) in the inner product (1/n) sum_rho d_rho Re tr(X^* Y) is the
cyclic derivative of e. By Euler's identity a sphere takes away its degree in E times E times each block. In

    E = sum_{g1, g2} ( xi[g1 g2] - mean xi ) act( theta1[g1] + theta2[g2] )

each monomial of the activation puts some factors at g1 and some at g2, and the readout contributes
tr(xihat^* rho(g1) rho(g2)) for every nontrivial irrep. One factor at an input gives its block; with none the
sum of rho(g) vanishes; two or more would need Clebsch-Gordan coefficients, which are not available.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import factorial, prod

from odekit.derivation.blocks.words import Letter, Words, combine, cyclic_gradient
from odekit.derivation.spheres import spheres_of
from odekit.errors import ReductionError
from odekit.networks import Network

__all__ = ["LiftedFlow", "lift", "lifted_energy"]


@dataclass(frozen=True)
class LiftedFlow:
    """Equations of motion of the blocks at one nontrivial irrep.

    Parameters
    ----------
    energy: words e with E = (1/n) sum_rho d_rho Re tr(e).
    spheres: groups of letters that share a unit sphere; empty without constraint.
    rates: factor on each letter's learning rate.
    letters: names of the blocks.
    """

    energy: Words
    spheres: tuple[tuple[str, ...], ...]
    rates: Mapping[str, Fraction]
    letters: tuple[str, ...]

    @cached_property
    def free_field(self) -> dict[str, Words]:
        """Gradient of the energy by each block, times its rate."""
        return {
            name: combine([(self.rates[name], cyclic_gradient(self.energy, name))]) for name in self.letters
        }

    @cached_property
    def radial(self) -> dict[str, Fraction]:
        """Coefficient of -E times the block in each block's equation; 0 without constraint."""
        degrees = {name: Fraction(0) for name in self.letters}
        for sphere in self.spheres:
            degree = sum(self._degree(name) for name in sphere)
            degrees.update({name: self.rates[name] * degree for name in sphere})
        return degrees

    @property
    def decouples(self) -> bool:
        """Whether one change of time and scale makes the irreps independent: equal radial coefficients."""
        return len(set(self.radial.values())) == 1

    def _degree(self, name: str) -> int:
        """Degree of the energy in a letter, the same in every word."""
        return max((sum(letter.name == name for letter in word) for word in self.energy), default=0)


def lift(network: Network) -> LiftedFlow:
    """The lifted flow of a network.

    Raises
    ------
    ReductionError: an activation that is no polynomial, or needs Clebsch-Gordan coefficients.
    ReductionError: unequal rates on one joint sphere, or a task other than the group's product.

    Source: arXiv 2606.02993, projected gradient flow in the Fourier domain.
    """
    polynomial = network.activation_polynomial
    if polynomial is None or set(network.task.coefficients) != {1}:
        raise ReductionError(
            "no lifted flow for this network",
            expected="a polynomial activation and the group's product x*y",
            received=f"activation {network.activation_name}, task {network.task.text}",
        )
    summands = network.task.summands
    energy = lifted_energy(polynomial, [network.embedding_of(i) for i in range(summands)])
    letters = (*network.embeddings, "xi")
    rates = {name: Fraction(repr(network.rates[name])) for name in letters}
    spheres = spheres_of(network)
    return LiftedFlow(energy, spheres, rates, letters)


def lifted_energy(activation: Mapping[int, Fraction], embeddings: Sequence[str]) -> Words:
    """Words e with E = (1/n) sum over nontrivial irreps of d_rho Re tr(e), in the blocks at rho.

    Parameters
    ----------
    activation: coefficient by degree.
    embeddings: the weight group of each input, in the order of the group's product.

    Raises
    ------
    ReductionError: a monomial that needs Clebsch-Gordan coefficients.

    >>> [(len(word), int(value)) for word, value in lifted_energy({2: Fraction(1)}, ("t1", "t2")).items()]
    [(3, 2)]
    """
    terms: list[tuple[Fraction, Words]] = []
    for coefficient, degrees in _spread(activation, len(embeddings)):
        if 0 in degrees:
            continue
        if any(degree > 1 for degree in degrees):
            raise ReductionError(
                "the activation multiplies several weights at one group element, which needs Clebsch-Gordan "
                "coefficients on a non-Abelian group",
                expected="an activation of degree at most 2",
                received=f"a term with {' and '.join(map(str, degrees))} factors at the inputs",
                hint='activation="quadratic", or an Abelian group',
            )
        word = (Letter("xi", True), *(Letter(name) for name in embeddings))
        terms.append((coefficient, {word: Fraction(1)}))
    return combine(terms)


def _spread(activation: Mapping[int, Fraction], places: int) -> Iterator[tuple[Fraction, tuple[int, ...]]]:
    """Each way to put the factors of a monomial at the inputs, with its multinomial coefficient."""
    for degree, coefficient in activation.items():
        for degrees in product(range(degree + 1), repeat=places):
            if sum(degrees) == degree:
                yield coefficient * factorial(degree) / prod(factorial(d) for d in degrees), degrees
