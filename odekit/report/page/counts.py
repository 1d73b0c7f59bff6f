"""How many results came to each outcome, for the tiles at the top of a page."""

from collections import Counter
from collections.abc import Sequence

from odekit.outcomes import OUTCOMES

__all__ = ["counted"]

ORDER = (*OUTCOMES, "agrees", "differs", "not_judged")


def counted(outcomes: Sequence[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Outcome, its words and how often it occurs, in a fixed order.

    >>> counted([("refuted", "refuted"), ("confirmed", "confirmed"), ("refuted", "refuted")])
    [('confirmed', 'confirmed', 1), ('refuted', 'refuted', 2)]
    """
    counts = Counter(outcomes)
    return [(*known, counts[known]) for known in sorted(counts, key=lambda known: ORDER.index(known[0]))]
