"""How fast is this machine, and how many processors has it?"""

import functools
import math
import os
import sys
import time
from fractions import Fraction

__all__ = ["processors", "slowness"]

# The default limits were set where Python sums 199 fractions in so many seconds.
_SUM_TAKES = 3e-4


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def slowness() -> float:
    """How many times longer Python takes here than where the limits were set, in halves, at least 1.

    A debugger's doing, too, or a coverage tool's: they slow each call down, and SymPy's work is calls.
    """
    return _measured_slowness(sys.gettrace() is not None)


@functools.cache
def _measured_slowness(is_traced: bool) -> float:
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        sum(Fraction(1, number) for number in range(1, 200))
        taken.append(time.perf_counter() - begun)
    return max(1.0, math.ceil(2 * min(taken) / _SUM_TAKES) / 2)
