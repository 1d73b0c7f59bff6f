"""Claims on opposing signals in the data; one file a claim."""

from odekit.claims.opposing_signals.opposing_signals import CLAIM as OPPOSING_SIGNALS
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (OPPOSING_SIGNALS,)
