"""The gradient at one frequency, harmonic by harmonic, averaged over the phases on a lattice."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import ComplexArray, FloatArray
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy
from odekit.errors import ReductionError
from odekit.groups import cyclic
from odekit.networks import Network

__all__ = [
    "HARMONICS",
    "LATTICE",
    "NEGLIGIBLE",
    "Response",
    "averaged_gradient",
    "evenly_spaced",
    "harmonic_response",
    "multiple_text",
    "network_on",
]

# A prime whose corrections, of size 1/n^2, lie below what is negligible, with room for all harmonics.
LATTICE = 101
HARMONICS = 7
# Sizes are printed to three digits.
NEGLIGIBLE = 1e-3
# Sums over a lattice depend on the phase only weakly.
PHASES = 16


@dataclass(frozen=True)
class Response:
    """Harmonics of the gradient at alpha = beta = 1, relative to the frequency's own, by weight group.

    Parameters
    ----------
    sizes: by weight group and multiple of k (0: the mean), at D = 0 and at D = pi/2.
    """

    sizes: Mapping[str, Mapping[int, tuple[float, float]]]

    @property
    def leaks(self) -> dict[str, tuple[str, ...]]:
        """Labels of the harmonics other than k, up to 7k."""
        return {name: tuple(map(multiple_text, found)) for name, found in self.sizes.items()}

    @property
    def text(self) -> str:
        """The sizes in words."""
        parts = []
        for name, found in self.sizes.items():
            sizes = (
                f"{multiple_text(m)} {a:.3f}" + ("" if abs(a - b) < NEGLIGIBLE else f" to {b:.3f}")
                for m, (a, b) in found.items()
            )
            parts.append(f"{name}: {', '.join(sizes) or 'none'}")
        return "; ".join(parts) + " (at D = 0 to D = pi/2, alpha = beta = 1)"


def multiple_text(m: int) -> str:
    """The label of a multiple of k, 0 being the mean.

    >>> multiple_text(0), multiple_text(3)
    ('0', '3k')
    """
    return f"{m}k" if m else "0"


def harmonic_response(network: Network) -> Response:
    """Measure the harmonics up to 7k on a lattice of order 101, averaged over its phases."""
    ladder = HarmonicHierarchy(network_on(network, LATTICE), HARMONICS)
    sizes: dict[str, list[FloatArray]] = {"theta": [], "xi": []}
    for angle in (0.0, np.pi / 2):
        theta, xi = averaged_gradient(ladder, 1.0, 1.0, angle)
        sizes["theta"].append(_relative(theta))
        sizes["xi"].append(_relative(xi))
    found: dict[str, dict[int, tuple[float, float]]] = {}
    for name, (aligned, quarter) in sizes.items():
        found[name] = {
            m: (float(aligned[m]), float(quarter[m]))
            for m in range(HARMONICS + 1)
            if m != 1 and not (name == "xi" and m == 0) and max(aligned[m], quarter[m]) > NEGLIGIBLE
        }
    return Response(found)


def _relative(harmonics: ComplexArray) -> FloatArray:
    """Sizes relative to harmonic 1, or to the largest where that vanishes; 0 where all do."""
    sizes = np.abs(harmonics)
    largest = float(sizes.max())
    own = float(sizes[1])
    unit = own if own > NEGLIGIBLE**2 * largest else largest
    return np.asarray(sizes / unit if largest > NEGLIGIBLE**3 else np.zeros_like(sizes))


def averaged_gradient(
    ladder: HarmonicHierarchy,
    alpha: float,
    beta: float,
    angle: float,
    rule: tuple[FloatArray, FloatArray] | None = None,
) -> tuple[ComplexArray, ComplexArray]:
    """Harmonics 0 to H of the gradient in theta and xi, in the frame of each phase, averaged over phases.

    The lattice is invariant under phases that are multiples of pi/n up to the sign of theta, so that phases
    within two such steps are enough; ``rule`` gives them with their weights, by default evenly spaced ones.

    Raises
    ------
    ReductionError: the activation or its slope is not finite somewhere.
    """
    turns = sum(ladder.network.task.coefficients)
    phases, weights = evenly_spaced(ladder.order) if rule is None else rule
    shape = (ladder.harmonics, len(phases))
    u, v = np.zeros(shape, dtype=np.complex128), np.zeros(shape, dtype=np.complex128)
    u[0] = alpha * np.exp(1j * phases)
    v[0] = beta * np.exp(1j * (turns * phases - angle))
    gradient = ladder.gradient(ladder.weights(u), ladder.weights(v))
    if not all(np.isfinite(part).all() for part in gradient):
        raise ReductionError(
            "the activation has no finite value or slope at some inputs of a neuron",
            expected=f"finite numbers at inputs up to {2 * alpha:g}",
            received=ladder.network.activation_name,
            hint="another way to write it, or an activation that grows less steeply",
        )
    multiples = np.arange(1, ladder.harmonics + 1)[:, None]
    frames = (phases * multiples, (turns * phases - angle) * multiples)
    averaged = []
    for part, frame in zip(gradient, frames, strict=True):
        harmonics = (ladder.modes(part) * np.exp(-1j * frame)) @ weights / 2
        averaged.append(np.concatenate([[part.mean(axis=0) @ weights], harmonics]))
    return averaged[0], averaged[1]


def evenly_spaced(order: int) -> tuple[FloatArray, FloatArray]:
    """Phases within two steps of the lattice, and their equal weights."""
    return 2 * np.pi / order * (np.arange(PHASES) + 0.5) / PHASES, np.full(PHASES, 1 / PHASES)


def network_on(network: Network, order: int) -> Network:
    """The same network on the cyclic group of this order, its loss a sum at logit scale 1."""
    return Network(
        cyclic(order),
        neurons=1,
        activation=network.activation_name,
        task=network.task,
        loss="sum",
        rates=network.rates,
    )
