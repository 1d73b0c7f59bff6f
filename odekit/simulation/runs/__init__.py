"""What is a training run? Weights over time, as an object and as a file."""

from odekit.simulation.runs.archive import check_unpacked_size, read_archive, write_archive
from odekit.simulation.runs.load import check_group, load_run, load_weights, naming_file, read_meta
from odekit.simulation.runs.meta import FLOW, is_gradient_flow, recorded_rate, unused_keys
from odekit.simulation.runs.run import Run
from odekit.simulation.runs.split import draw_split, kinds_of_tuples

__all__ = [
    "FLOW",
    "Run",
    "check_group",
    "check_unpacked_size",
    "draw_split",
    "is_gradient_flow",
    "kinds_of_tuples",
    "load_run",
    "load_weights",
    "naming_file",
    "read_archive",
    "read_meta",
    "recorded_rate",
    "unused_keys",
    "write_archive",
]
