"""Is an explicit step as short as it is for stability's sake? Asked now and then, where steps are many.

Source: Hairer and Wanner, "Solving Ordinary Differential Equations II", second edition, section IV.2, on
automatic stiffness detection; the Fortran code DOP853.
"""

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.stepping.attempt import Attempt
from odekit.solvers.stepping.lanes import Lanes
from odekit.solvers.stepping.stages import Stages, combine, padded, stage_weights
from odekit.solvers.stepping.step_size_control import root_mean_square
from odekit.solvers.stepping.tableau import DOP853

__all__ = ["is_stiff", "judge_stiffness", "strain"]

# Shorter integrations are through before another method has begun; then every so many steps are enough.
_FIRST, _EVERY = 200, 5
# So many more strained steps than others make a stiff flow.
_STRAINED = 15
# h rho at which DOP853 is at the edge of its stability.
_EDGE = 6.1
# With fewer steps to go, another method would not pay.
_WORTHWHILE = 1000.0


def strain(stages: Stages, y: FloatArray, f: FloatArray, positions: IntArray) -> FloatArray:
    """h rho of chosen lanes, rho being the size of the eigenvalue that dominates where steps are too long.

    The last stage and the end of the step are two points at the same time: rho is the distance of the
    derivatives over that of the points.
    """
    chosen = padded(positions)
    last = DOP853.stages - 1
    rows = np.take(stages.rows[: last + 2], chosen, axis=2)
    point = combine(stage_weights(last), rows[: last + 1])
    change = root_mean_square(stages.h[chosen] * f[:, chosen] - rows[last + 1])
    return np.asarray(change / root_mean_square(y[:, chosen] - point))[: len(positions)]


def judge_stiffness(lanes: Lanes, tried: Attempt, taken: BoolArray) -> None:
    """Counts the strained steps of lanes, which stand at the end of a step that was tried."""
    due = taken & (lanes.steps >= _FIRST) & (lanes.steps % _EVERY == 0)
    positions = np.flatnonzero(due)
    if len(positions) and tried.strain is not None:
        is_strained = tried.strain(positions) > _EDGE
        lanes.strained[positions] = np.maximum(lanes.strained[positions] + np.where(is_strained, 1, -1), 0)


def is_stiff(lanes: Lanes) -> BoolArray:
    """The live lanes that an implicit method would bring to their end sooner."""
    stiff: BoolArray = lanes.live & (lanes.strained >= _STRAINED)
    return stiff & (lanes.end - lanes.t > _WORTHWHILE * lanes.h)
