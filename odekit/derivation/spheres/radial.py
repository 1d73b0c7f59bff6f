"""Which weights of a neuron share a unit sphere, and the radial part of the gradient that it takes away.

Where the energy is homogeneous of degree D in its weights, that part is D E times them, by Euler's identity.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd

from odekit.derivation.modes import Condition, accidental_words, surviving_words
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup
from odekit.networks import Network

__all__ = ["radial_coefficients", "radial_conditions", "spheres_of"]


def spheres_of(network: Network) -> tuple[tuple[str, ...], ...]:
    """The weight groups of each sphere; none without constraint.

    Raises
    ------
    ReductionError: weights on one sphere that move at different rates, which would leave it.
    """
    if network.constraint == "none":
        return ()
    if network.constraint == "sphere":
        return (*((name,) for name in network.embeddings), ("xi",))
    if len({network.rates[name] for name in network.embeddings}) > 1:
        raise ReductionError(
            "weights on one joint sphere must move at one rate",
            expected=f"equal rates of {' and '.join(network.embeddings)}",
            received=", ".join(f"{name} {network.rates[name]:g}" for name in network.embeddings),
            hint='constraint="sphere"',
        )
    return (tuple(network.embeddings), ("xi",))


def radial_coefficients(network: Network) -> Mapping[str, Fraction]:
    """The factor of ``-E w`` in the velocity of each weight group: its rate times the degree of its sphere.

    Raises
    ------
    ReductionError: the energy of all modes is not homogeneous in the weights of a sphere.
    """
    coefficients = {}
    words = list(surviving_words(network))
    for sphere in spheres_of(network):
        degrees = {_degree_in(network, sphere, word) for word in words}
        if len(degrees) > 1:
            raise ReductionError(
                f"the energy is not homogeneous in {' and '.join(sphere)}: the sphere adds no multiple of E",
                expected="one degree in the weights of each sphere, as of the quadratic activation and x + y",
                received=f"degrees {', '.join(map(str, sorted(degrees)))} of {network.activation_name}, "
                f"task {network.task.text}, on {network.group.name}",
                hint=_hint(network),
            )
        degree = max(degrees, default=0)
        coefficients.update({name: Fraction(repr(network.rates[name])) * degree for name in sphere})
    return coefficients


def radial_conditions(network: Network, symbols: tuple[str, ...]) -> tuple[Condition, ...]:
    """With which numbers a symbolic order shares no factor, so that the energy is homogeneous on spheres."""
    generic = list(surviving_words(network))[:1]
    divisors = {
        common
        for word, common in accidental_words(network)
        for sphere in spheres_of(network)
        if any(_degree_in(network, sphere, word) != _degree_in(network, sphere, known) for known in generic)
    }
    return tuple(Condition(symbols, coprime_to=divisor) for divisor in sorted(divisors))


def _degree_in(network: Network, sphere: tuple[str, ...], word: Sequence[int]) -> int:
    """Degree of a word in the weights of a sphere; each has one factor of xi."""
    if "xi" in sphere:
        return 1
    return sum(degree for place, degree in enumerate(word) if network.embedding_of(place) in sphere)


def _hint(network: Network) -> str:
    """What to try: another task where that is what spoils it."""
    group = network.group
    exponent = group.exponent if isinstance(group, FiniteGroup) else 1
    if any(gcd(c, exponent) > 1 for c in network.task.coefficients):
        return f"a task with coefficients that share no factor with {exponent}"
    return 'activation="quadratic"'
