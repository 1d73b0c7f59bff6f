"""What a table of a TOML file asks: a quantity of a system, a prediction of it, starts and an end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError, UnknownNameError
from odekit.expressions import FORMULA, Expression, parse
from odekit.systems import NamedSystem, Observables, observables

__all__ = ["Asked", "Prediction", "Quantity", "Words"]

CLOCK = "t"


@dataclass(frozen=True)
class Quantity:
    """A formula in states, definitions, parameters and t."""

    text: str
    evaluate: Observables


@dataclass(frozen=True)
class Prediction:
    """A formula in parameters, initial values such as x0, and t."""

    text: str
    tree: Expression

    def at(self, values: Mapping[str, FloatArray]) -> FloatArray:
        """Its value, NaN where it is no real number, in the shape of all values together."""
        shape = np.broadcast_shapes(*(np.shape(value) for value in values.values()))
        with np.errstate(all="ignore"):
            found = np.asarray(self.tree.evaluate(values), dtype=np.float64)
        return np.broadcast_to(found, np.broadcast_shapes(shape, found.shape)).astype(np.float64)


@dataclass(frozen=True)
class Words:
    """The names that the formulas of a file may hold."""

    named: NamedSystem

    def quantity(self, text: str) -> Quantity:
        """A formula along an orbit.

        Raises
        ------
        InputError: no formula, or one that is not real.
        UnknownNameError: a name that nothing bears.
        """
        return Quantity(text, observables(self.named.system, {text: text}, self.named.meanings))

    def prediction(self, text: str, has_time: bool = False) -> Prediction:
        """A formula of what is known at the start.

        Raises
        ------
        InputError: no formula.
        UnknownNameError: a name that nothing bears.
        """
        names = [*self.constants, *self.initial, *([CLOCK] if has_time else [])]
        try:
            return Prediction(text, parse(text, names, FORMULA))
        except UnknownNameError as error:
            meant = f"{error.name}0"
            if meant not in names:
                raise
            raise UnknownNameError(error.kind, error.name, error.known, meant=repr(meant)) from None

    def constant(self, text: str) -> Prediction:
        """A formula in parameters.

        Raises
        ------
        InputError: no formula.
        UnknownNameError: a name that is no parameter.
        """
        return Prediction(text, parse(text, self.constants, FORMULA))

    @property
    def free(self) -> tuple[str, ...]:
        """Parameters without a value."""
        return tuple(symbol.name for symbol in self.named.system.parameters)

    @property
    def fixed(self) -> tuple[str, ...]:
        """Names that stand for a function of the parameters alone."""
        return tuple(name for name in self.named.meanings if self._symbols(name) <= {*self.free})

    @property
    def constants(self) -> tuple[str, ...]:
        """All names of what doesn't change in time."""
        return (*self.free, *self.fixed)

    @property
    def initial(self) -> Mapping[str, str]:
        """Names of values at the start, such as x0, with what has this value."""
        states = tuple(symbol.name for symbol in self.named.system.states)
        moving = [name for name in self.named.meanings if self._symbols(name) & {*states}]
        found = {f"{name}0": name for name in (*states, *moving)}
        both = sorted(found.keys() & {*self.constants})
        if both:
            raise InputError(
                f"{both[0]} stands for a parameter, and for {found[both[0]]} at the start",
                expected="distinct names",
                hint=f"another name for the parameter, such as {both[0]}_",
            )
        return found

    def _symbols(self, name: str) -> set[str]:
        return {symbol.name for symbol in self.named.meanings[name].free_symbols}


@dataclass(frozen=True)
class Asked:
    """A claim about a system.

    Parameters
    ----------
    id, statement, source: as in `Claim`.
    words: the system, with its names.
    start: of each state a number, a formula in parameters, or the two ends between which it is drawn.
    parameters: of each one without a value in the file a number, or two ends.
    end: the last time.
    starts: how many are drawn where something is drawn.
    rtol: of the integration.
    tolerance: largest budget at which the claim can be confirmed; None for half the distance of prediction
        and control.
    said: what the kind's own keys say, by key.
    """

    id: str
    statement: str
    source: str
    words: Words
    start: Mapping[str, float | Prediction | tuple[float, float]]
    parameters: Mapping[str, float | tuple[float, float]]
    end: float
    starts: int
    rtol: float
    tolerance: float | None
    said: Mapping[str, Any]
