"""Do they agree, and how well must they? The full network's training against the reduced ODE."""

from odekit.comparison.accuracy import Budget
from odekit.comparison.compare import compare
from odekit.comparison.comparison import Comparison, Winners
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
    "dominant_irreps",
    "estimate_rate",
    "find_stages",
    "irrep_shares",
    "measure_progress",
    "orbit_distance",
    "predict",
    "project",
]
