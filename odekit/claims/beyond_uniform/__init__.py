"""Claims on what comes after the uniform softmax and the flow: finite steps; one file a claim."""

from odekit.claims.beyond_uniform.loss_curve import CLAIM as LOSS_CURVE
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (LOSS_CURVE,)
