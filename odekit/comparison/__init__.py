"""Do they agree, and how well must they? The full network's training against the reduced ODE.

What enters is a run; what leaves is a `Comparison` with its errors by mode and time, an error budget measured
on the run itself, the horizon up to which the reduction holds, and an outcome. `predict` names the winners
before training, `estimate_rate` measures exponential rates. This room sees both roads; neither sees it.
"""

from odekit.comparison.accuracy import Budget
from odekit.comparison.compare import compare
from odekit.comparison.comparison import Comparison, Winners
from odekit.comparison.decay_balance import DecayBalance, decay_balance
from odekit.comparison.flows import ReducedFlow
from odekit.comparison.measures import (
    ErrorCurve,
    Modes,
    Progress,
    RateEstimate,
    Stages,
    covered,
    dominant_irreps,
    estimate_rate,
    find_stages,
    irrep_shares,
    measure_progress,
    orbit_distance,
    project,
)
from odekit.comparison.predict import Prediction, predict

__all__ = [
    "Budget",
    "Comparison",
    "DecayBalance",
    "ErrorCurve",
    "Modes",
    "Prediction",
    "Progress",
    "RateEstimate",
    "ReducedFlow",
    "Stages",
    "Winners",
    "compare",
    "covered",
    "decay_balance",
    "dominant_irreps",
    "estimate_rate",
    "find_stages",
    "irrep_shares",
    "measure_progress",
    "orbit_distance",
    "predict",
    "project",
]
