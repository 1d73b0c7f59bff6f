"""Answers that hold for any ODE: searches for integrals, symmetries and points of rest, and printers."""

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from odekit.errors import ReductionError
from odekit.limits import bounded
from odekit.systems.descent import modified_system
from odekit.systems.integrals import find_integrals
from odekit.systems.known import (
    Certificate,
    EllipticForm,
    EquivalentForm,
    FixedPoint,
    Rate,
    ScalingSymmetry,
    Search,
    SphereForm,
)
from odekit.systems.printers import (
    javascript_program,
    latex_block,
    latex_comments,
    plain_data,
    program,
    report,
)
from odekit.systems.rest_points import find_rest_points
from odekit.systems.symmetries import scaling_symmetries
from odekit.systems.system import System

__all__ = ["ANY", "AnyAnswers", "search_all"]


class AnyAnswers:
    """What can be found of any ODE."""

    def first_integrals(self, system: System) -> Search[sp.Expr]:
        """Functions of the states that are conserved, beyond the constraint's functions."""
        return find_integrals(system)

    @bounded("the search for scaling symmetries")
    def scaling_symmetries(self, system: System) -> Search[ScalingSymmetry]:
        """A basis of the scalings that take orbits to orbits."""
        return scaling_symmetries(system)

    def fixed_points(self, system: System) -> Search[FixedPoint]:
        """Points of rest with their stability."""
        return find_rest_points(system, system.first_integrals())

    def rates(self, system: System) -> Mapping[str, Rate]:
        """The slowest rate of approach to each attracting point, by its name."""
        return _rates([point for point in system.fixed_points() if point.stability == "attracts"])

    def modified(self, system: System, eta: Any, order: Any, momentum: Any) -> System:
        """The modified equation of descent in straight steps of the states."""
        return modified_system(system, eta, order, momentum, ANY)

    def form(self, system: System, name: str) -> System:
        """The system has no other form.

        Raises
        ------
        ReductionError: always.
        """
        raise _no(f"form {name!r}")

    def cheapest_form(self, system: System) -> EquivalentForm[System] | None:
        """None: the system has one form."""
        return None

    def closed_form(self, system: System) -> EllipticForm | None:
        """None is known."""
        return None

    def sphere_form(self, system: System) -> SphereForm | None:
        """None is known."""
        return None

    def certify(self, system: System, order: int | None) -> Certificate:
        """Nothing was reduced, so there is nothing to certify.

        Raises
        ------
        ReductionError: always.
        """
        raise _no("certificate")

    def ansatz(self, system: System) -> tuple[str, ...]:
        """None: the states are what was given."""
        return ()

    def clock(self, system: System) -> str:
        """How t compares with another time; nothing where t is the only one."""
        return ""

    def report(self, system: System, certificate: Certificate | None) -> str:
        """Equations and what follows from them, as text."""
        search_all(system)
        return bounded("the report of the system")(report)(system)

    def to_dict(self, system: System, certificate: Certificate | None) -> dict[str, object]:
        """Equations and what follows from them, as plain data."""
        search_all(system)
        return bounded("the report of the system")(plain_data)(system)

    @bounded("the LaTeX of the system")
    def latex(self, system: System, *, comments: bool) -> str:
        """Energy, definitions and equations as an aligned block, below comments that say where they hold."""
        block = latex_block(system)
        return "\n".join([*latex_comments(system), block]) if comments else block

    @bounded("the program of the system")
    def python(self, system: System) -> str:
        """The equations as a program."""
        return program(system)

    def javascript(self, system: System) -> str:
        """The equations as a JavaScript module."""
        return javascript_program(system)


ANY = AnyAnswers()


def _no(what: str) -> ReductionError:
    return ReductionError(f"this system has no {what}", expected="a system made by odekit.derive")


def search_all(system: System) -> None:
    """Search within the limit of each question, so that none counts as part of a report."""
    system.scaling_symmetries()
    system.fixed_points()


@bounded("the search for rates")
def _rates(attracting: Sequence[FixedPoint]) -> Mapping[str, Rate]:
    by_phase = {
        f"{symbol} = {point.values[symbol]}": rate
        for point in attracting
        for symbol, rate in point.rates.items()
    }
    return {**by_phase, **{p.name: p.slowest for p in attracting if p.slowest is not None}}
