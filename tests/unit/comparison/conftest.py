"""What the tests of the comparison share: an oracle for the decoupled flow, and small runs.

The oracle sums over all tuples of inputs in weight space. It knows no modes and shares no code with the
package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from odekit.networks import Network
from odekit.simulation import Run, simulate

FloatArray = NDArray[np.float64]
Weights = dict[str, FloatArray]


class DecoupledFlow:
    """dw/dt = rate * factor * grad E in weight space, E summed over all tuples of inputs by brute force."""

    def __init__(
        self,
        order: int,
        coefficients: tuple[int, ...] = (1, 1),
        polynomial: tuple[float, ...] = (1.0, 0.0, 0.0),
        rates: Mapping[str, float] | None = None,
        shared: bool = True,
        loss: str = "mean",
        logit_scale: float = 1.0,
    ) -> None:
        self.polynomial, self.slope = np.array(polynomial), np.polyder(np.array(polynomial))
        self.tuples = np.array(list(product(range(order), repeat=len(coefficients))))
        self.labels = self.tuples @ np.array(coefficients) % order
        self.order = order
        count = len(coefficients)
        self.names = ["theta"] if shared else [f"theta{i + 1}" for i in range(count)]
        self.owners = [0] * count if shared else list(range(count))
        self.rates = [(rates or {}).get(name, 1.0) for name in (*self.names, "xi")]
        self.factor = logit_scale / (len(self.tuples) if loss == "mean" else 1)

    def velocity(self, w: FloatArray) -> FloatArray:
        """Velocity of a stack (groups, M, n)."""
        out = np.zeros_like(w)
        columns = list(zip(self.owners, self.tuples.T, strict=True))
        z = sum(w[owner][:, x] for owner, x in columns)
        hidden, back = np.polyval(self.polynomial, z), np.polyval(self.slope, z)
        back = back * (w[-1] - w[-1].mean(axis=1, keepdims=True))[:, self.labels]
        for m in range(w.shape[1]):
            for owner, x in columns:
                out[owner, m] += np.bincount(x, back[m], self.order)
            out[-1, m] = np.bincount(self.labels, hidden[m], self.order) - hidden[m].sum() / self.order
        return out * np.array(self.rates)[:, None, None] * self.factor

    def solve(
        self, start: Mapping[str, FloatArray], times: FloatArray, push: FloatArray | float = 0.0
    ) -> Weights:
        """Weights (T, M, n) at times from 0 on, to 1e-11; ``push`` is added to the velocity of the stack."""
        first = np.stack([start[name] for name in (*self.names, "xi")])

        def slope(t: float, y: FloatArray) -> FloatArray:
            return (self.velocity(y.reshape(first.shape)) + push).ravel()

        solution = solve_ivp(
            slope,
            (0.0, times[-1]),
            first.ravel(),
            "DOP853",
            times,
            rtol=1e-11,
            atol=1e-13 * np.abs(first).max(),
        )
        assert solution.success
        stack = solution.y.T.reshape(len(times), *first.shape)
        return {name: stack[:, i] for i, name in enumerate((*self.names, "xi"))}


@pytest.fixture(scope="session")
def decoupled_flow() -> type[DecoupledFlow]:
    return DecoupledFlow


@pytest.fixture(scope="session")
def small_run() -> Run:
    """Sixteen neurons on Z_7 at scale .05 up to the order of the first blow-up."""
    return simulate(Network("Z7", neurons=16), seed=1, scale=0.05, snapshots=31)


@pytest.fixture(scope="session")
def changed() -> Callable[..., Run]:
    """A run with some of its fields replaced, as its file might state them."""

    def change(run: Run, **fields: Any) -> Run:
        own = {
            "t": run.t,
            "weights": run.weights,
            "network": run.network,
            "steps": run.steps,
            "meta": run.meta,
            "records": run.records,
        }
        return Run(**{**own, **fields})

    return change
