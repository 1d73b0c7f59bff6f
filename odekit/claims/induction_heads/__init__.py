"""Claims on the formation of induction heads; one file a claim."""

from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = ()
