"""Claims on attention that learns regression in context; one file a claim."""

from odekit.claims.in_context_attention.attention_slow_law import CLAIM as ATTENTION_SLOW_LAW
from odekit.claims.in_context_attention.head_pairing import CLAIM as HEAD_PAIRING
from odekit.claims.in_context_attention.head_superposition import CLAIM as HEAD_SUPERPOSITION
from odekit.claims.in_context_attention.linear_attention import CLAIM as LINEAR_ATTENTION
from odekit.claims.in_context_attention.trained_attention import CLAIM as TRAINED_ATTENTION
from odekit.claims.verdict import Claim

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (
    HEAD_PAIRING,
    HEAD_SUPERPOSITION,
    ATTENTION_SLOW_LAW,
    TRAINED_ATTENTION,
    LINEAR_ATTENTION,
)
