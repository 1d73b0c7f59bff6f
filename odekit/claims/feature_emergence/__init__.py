"""Claims on the features that emerge in group tasks; one file a claim."""

from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = ()
