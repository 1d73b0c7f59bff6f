"""A run against the flow of all its neurons at a cumulant order, coupled by the logits.

The whole softmax is followed beside it, from the same start: how far the two are apart is what the order
neglects. Both follow the modified equation of plain descent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from odekit.comparison.compare_blocks import lifted_errors, lifted_orbit
from odekit.comparison.control import CHANGE
from odekit.comparison.flows import (
    MOST_GRADIENTS,
    LiftedNeurons,
    Linearisation,
    Orbit,
    PopulationFlow,
    ReducedFlow,
    is_in_blocks,
)
from odekit.comparison.measures import Modes, error_curves, project
from odekit.comparison.parts import Parts, Weights, distance, relative
from odekit.errors import ReductionError
from odekit.groups import mean_mode, to_modes
from odekit.simulation import Run, stack_mapping, unstack_mapping

__all__ = ["Coupled"]

# Relative tolerances of the integrations: their difference bounds the error of the finer one.
COARSE, FINE = 1e-6, 1e-8
# Points of the orbit between the snapshots at which it is asked how fast orbits part.
POINTS = 40
# Factors on the field as it is stated that every verdict asks for.
SPEEDS = (1.0, 1 - CHANGE, 1 + CHANGE)
# Times, with the snapshots, at which an order is asked whether it has left the whole softmax.
CHECKS = 100
# An orbit with a weight so many times larger than any of the run blows up.
BLOWN_UP = 10.0
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
    ReductionError: the run doesn't tell its steps, took them on spheres, whose retraction has a modified
        equation of its own, or was trained at uniform softmax.
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

        if self.step and self.run.network.constraint != "none":
            raise ReductionError(
                "descent in steps on spheres has no modified equation here",
                expected="a gradient flow",
                received=f"steps of {self.step:g}",
                hint="order=1",
            )

    @cached_property
    def step(self) -> float:
        """Longest step of descent in the run's t; 0 for a gradient flow."""
        return learning_rate(self.run)

    @cached_property
    def start(self) -> FloatArray:
        """The first snapshot as a stack."""
        return stack_mapping(self.run.network, {name: w[0] for name, w in self.run.weights.items()})

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
        flow = self.flow(order)
        follow = _Follow(self, flow, self._orders[order])
        weights = follow(1.0, len(self._orbits[1][order]), len(self.run))
        modes = None if is_in_blocks(self.run.network) else _modes(self.run, weights)
        of_modes = modes and error_curves(project(self.run), modes)
        errors = of_modes or lifted_errors(self.run, weights)

        def at(times: FloatArray, neurons: Sequence[int]) -> Weights:
            found = self._filled(flow, self.sped(np.append(self.run.t[0], times)))
            return {name: w[1:, list(neurons)] for name, w in found.items()}

        return replace(
            first,
            follow=follow,
            weights=weights,
            errors=errors,
            budget=self._budget(order),
            at=at,
            modes=modes,
            slow=None,
            order=order,
        )

    def at_speed(self, flow: PopulationFlow, factor: float, count: int) -> Weights:
        """Weights (count, M, n) of a flow at the run's first times, its field multiplied by a factor."""
        return self._filled(flow, self.sped(self.run.t[:count], factor))

    def sped(self, times: FloatArray, factor: float = 1.0) -> FloatArray:
        """When the flow is where it would be at some times if its field were as stated, times a factor."""
        speed = factor * self.scale_field
        return times if speed == 1 else np.asarray(times[0] + speed * (times - times[0]))

    def _filled(
        self, flow: PopulationFlow, times: FloatArray, rtol: float = FINE, most: float = np.inf
    ) -> dict[str, FloatArray]:
        """Weights at times of which the first is the start's; NaN past a blow-up, or the most gradients."""
        stacks = np.full((len(times), *self.start.shape), np.nan)
        for place, (_, stack) in enumerate(flow.follow(self.start, times, rtol, most=most)):
            stacks[place] = stack
        return self._by_name(stacks)

    def _by_name(self, stacks: FloatArray) -> dict[str, FloatArray]:
        return unstack_mapping(self.run.network, stacks)

    @cached_property
    def _largest(self) -> float:
        return BLOWN_UP * max(float(np.abs(w).max()) for w in self.run.weights.values())

    @cached_property
    def _checked(self) -> FloatArray:
        """The snapshots' times, and some between them."""
        times = self.run.t
        parts = -(-CHECKS // len(times))
        places = np.arange(parts * (len(times) - 1) + 1) / parts
        return np.asarray(np.union1d(np.interp(places, np.arange(len(times)), times), times))

    @cached_property
    def _orders(self) -> dict[int, Orbit]:
        """The orbit of each order, at the checked times and at those of the controls."""
        sped = [self.sped(self.run.t, factor) for factor in SPEEDS]
        wanted = np.unique(np.concatenate([self._checked, *sped]))
        return {
            order: Orbit(self.flow(order).follow(self.start, wanted, FINE, largest=self._largest))
            for order in self.orders
        }

    @cached_property
    def _orbits(self) -> tuple[Run, dict[int, FloatArray]]:
        """The whole softmax's orbit, as densely as it was integrated, and the orders' stacks by snapshot.

        Both end where the last order has left the whole softmax by more than the level, the logits are beyond
        the series, or the step is too long for its modified equation.
        """
        times, checked = self.run.t, self._checked
        places = set(checked.tolist())
        sizes = neuron_lengths(self.run)
        orbits = dict(self._orders)
        found: dict[int, list[FloatArray]] = {order: [] for order in self.orders}
        dense: list[tuple[float, FloatArray]] = []
        reached = 0
        for t, stack in self.flow(None).follow(self.start, checked, FINE, 1, self._largest, MOST_GRADIENTS):
            is_snapshot = t == times[reached]
            if is_snapshot or t not in places:
                dense.append((t, stack))
            if t not in places:
                continue
            for order, orbit in list(orbits.items()):
                moved = orbit(t)
                if moved is None:
                    del orbits[order]
                    continue
                if is_snapshot:
                    found[order].append(moved)
                if not np.median(relative(self._apart(moved, stack), sizes[reached])) <= self.level:
                    del orbits[order]
            reached += is_snapshot
            is_beyond = is_snapshot and self.flow(None).largest_logit(stack) > LARGEST_LOGIT
            if not orbits or reached == len(times) or is_beyond:
                break
        return self._thinned(dense, times[:reached]), {o: np.array(rows) for o, rows in found.items()}

    def _apart(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """Distance of every neuron of two stacks in the metric of the flow, (M,)."""
        by_name = self._by_name(np.array([first, second]))
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
        return Run(t, self._by_name(stacks), self.run.network)

    def _budget(self, order: int) -> Budget:
        dense = self._orbits[0]
        count = len(self._orbits[1][order])
        chosen = np.searchsorted(dense.t, self.run.t[:count])
        whole = {name: w[chosen] for name, w in dense.weights.items()}
        here = self._by_name(self._orbits[1][order])
        reduction = relative(distance(self.run, whole, here), neuron_lengths(self.run)[:count])
        return coupled_budget(self.run, dense, self._parting, reduction, self._left_out[:count])

    @cached_property
    def _parting(self) -> MeasuredOrbit:
        """How orbits of the reduced flow part along that of the whole softmax."""
        dense = self._orbits[0]
        if is_in_blocks(self.run.network):
            return lifted_orbit(dense, LiftedNeurons(self.run.network))
        return MeasuredOrbit.of_modes(dense, project(dense), Linearisation(ReducedFlow(self.run.network)))

    @cached_property
    def _left_out(self) -> FloatArray:
        """Bound of what is left out of the orbits, over a neuron's length, (count, M).

        That is how far the orbit with the next term of the modified equation, integrated more coarsely, is
        away from the whole softmax's; the terms after it, and the errors of two finer integrations, are less.
        Infinite past a blow-up, or where the next term is too stiff to follow.
        """
        dense = self._orbits[0]
        times = self.run.t[np.isin(self.run.t, dense.t)]
        flow = PopulationFlow(self.run.network, None, self.step, power=2)
        next_term = self._filled(flow, times, COARSE, MOST_GRADIENTS)
        chosen = np.searchsorted(dense.t, times)
        fine = {name: w[chosen] for name, w in dense.weights.items()}
        error = relative(distance(self.run, fine, next_term), neuron_lengths(self.run)[: len(times)])
        return np.asarray(2 * np.maximum.accumulate(error))


def _modes(run: Run, weights: Mapping[str, FloatArray]) -> Modes:
    """Modes of weights (T, M, n), which may be NaN."""
    group = run.network.finite_group
    amplitudes = {name: to_modes(w, group) for name, w in weights.items()}
    return Modes(group, amplitudes, {name: mean_mode(w) for name, w in weights.items()})


@dataclass(frozen=True, eq=False)
class _Follow:
    """The weights of an order at the run's first times and some speed, which its orbit passes by."""

    coupled: Coupled
    flow: PopulationFlow
    orbit: Orbit

    def __call__(self, factor: float, count: int, room: int | None = None) -> Weights:
        """Weights (room, M, n), by default (count, M, n); NaN past the first ``count`` and a blow-up."""
        if factor not in SPEEDS:
            return self.coupled.at_speed(self.flow, factor, count)
        times = self.coupled.sped(self.coupled.run.t[:count], factor)
        stacks = np.full((room or count, *self.coupled.start.shape), np.nan)
        for place, stack in enumerate(map(self.orbit, times.tolist())):
            if stack is not None:
                stacks[place] = stack
        return self.flow.by_name(stacks)
