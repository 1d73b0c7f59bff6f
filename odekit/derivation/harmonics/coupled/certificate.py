"""The certificate of the coupled harmonic: its equations against the loss of two neurons on a lattice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from odekit.arrays import ComplexArray, FloatArray
from odekit.derivation.harmonics.certificate import (
    ROUNDING,
    between_kinks,
    certified_order,
    lattice_tolerance,
)
from odekit.derivation.harmonics.coupled.coupling import SHARE, Coupling, harmonic_coupling
from odekit.derivation.harmonics.coupled.field import CoupledHarmonic, pull_terms
from odekit.derivation.harmonics.coupled.population import HarmonicPopulation
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy
from odekit.derivation.harmonics.profile import Profile
from odekit.derivation.harmonics.response import network_on
from odekit.systems import Certificate, System
from odekit.systems.algebra import AngleIntegral, code_function, mean_of_arrays

__all__ = ["certify_coupled", "random_population"]

POINTS, NEURONS = 3, 2
# What the equations leave out is what this share of the variance of a neuron's logits adds to them.
FINE = 1e-6
# That of the share which is still left out, and of the lattice's part of what the equations leave out.
MARGIN = 1.1


def certify_coupled(
    formulas: CoupledHarmonic, system: System, order: int | None, cumulant: int = 2
) -> Certificate:
    """Compare with the gradient of the loss of two random neurons on a lattice, averaged over common phases.

    They may differ as at uniform softmax, and by what the coefficients that are left out add to the
    velocities of these neurons.

    Parameters
    ----------
    formulas: how neurons couple.
    system: what is put to the test.
    order: of the lattice; by default the group's, or 101.
    cumulant: the highest one of the loss, 2 or 3.

    Raises
    ------
    ReductionError: an order that is not the group's, or below 3; or the means over angles do not settle.
    """
    network = formulas.first.network
    chosen = certified_order(network, order)
    fine, kept = (
        harmonic_coupling(network.activation, formulas.first.lattice, share) for share in (FINE, SHARE)
    )
    ladder = HarmonicHierarchy(network_on(network, chosen), 1)
    generator = np.random.default_rng(2602)
    populations = [random_population(ladder, generator, cumulant) for _ in range(POINTS)]
    measured = np.stack([_measured(population) for population in populations])
    neurons = _Neurons.of(populations)
    predicted = _predicted(formulas, system, neurons, float(chosen))
    missing = np.abs(neurons.pulled(fine) - neurons.pulled(kept)) * chosen
    sizes = np.maximum(np.abs(measured).max(axis=(1, 2)), np.finfo(np.float64).tiny)
    residual = float((np.abs(measured - predicted).max(axis=(1, 2)) / sizes).max())
    limit = lattice_tolerance(network, chosen) + MARGIN * float((missing.max(axis=(1, 2)) / sizes).max())
    told = limit if limit > ROUNDING else None
    return Certificate(chosen, ({"k": 1},), False, residual, residual <= limit, tolerance=told)


def random_population(
    ladder: HarmonicHierarchy, generator: np.random.Generator, cumulant: int = 2
) -> HarmonicPopulation:
    """Two neurons with random phases, and with magnitudes up to 1, at which the coupling was cut."""
    alpha, beta = np.exp(generator.uniform(-1, 0, (2, NEURONS)))
    phi, psi = generator.uniform(-np.pi, np.pi, (2, NEURONS))
    return HarmonicPopulation(ladder, alpha, phi, beta, psi, float(np.exp(generator.uniform(0, 1))), cumulant)


def _measured(population: HarmonicPopulation) -> ComplexArray:
    """``alpha' + i alpha phi'`` and ``beta' + i beta psi'`` of each neuron (2, neuron), by sums."""
    shifts = between_kinks(population.ladder.order, population.phi)
    (theta, xi), (more_theta, more_xi) = population.gradients(*shifts)
    rates = population.ladder.network.rates
    return np.stack([rates["theta"] * (theta + more_theta)[1], rates["xi"] * (xi + more_xi)[1]])


def _predicted(formulas: CoupledHarmonic, system: System, neurons: "_Neurons", order: float) -> ComplexArray:
    """The same of all populations by the system's equations, with the sums over the neurons put in."""
    sums = neurons.order_parameters(formulas.coupling)
    known: dict[sp.Symbol, FloatArray] = dict.fromkeys(system.parameters, np.full((1, 1), order))
    parts = np.stack([sums.real, sums.imag], axis=1).reshape(-1, *sums.shape[1:])
    known.update(zip(formulas.parameters, parts, strict=True))
    known.update(zip(formulas.states, neurons.states, strict=True))
    alpha, phi, beta, psi = _values([system.rhs[state] for state in formulas.states], known)
    return _as_measured((alpha, phi * neurons.alpha, beta, psi * neurons.beta))


def _as_measured(parts: Sequence[FloatArray]) -> ComplexArray:
    """Four real velocities (point, neuron) as the two complex ones (point, 2, neuron)."""
    return np.stack([parts[0] + 1j * parts[1], parts[2] + 1j * parts[3]], axis=1)


@dataclass(frozen=True, eq=False)
class _Neurons:
    """Several populations: magnitudes and phases (point, neuron), and the logit scale of each (point, 1)."""

    alpha: FloatArray
    phi: FloatArray
    beta: FloatArray
    psi: FloatArray
    scale: FloatArray
    rates: tuple[float, float]
    known: dict[Profile, FloatArray]

    @classmethod
    def of(cls, populations: Sequence[HarmonicPopulation]) -> "_Neurons":
        alpha, phi, beta, psi = (
            np.stack([getattr(each, name) for each in populations])
            for name in ("alpha", "phi", "beta", "psi")
        )
        scale, rates = np.array([[each.scale] for each in populations]), populations[0].ladder.network.rates
        return cls(alpha, phi, beta, psi, scale, (rates["theta"], rates["xi"]), {})

    @property
    def states(self) -> tuple[FloatArray, ...]:
        """In the order of a system's."""
        return self.alpha, self.phi, self.beta, self.psi

    def _values(self, profiles: Iterable[Profile]) -> list[FloatArray]:
        """Of functions of alpha, each evaluated once."""
        profiles = list(profiles)
        for profile in profiles:
            if profile not in self.known:
                self.known[profile] = profile(self.alpha)
        return [self.known[profile] for profile in profiles]

    def _waves(self, coupling: Coupling) -> list[ComplexArray]:
        """``e^(i (psi - r phi))`` of each channel."""
        return [np.exp(1j * (self.psi - channel.charge * self.phi)) for channel in coupling.channels]

    def order_parameters(self, coupling: Coupling) -> ComplexArray:
        """The sum over the neurons of each channel, times the logit scale (channel, point, 1)."""
        values = self._values(channel.profile for channel in coupling.channels)
        pairs = zip(values, self._waves(coupling), strict=True)
        sums = [(self.beta * value * wave).sum(axis=-1, keepdims=True) for value, wave in pairs]
        return np.asarray(self.scale * np.array(sums).reshape(-1, len(self.alpha), 1))

    def pulled(self, coupling: Coupling) -> ComplexArray:
        """What a coupling adds to the velocities, over the order, as they are measured."""
        values = self._values(channel.profile for channel in coupling.channels)
        pairs = zip(self.order_parameters(coupling), self._waves(coupling), strict=True)
        turned = [np.conj(total) * wave for total, wave in pairs]
        terms = pull_terms(coupling, coupling.numbers, values, self._values(coupling.slopes))
        parts = np.zeros((len(terms), *self.alpha.shape))
        for place, added in enumerate(terms):
            for value, j in added:
                parts[place] += value * (turned[j].imag if place % 2 else turned[j].real)
        theta, xi = (2 * rate for rate in self.rates)
        fronts = (theta * self.beta, theta * self.beta / self.alpha, xi, xi)
        return _as_measured([front * part for front, part in zip(fronts, parts, strict=True)])


def _values(entries: Sequence[sp.Expr], known: Mapping[sp.Symbol, FloatArray]) -> list[FloatArray]:
    """Values of expressions that may hold integrals over whole turns, at arrays (neuron,)."""
    shape = np.broadcast_shapes(*(value.shape for value in known.values()))
    symbols, values = list(known), [np.broadcast_to(value, shape) for value in known.values()]
    integrals = sorted(set().union(*(entry.atoms(AngleIntegral) for entry in entries)), key=str)
    means = []
    for integral in integrals:
        angles = [angle for angle, *_ in integral.limits]
        function = code_function([*symbols, *angles], integral.function)
        spread = [value.reshape(*shape, *[1] * len(angles)) for value in values]
        mean = mean_of_arrays(lambda *turns: function(*spread, *turns), len(angles), shape)  # noqa: B023
        means.append(mean * (2 * np.pi) ** len(angles))
    stand_ins = [sp.Dummy() for _ in integrals]
    written = [entry.xreplace(dict(zip(integrals, stand_ins, strict=True))) for entry in entries]
    found = code_function([*symbols, *stand_ins], written)(*values, *means)
    return [np.broadcast_to(np.real(value), shape) for value in found]
