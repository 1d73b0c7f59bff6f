"""Claims on opposing signals in the data; one file a claim."""

from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = ()
