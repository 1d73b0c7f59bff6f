"""How do I ask it a thousand times? Plans of cells on Dask, results in a folder in which nothing is lost.

`read_plan` reads what to do, and `sweep` computes what the folder doesn't hold yet.
"""

from odekit.sweeps.engine import processors
from odekit.sweeps.estimate import Estimate, estimated
from odekit.sweeps.plan import Cell, Plan, read_plan
from odekit.sweeps.results import Counts, Results, Summary, summary_tables
from odekit.sweeps.statistics import share_interval, upper_limit
from odekit.sweeps.sweep import State, Sweep, sweep

__all__ = [
    "Cell",
    "Counts",
    "Estimate",
    "Plan",
    "Results",
    "State",
    "Summary",
    "Sweep",
    "estimated",
    "processors",
    "read_plan",
    "share_interval",
    "summary_tables",
    "sweep",
    "upper_limit",
]
