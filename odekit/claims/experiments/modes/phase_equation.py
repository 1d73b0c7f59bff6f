"""An equation for D = 2 phi - psi put to the test along a run: the derived one, and the one in print."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_simpson

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison import Comparison, project
from odekit.derivation import derive
from odekit.expressions import parse
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.solvers import compile

__all__ = ["PRINTED", "PhaseErrors", "derived_equation", "phase_errors"]

Equation = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]

PRINTED = "-p*(4*beta**2 - alpha**2/beta)*sin(D)"


@dataclass(frozen=True)
class PhaseErrors:
    """How an equation for D fares, in radians.

    Parameters
    ----------
    median: over neurons, of the error of D at the last snapshot before the horizon.
    bound: over neurons, median of what that error may be.
    """

    median: float
    bound: float

    @property
    def is_within(self) -> bool:
        """Whether the error is within its bound."""
        return self.median <= self.bound


def phase_errors(comparison: Comparison) -> tuple[PhaseErrors, PhaseErrors]:
    """Errors of D by the derived equation and by the printed one, over the neurons whose mode has a phase.

    D is integrated along the measured alpha, beta and D by Simpson's rule. The network's own D' differs from
    the right equation by what the reduction neglects: a deviation of the weights at the rate b' turns phi by
    at most ``sqrt(2/n) b'/alpha`` and psi by ``sqrt(2/n) b'/beta``, b being the comparison's bound of the
    deviation's length. To the integral of that is added the quadrature's error, estimated on every second
    snapshot.
    """
    run = comparison.run
    group = run.network.finite_group
    modes = project(run)
    place = modes.at(0).dominant
    neurons = np.flatnonzero(~modes.basis.is_real[place])
    last = _odd_count(run.t, comparison.horizon)
    alpha, beta, phi, psi = (
        part[:last, neurons, place[neurons]] for part in (modes.alpha, modes.beta, modes.phi, modes.psi)
    )
    D = np.unwrap(2 * phi - psi, axis=0)
    turn = _turning(comparison, alpha, beta, neurons)
    found = []
    for equation in (_derived(group), _printed(group)):
        velocity = equation(alpha, beta, D) * run.network.flow_rate()
        fine = cumulative_simpson(velocity, x=run.t[:last], axis=0, initial=0.0)[-1]
        coarse = cumulative_simpson(velocity[::2], x=run.t[:last:2], axis=0, initial=0.0)[-1]
        error = np.abs(fine - (D[-1] - D[0]))
        found.append(PhaseErrors(float(np.median(error)), float(np.median(turn + np.abs(fine - coarse)))))
    return found[0], found[1]


def derived_equation() -> str:
    """The derived D', in the order p, as text."""
    system = derive(Network("Zp"))
    return str(system.equations["D"]).replace("**", "^")


def _odd_count(t: FloatArray, horizon: float | None) -> int:
    """Number of snapshots before the horizon, made odd for Simpson's rule and at least 3."""
    count = int(np.searchsorted(t, np.inf if horizon is None else horizon))
    return max(3, count - 1 + count % 2)


def _turning(comparison: Comparison, alpha: FloatArray, beta: FloatArray, neurons: IndexArray) -> FloatArray:
    """What the bound of the weights' deviation allows D to deviate, (M,) radians."""
    if comparison.budget is None:
        return np.full(len(neurons), np.inf)
    run = comparison.run
    size = np.sqrt(sum((w**2).sum(axis=-1) for w in run.weights.values()))
    deviation = (comparison.budget.total * size)[: len(alpha), neurons]
    per_length = np.sqrt(2 / run.network.finite_group.order) * (2 / alpha + 1 / beta)
    steps = np.diff(deviation, axis=0) * np.maximum(per_length[1:], per_length[:-1])
    return np.asarray(np.abs(steps).sum(axis=0) + deviation[0] * per_length[0])


def _derived(group: FiniteGroup) -> Equation:
    """D' of the derived system of symbolic order, at the group's."""
    compiled = compile(derive(Network("Zp")).restrict(("alpha", "beta", "D")))

    def equation(alpha: FloatArray, beta: FloatArray, D: FloatArray) -> FloatArray:
        y = np.ascontiguousarray([alpha.ravel(), beta.ravel(), D.ravel()])
        out = np.empty_like(y)
        compiled.rhs(np.zeros(y.shape[1]), y, np.full((1, y.shape[1]), float(group.order)), out)
        return np.asarray(out[2].reshape(alpha.shape))

    return equation


def _printed(group: FiniteGroup) -> Equation:
    """D' as the authors' blog post prints it."""
    tree = parse(PRINTED, ("p", "alpha", "beta", "D"))

    def equation(alpha: FloatArray, beta: FloatArray, D: FloatArray) -> FloatArray:
        values = {"p": np.asarray(float(group.order)), "alpha": alpha, "beta": beta, "D": D}
        return np.asarray(tree.evaluate(values))

    return equation
