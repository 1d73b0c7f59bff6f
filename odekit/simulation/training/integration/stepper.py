"""Steps along a flow, each by the method that is cheaper there: DOP853, or Chebyshev's where it is stiff."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import DOP853, RK23

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.simulation.training.integration.chebyshev import Chebyshev, spectral_radius

__all__ = ["Stepper"]

Slope = Callable[[FloatArray], FloatArray]
Explicit = DOP853[np.float64] | RK23[np.float64]

# Gradients that the rest of the way may take before another method is thought of.
PATIENCE = 10_000
# Steps after which it is asked again whether the method is the right one.
ASKED = 25
# Gradients in a step of DOP853, and the h rho from which its stability, some 6, is what limits it.
STAGES = 12
LIMITED = 3.0
# Chebyshev's steps cost more than DOP853's at the limit of its stability, where they are not stiff.
DEAR = 2.5
# A step of the one method is taken to be so much shorter in the other, which then finds its own.
SHORTER = 0.1


class Stepper:
    """A flow dw/dt = slope(w) under way; `step`, then ``t``, ``y`` and `at`.

    Parameters
    ----------
    slope: of weights in the shape of ``start``.
    t, start, last: where it begins, and when it ends.
    rtol: relative tolerance of a step; absolute below the start's root mean square.
    is_kinked: whether the slope jumps: then steps are RK23's, which lose least where they meet a jump.

    Raises
    ------
    InputError: the slope is not finite at the start.
    """

    def __init__(
        self, slope: Slope, t: float, start: FloatArray, last: float, rtol: float, is_kinked: bool = False
    ) -> None:
        self.shape, self.last = start.shape, float(last)
        self._slope: Slope = lambda flat: slope(flat.reshape(start.shape)).ravel()
        self._rtol = rtol
        self._atol = rtol * (float(np.sqrt(np.mean(start**2))) or 1.0)
        self._is_kinked, self._spent, self._steps, self._before = is_kinked, 0, 0, 0
        with np.errstate(all="ignore"):
            self._method: Explicit | Chebyshev = self._explicit(float(t), start.ravel())
        if not (np.isfinite(self._method.f).all() and np.isfinite(self._method.h_abs)):
            raise self._lost()

    @property
    def t(self) -> float:
        """Time reached."""
        return float(self._method.t)

    @property
    def y(self) -> FloatArray:
        """Weights there, flat."""
        return np.asarray(self._method.y)

    @property
    def weights(self) -> FloatArray:
        """Weights there, in the shape of the start."""
        return self.y.reshape(self.shape)

    @property
    def evaluations(self) -> int:
        """Slopes taken so far."""
        return self._spent + self._method.nfev

    @property
    def fresh(self) -> int:
        """Slopes taken here, without those before a restoration."""
        return self.evaluations - self._before

    @property
    def state(self) -> dict[str, NDArray[Any]]:
        """All that the way to go depends on, by name."""
        now = self._method
        kept: dict[str, Any] = {"t": now.t, "y": now.y, "step": now.h_abs}
        if isinstance(now, Chebyshev):
            kept |= {"radius": now.radius, "direction": now.direction, "age": now.age}
        kept |= {"evaluations": self.evaluations, "steps": self._steps}
        return {name: np.array(value) for name, value in kept.items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state` gave, by the very same steps."""
        t, step = float(state["t"]), float(state["step"])
        if "radius" in state:
            method = Chebyshev(self._slope, t, state["y"], self.last, step, self._rtol, self._atol)
            method.radius, method.age = float(state["radius"]), int(state["age"])
            method.direction = state["direction"]
            self._method = method
        else:
            self._method = self._explicit(t, state["y"], step)
        self._before = int(state["evaluations"])
        self._spent, self._steps = self._before - self._method.nfev, int(state["steps"])

    def step(self) -> None:
        """Take one step.

        Raises
        ------
        InputError: the slope is not finite, or the step fell to rounding.
        """
        self._choose()
        with np.errstate(all="ignore"):
            self._method.step()
        if self._method.status == "failed" or not np.isfinite(self._method.y).all():
            raise self._lost()
        self._steps += 1

    def at(self, times: FloatArray) -> FloatArray:
        """Weights at times within the last step, (T, size)."""
        if isinstance(self._method, Chebyshev):
            return self._method.at(times)
        return np.asarray(self._method.dense_output()(times)).T

    def _explicit(self, t: float, start: FloatArray, step: float | None = None) -> Explicit:
        kind: type[Explicit] = RK23 if self._is_kinked else DOP853
        first = None if step is None or t >= self.last else min(step, self.last - t)
        method = kind(
            lambda t, y: self._slope(y),
            t,
            start,
            self.last,
            rtol=self._rtol,
            atol=self._atol,
            first_step=first,
        )
        if step is not None:
            method.h_abs = step
        return method

    def _choose(self) -> None:
        """Change the method where another is cheaper."""
        if self._is_kinked or self._steps < ASKED:
            return
        now = self._method
        if isinstance(now, Chebyshev):
            if now.cost > DEAR * now.radius:
                self._change(self._explicit(now.t, now.y))
            return
        self._steps = 0
        if (self.last - now.t) * STAGES > PATIENCE * now.h_abs:
            radius, _, turns = spectral_radius(self._slope, now.y, now.f, now.f)
            self._spent += turns
            if now.h_abs * radius > LIMITED:
                first = SHORTER * now.h_abs
                self._change(Chebyshev(self._slope, now.t, now.y, self.last, first, self._rtol, self._atol))

    def _change(self, method: Explicit | Chebyshev) -> None:
        self._spent += self._method.nfev
        self._method, self._steps = method, 0

    def _lost(self) -> InputError:
        return InputError(
            f"the gradient flow can't be followed beyond t = {self.t:.6g}",
            expected="a finite gradient and a step size above rounding",
            hint="an earlier t_end, or smaller weights",
        )
