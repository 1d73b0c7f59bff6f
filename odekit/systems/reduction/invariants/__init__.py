"""Which polynomials of the states do the symmetries of an energy keep?"""

from odekit.systems.reduction.invariants.fewest import *
from odekit.systems.reduction.invariants.generators import *
