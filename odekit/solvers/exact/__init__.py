"""Which flows are solved without a step? Elliptic orbits, blow-up times, competitions on spheres."""

from odekit.solvers.exact.blow_up_time import *
from odekit.solvers.exact.phases import *
from odekit.solvers.exact.sphere_rows import *
from odekit.solvers.exact.spheres import *
