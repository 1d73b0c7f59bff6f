"""Is an explicit step as short as it is for stability's sake? Asked now and then, where steps are many.

Source: Hairer and Wanner, "Solving Ordinary Differential Equations II", second edition, section IV.2, on
automatic stiffness detection; the Fortran code DOP853.
"""

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.stepping.attempt import Attempt
from odekit.solvers.stepping.lanes import Lanes
from odekit.solvers.stepping.stages import Stages, combine, stage_weights
from odekit.solvers.stepping.step_size_control import root_mean_square
from odekit.solvers.stepping.tableau import DOP853

__all__ = ["is_stiff", "judge_stiffness", "strain"]

# Steps of a transient say little; then every so many are looked at, and all from the first strained one on.
_FIRST, _EVERY = 20, 5
# So many more strained steps than others make a stiff flow.
_STRAINED = 15
# DOP853 is stable up to h rho of about 6; where accuracy bounds the steps, it is 2 or less.
_EDGE = 5.0
# With fewer steps of this size to go, another method would not pay.
_WORTHWHILE = 1000.0


def strain(stages: Stages, y: FloatArray, f: FloatArray, chosen: IntArray) -> FloatArray:
    """h rho of chosen lanes, so many as can step together.

    rho is the size of the eigenvalue that dominates where steps are too long. The last stage and the end of
    the step are two points at the same time: rho is the distance of the derivatives over that of the points.
    """
    last = DOP853.stages - 1
    rows = np.take(stages.rows[: last + 2], chosen, axis=2)
    point = combine(stage_weights(last), rows[: last + 1])
    change = root_mean_square(stages.h[chosen] * f[:, chosen] - rows[last + 1])
    return np.asarray(change / root_mean_square(y[:, chosen] - point))


def judge_stiffness(lanes: Lanes, tried: Attempt, taken: BoolArray) -> None:
    """Counts the strained steps of lanes, which stand at the end of a step that was tried."""
    has_turn = (lanes.steps % _EVERY == 0) | (lanes.strained > 0)
    is_far = lanes.end - lanes.t > _WORTHWHILE * lanes.h
    due = taken & has_turn & is_far & (lanes.steps >= _FIRST)
    positions = np.flatnonzero(due)
    if len(positions) and tried.strain is not None:
        is_strained = tried.strain(positions) > _EDGE
        lanes.strained[positions] = np.maximum(lanes.strained[positions] + np.where(is_strained, 1, -1), 0)


def is_stiff(lanes: Lanes) -> BoolArray:
    """The live lanes that an implicit method would bring to their end sooner."""
    stiff: BoolArray = lanes.live & (lanes.strained >= _STRAINED)
    return stiff
