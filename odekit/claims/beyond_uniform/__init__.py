"""Claims on finite steps, on logits that aren't small, and on the fall of the loss; one file a claim."""

from odekit.claims.beyond_uniform.drop_time_law import CLAIM as DROP_TIME_LAW
from odekit.claims.beyond_uniform.loss_curve import CLAIM as LOSS_CURVE
from odekit.claims.beyond_uniform.modified_equation import CLAIM as MODIFIED_EQUATION
from odekit.claims.beyond_uniform.softmax_orders import CLAIM as SOFTMAX_ORDERS
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (SOFTMAX_ORDERS, MODIFIED_EQUATION, LOSS_CURVE, DROP_TIME_LAW)
