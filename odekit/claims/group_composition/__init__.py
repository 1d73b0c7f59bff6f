"""The claims of arXiv 2606.02993 on learning to compose elements of any finite group; one file a claim."""

from odekit.claims.group_composition.alignment_rate import CLAIM as ALIGNMENT_RATE
from odekit.claims.group_composition.blow_up_winner import CLAIM as BLOW_UP_WINNER
from odekit.claims.group_composition.competition_rate import CLAIM as COMPETITION_RATE
from odekit.claims.group_composition.diversification import CLAIM as DIVERSIFICATION
from odekit.claims.group_composition.fourier_lift import CLAIM as FOURIER_LIFT
from odekit.claims.group_composition.group_vote import CLAIM as GROUP_VOTE
from odekit.claims.group_composition.haar_phases import CLAIM as HAAR_PHASES
from odekit.claims.group_composition.local_rates import CLAIM as LOCAL_RATES
from odekit.claims.group_composition.rank_one import CLAIM as RANK_ONE
from odekit.claims.group_composition.single_irrep import CLAIM as SINGLE_IRREP
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (
    FOURIER_LIFT,
    SINGLE_IRREP,
    RANK_ONE,
    ALIGNMENT_RATE,
    COMPETITION_RATE,
    LOCAL_RATES,
    BLOW_UP_WINNER,
    DIVERSIFICATION,
    HAAR_PHASES,
    GROUP_VOTE,
)
