"""The certificate of one harmonic: its equations against the gradient on a lattice, averaged over phases."""

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy
from odekit.derivation.harmonics.lattice import left_out
from odekit.derivation.harmonics.profile import number, parity_parts, sides
from odekit.derivation.harmonics.response import LATTICE, averaged_gradient, network_on
from odekit.errors import ReductionError
from odekit.groups import CyclicFamily
from odekit.networks import Network
from odekit.systems import Certificate, System

__all__ = ["between_kinks", "certified_order", "certify_harmonic", "lattice_tolerance"]

POINTS = 3
# Nodes of a Gauss rule between two kinks, where the gradient is a smooth function of the phase: at least so
# many, and more where a step of the lattice is wide.
NODES = 8
NODES_OF_A_TURN = 64
# Rounding of the sums, of means that are settled to 1e-12, and of the Gauss rule.
ROUNDING = 1e-9
# Times 1/n^2, it bounds the next term of the limit of a large order.
LATTICE_CONSTANT = 3.0


def certify_harmonic(network: Network, system: System, order: int | None) -> Certificate:
    """Compare a truncated system with the gradient on a lattice, averaged over its phases.

    At a symbolic order they may differ by ``3/n^2`` of the field, the size of the next term in 1/n; at a
    concrete one by rounding, and by what h leaves out where it is the limit of a large order.

    Raises
    ------
    ReductionError: an order that is not the group's, or below 3.
    """
    chosen = certified_order(network, order)
    ladder = HarmonicHierarchy(network_on(network, chosen), 1)
    generator = np.random.default_rng(2602)
    residual = 0.0
    for _ in range(POINTS):
        alpha, beta = np.exp(generator.uniform(-0.5, 0.5, 2))
        angle = generator.uniform(-np.pi, np.pi)
        residual = max(residual, _difference(ladder, system, alpha, beta, angle))
    limit = lattice_tolerance(network, chosen)
    told = limit if limit > ROUNDING else None
    return Certificate(chosen, ({"k": 1},), False, residual, residual <= limit, tolerance=told)


def certified_order(network: Network, order: int | None) -> int:
    """The order of the lattice to sum over: the one asked for, the group's own, or 101.

    Raises
    ------
    ReductionError: an order that is not the group's, or below 3.
    """
    own = _own_order(network)
    chosen = order or own or LATTICE
    if chosen < 3 or own not in (None, chosen):
        raise ReductionError(
            "no certificate of one harmonic at this order",
            expected="an order from 3" if own is None else f"order {own}",
            received=f"order {chosen}",
        )
    return chosen


def _own_order(network: Network) -> int | None:
    return None if isinstance(network.group, CyclicFamily) else network.group.order


def lattice_tolerance(network: Network, order: int) -> float:
    """What a right system may differ by on a lattice: by rounding where it was derived for that order."""
    own = _own_order(network)
    if own is None:
        return LATTICE_CONSTANT / order**2
    missing = left_out(network.activation, order, is_difference=sum(network.task.coefficients) == 0)
    if missing is None and not _is_smooth(network):
        return LATTICE_CONSTANT / order**2
    return min(max(ROUNDING, missing or 0.0), LATTICE_CONSTANT / order**2)


def _is_smooth(network: Network) -> bool:
    """Whether the activation's even part is smooth but for a kink at 0."""
    even, _ = parity_parts(network.activation)
    return sides(even) is not None or not even.has(sp.Abs, sp.sign, sp.Heaviside, sp.Piecewise)


def between_kinks(order: int, phases: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shifts of the phases of neurons by up to two steps of the lattice, and their weights.

    By a Gauss rule on each part that is smooth for all neurons: inputs ``2 alpha cos(delta) cos(pi s/n +
    phi)`` are 0 at phases pi/2 + pi s/n, s an integer.
    """
    nodes, weights = np.polynomial.legendre.leggauss(max(NODES, NODES_OF_A_TURN // order))
    step = np.pi / order
    kinks = np.sort((np.pi / 2 - phases) % step)
    starts = np.concatenate([kinks, kinks + step])
    widths = np.diff(np.append(starts, kinks[0] + 2 * step))
    shifts = starts[:, None] + widths[:, None] * (1 + nodes) / 2
    return shifts.ravel(), (widths[:, None] * weights).ravel() / (4 * step)


def _difference(ladder: HarmonicHierarchy, system: System, alpha: float, beta: float, angle: float) -> float:
    """Largest difference of the averaged velocities, relative to the largest of them if they don't vanish."""
    theta, xi = averaged_gradient(ladder, alpha, beta, angle, between_kinks(ladder.order, np.zeros(1)))
    rates = ladder.network.rates
    du, dv = 2 * rates["theta"] * theta[1], 2 * rates["xi"] * xi[1]
    measured = np.array([du.real, du.imag / alpha, dv.real, dv.imag / beta])
    values = {"alpha": alpha, "beta": beta, "D": angle}
    numbers: dict[sp.Symbol, float] = {system[name]: value for name, value in values.items()}
    numbers.update(dict.fromkeys(system.parameters, float(ladder.order)))
    predicted = np.array([number(entry, numbers) for entry in system.vector_field])
    size = max(float(np.abs(predicted).max()), 2 * float(np.abs(theta).max()))
    return float(np.abs(measured - predicted).max()) / (size or 1.0)
