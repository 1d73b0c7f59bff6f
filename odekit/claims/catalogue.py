"""All claims, in the order in which they are verified."""

from odekit.claims.beyond_uniform import CLAIMS as BEYOND_UNIFORM
from odekit.claims.group_composition import CLAIMS as GROUP_COMPOSITION
from odekit.claims.linear_networks import CLAIMS as LINEAR_NETWORKS
from odekit.claims.modular_addition import CLAIMS as MODULAR_ADDITION
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (*MODULAR_ADDITION, *GROUP_COMPOSITION, *LINEAR_NETWORKS, *BEYOND_UNIFORM)
