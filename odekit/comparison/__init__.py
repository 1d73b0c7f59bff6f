"""Do they agree, and how well must they? The full network's training against the reduced ODE.

What enters is a run; what leaves is a `Comparison` with its errors by mode and time, an error budget measured
on the run itself, the horizon up to which the reduction holds, and an outcome. `predict` names the winners
before training, `estimate_rate` measures exponential rates. This room sees both roads; neither sees it.
"""

from odekit.comparison.budget import Budget
from odekit.comparison.compare import compare
from odekit.comparison.comparison import Comparison, Winners
from odekit.comparison.curves import ErrorCurve
from odekit.comparison.modes import Modes, project
from odekit.comparison.orbit import orbit_distance
from odekit.comparison.predict import Prediction, predict
from odekit.comparison.rates import RateEstimate, estimate_rate
from odekit.comparison.reduced_flow import ReducedFlow
from odekit.comparison.shares import dominant_irreps, irrep_shares

__all__ = [
    "Budget",
    "Comparison",
    "ErrorCurve",
    "Modes",
    "Prediction",
    "RateEstimate",
    "ReducedFlow",
    "Winners",
    "compare",
    "dominant_irreps",
    "estimate_rate",
    "irrep_shares",
    "orbit_distance",
    "predict",
    "project",
]
