"""A neuron of one frequency beyond uniform softmax, for any activation: its system, and its answers."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from odekit.arguments import chosen
from odekit.derivation.answers import CoupledAnswers, disagreement
from odekit.derivation.harmonics.answers import MAX_QUICK_ORDER, HarmonicAnswers, check_harmonic
from odekit.derivation.harmonics.coupled.certificate import certify_coupled
from odekit.derivation.harmonics.coupled.coupling import harmonic_coupling
from odekit.derivation.harmonics.coupled.field import CoupledHarmonic
from odekit.derivation.harmonics.coupled.printed import PrintedHarmonic
from odekit.derivation.printers import network_data
from odekit.errors import ReductionError
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.networks import Network
from odekit.systems import Certificate, System

__all__ = ["CoupledHarmonicAnswers", "coupled_harmonic"]

# More make no equations that a person reads, and none that are solved in reasonable time.
MOST_PARAMETERS = 60


def coupled_harmonic(network: Network, order: int) -> System:
    """One harmonic of one frequency of neurons that are coupled by a cumulant above the first.

    Parameters
    ----------
    network: as for `derive_harmonic`.
    order: the highest cumulant, 2 or 3.

    Raises
    ------
    ReductionError: as of `derive_harmonic`; or an activation that jumps, or takes too many order parameters.
    ReductionError: order 3 on a group of order 3, where three frequencies of xi add up to 0.
    """
    check_harmonic(network)
    first = HarmonicAnswers(network)
    if order > 2 and first.lattice == 3:
        raise ReductionError(
            "the third cumulant within one harmonic is not derived where 3k is 0",
            expected="a group of another order than 3",
            received=network.group.name,
            hint="order=2",
        )
    coupling = harmonic_coupling(network.activation, first.lattice)
    if len(coupling.channels) > MOST_PARAMETERS:
        raise ReductionError(
            f"neurons of the activation {network.activation_name!r} couple by too many order parameters",
            expected=f"at most {MOST_PARAMETERS}",
            received=f"{len(coupling.channels)} that leave out a small share of the logits' variance",
            hint="order=1, or a smoother activation",
        )
    return CoupledHarmonicAnswers(CoupledHarmonic(first, coupling), order).verified


@dataclass(frozen=True, eq=False)
class CoupledHarmonicAnswers(CoupledAnswers):
    """Answers for one harmonic of one frequency, up to a cumulant.

    Parameters
    ----------
    formulas: the flow.
    order: the highest cumulant.
    """

    formulas: CoupledHarmonic
    order: int

    moving: ClassVar[str] = "the order parameters, which are constants here, move with all neurons"

    @property
    def network(self) -> Network:
        """The network that the system was derived from."""
        return self.formulas.first.network

    def holds_at(self, order: int) -> bool:
        """Whether there is a character of an order above 2, at cumulant 3 above 3."""
        return order > self.order and self.formulas.first.holds_at(order)

    @cached_property
    def _printed(self) -> PrintedHarmonic:
        return PrintedHarmonic(self.formulas, self.order)

    @cached_property
    def system(self) -> System:
        """In magnitudes and phases, with both parts of the order parameters as parameters."""
        polar = self.formulas.first.polar
        return System(
            self.formulas.velocities,
            self,
            parameters=(*polar.parameters, *self.formulas.parameters),
            metric=polar.metric,
            energy=self.formulas.energy,
            definitions=polar.definitions,
            conditions=tuple(self._printed.conditions()),
            leaks=self._printed.all_leaks,
            angles=polar.angles,
        )

    @property
    def verified(self) -> System:
        """The system, unless sums over a lattice of moderate order say otherwise.

        Raises
        ------
        ReductionError: they do, for random neurons.
        """
        first = self.formulas.first
        profiles = [channel.profile for channel in self.formulas.coupling.channels]
        settles = first.profile.has_values and all(profile.has_values for profile in dict.fromkeys(profiles))
        if (first.lattice or 0) > MAX_QUICK_ORDER or not settles:
            return self.system
        certificate = certify_coupled(self.formulas, self.system, None, self.order)
        if not certificate.passed:
            raise disagreement(self.network, certificate.residual)
        return self.system

    @bounded("the certificate", DERIVATION_SECONDS)
    def certify(self, system: System, order: int | None) -> Certificate:
        """Compare with the gradient of the loss of two neurons, averaged over their common phase.

        Raises
        ------
        ReductionError: order 3 of the group, at cumulant 3.
        """
        if self.order > 2 and order == 3:
            raise ReductionError(
                "at order 3 of the group three of k and -k add up to 0",
                expected="an order above 3",
                received="order 3",
                hint="a system up to cumulant 2",
            )
        own = system if system.states == self.system.states else self.system
        return certify_coupled(self.formulas, own, order, self.order)

    def form(self, system: System, name: str) -> System:
        """The system itself, in magnitudes and phases.

        Raises
        ------
        UnknownNameError: another form.
        """
        chosen("form", name, ("polar",))
        return system

    def ansatz(self, system: System) -> tuple[str, ...]:
        """Each weight group at its frequency."""
        return self.formulas.first.ansatz(system)

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, the equations with their order parameters, where they hold, and what leaks."""
        return self._printed.report(system, certificate)

    def to_dict(self, system: System, certificate: Certificate | None) -> dict[str, object]:
        """Everything that is known, as plain data."""
        return {**network_data(system, self, certificate), **self._printed.entries(system)}

    @bounded("the LaTeX of the system")
    def latex(self, system: System, *, comments: bool) -> str:
        """The equations with their order parameters, below comments that say where they hold."""
        return self._printed.latex(system, comments=comments)
