"""Claims on the transition from lazy to rich training; one file a claim."""

from odekit.claims.lazy_to_rich.lazy_limit import CLAIM as LAZY_LIMIT
from odekit.claims.lazy_to_rich.moment_closure import CLAIM as MOMENT_CLOSURE
from odekit.claims.lazy_to_rich.rich_ordering import CLAIM as RICH_ORDERING
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (MOMENT_CLOSURE, LAZY_LIMIT, RICH_ORDERING)
