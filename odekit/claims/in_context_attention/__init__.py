"""Claims on attention that learns regression in context; one file a claim."""

from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = ()
