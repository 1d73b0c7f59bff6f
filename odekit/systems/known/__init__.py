"""What can be known of an ODE? Types: points of rest, symmetries, exact solutions, certificates."""

from odekit.systems.known.certificate import Certificate, combined
from odekit.systems.known.fixed_point import FixedPoint, Rate
from odekit.systems.known.forms import (
    Coordinates,
    EllipticCurve,
    EllipticForm,
    EquivalentForm,
    SphereForm,
    SphereMode,
)
from odekit.systems.known.symmetry import ScalingSymmetry

__all__ = [
    "Certificate",
    "Coordinates",
    "EllipticCurve",
    "EllipticForm",
    "EquivalentForm",
    "FixedPoint",
    "Rate",
    "ScalingSymmetry",
    "SphereForm",
    "SphereMode",
    "combined",
]
