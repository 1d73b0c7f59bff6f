"""Which words of the energy survive on all modes of a neuron: how the factors can be shared out over inputs.

At an input without a factor the sum over the group is zero unless xi's frequency l has ``c l = 0``, which
some nontrivial l has exactly where the task's coefficient c shares a factor with the group's exponent.
"""

from collections.abc import Iterator
from itertools import product
from math import gcd

from odekit.groups import FiniteGroup
from odekit.networks import Network

__all__ = ["accidental_words", "frequencies_decouple", "mean_matters", "surviving_words"]

Degrees = tuple[int, ...]


def surviving_words(network: Network) -> Iterator[Degrees]:
    """The degree at each input of every kind of term of the energy; at a symbolic order the generic ones.

    >>> list(surviving_words(Network("Z4", task="2*x+y"))), list(surviving_words(Network("Zn", task="2*x+y")))
    ([(0, 2), (1, 1)], [(1, 1)])
    """
    group = network.group
    exponent = group.exponent if isinstance(group, FiniteGroup) else 1
    for degrees, common in _words(network):
        if common == 0 or gcd(common, exponent) > 1:
            yield degrees


def accidental_words(network: Network) -> Iterator[tuple[Degrees, int]]:
    """Words that survive only at orders that share a factor with a number, each with that number."""
    yield from ((degrees, common) for degrees, common in _words(network) if common > 1)


def mean_matters(network: Network, weights: str) -> bool:
    """Whether the energy depends on the mean of an embedding, where all modes are there."""
    group = network.group
    exponent = group.exponent if isinstance(group, FiniteGroup) else 1
    coefficients = network.task.coefficients
    for degrees in surviving_words(network):
        free = [c for c, degree in zip(coefficients, degrees, strict=True) if not degree]
        for place, (c, degree) in enumerate(zip(coefficients, degrees, strict=True)):
            is_held = network.embedding_of(place) == weights and degree
            if is_held and (degree > 1 or gcd(exponent, c, *free) > 1):
                return True
    return False


def frequencies_decouple(network: Network) -> bool:
    """Whether the energy is a sum over frequencies of xi, each with modes of the embeddings of its own."""
    ones = (1,) * network.task.summands
    own = network.embedding == "unshared" or all(abs(c) == 1 for c in network.task.coefficients)
    return own and all(word == ones for word in surviving_words(network))


def _words(network: Network) -> Iterator[tuple[Degrees, int]]:
    """Each way to share out a power of z, with the common factor of the inputs that get none; 0 for none."""
    coefficients = network.task.coefficients
    for degree in network.activation_polynomial or {}:
        for degrees in product(range(degree + 1), repeat=len(coefficients)):
            if sum(degrees) == degree:
                yield degrees, gcd(*(c for c, part in zip(coefficients, degrees, strict=True) if not part))
