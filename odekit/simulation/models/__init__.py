"""Training of networks that compose no group elements, each by its own loss, in weight space."""

from odekit.simulation.models.attention import *
from odekit.simulation.models.label_energy import *
from odekit.simulation.models.linear import *
from odekit.simulation.models.parts import *
from odekit.simulation.models.product import *
from odekit.simulation.models.quadratic import *
from odekit.simulation.models.two_layers import *
