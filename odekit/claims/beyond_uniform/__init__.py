"""Claims on what comes after the uniform softmax and the flow: finite steps; one file a claim."""

from odekit.claims.beyond_uniform.modified_equation import CLAIM as MODIFIED_EQUATION
from odekit.claims.beyond_uniform.softmax_orders import CLAIM as SOFTMAX_ORDERS
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (SOFTMAX_ORDERS, MODIFIED_EQUATION)
