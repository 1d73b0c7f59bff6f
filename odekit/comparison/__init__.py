"""Do they agree, and how well must they? Training runs, ours or any model's, against an ODE."""

from odekit.comparison.accuracy import Budget
from odekit.comparison.compare import compare
from odekit.comparison.comparison import Comparison, Winners
from odekit.comparison.flows import LiftedNeurons, PopulationFlow, ReducedFlow
from odekit.comparison.learning_curve import LearningCurve
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
from odekit.comparison.trajectories import Trajectory, TrajectoryComparison, load_trajectory

__all__ = [
    "Budget",
    "Comparison",
    "ErrorCurve",
    "LearningCurve",
    "LiftedNeurons",
    "Modes",
    "PopulationFlow",
    "Prediction",
    "Progress",
    "RateEstimate",
    "ReducedFlow",
    "Stages",
    "Trajectory",
    "TrajectoryComparison",
    "Winners",
    "compare",
    "covered",
    "dominant_irreps",
    "estimate_rate",
    "find_stages",
    "irrep_shares",
    "load_trajectory",
    "measure_progress",
    "orbit_distance",
    "predict",
    "project",
]
