"""All claims, in the order in which they are verified."""

from __future__ import annotations

from odekit.claims import (
    alignment_rate,
    blow_up_winner,
    competition_rate,
    decoupling,
    deep_linear,
    diversification,
    dominance_time,
    even_activations,
    four_variable_ode,
    fourier_lift,
    grokking_stages,
    group_vote,
    haar_phases,
    local_rates,
    lottery_ticket,
    majority_vote,
    phase_alignment,
    rank_one,
    relu_leakage,
    relu_rates,
    single_frequency,
    single_irrep,
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
    even_activations.CLAIM,
    relu_rates.CLAIM,
    relu_leakage.CLAIM,
    grokking_stages.CLAIM,
    fourier_lift.CLAIM,
    single_irrep.CLAIM,
    rank_one.CLAIM,
    alignment_rate.CLAIM,
    competition_rate.CLAIM,
    local_rates.CLAIM,
    blow_up_winner.CLAIM,
    diversification.CLAIM,
    haar_phases.CLAIM,
    group_vote.CLAIM,
    deep_linear.CLAIM,
)
