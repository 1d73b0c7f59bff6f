"""The claims of arXiv 2602.16849 on learning modular addition; one file a claim."""

from odekit.claims.modular_addition.decoupling import CLAIM as DECOUPLING
from odekit.claims.modular_addition.dominance_time import CLAIM as DOMINANCE_TIME
from odekit.claims.modular_addition.even_activations import CLAIM as EVEN_ACTIVATIONS
from odekit.claims.modular_addition.four_variable_ode import CLAIM as FOUR_VARIABLE_ODE
from odekit.claims.modular_addition.grokking_stages import CLAIM as GROKKING_STAGES
from odekit.claims.modular_addition.lottery_ticket import CLAIM as LOTTERY_TICKET
from odekit.claims.modular_addition.majority_vote import CLAIM as MAJORITY_VOTE
from odekit.claims.modular_addition.phase_alignment import CLAIM as PHASE_ALIGNMENT
from odekit.claims.modular_addition.relu_leakage import CLAIM as RELU_LEAKAGE
from odekit.claims.modular_addition.relu_rates import CLAIM as RELU_RATES
from odekit.claims.modular_addition.single_frequency import CLAIM as SINGLE_FREQUENCY
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (
    DECOUPLING,
    FOUR_VARIABLE_ODE,
    PHASE_ALIGNMENT,
    SINGLE_FREQUENCY,
    LOTTERY_TICKET,
    DOMINANCE_TIME,
    MAJORITY_VOTE,
    EVEN_ACTIVATIONS,
    RELU_RATES,
    RELU_LEAKAGE,
    GROKKING_STAGES,
)
