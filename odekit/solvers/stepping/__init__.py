"""How is a step taken? Stages, step size control, and the bookkeeping of a batch."""

from odekit.solvers.stepping.batch import integrate
from odekit.solvers.stepping.lanes import Series, Task
from odekit.solvers.stepping.record import Record
from odekit.solvers.stepping.step_size_control import CONTROL
from odekit.solvers.stepping.tableau import DOP853
from odekit.solvers.stepping.taylor_batch import series_function

__all__ = [
    "CONTROL",
    "DOP853",
    "Record",
    "Series",
    "Task",
    "integrate",
    "series_function",
]
