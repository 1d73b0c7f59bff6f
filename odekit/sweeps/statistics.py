"""How sure is a share that was counted? Clopper-Pearson intervals."""

from scipy.special import betaincinv

__all__ = ["CONFIDENCE", "share_interval", "upper_limit"]

CONFIDENCE = 0.95


def share_interval(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The Clopper-Pearson interval of a share seen ``count`` times of ``total``, two-sided.

    >>> [round(end, 4) for end in share_interval(0, 300)], share_interval(0, 0)
    ([0.0, 0.0122], (0.0, 1.0))
    """
    tail = (1.0 - confidence) / 2
    low = float(betaincinv(count, total - count + 1, tail)) if count > 0 else 0.0
    return low, upper_limit(count, total, 1.0 - tail)


def upper_limit(count: int, total: int, confidence: float = CONFIDENCE) -> float:
    """The upper Clopper-Pearson limit of a share, one-sided.

    >>> round(upper_limit(0, 300), 5), upper_limit(3, 3)
    (0.00994, 1.0)
    """
    return 1.0 if count >= total else float(betaincinv(count + 1, total - count, confidence))
