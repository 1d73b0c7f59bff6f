"""What a system asks of the derivation that it came from, whichever that was.

Each derivation has a class that fits `Source`; `ReducedSystem` holds one and passes questions on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import sympy as sp

if TYPE_CHECKING:
    from odekit.derivation.certificate import Certificate
    from odekit.derivation.closed_form import EllipticForm
    from odekit.derivation.elliptic_curve import EllipticCurve
    from odekit.derivation.equivalent_form import EquivalentForm
    from odekit.derivation.fixed_points import FixedPoint
    from odekit.derivation.sphere_form import SphereForm
    from odekit.derivation.sphere_report import SphereReport
    from odekit.derivation.system import ReducedSystem
    from odekit.networks import Network

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
