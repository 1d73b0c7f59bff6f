"""What can be known of an ODE? Types: points of rest, symmetries, exact solutions, certificates."""

from odekit.systems.known.certificate import *
from odekit.systems.known.fixed_point import *
from odekit.systems.known.forms import *
from odekit.systems.known.search import *
from odekit.systems.known.searches import *
from odekit.systems.known.symmetry import *
