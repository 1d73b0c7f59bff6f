"""Into which frequencies the gradient of z^4 leaves a single frequency: as derived, and as measured.

theta has a random mean, which the derivation counts among the states of an activation of degree 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from odekit.claims.experiments.modes.networks import single_modes
from odekit.comparison import Modes, project
from odekit.derivation import derive
from odekit.groups import FiniteGroup, characters, mode_basis
from odekit.networks import Network
from odekit.simulation import uniform_gradient

__all__ = ["LeakTable", "leak_table"]

Found = Mapping[str, Mapping[str, tuple[str, ...]]]

# Relative to the largest amplitude leaks are of order 1; what is smaller than this is rounding.
ABOVE_ROUNDING = 1e-8


@dataclass(frozen=True)
class LeakTable:
    """Leaks of z^4 by starting frequency and weight group, as labels of modes.

    Parameters
    ----------
    derived: from the selection rules.
    measured: from the gradient in weight space.
    predicted_text: the derived leaks of the most common kind of frequency, in multiples of k.
    """

    derived: Found
    measured: Found
    predicted_text: str

    @property
    def agrees(self) -> bool:
        """Whether both are the same for every frequency."""
        return self.derived == self.measured


def leak_table(group: FiniteGroup) -> LeakTable:
    """Derive and measure the leaks of z^4 for every frequency of a cyclic group."""
    network = Network(group, neurons=len(mode_basis(group)), activation="quartic")
    system = derive(network)
    text = "; ".join(f"{', '.join(found)} of {name}" for name, found in system.leaks.items() if found)
    return LeakTable(_derived(network), _measured(network), text)


def _derived(network: Network) -> Found:
    group = network.finite_group
    labels = mode_basis(group).labels
    found = {
        label: {name: _multiples(group, labels.index(label), leaks) for name, leaks in t.system.leaks.items()}
        for t in derive(network).templates
        for label in t.characters
    }
    return {label: found[label] for label in labels}


def _multiples(group: FiniteGroup, place: int, multiples: tuple[str, ...]) -> tuple[str, ...]:
    """Labels of the modes at the multiples, such as ``"3k"``, of the mode at ``place``; not the mean."""
    basis, values = mode_basis(group), characters(group)
    chosen = values[basis.characters]
    reached: set[int] = set()
    for multiple in multiples:
        power = chosen[place] ** int(multiple.removesuffix("k") or 1)
        distance = np.minimum(np.abs(chosen - power), np.abs(chosen - power.conj())).max(axis=1)
        reached.update(np.flatnonzero(distance < ABOVE_ROUNDING).tolist())
    return tuple(basis.labels[index] for index in sorted(reached))


def _measured(network: Network) -> Found:
    group = network.finite_group
    basis = mode_basis(group)
    places = np.arange(len(basis))
    generator = np.random.default_rng(0)
    phases = generator.uniform(-np.pi, np.pi, size=(2, len(basis)))
    u, v = np.where(basis.is_real, np.cos(phases), np.exp(1j * phases))
    weights = single_modes(group, places, u, v)
    theta = weights["theta"] + generator.uniform(0.5, 1.0, size=(len(basis), 1))
    gradient = project(uniform_gradient(network, theta, weights["xi"]), group)
    found = {name: _reached(gradient, name) for name in gradient.amplitudes}
    return {label: {name: found[name][place] for name in found} for place, label in enumerate(basis.labels)}


def _reached(gradient: Modes, name: str) -> list[tuple[str, ...]]:
    """Labels of the modes other than its own into which each neuron's gradient points."""
    sizes = np.abs(gradient.amplitudes[name])
    points = sizes > ABOVE_ROUNDING * sizes.max(axis=1, keepdims=True)
    np.fill_diagonal(points, False)
    return [tuple(label for label, p in zip(gradient.basis.labels, row, strict=True) if p) for row in points]
