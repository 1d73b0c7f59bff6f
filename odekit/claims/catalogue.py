"""All claims, in the order in which they are verified."""

from odekit.claims.beyond_uniform import CLAIMS as BEYOND_UNIFORM
from odekit.claims.feature_emergence import CLAIMS as FEATURE_EMERGENCE
from odekit.claims.group_composition import CLAIMS as GROUP_COMPOSITION
from odekit.claims.in_context_attention import CLAIMS as IN_CONTEXT_ATTENTION
from odekit.claims.induction_heads import CLAIMS as INDUCTION_HEADS
from odekit.claims.lazy_to_rich import CLAIMS as LAZY_TO_RICH
from odekit.claims.linear_networks import CLAIMS as LINEAR_NETWORKS
from odekit.claims.modular_addition import CLAIMS as MODULAR_ADDITION
from odekit.claims.opposing_signals import CLAIMS as OPPOSING_SIGNALS
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (
    *MODULAR_ADDITION,
    *GROUP_COMPOSITION,
    *LINEAR_NETWORKS,
    *BEYOND_UNIFORM,
    *IN_CONTEXT_ATTENTION,
    *INDUCTION_HEADS,
    *LAZY_TO_RICH,
    *FEATURE_EMERGENCE,
    *OPPOSING_SIGNALS,
)
