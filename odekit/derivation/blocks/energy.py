"""The energy of a neuron on any finite group, from Schur orthogonality.

Weights are written by their blocks, f(g) = (1/n) sum_rho d_rho tr(rho(g)^* fhat(rho)). In

    E = sum_{g1, g2} ( xi[g1 g2] - mean xi ) act( theta1[g1] + theta2[g2] )

each monomial of the activation puts some factors at g1 and some at g2, and the readout contributes
tr(xihat^* rho(g1) rho(g2)) for every nontrivial irrep. With exactly one factor at each input, the sums give
the blocks themselves: sum_g rho(g) f(g) = fhat(rho). With no factor at an input, the sum of rho(g) over the
group stands alone, and vanishes. Two factors at one input, and one at the other, would need the product of
two functions in the dual: Clebsch-Gordan coefficients, which are not available.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import factorial, prod

from odekit.derivation.blocks.words import Letter, Words, combine
from odekit.errors import ReductionError

__all__ = ["lifted_energy"]


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
                hint="--activation quadratic, or an Abelian group",
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
