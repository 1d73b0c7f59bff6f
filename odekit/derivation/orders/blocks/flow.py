"""The flow up to a cumulant of neurons that live on irreps of any group, coupled by order parameters.

With ``act(z)`` a sum of ``c theta(x)^a theta(y)^b``, the logits are sums of ``S_ab`` over such monomials,

    S_ab[K, L, c] = logit scale * sum_m (theta_m^a)[K] (theta_m^b)[L] xi_m[c],

coordinates in bases of the functions on the group: of theta's irreps where the power is 1, of all elements
above. Times n, the loss's derivative by the logits is ``T = label - 1 - f - (f^2 - mean f^2)/2 - ...``, up to
the order; the neurons' velocities are contractions of T with all their factors but one. A mode's *grade* is
the power of the logits' size, relative to the first order, at which it appears.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb

from odekit.derivation.orders.blocks.bases import Basis
from odekit.derivation.orders.brute_force import Numbers
from odekit.networks import Network

__all__ = ["BlockMode", "CoupledBlocks", "Monomial", "monomials_of"]


@dataclass(frozen=True)
class Monomial:
    """``factor theta(x)^a theta(y)^b``.

    Parameters
    ----------
    factor: its coefficient.
    powers: (a, b).
    """

    factor: Fraction
    powers: tuple[int, int]


@dataclass(frozen=True)
class BlockMode:
    """A block that neurons have.

    Parameters
    ----------
    weights: its weight group.
    irrep: name of its real irrep.
    grade: power of the logits' size, relative to the first order, at which it appears; 0 at the start.
    """

    weights: str
    irrep: str
    grade: int = 0


def monomials_of(network: Network) -> tuple[Monomial, ...]:
    """The activation at ``theta(x) + theta(y)`` as a sum of monomials.

    >>> [(int(monomial.factor), monomial.powers) for monomial in monomials_of(Network("S3"))]
    [(1, (0, 2)), (2, (1, 1)), (1, (2, 0))]
    """
    polynomial = network.activation_polynomial or {}
    return tuple(
        Monomial(comb(degree, a) * value, (a, degree - a))
        for degree, value in polynomial.items()
        for a in range(degree + 1)
        if value
    )


@dataclass(frozen=True, eq=False)
class CoupledBlocks:
    """The flow up to a cumulant, of kinds of neurons with given blocks.

    Parameters
    ----------
    network: two inputs.
    bases: of the functions on each real irrep, by name.
    kinds: the blocks of each kind of neurons, those of grade 0 first.
    order: the highest cumulant.
    numbers: what is computed with.
    """

    network: Network
    bases: Mapping[str, Basis]
    kinds: tuple[tuple[BlockMode, ...], ...]
    order: int
    numbers: Numbers

    @property
    def names(self) -> tuple[str, ...]:
        """The weight groups."""
        return (*self.network.embeddings, "xi")

    @cached_property
    def monomials(self) -> tuple[Monomial, ...]:
        """Of the activation."""
        return monomials_of(self.network)

    def rows(self, mode: BlockMode) -> int:
        """The number of coordinates of a block."""
        return len(self.bases[mode.irrep].names)

    def rows_of(self, irrep: str) -> range:
        """The rows of an irrep among those of all bases."""
        first = 0
        for name, basis in self.bases.items():
            if name == irrep:
                return range(first, first + len(basis.names))
            first += len(basis.names)
        return range(first, first)

    def rate(self, weights: str) -> Fraction:
        """The learning rate of a weight group."""
        return Fraction(repr(self.network.rates[weights]))

    def places(self, kind: int) -> Iterator[tuple[BlockMode, slice]]:
        """The blocks of a kind, and where their coordinates stand among its amplitudes."""
        first = 0
        for mode in self.kinds[kind]:
            yield mode, slice(first, first + self.rows(mode))
            first += self.rows(mode)

    def acts(self, mode: BlockMode) -> bool:
        """Whether a block is felt at this order: those of the highest grade only move."""
        return mode.grade < max(self.order - 1, 1)
