"""Claims on the formation of induction heads; one file a claim."""

from odekit.claims.induction_heads.clamped_subcircuits import CLAIM as CLAMPED_SUBCIRCUITS
from odekit.claims.induction_heads.phase_change_time import CLAIM as PHASE_CHANGE_TIME
from odekit.claims.induction_heads.product_closure import CLAIM as PRODUCT_CLOSURE
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (PRODUCT_CLOSURE, PHASE_CHANGE_TIME, CLAMPED_SUBCIRCUITS)
