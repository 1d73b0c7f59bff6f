"""What is the loss, and its gradient? Over all tuples of inputs, exactly, by hand."""

from odekit.simulation.gradient.classes import *
from odekit.simulation.gradient.components import *
from odekit.simulation.gradient.interruption import *
from odekit.simulation.gradient.lane import *
from odekit.simulation.gradient.loss import *
from odekit.simulation.gradient.threads import *
from odekit.simulation.gradient.uniform import *
