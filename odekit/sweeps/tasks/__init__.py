"""What does a cell do? Kinds of cells, each a pure function of its settings and a seed."""

from odekit.sweeps.tasks.claims import CLAIMS, check_values, claim_cells
from odekit.sweeps.tasks.compare import COMPARE
from odekit.sweeps.tasks.predict import POPULATION, PREDICT
from odekit.sweeps.tasks.simulate import SIMULATE
from odekit.sweeps.tasks.solve import SOLVE
from odekit.sweeps.tasks.sources import digest
from odekit.sweeps.tasks.task import Row, Settings, Task, Value

__all__ = ["CLAIMS", "TASKS", "Row", "Settings", "Task", "Value", "check_values", "claim_cells", "digest"]

TASKS = {task.name: task for task in (CLAIMS, COMPARE, PREDICT, POPULATION, SIMULATE, SOLVE)}
