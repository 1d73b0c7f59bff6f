"""The gradient at one frequency, harmonic by harmonic, and the certificate of its projection."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp

from odekit.arrays import ComplexArray, FloatArray
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy
from odekit.derivation.harmonics.profile import number
from odekit.errors import ReductionError
from odekit.groups import CyclicFamily, cyclic
from odekit.networks import Network
from odekit.systems import Certificate, System

__all__ = ["Response", "certify_harmonic", "harmonic_response"]

# A prime whose corrections, of size 1/n^2, lie below what is negligible, with room for all harmonics.
LATTICE = 101
HARMONICS = 7
# Sizes are printed to three digits.
NEGLIGIBLE = 1e-3
# A mean over phases and a few random points: sums over a lattice depend on both only weakly.
PHASES = 16
POINTS = 3
# Times 1/n^2, it bounds the next term of the limit of a large order.
LATTICE_CONSTANT = 3.0


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
        return {name: tuple("0" if m == 0 else f"{m}k" for m in found) for name, found in self.sizes.items()}

    @property
    def text(self) -> str:
        """The sizes in words."""
        parts = []
        for name, found in self.sizes.items():
            sizes = (
                f"{'0' if m == 0 else f'{m}k'} {a:.3f}" + ("" if abs(a - b) < NEGLIGIBLE else f" to {b:.3f}")
                for m, (a, b) in found.items()
            )
            parts.append(f"{name}: {', '.join(sizes) or 'none'}")
        return "; ".join(parts) + " (at D = 0 to D = pi/2, alpha = beta = 1)"


def harmonic_response(network: Network) -> Response:
    """Measure the harmonics up to 7k on a lattice of order 101, averaged over its phases."""
    ladder = HarmonicHierarchy(_on(network, LATTICE), HARMONICS)
    sizes: dict[str, list[FloatArray]] = {"theta": [], "xi": []}
    for angle in (0.0, np.pi / 2):
        theta, xi = _averaged(ladder, 1.0, 1.0, angle)
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


def certify_harmonic(network: Network, system: System, order: int | None) -> Certificate:
    """Compare a truncated system with the gradient on a lattice, averaged over its phases.

    It passes where they differ by less than ``3/n^2`` of the field, the size of the next term in 1/n.

    Raises
    ------
    ReductionError: an order that is not the group's, or below 3.
    """
    own = None if isinstance(network.group, CyclicFamily) else network.group.order
    chosen = order or own or LATTICE
    if chosen < 3 or own not in (None, chosen):
        raise ReductionError(
            "no certificate of one harmonic at this order",
            expected="an order from 3" if own is None else f"order {own}",
            received=f"order {chosen}",
        )
    ladder = HarmonicHierarchy(_on(network, chosen), 1)
    generator = np.random.default_rng(2602)
    residual = 0.0
    for _ in range(POINTS):
        alpha, beta = np.exp(generator.uniform(-0.5, 0.5, 2))
        angle = generator.uniform(-np.pi, np.pi)
        residual = max(residual, _difference(ladder, system, alpha, beta, angle))
    return Certificate(chosen, ({"k": 1},), False, residual, residual <= LATTICE_CONSTANT / chosen**2)


def _difference(ladder: HarmonicHierarchy, system: System, alpha: float, beta: float, angle: float) -> float:
    """Largest difference of the averaged velocities, relative to the largest of them if they don't vanish."""
    theta, xi = _averaged(ladder, alpha, beta, angle)
    rates = ladder.network.rates
    du, dv = 2 * rates["theta"] * theta[1], 2 * rates["xi"] * xi[1]
    measured = np.array([du.real, du.imag / alpha, dv.real, dv.imag / beta])
    values = {"alpha": alpha, "beta": beta, "D": angle}
    numbers: dict[sp.Symbol, float] = {system[name]: value for name, value in values.items()}
    numbers.update(dict.fromkeys(system.parameters, float(ladder.order)))
    predicted = np.array([number(entry, numbers) for entry in system.vector_field])
    size = max(float(np.abs(predicted).max()), 2 * float(np.abs(theta).max()))
    return float(np.abs(measured - predicted).max()) / (size or 1.0)


def _averaged(
    ladder: HarmonicHierarchy, alpha: float, beta: float, angle: float
) -> tuple[ComplexArray, ComplexArray]:
    """Harmonics 0 to H of the gradient in theta and xi, in the frame of each phase, averaged over phases.

    The lattice is invariant under phases that are multiples of pi/n up to the sign of theta, so that phases
    within one such step are enough.
    """
    turns = sum(ladder.network.task.coefficients)
    phases = 2 * np.pi / ladder.order * (np.arange(PHASES) + 0.5) / PHASES
    shape = (ladder.harmonics, PHASES)
    u, v = np.zeros(shape, dtype=np.complex128), np.zeros(shape, dtype=np.complex128)
    u[0] = alpha * np.exp(1j * phases)
    v[0] = beta * np.exp(1j * (turns * phases - angle))
    gradient = ladder.gradient(ladder.weights(u), ladder.weights(v))
    multiples = np.arange(1, ladder.harmonics + 1)[:, None]
    frames = (phases * multiples, (turns * phases - angle) * multiples)
    averaged = []
    for part, frame in zip(gradient, frames, strict=True):
        harmonics = (ladder.modes(part) * np.exp(-1j * frame)).mean(axis=1) / 2
        averaged.append(np.concatenate([[part.mean()], harmonics]))
    return averaged[0], averaged[1]


def _on(network: Network, order: int) -> Network:
    """The same network on the cyclic group of this order, its loss a sum at logit scale 1."""
    return Network(
        cyclic(order),
        neurons=1,
        activation=network.activation_name,
        task=network.task,
        loss="sum",
        rates=network.rates,
    )
