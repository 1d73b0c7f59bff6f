"""Where do formulas jump or bend? At times that they show, and where functions of the states are zero."""

from odekit.solvers.codegen.switches.breakpoints import *
from odekit.solvers.codegen.switches.state_switches import *
