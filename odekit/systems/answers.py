"""What a system asks of the derivation that it came from, whichever that was.

Each derivation has a class that fits `Source`; `ReducedSystem` holds one and passes questions on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import sympy as sp

if TYPE_CHECKING:
    from odekit.derivation.certificates.certificate import Certificate
    from odekit.derivation.polar.closed_form import EllipticForm
    from odekit.derivation.polar.elliptic_curve import EllipticCurve
    from odekit.derivation.polar.equivalent_form import EquivalentForm
    from odekit.derivation.polar.fixed_points import FixedPoint
    from odekit.derivation.spheres.form import SphereForm
    from odekit.derivation.spheres.report import SphereReport
    from odekit.networks import Network
    from odekit.systems.system import ReducedSystem

__all__ = ["Source"]


class Source(Protocol):
    """What a system asks of its derivation."""

    @property
    def network(self) -> Network: ...
    def ansatz(self) -> tuple[str, ...]: ...
    def first_integrals(self) -> tuple[sp.Expr, ...]: ...
    def fixed_points(self) -> tuple[FixedPoint, ...]: ...
    def form(self, name: str) -> ReducedSystem: ...
    def cheapest_form(self, states: tuple[sp.Symbol, ...]) -> EquivalentForm | None: ...
    def closed_form(self) -> EllipticForm | None: ...
    def sphere_form(self) -> SphereForm | None: ...
    def elliptic_curve(self) -> EllipticCurve | None: ...
    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]: ...
    def sphere_report(self) -> SphereReport | None: ...
    def certify(self, order: int | None) -> Certificate: ...
