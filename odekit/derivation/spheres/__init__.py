"""What do unit spheres add? The radial part, laws that hold up to scale, exact solutions."""

from odekit.derivation.spheres.critical_point import *
from odekit.derivation.spheres.form import *
from odekit.derivation.spheres.radial import *
from odekit.derivation.spheres.report import *
from odekit.derivation.spheres.solutions import *
