"""Where training starts: a stack of weights drawn from an explicit `numpy.random.Generator`."""

from collections.abc import Callable, Mapping

import numpy as np

from odekit.arguments import chosen
from odekit.arrays import ComplexArray, FloatArray
from odekit.errors import InputError
from odekit.groups import from_modes, mode_basis
from odekit.networks import Network
from odekit.numbers import positive
from odekit.simulation.training.spheres import normalise, parts

__all__ = ["INITS", "initial_weights"]


def initial_weights(network: Network, init: str, scale: float, generator: np.random.Generator) -> FloatArray:
    """Draw a start, (e + 1, n, M) float64.

    Parameters
    ----------
    network: the last two kinds need an Abelian group.
    init: ``"iid"``, normal with standard deviation ``scale``; ``"single_frequency"``, each neuron at one
        uniformly random frequency k, theta = scale cos(w_k j + phi) and xi = scale cos(w_k j + psi);
        ``"equal_magnitude"``, every frequency with magnitude ``scale`` in theta and in xi. All phases are
        independent and uniform; at a character of order 2 the phase is a random sign.
    scale: positive and finite. On spheres it plays no part: what is drawn at scale 1 is divided by its norm
        on each sphere, which makes ``"iid"`` uniform on them.
    generator: source of all randomness.

    Raises
    ------
    UnknownNameError: an unknown kind.
    InputError: without a constraint, a scale that is not positive and finite; a group that is not Abelian.

    Source: "single_frequency" is the start of arXiv 2602.16849 for its single-frequency dynamics,
    "equal_magnitude" the hypothesis of its lottery-ticket result.
    """
    chosen("initialisation", init, tuple(INITS))
    if network.constraint != "none":
        weights = INITS[init](network, generator)
        normalise(parts(network), weights)
        return weights
    return positive(scale, "the scale of the initial weights", hint="0.02") * INITS[init](network, generator)


def _iid(network: Network, generator: np.random.Generator) -> FloatArray:
    shape = (len(network.embeddings) + 1, network.finite_group.order, network.neurons)
    return generator.standard_normal(shape)


def _single_frequency(network: Network, generator: np.random.Generator) -> FloatArray:
    units = _unit_modes(network, generator)
    chosen = generator.integers(units.shape[2], size=network.neurons)
    return _to_stack(network, units * (np.arange(units.shape[2]) == chosen[:, None]))


def _equal_magnitude(network: Network, generator: np.random.Generator) -> FloatArray:
    return _to_stack(network, _unit_modes(network, generator))


def _unit_modes(network: Network, generator: np.random.Generator) -> ComplexArray:
    """Modes of magnitude 1 with random phases, (e + 1, M, n_modes)."""
    if not network.finite_group.is_abelian:
        raise InputError(
            f"{network.finite_group.name} is not Abelian, its weights have no single frequencies",
            expected="an Abelian group",
            hint="init='iid'",
        )
    basis = mode_basis(network.finite_group)
    if not len(basis.characters):
        raise InputError("the trivial group has no frequencies", expected="a group of order 2 or more")
    turns = generator.random((len(network.embeddings) + 1, network.neurons, len(basis.characters)))
    phases: ComplexArray = np.exp(2j * np.pi * turns)
    return np.where(basis.is_real, np.where(turns < 0.5, 1.0, -1.0), phases)


def _to_stack(network: Network, modes: ComplexArray) -> FloatArray:
    return np.ascontiguousarray(from_modes(modes, network.finite_group).swapaxes(1, 2))


INITS: Mapping[str, Callable[[Network, np.random.Generator], FloatArray]] = {
    "iid": _iid,
    "single_frequency": _single_frequency,
    "equal_magnitude": _equal_magnitude,
}
