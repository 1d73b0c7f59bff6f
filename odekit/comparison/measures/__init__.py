"""What is measured of weights? Modes, shares of irreps, distances, rates, stages."""

from odekit.comparison.measures.curves import ErrorCurve, error_curves
from odekit.comparison.measures.modes import Modes, lengths_by_mode, project
from odekit.comparison.measures.orbit import orbit_distance
from odekit.comparison.measures.progress import Progress, measure_progress
from odekit.comparison.measures.rates import RateEstimate, estimate_rate
from odekit.comparison.measures.shares import dominant_irreps, irrep_shares
from odekit.comparison.measures.stages import Stages, covered, find_stages

__all__ = [
    "ErrorCurve",
    "Modes",
    "Progress",
    "RateEstimate",
    "Stages",
    "covered",
    "dominant_irreps",
    "error_curves",
    "estimate_rate",
    "find_stages",
    "irrep_shares",
    "lengths_by_mode",
    "measure_progress",
    "orbit_distance",
    "project",
]
