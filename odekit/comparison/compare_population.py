"""A run against the flow of all its neurons at a cumulant order, coupled by the logits.

The whole softmax is followed beside it, from the same start: how far the two are apart is what the order
neglects. Both follow the modified equation of plain descent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import (
    Budget,
    MeasuredOrbit,
    coupled_budget,
    is_step_known,
    learning_rate,
    neuron_lengths,
)
from odekit.comparison.compare_blocks import is_in_blocks, lifted_errors, lifted_orbit
from odekit.comparison.control import CHANGE
from odekit.comparison.flows import LiftedNeurons, Linearisation, PopulationFlow, ReducedFlow
from odekit.comparison.measures import Modes, error_curves, lengths_by_mode, project
from odekit.comparison.parts import Parts, Weights, distance
from odekit.errors import ReductionError
from odekit.groups import mean_mode, to_modes
from odekit.simulation import Run, logits

__all__ = ["Coupled"]

# Relative tolerances of the integrations: their difference bounds the error of the finer one.
COARSE, FINE = 1e-6, 1e-8
# Points of the orbit between the snapshots at which it is asked how fast orbits part.
POINTS = 40
# An orbit with a weight so many times larger than any of the run has left it.
BLOWN_UP = 3.0
# The largest logit, less the mean over the answers, past which the terms of the series grow.
LARGEST_LOGIT = 5.0


@dataclass(frozen=True, eq=False)
class Coupled:
    """The flows of a run's network from its first snapshot, with the whole softmax and at some orders.

    Parameters
    ----------
    run: snapshots of a network of any constraint and activation.
    orders: of the last cumulant, each 2 or 3.
    level: median distance to the whole softmax, over a neuron's length, beyond which an order is left.
    scale_field: factor on the field at these orders, above 0; anything but 1 is a false statement.

    Raises
    ------
    ReductionError: the run doesn't tell its steps, or was trained at uniform softmax.
    """

    run: Run
    orders: tuple[int, ...]
    level: float
    scale_field: float = 1.0

    def __post_init__(self) -> None:
        if self.run.meta.get("softmax") == "uniform":
            raise ReductionError("at uniform softmax there are no higher orders", hint="order=1")
        if not is_step_known(self.run):
            raise ReductionError(
                "the run doesn't tell its steps, by which descent leaves its flow",
                expected="learning_rate or steps",
                hint="order=1",
            )

    @cached_property
    def step(self) -> float:
        """Longest step of descent in the run's t; 0 for a gradient flow."""
        return learning_rate(self.run)

    @cached_property
    def start(self) -> FloatArray:
        """The first snapshot as a stack."""
        return self.flow(None).stack({name: w[0] for name, w in self.run.weights.items()})

    def flow(self, order: int | None) -> PopulationFlow:
        """The flow at an order, None for the whole softmax."""
        return PopulationFlow(self.run.network, order, self.step)

    def parts(self, order: int, first: Parts) -> Parts:
        """What an order says of the run.

        Parameters
        ----------
        order: one of the orders.
        first: what uniform softmax says of it.
        """
        weights = self._weights[order]
        modes = None if is_in_blocks(self.run.network) else _modes(self.run, weights)
        of_modes = modes and error_curves(project(self.run), modes)
        errors = of_modes or lifted_errors(self.run, weights)
        flow = self.flow(order)

        def at(times: FloatArray, neurons: Sequence[int]) -> Weights:
            found = self._filled(flow, np.append(self.run.t[0], times))
            return {name: w[1:, list(neurons)] for name, w in found.items()}

        return replace(
            first,
            follow=_Follow(self, flow, weights),
            weights=weights,
            errors=errors,
            budget=self._budget(order),
            at=at,
            modes=modes,
            slow=None,
        )

    def at_speed(self, flow: PopulationFlow, factors: Iterable[float], count: int) -> list[Weights]:
        """Weights (count, M, n) of a flow at the run's first times, its field multiplied by each factor."""
        elapsed = self.run.t[:count] - self.run.t[0]
        wanted = [self.run.t[0] + factor * self.scale_field * elapsed for factor in factors]
        times = np.unique(np.concatenate(wanted))
        found = self._filled(flow, times)
        places = [np.searchsorted(times, row) for row in wanted]
        return [{name: w[place] for name, w in found.items()} for place in places]

    def _filled(self, flow: PopulationFlow, times: FloatArray) -> dict[str, FloatArray]:
        """Weights at times of which the first is the start's; NaN past a blow-up."""
        stacks = np.full((len(times), *self.start.shape), np.nan)
        for place, (_, stack) in enumerate(flow.follow(self.start, times, FINE)):
            stacks[place] = stack
        return flow.by_name(stacks)

    @cached_property
    def _orbits(self) -> tuple[Run, dict[int, FloatArray]]:
        """The whole softmax's orbit, as densely as it was integrated, and the orders' stacks by snapshot.

        Both end where the last order has left the whole softmax by more than the level, or the logits are
        beyond the series.
        """
        times = self.run.t
        sizes = neuron_lengths(self.run)
        largest = BLOWN_UP * max(float(np.abs(w).max()) for w in self.run.weights.values())
        orbits = {
            order: self.flow(order).follow(self.start, self._sped(times), FINE, largest=largest)
            for order in self.orders
        }
        found: dict[int, list[FloatArray]] = {order: [] for order in self.orders}
        dense: list[tuple[float, FloatArray]] = []
        reached = 0
        for t, stack in self.flow(None).follow(self.start, times, FINE, 1, largest):
            dense.append((t, stack))
            if t != times[reached]:
                continue
            for order in list(orbits):
                moved = next(orbits[order], None)
                if moved is None:
                    del orbits[order]
                    continue
                found[order].append(moved[1])
                apart = self._apart(moved[1], stack) / sizes[reached]
                if not np.median(apart) <= self.level:
                    del orbits[order]
            reached += 1
            if not orbits or reached == len(times) or self._largest_logit(stack) > LARGEST_LOGIT:
                break
        return self._thinned(dense, times[:reached]), {o: np.array(rows) for o, rows in found.items()}

    def _largest_logit(self, stack: FloatArray) -> float:
        *embeddings, xi = self.flow(None).by_name(stack[None]).values()
        theta = tuple(w[0] for w in embeddings)
        found = logits(self.run.network, theta[0] if len(theta) == 1 else theta, xi[0])
        return float(np.abs(found - found.mean(axis=-1, keepdims=True)).max())

    def _sped(self, times: FloatArray) -> FloatArray:
        return np.asarray(times[0] + self.scale_field * (times - times[0]))

    def _apart(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """Distance of every neuron of two stacks in the metric of the flow, (M,)."""
        by_name = self.flow(None).by_name(np.array([first, second]))
        halves = ({name: w[[place]] for name, w in by_name.items()} for place in (0, 1))
        return np.asarray(distance(self.run, *halves)[0])

    def _thinned(self, dense: list[tuple[float, FloatArray]], times: FloatArray) -> Run:
        """The snapshots, and so many of the steps between them, as a run."""
        between = [place for place, (t, _) in enumerate(dense) if t not in times and t < times[-1]]
        kept = set(between[:: max(1, len(between) // POINTS)])
        kept |= {place for place, (t, _) in enumerate(dense) if t in times}
        chosen = [dense[place] for place in sorted(kept)]
        stacks = np.array([stack for _, stack in chosen])
        t = np.array([t for t, _ in chosen])
        return Run(t, self.flow(None).by_name(stacks), self.run.network)

    @cached_property
    def _weights(self) -> dict[int, dict[str, FloatArray]]:
        """Weights of each order by group, (T, M, n); NaN after it was left."""
        shape = (len(self.run), *self.start.shape)
        weights = {}
        for order, rows in self._orbits[1].items():
            stacks = np.full(shape, np.nan)
            stacks[: len(rows)] = rows
            weights[order] = self.flow(order).by_name(stacks)
        return weights

    def _budget(self, order: int) -> Budget:
        dense = self._orbits[0]
        count = len(self._orbits[1][order])
        chosen = np.searchsorted(dense.t, self.run.t[:count])
        whole = {name: w[chosen] for name, w in dense.weights.items()}
        here = {name: w[:count] for name, w in self._weights[order].items()}
        sizes = neuron_lengths(self.run)[:count]
        reduction = distance(self.run, whole, here) / sizes
        return coupled_budget(
            self.run, dense, self._parting, self._next_terms, reduction, self._solver_error[:count]
        )

    @cached_property
    def _parting(self) -> MeasuredOrbit:
        """How orbits of the reduced flow part along that of the whole softmax."""
        dense = self._orbits[0]
        if is_in_blocks(self.run.network):
            return lifted_orbit(dense, LiftedNeurons(self.run.network))
        return MeasuredOrbit.of_modes(dense, project(dense), Linearisation(ReducedFlow(self.run.network)))

    @cached_property
    def _next_terms(self) -> FloatArray:
        """What the modified equation leaves out along the orbit, in the metric of the flow, (T, M, K + 1)."""
        dense, flow = self._orbits[0], self.flow(None)
        scale = {name: np.sqrt(rate) for name, rate in self.run.network.rates.items()}
        stacks = (flow.stack({name: w[i] for name, w in dense.weights.items()}) for i in range(len(dense)))
        terms = flow.by_name(np.array([flow.next_term(stack) for stack in stacks]))
        moved = {name: w / scale[name] for name, w in terms.items()}
        if is_in_blocks(self.run.network):
            lengths = np.sqrt(sum((w**2).sum(axis=-1) for w in moved.values()))[..., None]
            return np.concatenate([lengths, np.zeros_like(lengths)], axis=-1)
        modes = _modes(self.run, moved)
        return lengths_by_mode(modes.group, modes.amplitudes, modes.means)

    @cached_property
    def _solver_error(self) -> FloatArray:
        """Bound of the relative error of two orbits together, (count, M)."""
        dense = self._orbits[0]
        times = self.run.t[np.isin(self.run.t, dense.t)]
        flow = self.flow(None)
        stacks = np.array([stack for _, stack in flow.follow(self.start, times, COARSE)])
        chosen = np.searchsorted(dense.t, times[: len(stacks)])
        fine = {name: w[chosen] for name, w in dense.weights.items()}
        error = distance(self.run, fine, flow.by_name(stacks)) / neuron_lengths(self.run)[: len(stacks)]
        return np.asarray(2 * np.maximum.accumulate(error))


def _modes(run: Run, weights: Mapping[str, FloatArray]) -> Modes:
    """Modes of weights (T, M, n), which may be NaN."""
    group = run.network.finite_group
    amplitudes = {name: to_modes(w, group) for name, w in weights.items()}
    return Modes(group, amplitudes, {name: mean_mode(w) for name, w in weights.items()})


@dataclass(eq=False)
class _Follow:
    """The weights of an order at the run's first times and any speed; both controls are followed at once."""

    coupled: Coupled
    flow: PopulationFlow
    known: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        self._controls: dict[int, dict[float, Weights]] = {}

    def __call__(self, factor: float, count: int) -> Weights:
        if factor == 1:
            return {name: w[:count] for name, w in self.known.items()}
        pair = (1 - CHANGE, 1 + CHANGE)
        if factor not in pair:
            return self.coupled.at_speed(self.flow, [factor], count)[0]
        if count not in self._controls:
            found = self.coupled.at_speed(self.flow, pair, count)
            self._controls[count] = dict(zip(pair, found, strict=True))
        return self._controls[count][factor]
