"""How sure is a measured order, a proportion, a uniform distribution? Intervals, tests and their power."""

from odekit.claims.statistics.estimates import (
    LEVEL,
    median_interval,
    next_order,
    noise_of_orders,
    orders,
    proportion_interval,
    rejection_power,
)
from odekit.claims.statistics.frames import (
    Law,
    concentrated,
    kuiper,
    mean_test,
    null_coordinate,
    null_share,
    rayleigh,
)
from odekit.claims.statistics.win_counts import (
    STANDARD_ERROR,
    ProportionTest,
    alike,
    compare_proportions,
    known_shares,
    one_wins_twice,
    pool,
)

__all__ = [
    "LEVEL",
    "STANDARD_ERROR",
    "Law",
    "ProportionTest",
    "alike",
    "compare_proportions",
    "concentrated",
    "known_shares",
    "kuiper",
    "mean_test",
    "median_interval",
    "next_order",
    "noise_of_orders",
    "null_coordinate",
    "null_share",
    "one_wins_twice",
    "orders",
    "pool",
    "proportion_interval",
    "rayleigh",
    "rejection_power",
]
