"""How far may network and ODE be apart? Every part of the error budget, measured on the run itself."""

from odekit.comparison.accuracy.budget import Budget, MeasuredOrbit, error_budget, neuron_lengths
from odekit.comparison.accuracy.clock import slowness
from odekit.comparison.accuracy.horizon import snapshots_before_horizon
from odekit.comparison.accuracy.provenance import check_flow_time
from odekit.comparison.accuracy.softmax import measure_departure, neglected_gradients

__all__ = [
    "Budget",
    "MeasuredOrbit",
    "check_flow_time",
    "error_budget",
    "measure_departure",
    "neglected_gradients",
    "neuron_lengths",
    "slowness",
    "snapshots_before_horizon",
]
