"""What do unit spheres add? The radial part, laws that hold up to scale, exact solutions."""

from odekit.derivation.spheres.critical_point import ROUNDING, CriticalPoint, Eigenvalue
from odekit.derivation.spheres.form import find_sphere_form
from odekit.derivation.spheres.radial import radial_coefficients, spheres_of
from odekit.derivation.spheres.report import SphereReport
from odekit.derivation.spheres.solutions import (
    alignment_rate,
    sphere_solutions,
    time_change,
)

__all__ = [
    "ROUNDING",
    "CriticalPoint",
    "Eigenvalue",
    "SphereReport",
    "alignment_rate",
    "find_sphere_form",
    "radial_coefficients",
    "sphere_solutions",
    "spheres_of",
    "time_change",
]
