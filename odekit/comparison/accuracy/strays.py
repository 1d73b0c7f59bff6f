"""When do gaps beyond their budget refute? One near miss among many lanes is no verdict."""

from scipy.stats import binom

from odekit.arrays import FloatArray

__all__ = ["STRAY", "leave_their_budget"]

# Each part of the budget is a bound, and no neuron of a true run should leave it; one in a hundred may.
STRAY = 0.01
# A gap this much beyond the budget is no matter of how the budget was rounded up.
CLEARLY = 2.0
# Those that leave it by less refute only where more of them do than strays would at this level.
LEVEL = 1e-4


def leave_their_budget(excess: FloatArray) -> bool:
    """Whether more leave their budget than strays do.

    More than 1 % of them clearly, by a factor of 2; or so many of them at all that a share of 1 % would
    give as many with a probability below 1e-4 (binomial, one-sided), so that of fewer than some hundred a
    single near miss never refutes.

    Parameters
    ----------
    excess: largest ratio of gap to budget of each neuron or run, (lanes,).

    >>> import numpy as np
    >>> leave_their_budget(np.array([0.5, 1.9])), leave_their_budget(np.array([0.5, 2.1]))
    (False, True)
    >>> leave_their_budget(np.array([1.1, 1.2, 1.3]))
    True
    """
    left = int((excess > 1).sum())
    return bool(
        (excess > CLEARLY).mean() > STRAY or (left and binom.sf(left - 1, len(excess), STRAY) < LEVEL)
    )
