"""When the free flow of each irrep blows up: the race that decides a neuron on spheres.

On spheres every block moves at the gradient of the energy E less c E times itself. Where c is the same for
all weight groups, S = exp(int c E dt) and dtau = dt / S give the free flow (S X)' = F(S X) in tau, without
spheres and independently in each irrep. The first one to blow up, at tau*, wins: t is then without bound.
"""

from collections.abc import Mapping

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.flows.stepwise import grown
from odekit.derivation import Lifted, system_in_blocks
from odekit.errors import InputError, ReductionError
from odekit.networks import Network
from odekit.solvers import CompiledSystem, Event, Rows, compile, solve

__all__ = ["free_blow_up_times"]

Weights = Mapping[str, FloatArray]

# What remains after this growth is known up to 1 / GROWTH**2; what takes LONGEST never blows up.
GROWTH = 1e4
LONGEST = 1e4
# Nor does what moves so slowly, in units of its length squared: the embedding has died out, and a part of it
# that would grow would have done so before, unless it was as small from the start.
AT_REST = 1e-10


def free_blow_up_times(network: Network, weights: Weights, rtol: float = 1e-10) -> FloatArray:
    """tau* of every neuron's every nontrivial real irrep, (M, irreps), in the order of the group's.

    Each free flow is integrated until its norm N has grown by 10^4; since N ~ C / (tau* - tau) near the
    blow-up, what then remains is N / N', up to corrections of relative size 10^-8. One that takes more
    than 10^4 / (sqrt(n) N(0)), or whose embedding dies out, counts as never blowing up.

    Parameters
    ----------
    network: on spheres, with one radial coefficient (see `LiftedFlow.decouples`), or without constraint.
    weights: (M, n) by weight group.
    rtol: of the integration.

    Returns
    -------
    times: in units of the run's time at S = 1; without constraint they are the run's time itself.

    Raises
    ------
    ReductionError: no lifted flow, or one that does not decouple.

    Source: arXiv 2606.02993 has the flow on spheres; the change of time is that of any projected gradient
    flow with a homogeneous energy.
    """
    lifted = Lifted.of(network)
    if not lifted.flow.decouples:
        raise ReductionError(
            "the irreps don't decouple",
            expected="three spheres with equal rates, or a shared embedding at half rate",
            received=", ".join(f"{name} {value}" for name, value in lifted.flow.radial.items()),
        )
    columns: dict[tuple[int, ...], FloatArray] = {}
    for stack in lifted.stacks:
        if not stack.is_trivial:
            singles = [lifted.single(name) for name in stack.names]
            columns |= dict(zip(stack.members, _race(singles, weights, rtol), strict=True))
    listed = [columns[sigma.members] for sigma in network.finite_group.real_irreps[1:]]
    return np.stack(listed, axis=1) / network.flow_rate()


def _race(singles: list[Lifted], weights: Weights, rtol: float) -> list[FloatArray]:
    """Blow-up times of irreps of one type and dimension, whose equations are the same: one (M,) for each."""
    states = np.concatenate([single.blocks.to_states(weights) for single in singles], axis=1)
    lengths = np.tile(singles[0].blocks.metric, len(singles[0].blocks.letters))
    last = LONGEST / np.sqrt(singles[0].group.order)
    times = _blow_up_times(compile(system_in_blocks(singles[0])), states, lengths, last, rtol)
    return list(times.reshape(len(singles), -1))


def _blow_up_times(
    compiled: CompiledSystem, states: FloatArray, metric: FloatArray, last: float, rtol: float
) -> FloatArray:
    """By homogeneity of degree 2, from starts of length 1; a start of length 0 never blows up."""
    with np.errstate(over="ignore"):
        length = np.sqrt(metric @ states**2)
    if not np.isfinite(length).all():
        raise InputError(
            "the weights are too large to be followed",
            expected="weights whose squares are finite",
            received=f"{np.abs(states).max():.3g}",
        )
    alive = length > 0
    times = np.full(len(length), np.inf)
    if alive.any():
        unit = states[:, alive] / length[alive]
        times[alive] = _from_unit_length(compiled, unit, metric, last, rtol) / length[alive]
    return times


def _from_unit_length(
    compiled: CompiledSystem, start: FloatArray, metric: FloatArray, last: float, rtol: float
) -> FloatArray:
    def pace(t: FloatArray, y: Rows, p: Rows) -> FloatArray:
        field = np.empty_like(y.values)
        compiled.rhs(t, y.values, p.values, field)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log((metric @ field**2) / (metric @ y.values**2) ** 2) - 2 * np.log(AT_REST))

    # The length has one minimum: the energy rises along the flow, and its sign is that of the length's slope.
    rests = Event(pace, direction=-1, terminal=True, name="rests", crosses_once=True)
    solution = solve(compiled, start, last, rtol=rtol, events=[grown(metric, GROWTH), rests])
    reached, y = solution.event_t[0], solution.event_y[0]
    slope = np.empty_like(y)
    with np.errstate(invalid="ignore"):
        compiled.rhs(reached, y, np.empty((0, len(reached))), slope)
        remaining = (metric @ y**2) / (metric @ (y * slope))
    return np.where(np.isnan(reached), np.inf, reached + remaining)
