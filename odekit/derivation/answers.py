"""What a system that was derived from a network can answer beyond what any ODE can."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import sympy as sp

from odekit.derivation.spheres import SphereReport
from odekit.errors import ReductionError
from odekit.groups import CyclicFamily
from odekit.networks import Network, time_text
from odekit.systems import (
    ANY,
    AnyAnswers,
    EllipticCurve,
    FixedPoint,
    ScalingSymmetry,
    Search,
    System,
    modified_system,
)

__all__ = [
    "CoupledAnswers",
    "NetworkAnswers",
    "PolarAnswers",
    "complex_equations",
    "disagreement",
    "elliptic_curve",
    "holds_at",
    "network_answers",
    "network_of",
    "sphere_report",
]


class NetworkAnswers(AnyAnswers, ABC):
    """Answers for a system that was derived from a network."""

    @property
    @abstractmethod
    def network(self) -> Network:
        """The network that the system was derived from."""

    def holds_at(self, order: int) -> bool:
        """Whether the equations, derived for a symbolic order, hold at this one for some frequencies."""
        group = self.network.group
        return not isinstance(group, CyclicFamily) or group.has_order(order)

    def clock(self, system: System) -> str:
        """The time t by that of the network's own flow."""
        return time_text(self.network)

    def modified(self, system: System, eta: Any, order: Any, momentum: Any) -> System:
        """Of descent of the weights, in which the states are linear.

        Raises
        ------
        ReductionError: a network on spheres, or as of any system.
        """
        check_straight(self.network)
        return modified_system(system, eta, order, momentum, ANY, space="weights")

    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]:
        """Time derivative of every complex amplitude, in the amplitudes and their conjugates.

        Raises
        ------
        ReductionError: the equations are no polynomials in complex amplitudes.
        """
        raise ReductionError(
            "this system has no equations in complex amplitudes",
            expected="Fourier modes of a polynomial activation",
            received=f"activation {self.network.activation_name} on {self.network.group.name}",
            hint="the system's own equations",
        )

    def elliptic_curve(self) -> EllipticCurve | None:
        """The curve of the exact solution; None where none is known."""
        return None

    def sphere_report(self) -> SphereReport | None:
        """What unit spheres add: the meaning of E, laws up to scale, maxima; None without constraint."""
        return None


class PolarAnswers(NetworkAnswers, ABC):
    """Answers for a system in magnitudes and phases of modes."""

    @property
    @abstractmethod
    def polar(self) -> System:
        """The system in magnitudes and phases, with the metric of the weights."""

    def modified(self, system: System, eta: Any, order: Any, momentum: Any) -> System:
        """Of descent of the weights, whose steps are straight in them, and not in magnitudes and phases.

        Raises
        ------
        ReductionError: states that are neither magnitudes, phases and their combinations nor linear in the
            weights; or as of any network.
        """
        polar = self.polar
        if {*system.states} <= {*polar.states, *polar.definitions}:
            check_straight(self.network)
            metric = dict(zip(polar.states, polar.metric, strict=True))
            whole = modified_system(polar, eta, order, momentum, ANY, metric=metric, space="weights")
            return whole if system.states == polar.states else whole.restrict([s.name for s in system.states])
        if {*system.states} <= {*self.form(system, "cartesian").states}:
            return super().modified(system, eta, order, momentum)
        raise ReductionError(
            "steps of the weights are not straight in these states",
            expected=f"among {', '.join(s.name for s in (*polar.states, *polar.definitions))}",
            received=", ".join(s.name for s in system.states),
            hint='form("cartesian").modified(...), or form("polar")',
        )


class CoupledAnswers(NetworkAnswers, ABC):
    """Answers for a neuron among others, whose system has what moves with all neurons as parameters.

    Attributes
    ----------
    moving: in words, what is constant there and moves.
    """

    moving: ClassVar[str]

    def first_integrals(self, system: System) -> Search[sp.Expr]:
        """Not looked for: they would be those of constant parameters."""
        return Search((), "not tried", self.moving)

    def scaling_symmetries(self, system: System) -> Search[ScalingSymmetry]:
        """Not looked for: they would be those of constant parameters."""
        return Search((), "not tried", self.moving)

    def fixed_points(self, system: System) -> Search[FixedPoint]:
        """Not looked for: they would be those of constant parameters."""
        return Search((), "not tried", self.moving)

    def modified(self, system: System, eta: Any, order: Any, momentum: Any) -> System:
        """None: Df f is that of all neurons together.

        Raises
        ------
        ReductionError: always.
        """
        raise ReductionError(
            "a neuron among others has no modified equation of its own",
            expected="parameters that are constant in time",
            received=self.moving,
            hint="derive(network, order=1), or predict(run, until=...), which follows all neurons",
        )


def check_straight(network: Network) -> None:
    """Refuse spheres, to which descent returns after every step.

    Raises
    ------
    ReductionError: the network has a constraint.
    """
    if network.constraint != "none":
        raise ReductionError(
            "descent on spheres takes no straight steps",
            expected='a network with constraint="none"',
            received=f"constraint {network.constraint!r}",
        )


def disagreement(network: Network, residual: float) -> ReductionError:
    """What is raised where derived equations differ from brute force, instead of an answer."""
    return ReductionError(
        "the derived equations disagree with the gradient summed over all tuples of inputs",
        expected="no difference beyond rounding",
        received=f"a relative difference of {residual:.1e} for {network.group.name}, {network.task.text}, "
        f"{network.activation_name}, {network.embedding}, {network.constraint}",
        hint="to report these options: this is a fault of odekit",
    )


def network_answers(system: System) -> NetworkAnswers:
    """The answers of a derived system.

    Raises
    ------
    ReductionError: a system that was not derived from a network.
    """
    if not isinstance(system.answers, NetworkAnswers):
        raise ReductionError(
            "this system was not derived from a network", expected="a system made by odekit.derive"
        )
    return system.answers


def network_of(system: System) -> Network:
    """The network that a system was derived from.

    Raises
    ------
    ReductionError: a system that was not derived from a network; likewise below.
    """
    return network_answers(system).network


def holds_at(system: System, order: int) -> bool:
    """Whether a system of symbolic order holds at a concrete one: some frequencies meet its conditions.

    >>> from odekit import Network, derive
    >>> [order for order in range(2, 8) if holds_at(derive(Network("Zn", activation="z**4")), order)]
    [5, 6, 7]
    """
    return network_answers(system).holds_at(order)


def complex_equations(system: System) -> Mapping[sp.Expr, sp.Expr]:
    """Time derivative of every complex amplitude u = alpha e^(i phi), in amplitudes and conjugates.

    Raises
    ------
    ReductionError: the equations are no polynomials in complex amplitudes.
    """
    return network_answers(system).complex_equations()


def elliptic_curve(system: System) -> EllipticCurve | None:
    """The curve of the exact solution, found by elimination; None where there is no closed form."""
    return network_answers(system).elliptic_curve()


def sphere_report(system: System) -> SphereReport | None:
    """What unit spheres add: the meaning of E, laws up to scale, maxima; None without constraint."""
    return network_answers(system).sphere_report()
