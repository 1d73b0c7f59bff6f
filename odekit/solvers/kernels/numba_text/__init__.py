"""What do the texts of all kernels share? The driver, rows of lanes and pieces of formulas, functions."""

from odekit.solvers.kernels.numba_text.driver import *
from odekit.solvers.kernels.numba_text.layout import *
from odekit.solvers.kernels.numba_text.waves import *
