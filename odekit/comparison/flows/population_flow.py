"""All neurons together, coupled by the logits: their flow at a cumulant order, or with the whole softmax.

Descent with step h follows, up to h^2, the flow of the modified field f - (h/2) Df f, and up to h^3 the next
one (backward error analysis; Hairer, Lubich and Wanner, Geometric Numerical Integration, IX.1),

    f - (h/2) Df f + h^2 (Df Df f/3 + D^2f(f, f)/12).

Both are had from values of f alone, like the stages of a Runge-Kutta method: with f2 = f(w - h f/2), which is
f - (h/2) Df f up to h^2, and f3 = f(w + h (4 f2 - 5 f)), the second is (8 f2 - f - f3)/6 up to h^3.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from scipy.integrate import DOP853

from odekit.arrays import FloatArray
from odekit.networks import Network
from odekit.simulation import Evaluator, Velocity, logits, stack_mapping, unstack_mapping

__all__ = ["MOST_GRADIENTS", "Orbit", "PopulationFlow"]

# Full gradients after which an orbit may be left: some minutes at the published sizes, and several times what
# their trainings take. The modified equation of steps too long for it is stiff without end.
MOST_GRADIENTS = 20_000

# Part of a step that is rounding of the time.
ROUNDED = 1e-6
MOST = float(np.finfo(np.float64).max)
# Weight of the estimate of order 3 beside that of order 5, DOP853's own.
THIRD = 0.1
# A step that is so short a part of the time passed is one of a blow-up: no flow is followed by so many.
SHORT = 1e-8


class PopulationFlow:
    """The flow of a network's whole loss, or of the loss up to a cumulant, in weight space.

    Parameters
    ----------
    network: of a definite order; its constraint and rates count.
    order: 1, 2 or 3, the last cumulant of the logits that the loss keeps; None for the whole softmax.
    step: of plain descent, whose modified equation is followed; 0 for the flow itself.
    power: 1 or 2, of the step, up to which the modified equation is kept.
    gradient: of the loss, by default the full one up to the order.

    Attributes
    ----------
    gradients: how many have been evaluated.
    error: the integrator's estimate of what its last step strayed, (e + 1, n, M); 0 before the first.
    """

    def __init__(
        self,
        network: Network,
        order: int | None = None,
        step: float = 0.0,
        power: int = 1,
        gradient: Evaluator | None = None,
    ) -> None:
        self.network, self.step, self.power = network, step, power
        self.gradients = 0
        self.error: FloatArray | float = 0.0
        self._velocity = Velocity(network, order=order, gradient=gradient)

    def stack(self, weights: Mapping[str, FloatArray]) -> FloatArray:
        """Weights (M, n) by group as the stack (e + 1, n, M) that the flow moves."""
        return stack_mapping(self.network, weights)

    def by_name(self, stacks: FloatArray) -> dict[str, FloatArray]:
        """Weights (T, M, n) by group, of stacks (T, e + 1, n, M)."""
        return unstack_mapping(self.network, stacks)

    def largest_logit(self, stack: FloatArray) -> float:
        """Of all inputs and answers, less the mean over the answers."""
        *embeddings, xi = self.by_name(stack[None]).values()
        theta = tuple(w[0] for w in embeddings)
        found = logits(self.network, theta[0] if len(theta) == 1 else theta, xi[0])
        return float(np.abs(found - found.mean(axis=-1, keepdims=True)).max())

    def velocity(self, stack: FloatArray) -> FloatArray:
        """Minus the gradient, with the network's rates and constraint."""
        self.gradients += 1
        return self._velocity(stack)

    def field(self, stack: FloatArray) -> FloatArray:
        """The field of the modified equation, good up to the power of the step."""
        here = self.velocity(stack)
        if not self.step:
            return here
        behind = self.velocity(stack - self.step / 2 * here)
        return behind if self.power == 1 else behind + self._next(stack, here, behind)

    def next_term(self, stack: FloatArray) -> FloatArray:
        """The first term that the field of the modified equation lacks, at power 1: that in its square."""
        if not self.step:
            return np.zeros_like(stack)
        here = self.velocity(stack)
        return self._next(stack, here, self.velocity(stack - self.step / 2 * here))

    def _next(self, stack: FloatArray, here: FloatArray, behind: FloatArray) -> FloatArray:
        """What the modified field up to the square of the step has more than that up to the step.

        Parameters
        ----------
        here, behind: the velocity there, and half a step back.
        """
        third = self.velocity(stack + self.step * (4 * behind - 5 * here))
        return np.asarray((2 * behind - here - third) / 6)

    def follow(
        self,
        start: FloatArray,
        times: FloatArray,
        rtol: float,
        parts: int = 0,
        largest: float = np.inf,
        most: float = np.inf,
    ) -> Iterator[tuple[float, FloatArray]]:
        """The orbit from a stack, at increasing times, as it is integrated; it ends with a blow-up.

        Parameters
        ----------
        start: (e + 1, n, M) at the first time.
        times: (T,) the first of them the start's.
        rtol: relative tolerance of the integration, of each weight against the weights' size.
        parts: into so many each step of the integrator is divided, whose ends come too besides the times; 1
            for the ends of the steps, 0 for none.
        largest: a weight beyond which the orbit counts as one that blows up.
        most: gradients of this flow after which the orbit is left.
        """
        shape = start.shape
        yield float(times[0]), start

        def slope(t: float, y: FloatArray) -> FloatArray:
            with np.errstate(all="ignore"):
                return self.field(y.reshape(shape)).ravel()

        size = float(np.sqrt((start**2).mean())) or 1.0
        solver: Any = DOP853(slope, times[0], start.ravel(), times[-1], rtol=rtol, atol=rtol * size)
        place = 1
        if not np.isfinite(solver.h_abs):  # the field overflows at the start: the solver would never end
            return
        while (
            place < len(times)
            and self.gradients < most
            and _stepped(solver, largest)
            and _is_worth(solver, times[0])
        ):
            self.error = _error(solver).reshape(shape)
            inside = np.linspace(solver.t_old, solver.t, parts + 1)[1:]
            asked = times[place:][times[place:] <= solver.t]
            wanted = np.union1d(asked, inside[inside < times[-1]])
            place += len(asked)
            between = solver.dense_output() if (wanted < solver.t).any() else None
            for t in wanted:
                y = solver.y.copy() if between is None or t == solver.t else between(t)
                yield float(t), y.reshape(shape)

    def descend(self, start: FloatArray, times: Iterable[float]) -> Iterator[tuple[float, FloatArray]]:
        """Plain descent itself from a stack, step by step, at increasing times; it ends with a blow-up.

        Parameters
        ----------
        start: (e + 1, n, M) at the first time.
        times: the first of them the start's; others that don't lie whole steps apart are reached by a
            shorter step.
        """
        t, stack = math.nan, start
        for end in times:
            t = end if math.isnan(t) else t
            while end - t > ROUNDED * self.step:
                length = min(self.step, end - t)
                stack = stack + length * self.velocity(stack)
                t += length
            if not np.isfinite(stack).all():
                return
            yield float(end), stack


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


def _error(solver: Any) -> FloatArray:
    """What the last step strayed: the embedded estimate of order 5, made as small as the solver takes it."""
    fifth, third = (np.asarray(solver.K.T @ weights) for weights in (solver.E5, solver.E3))
    size, other = float(np.linalg.norm(fifth)), float(np.linalg.norm(third))
    both = math.hypot(size, THIRD * other)
    return np.asarray(solver.step_size * (size / both if both else 0.0) * fifth)


def _is_worth(solver: Any, begun: float) -> bool:
    return bool(solver.status == "finished" or solver.step_size > SHORT * (solver.t - begun))
