"""Claims on the features that emerge in group tasks; one file a claim."""

from odekit.claims.feature_emergence.critical_data_share import CLAIM as CRITICAL_DATA_SHARE
from odekit.claims.feature_emergence.energy_maxima import CLAIM as ENERGY_MAXIMA
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (ENERGY_MAXIMA, CRITICAL_DATA_SHARE)
