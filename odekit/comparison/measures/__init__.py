"""What is measured of weights? Modes, shares of irreps, distances, rates, stages."""

from odekit.comparison.measures.curves import *
from odekit.comparison.measures.modes import *
from odekit.comparison.measures.orbit import *
from odekit.comparison.measures.progress import *
from odekit.comparison.measures.rates import *
from odekit.comparison.measures.shares import *
from odekit.comparison.measures.stages import *
