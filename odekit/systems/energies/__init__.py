"""What is the flow of a user's energy? Variables, metric, constraint, and the system they make."""

from odekit.systems.energies.expectation import *
from odekit.systems.energies.gradient_flow import *
from odekit.systems.energies.variables import *
from odekit.systems.energies.vocabulary import *
