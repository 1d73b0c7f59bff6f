"""The race of neurons to their blow-up, in weight space: only gradients enter, no closed form.

At uniform softmax a quadratic neuron ascends its energy E, which is homogeneous of degree 3. So
``s w(s t)`` solves the flow if ``w(t)`` does, and a neuron can be followed at norm 1, renormalised again and
again: its norm r then grows beyond all numbers while its time t approaches the blow-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import simulate, uniform_gradient

__all__ = ["FirstTimes", "first_blow_ups"]

Weights = Mapping[str, FloatArray]

# Of the least time to a blow-up: a round ends before it, with a margin for the integration's error.
SHARE = 0.9
# By so much, relative to it, a first time may be off; far below what a few hundred networks can resolve.
RESOLVED = 1e-3


@dataclass(frozen=True, eq=False)
class FirstTimes:
    """When the first neuron of each network blows up, between bounds.

    Parameters
    ----------
    early, late: (networks,), in the time of the summed loss at logit scale 1.
    """

    early: FloatArray
    late: FloatArray

    def widened(self, relative_error: float) -> FirstTimes:
        """The same bounds where each may itself be off."""
        return FirstTimes(self.early * (1 - relative_error), self.late * (1 + relative_error))


@dataclass(frozen=True, eq=False)
class _Racers:
    """Neurons under way, at norm 1.

    Parameters
    ----------
    group: what the weights live on.
    network: (m,) the network of each.
    weights: by name, (m, n), of norm 1.
    t: (m,) how long each has been followed.
    size: (m,) its norm there.
    """

    group: FiniteGroup
    network: IndexArray
    weights: Weights
    t: FloatArray
    size: FloatArray

    def only(self, kept: IndexArray) -> _Racers:
        weights = {name: values[kept] for name, values in self.weights.items()}
        return _Racers(self.group, self.network[kept], weights, self.t[kept], self.size[kept])

    def after(self, span: float, rtol: float) -> _Racers:
        """Followed for a span of the time at norm 1."""
        network = Network(self.group, neurons=len(self.t), loss="sum")
        run = simulate(
            network,
            weights=self.weights,
            softmax="uniform",
            times=[0.0, span],
            rtol=rtol,
            estimate_error=False,
        )
        reached, grown = _unit({name: values[-1] for name, values in run.weights.items()})
        return _Racers(self.group, self.network, reached, self.t + span / self.size, self.size * grown)

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Bounds of each blow-up time, (m,) each; the later one is infinite where the energy is not positive.

        ``d(1/r)/dt = -3 E(w/r)``. The energy of the direction w/r never falls, so that the blow-up is at most
        ``1/(3 E r)`` away; it is at least as far away as for the largest energy that a direction can have.
        """
        network = Network(self.group, neurons=len(self.t), loss="sum")
        theta, xi = uniform_gradient(network, self.weights["theta"], self.weights["xi"])
        rate = -_inner(self.weights, {"theta": np.asarray(theta), "xi": xi})  # w.grad E = 3 E
        late = np.divide(1.0, rate, out=np.full_like(rate, np.inf), where=rate > 0)
        return self.t + least_time(self.group) / self.size, self.t + late / self.size


def first_blow_ups(group: FiniteGroup, weights: Weights, rtol: float) -> FirstTimes:
    """Let all neurons of many networks race at uniform softmax until each network's first time is resolved.

    A neuron is followed no further once it can't be the first of its network any more.

    Parameters
    ----------
    group: what the weights live on.
    weights: ``theta`` and ``xi``, (networks, M, n) each: quadratic neurons with a shared embedding.
    rtol: relative tolerance of a step.
    """
    networks, neurons, order = weights["xi"].shape
    start, size = _unit({name: values.reshape(-1, order) for name, values in weights.items()})
    owner = np.repeat(np.arange(networks), neurons)
    racers = _Racers(group, owner, start, np.zeros(len(size)), size)
    earliest, latest = np.full((2, networks), np.inf)
    while len(racers.t):
        early, late = racers.bounds()
        first, last = (_smallest(values, racers.network, networks) for values in (early, late))
        done = np.isfinite(last) & (first >= (1 - RESOLVED) * last)
        earliest[done], latest[done] = first[done], last[done]
        going = ~done[racers.network] & (early <= last[racers.network])
        racers = racers.only(np.flatnonzero(going))
        if len(racers.t):
            racers = racers.after(SHARE * least_time(group), rtol)
    return FirstTimes(earliest, latest)


def least_time(group: FiniteGroup) -> float:
    """No neuron of norm 1 blows up earlier.

    ``E = 2 sum_{g,h} xi[gh] theta[g] theta[h]``, without the mean of xi, is at most ``2 sqrt(n) |xi|
    |theta|^2`` by Young's inequality for convolutions, and that ``4 sqrt(n) / 3^1.5`` at norm 1; the time is
    1/(3 E).
    """
    return float(np.sqrt(3.0 / group.order) / 4)


def _unit(weights: Weights) -> tuple[dict[str, FloatArray], FloatArray]:
    """Neurons divided by their norms, and the norms."""
    size = np.sqrt(_inner(weights, weights))
    return {name: values / size[:, None] for name, values in weights.items()}, size


def _inner(first: Weights, second: Weights) -> FloatArray:
    """Product of each neuron's weights with another vector, (m,)."""
    return np.asarray(sum((values * second[name]).sum(axis=1) for name, values in first.items()))


def _smallest(values: FloatArray, network: IndexArray, networks: int) -> FloatArray:
    """Smallest value of each network, (networks,); infinite where it has none."""
    smallest = np.full(networks, np.inf)
    np.minimum.at(smallest, network, values)
    return smallest
