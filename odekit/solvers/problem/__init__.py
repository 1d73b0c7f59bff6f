"""What is asked, and what is answered? Inputs, events, solutions."""

from odekit.solvers.problem.clock import *
from odekit.solvers.problem.compiled import *
from odekit.solvers.problem.events import *
from odekit.solvers.problem.inputs import *
from odekit.solvers.problem.interpolant import *
from odekit.solvers.problem.problem import *
from odekit.solvers.problem.solution import *
from odekit.solvers.problem.zeros import *
