"""All claims, in the order in which they are verified."""

from __future__ import annotations

from odekit.claims import (
    decoupling,
    dominance_time,
    four_variable_ode,
    lottery_ticket,
    majority_vote,
    phase_alignment,
    single_frequency,
)
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (
    decoupling.CLAIM,
    four_variable_ode.CLAIM,
    phase_alignment.CLAIM,
    single_frequency.CLAIM,
    lottery_ticket.CLAIM,
    dominance_time.CLAIM,
    majority_vote.CLAIM,
)
