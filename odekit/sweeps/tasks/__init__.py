"""What does a cell do? A task of settings and a seed: a pure function, loaded on first use."""

from typing import cast

from odekit.facade import lazy
from odekit.sweeps.tasks.sources import digest
from odekit.sweeps.tasks.task import Row, Settings, Task, Value

__all__ = ["TASKS", "Row", "Settings", "Task", "Value", "digest", "task_named"]

TASKS = ("claims", "compare", "predict", "population", "simulate", "solve")
_HOMES = {
    "CLAIMS": "claims",
    "COMPARE": "compare",
    "POPULATION": "predict",
    "PREDICT": "predict",
    "SIMULATE": "simulate",
    "SOLVE": "solve",
}
_load, _ = lazy(__name__, _HOMES)


def task_named(name: str) -> Task:
    """The task of one of the names of `TASKS`."""
    return cast(Task, _load(name.upper()))
