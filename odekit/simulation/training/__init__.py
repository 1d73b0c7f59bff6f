"""How is a network trained? Gradient flow and descent, from a seed or from given weights."""

from odekit.simulation.training.flow import *
from odekit.simulation.training.initial import *
from odekit.simulation.training.integration import *
from odekit.simulation.training.record import *
from odekit.simulation.training.schedule import *
from odekit.simulation.training.simulate import *
from odekit.simulation.training.spheres import *
from odekit.simulation.training.velocity import *
