"""How do I ask it a thousand times? Plans of cells on Dask, results in a folder in which nothing is lost.

`read_plan` reads what to do, and `sweep` computes what the folder doesn't hold yet; `calibrate` asks how
often the verdicts of claims err.
"""

from odekit.sweeps.calibration import Calibration, Errors, calibrate, calibration_table
from odekit.sweeps.estimate import Estimate, estimated
from odekit.sweeps.plan import Cell, Plan, read_plan
from odekit.sweeps.results import Counts, Results, Summary, summary_tables
from odekit.sweeps.statistics import share_interval, upper_limit
from odekit.sweeps.sweep import State, Sweep, sweep

__all__ = [
    "Calibration",
    "Cell",
    "Counts",
    "Errors",
    "Estimate",
    "Plan",
    "Results",
    "State",
    "Summary",
    "Sweep",
    "calibrate",
    "calibration_table",
    "estimated",
    "read_plan",
    "share_interval",
    "summary_tables",
    "sweep",
    "upper_limit",
]
