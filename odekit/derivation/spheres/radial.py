"""Which weights of a neuron share a unit sphere, and the radial part of the gradient that it takes away.

Where the energy is homogeneous of degree D in its weights, that part is D E times them, by Euler's identity.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

from odekit.errors import ReductionError
from odekit.networks import Network

__all__ = ["radial_coefficients", "spheres_of"]


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
    ReductionError: the energy is not homogeneous in the weights of a sphere.
    """
    coefficients = {}
    for sphere in spheres_of(network):
        degrees = {sum(degree[name] for name in sphere) for degree in _degrees(network)}
        if len(degrees) > 1:
            raise ReductionError(
                f"the energy is not homogeneous in {' and '.join(sphere)}: the sphere adds no multiple of E",
                expected="one degree in the weights of each sphere, as of the quadratic activation",
                received=f"degrees {', '.join(map(str, sorted(degrees)))} of {network.activation_name}",
                hint='activation="quadratic"',
            )
        degree = max(degrees, default=0)
        coefficients.update({name: Fraction(repr(network.rates[name])) * degree for name in sphere})
    return coefficients


def _degrees(network: Network) -> Iterator[Mapping[str, int]]:
    """Degree in each weight group of every kind of term of the energy.

    The readout is centred, so that every input of a surviving term has a factor of its own.
    """
    summands = network.task.summands
    for degree in network.activation_polynomial or {}:
        for degrees in product(range(1, degree + 1), repeat=summands):
            if sum(degrees) == degree:
                counts = dict.fromkeys(network.embeddings, 0)
                for place, part in enumerate(degrees):
                    counts[network.embedding_of(place)] += part
                yield {**counts, "xi": 1}
