"""Who computes it? Dask: a local cluster, or any scheduler that runs."""

from odekit.sweeps.engine.cluster import connected
from odekit.sweeps.engine.stream import stream
from odekit.sweeps.engine.work import run_batch, run_cell

__all__ = ["connected", "run_batch", "run_cell", "stream"]
