"""All neurons together, coupled by the logits: their flow at a cumulant order, or with the whole softmax.

Descent with step h follows, up to h^2, the flow of the modified field f - (h/2) Df f, and up to h^3 the next
one (backward error analysis; Hairer, Lubich and Wanner, Geometric Numerical Integration, IX.1),

    f - (h/2) Df f + h^2 (Df Df f/3 + D^2f(f, f)/12).

Both are had from values of f alone: f(w - h f/2) = f - (h/2) Df f + (h^2/8) D^2f(f, f) + O(h^3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.integrate import DOP853

from odekit.arrays import FloatArray
from odekit.networks import Network
from odekit.simulation import Velocity, stack_mapping, unstack_mapping

__all__ = ["Orbit", "PopulationFlow"]

MOST = float(np.finfo(np.float64).max)
# A step that is so short a part of the time passed is one of a blow-up: no flow is followed by so many.
SHORT = 1e-8


class PopulationFlow:
    """The flow of a network's whole loss, or of the loss up to a cumulant, in weight space.

    Parameters
    ----------
    network: of a definite order; its constraint and rates count.
    order: 1, 2 or 3, the last cumulant of the logits that the loss keeps; None for the whole softmax.
    step: of plain descent, whose modified equation is followed; 0 for the flow itself.
    is_further: whether with the next term of that equation, too.
    """

    def __init__(
        self, network: Network, order: int | None = None, step: float = 0.0, *, is_further: bool = False
    ) -> None:
        self.network, self.step, self.is_further = network, step, is_further
        self.velocity = Velocity(network, order=order)

    def stack(self, weights: Mapping[str, FloatArray]) -> FloatArray:
        """Weights (M, n) by group as the stack (e + 1, n, M) that the flow moves."""
        return stack_mapping(self.network, weights)

    def by_name(self, stacks: FloatArray) -> dict[str, FloatArray]:
        """Weights (T, M, n) by group, of stacks (T, e + 1, n, M)."""
        return unstack_mapping(self.network, stacks)

    def field(self, stack: FloatArray) -> FloatArray:
        """The modified field, good up to the square of the step, or with the next term to its cube."""
        velocity = self.velocity(stack)
        if not self.step:
            return velocity
        behind = self.velocity(stack - self.step / 2 * velocity)
        return behind + self._next(stack, velocity, behind) if self.is_further else behind

    def _next(self, stack: FloatArray, here: FloatArray, behind: FloatArray) -> FloatArray:
        """What the modified field of the next order has more, of the size of the squared step.

        Parameters
        ----------
        here, behind: the velocity there, and half a step back.
        """
        half = self.step / 2
        second = self.velocity(stack + half * here) + behind - 2 * here  # (h^2/4) D^2f(f, f)
        twice = self.velocity(stack - half * behind) - behind  # (h^2/4) Df Df f
        return np.asarray(4 / 3 * twice - second / 6)

    def follow(
        self,
        start: FloatArray,
        times: FloatArray,
        rtol: float,
        every_step: bool = False,
        largest: float = np.inf,
    ) -> Iterator[tuple[float, FloatArray]]:
        """The orbit from a stack, at increasing times, as it is integrated; it ends with a blow-up.

        Parameters
        ----------
        start: (e + 1, n, M) at the first time.
        times: (T,) the first of them the start's.
        rtol: relative tolerance of the integration, of each weight against the weights' size.
        every_step: whether the ends of the integrator's steps come too, besides the times.
        largest: a weight beyond which the orbit counts as one that blows up.
        """
        shape = start.shape
        yield float(times[0]), start

        def slope(t: float, y: FloatArray) -> FloatArray:
            with np.errstate(all="ignore"):
                return self.field(y.reshape(shape)).ravel()

        size = float(np.sqrt((start**2).mean()))
        solver: Any = DOP853(slope, times[0], start.ravel(), times[-1], rtol=rtol, atol=rtol * size)
        place = 1
        while place < len(times) and _stepped(solver, largest) and _is_worth(solver, times[0]):
            passed = int(np.searchsorted(times, solver.t, side="right"))
            if place < passed:
                between = solver.dense_output()
                yield from ((float(t), between(t).reshape(shape)) for t in times[place:passed])
                place = passed
            if every_step and times[place - 1] < solver.t < times[-1]:
                yield float(solver.t), solver.y.reshape(shape).copy()


class Orbit:
    """Stacks along an orbit by time, integrated no further than they are asked for, and kept.

    Parameters
    ----------
    moving: times and stacks, as `PopulationFlow.follow` yields them.
    """

    def __init__(self, moving: Iterator[tuple[float, FloatArray]]) -> None:
        self._moving = moving
        self._found: dict[float, FloatArray] = {}

    def __call__(self, t: float) -> FloatArray | None:
        """The stack at one of the times; None past a blow-up."""
        while t not in self._found:
            moved = next(self._moving, None)
            if moved is None:
                return None
            self._found[moved[0]] = moved[1]
        return self._found[t]


def _stepped(solver: Any, largest: float) -> bool:
    """Whether one more step could be taken; not past a blow-up, nor after the last time.

    As a blow-up nears, each step has to be shorter than the last by the same factor, or is tried twice.
    """
    if solver.status != "running":
        return False
    before = solver.step_size
    with np.errstate(all="ignore"):
        solver.step()
    if before:
        solver.h_abs *= min(1.0, solver.step_size / before)
    return solver.status != "failed" and bool(np.abs(solver.y).max() <= min(largest, MOST))


def _is_worth(solver: Any, begun: float) -> bool:
    return bool(solver.status == "finished" or solver.step_size > SHORT * (solver.t - begun))
