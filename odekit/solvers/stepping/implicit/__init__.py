"""How is a step of a stiff flow taken? A Rosenbrock method, whose linear systems hold the exact Jacobian."""

from odekit.solvers.stepping.implicit.linear_systems import *
from odekit.solvers.stepping.implicit.rosenbrock import *
from odekit.solvers.stepping.implicit.rosenbrock_step import *
