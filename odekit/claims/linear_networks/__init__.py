"""Claims on deep linear networks; one file a claim."""

from odekit.claims.linear_networks.deep_linear import CLAIM as DEEP_LINEAR
from odekit.claims.linear_networks.lambda_balanced import CLAIM as LAMBDA_BALANCED
from odekit.claims.linear_networks.saddle_to_saddle import CLAIM as SADDLE_TO_SADDLE
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (DEEP_LINEAR, LAMBDA_BALANCED, SADDLE_TO_SADDLE)
