"""Claims on the transition from lazy to rich training; one file a claim."""

from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = ()
