"""Claims on training beyond the blow-up of one neuron and beyond uniform softmax; one file a claim."""

from odekit.claims.beyond_uniform.drop_time_law import CLAIM as DROP_TIME_LAW
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (DROP_TIME_LAW,)
