"""Is my ODE true of my model? A user's own recorded trajectories against an ODE of their own."""

from odekit.comparison.trajectories.compare import *
from odekit.comparison.trajectories.load import *
from odekit.comparison.trajectories.result import *
from odekit.comparison.trajectories.trajectory import *
