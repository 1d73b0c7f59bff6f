"""The experiment on a system: integration from drawn starts, twice, so that its error is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.own.asked import Asked, Prediction, Quantity
from odekit.errors import InputError
from odekit.solvers import Solution, solve
from odekit.systems import System, observables

__all__ = ["Record", "Setting", "drawn_setting"]

MOMENTS = 201
LOOSER = 100.0  # times the tolerance: the change bounds the error of the tighter run
SAFETY = 3.0  # of that change, for steps whose own estimates are small by chance
# Longest steps of the two runs, in times between moments: within a step values are known less well than at
# its ends, and different steps err differently.
LONGEST = (1.0, 1.6)
LEAST = 1e3  # times the tolerance, of the largest value: below, both runs may err alike
ROUNDING = 1e-13  # of the largest value, some hundred roundings


@dataclass(frozen=True, eq=False)
class Record:
    """Quantities along orbits.

    Parameters
    ----------
    t: (T,).
    values: (quantity, T, batch).
    looser: the same by the looser integration.
    rtol: of the integration.
    """

    t: FloatArray
    values: FloatArray
    looser: FloatArray
    rtol: float

    @property
    def errors(self) -> FloatArray:
        """Bounds of the errors of the values so far, (quantity, T, batch)."""
        return np.asarray(self.changes + LEAST * self.rtol * self._sizes)

    @property
    def changes(self) -> FloatArray:
        """What the integration at another tolerance changes so far, and rounding, (quantity, T, batch)."""
        change = np.maximum.accumulate(np.abs(self.values - self.looser), axis=1)
        return np.asarray(SAFETY * change + ROUNDING * self._sizes)

    @property
    def _sizes(self) -> FloatArray:
        return np.maximum.accumulate(np.abs(self.values), axis=1)


@dataclass(frozen=True, eq=False)
class Setting:
    """A claim's system at definite starts.

    Parameters
    ----------
    asked: the claim.
    chosen: (batch,) value of each free parameter, and of each state that is no formula.
    """

    asked: Asked
    chosen: Mapping[str, FloatArray]

    @property
    def system(self) -> System:
        """The system."""
        return self.asked.words.named.system

    @property
    def batch(self) -> int:
        """How many starts there are."""
        return max((value.size for value in self.chosen.values()), default=1)

    @cached_property
    def constants(self) -> Mapping[str, FloatArray]:
        """(batch,) value of each name of what doesn't change in time."""
        words = self.asked.words
        free = {name: np.broadcast_to(self.chosen[name], self.batch) for name in words.free}
        formulas = {name: name for name in words.fixed}
        evaluate = observables(self.system, formulas, words.named.meanings)
        states = np.zeros((len(self.system.states), self.batch))
        found = evaluate(np.zeros(self.batch), states, list(free.values()))
        return {**free, **dict(zip(formulas, found, strict=True))}

    @cached_property
    def start(self) -> FloatArray:
        """(state, batch)."""
        rows = []
        for symbol in self.system.states:
            given = self.asked.start[symbol.name]
            value = given.at(self.constants) if isinstance(given, Prediction) else self.chosen[symbol.name]
            rows.append(np.broadcast_to(value, self.batch))
        return np.array(rows)

    @cached_property
    def known(self) -> Mapping[str, FloatArray]:
        """(batch,) value of every name that a prediction may hold, but t."""
        initial = self.asked.words.initial
        evaluate = observables(self.system, initial, self.asked.words.named.meanings)
        found = evaluate(np.zeros(self.batch), self.start, self._parameters)
        return {**self.constants, **dict(zip(initial, found, strict=True))}

    @property
    def _parameters(self) -> list[FloatArray]:
        return [self.constants[name] for name in self.asked.words.free]

    @cached_property
    def times(self) -> FloatArray:
        """(T,) from 0 to the end."""
        return np.linspace(0.0, self.asked.end, MOMENTS)

    @cached_property
    def solutions(self) -> tuple[Solution, Solution]:
        """At the tolerance, and at the looser one.

        Raises
        ------
        InputError: an orbit that can't be followed to the end.
        """
        tight, loose = LONGEST
        return self._solved(self.asked.rtol, tight), self._solved(LOOSER * self.asked.rtol, loose)

    def _solved(self, rtol: float, longest: float) -> Solution:
        parameters = {name: self.constants[name] for name in self.asked.words.free}
        longest *= self.asked.end / (MOMENTS - 1)
        found = solve(self.system, self.start, self.times, parameters=parameters, rtol=rtol, max_step=longest)
        if not found.is_successful:
            raise InputError(
                f"the system can't be followed to t = {self.asked.end:g}",
                received=found.summary().replace("\n", " "),
                hint="an earlier end, or another start",
            )
        return found

    def record(self, quantities: Sequence[Quantity]) -> Record:
        """Quantities along the orbits.

        Raises
        ------
        InputError: an orbit that can't be followed, or a quantity that is no finite number on it.
        """
        values, looser = (
            np.concatenate([self._along(quantity, solution) for quantity in quantities])
            for solution in self.solutions
        )
        for quantity, each in zip(quantities, values, strict=True):
            if not np.isfinite(each).all():
                raise InputError(
                    f"{quantity.text} is no finite number at t = "
                    f"{self.times[np.flatnonzero(~np.isfinite(each).all(axis=1))[0]]:.6g}",
                    expected="a quantity that exists all along the orbit",
                )
        return Record(self.times, values, looser, self.asked.rtol)

    def _along(self, quantity: Quantity, solution: Solution) -> FloatArray:
        with np.errstate(all="ignore"):
            return quantity.evaluate(solution.t, list(solution.y.swapaxes(0, 1)), self._parameters)


def drawn_setting(asked: Asked, generator: np.random.Generator) -> Setting:
    """The claim's system at its starts, with what has two ends drawn evenly between them."""
    given = {**asked.parameters, **asked.start}
    is_drawn = any(isinstance(value, tuple) for value in given.values())
    count = asked.starts if is_drawn else 1
    chosen = {}
    for name, value in given.items():
        if isinstance(value, tuple):
            chosen[name] = generator.uniform(*value, count)
        elif not isinstance(value, Prediction):
            chosen[name] = np.full(count, float(value))
    return Setting(asked, chosen)
