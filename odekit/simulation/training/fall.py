"""A flow that ends by itself: where its loss has fallen to half, or where going there grows dear."""

from collections.abc import Callable, Sequence

import numpy as np

from odekit.arrays import FloatArray
from odekit.simulation.runs import Run
from odekit.simulation.training.flow import (
    LOOSER,
    PASSING,
    error_bound,
    gradient_flow,
    moving_scale,
    operations,
)
from odekit.simulation.training.integration import Stepper, follow, has_kink
from odekit.simulation.training.schedule import even_times
from odekit.simulation.training.velocity import Velocity

__all__ = ["cut_short", "falling_flow"]

# Shares of the first loss at which its fall has begun, and at which it has fallen.
FALLING, FALLEN = 0.99, 0.5
# In time scales of the start: where a loss that has not halved is left.
SPANS = 30.0
# A scout only has to find where the loss falls.
SCOUT = 1e-4
# Gradients that a scout may take once the loss falls: until it has halved, and, as a share, past it.
MOST_GRADIENTS, LEAST_GRADIENTS, SHARE_PAST = 3000, 100, 1 / 4
# Operations in so many gradients, a sixth of a minute's.
OPERATIONS = 6.7e11
# Past kinks a scout's tolerance is the flow's own, and it may take so many times more.
PASSED = 2
# Before the loss falls there is no stiffness, and so many gradients more are a stop for one that never falls.
MOST_BEFORE = 1000
# A flow may take so many times more gradients than its scout: by the sixth root of their tolerances' ratio,
# for a step of order two has the root of its length in stages. It is over at nearly the loss of the scout's.
TIGHTER, NEARLY = 1.3, 1.02
# A looser flow, whose loss may fall earlier, may take so many times more gradients before it is given up.
PATIENCE = 2


def falling_flow(
    velocity: Velocity,
    start: FloatArray,
    snapshots: int | Sequence[int],
    rtol: float,
    estimate_error: bool,
    advance: Callable[[float], None],
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Follow a free flow of the full loss until its loss has fallen.

    With T the least over neurons of |w| / |dw/dt| at the start, it ends at T if the loss has halved by then,
    else where it halves, and at 30 T at the latest. Once the loss falls the flow is stiff: a scout at a loose
    tolerance, which looks ahead for the end, may take 3,000 gradients from there (fewer for a network whose
    gradients are dear), and a quarter of them where the loss has halved; then the end is where it stands. The
    flow itself ends where its own loss has fallen as far, or after six times as many gradients.

    Parameters
    ----------
    start: (e + 1, n, M) float64, the stack at t = 0.
    snapshots: how many moments to keep, evenly spaced but for the last.
    rtol, estimate_error, advance: as `gradient_flow`.

    Returns
    -------
    times: (T,) float64.
    stacks: (T, e + 1, n, M) float64.
    integrator_error: (T,) float64 as `gradient_flow` gives it, infinite where the looser flow, whose loss may
        fall earlier, was given up before; None if not asked for.
    """
    network, span = velocity.network, moving_scale(velocity, start)
    has_kinks = has_kink(network.activation)
    most = int(np.clip(OPERATIONS / operations(network), LEAST_GRADIENTS, MOST_GRADIENTS))
    most *= PASSED if has_kinks else 1
    scout = Stepper(velocity, 0.0, start, SPANS * span, max(rtol, SCOUT), has_kinks)
    seen = _Fall(velocity, start, span, FALLEN, most)
    follow(scout, np.zeros(1), seen, seen.memory)
    if seen.reached <= span <= scout.t:
        times = even_times(span, snapshots)
        return times, *gradient_flow(network, start, times, rtol, estimate_error, advance)
    times, is_kinked = even_times(scout.t, snapshots), has_kinks and rtol >= PASSING
    way = Stepper(velocity, 0.0, start, SPANS * span, rtol, is_kinked)
    goal = FALLEN if seen.share <= FALLEN else NEARLY * seen.share
    longer = TIGHTER * (max(rtol, SCOUT) / rtol) ** (1 / 6)
    fall = _Fall(velocity, start, scout.t, goal, most, longer)

    def is_over(way: Stepper) -> bool:
        advance(min(way.t / scout.t, 1.0) / 2)
        return fall(way)

    stacks = follow(way, times[:-1], is_over, fall.memory)
    times = np.append(times[: len(stacks)], way.t)
    stacks = np.concatenate([stacks, way.weights[None]])
    if times[-2] == times[-1]:
        times, stacks = times[:-1], stacks[:-1]
    if not estimate_error:
        return times, stacks, None
    looser = Stepper(velocity, 0.0, start, times[-1], LOOSER * rtol, is_kinked)
    others = follow(looser, times, lambda looser: looser.evaluations > PATIENCE * way.evaluations)
    error = np.full(len(times), np.inf)
    error[: len(others)] = error_bound(stacks[: len(others)], others, rtol)
    return times, stacks, error


def cut_short(run: Run, snapshots: int | Sequence[int]) -> dict[str, str]:
    """What meta says of a flow that ended before its loss had halved, or with fewer snapshots."""
    share, wanted = run.records["loss"][-1] / run.records["loss"][0], len(even_times(1.0, snapshots))
    told = []
    if share > FALLEN:
        told.append(f"with the loss at {100 * share:.1f} % of the first")
    if len(run) < wanted:
        told.append(f"with {len(run)} of {wanted} snapshots")
    if not told:
        return {}
    return {"ended": f"{' and '.join(told)}, where going on grew dear; t_end goes further"}


class _Fall:
    """Whether a flow is over, from its loss, which only falls, and the gradients that it has taken.

    Parameters
    ----------
    span: time before which it isn't over for its loss alone.
    goal: share of the first loss to reach.
    most, longer: gradients from the beginning of the fall, and how many times more a flow takes than a scout.
    """

    def __init__(
        self, velocity: Velocity, start: FloatArray, span: float, goal: float, most: int, longer: float = 1.0
    ) -> None:
        self._loss, self._first = velocity.loss, velocity.loss(start)
        self._span, self._goal, self._most = span, goal, longer * most
        self._most_before = longer * (most + MOST_BEFORE)
        # Share of the first loss, time at which the goal was reached, gradients at which the fall began.
        self.memory = np.array([1.0, np.inf, np.inf])

    @property
    def share(self) -> float:
        """The loss that it was last asked about, in units of the first."""
        return float(self.memory[0])

    @property
    def reached(self) -> float:
        """When the goal was reached, infinite if it wasn't."""
        return float(self.memory[1])

    def __call__(self, way: Stepper) -> bool:
        share = self._loss(way.weights) / self._first
        reached = min(self.reached, way.t) if share <= self._goal else self.reached
        begun = min(self.memory[2], way.evaluations) if share <= FALLING else self.memory[2]
        self.memory[:] = share, reached, begun
        if share <= self._goal and way.t >= self._span:
            return True
        if begun == np.inf:
            return way.evaluations > self._most_before
        past = SHARE_PAST if share <= self._goal else 1
        return bool(way.evaluations - begun > past * self._most)
