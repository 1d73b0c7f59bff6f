"""How is a step taken? Stages, step size control, and the bookkeeping of a batch."""

from odekit.solvers.stepping.batch import *
from odekit.solvers.stepping.implicit import *
from odekit.solvers.stepping.lanes import *
from odekit.solvers.stepping.record import *
from odekit.solvers.stepping.stages import PANEL as PANEL
from odekit.solvers.stepping.step_size_control import *
from odekit.solvers.stepping.tableau import *
from odekit.solvers.stepping.taylor_batch import *
