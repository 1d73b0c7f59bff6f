"""The derived flow, or one's own, as expression trees, in the units of whoever asks.

A unit that is left free is a name of its own in them, such as ``unit:alpha``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import count, islice
from math import floor
from typing import Any

from odekit.checking.document import Document
from odekit.derivation import derive, holds_at
from odekit.errors import ReductionError, UnknownNameError
from odekit.expressions import Expression, Number, Power, Product, Sum, Symbol, extent, substitute, times
from odekit.groups import CyclicFamily
from odekit.networks import Network
from odekit.systems import System
from odekit.systems.algebra import from_symbolic

__all__ = [
    "ENERGY",
    "LOSS",
    "ONE",
    "TIME",
    "ZERO",
    "Flow",
    "along",
    "clock_factor",
    "derived_system",
    "flow_of",
    "own_factor",
    "total",
]

ENERGY, TIME, LOSS = "E", "time", "loss"
ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))
# The first ones, multiples, powers, primes: what agrees at some kinds only shows at the others.
KINDS_OF_ORDER = (
    *range(2, 26),
    *(27, 29, 30, 32, 37, 60, 61, 64, 97, 100, 101),
    *(105, 121, 128, 210, 343, 997, 1000, 1024, 2310, 7919),
)
FARTHEST_ORDER = 300  # from one order that holds to the next
# Beyond these, comparing takes minutes, and evaluation nears the recursion limit.
MOST_PARTS, MOST_LEVELS = 20_000, 350
# What a condition in words says of one name: ``x > 0``.
_ABOVE_ZERO = re.compile(r"\s*(\w+)\s*>\s*0(?:\.0*)?\s*")


@dataclass(frozen=True)
class Flow:
    """A derived system in trees.

    Parameters
    ----------
    system: the derivation.
    own_factor: what the velocities are multiplied by, 1 or the network's own flow rate.
    free_units: ``"time"``, ``"loss"`` and states whose units are free.
    constants: names of the parameters that are real numbers; the others are orders of a group.
    known_positive: names of states and constants that are above 0.
    is_own: whether it is a user's own system, in which E has no meaning.
    """

    system: System
    own_factor: Expression
    free_units: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    known_positive: frozenset[str] = frozenset()
    is_own: bool = False

    def is_energy(self, name: str) -> bool:
        """Whether a name is that of a network's energy."""
        return name == ENERGY and not self.is_own

    @cached_property
    def order_names(self) -> tuple[str, ...]:
        """Names of the parameters that are orders of a group."""
        return tuple(n for n in self.parameters if not self.is_energy(n) and n not in self.constants)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Names of the states."""
        return tuple(symbol.name for symbol in self.system.states)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the constants, and of E where it is none of the states' functions."""
        return tuple(symbol.name for symbol in self.system.parameters)

    @cached_property
    def coordinates(self) -> tuple[str, ...]:
        """States, then the defined combinations."""
        return (*self.states, *(symbol.name for symbol in self.system.definitions))

    @cached_property
    def definitions(self) -> Mapping[str, Expression]:
        """Each combination in the states, in the user's units."""
        return {
            symbol.name: times(self.unit(symbol.name), self.rescaled(self.tree(meaning)))
            for symbol, meaning in self.system.definitions.items()
        }

    @cached_property
    def velocities(self) -> Mapping[str, Expression]:
        """Time derivative of each coordinate, in the user's units."""
        return {
            symbol.name: self.per_time(times(self.unit(symbol.name), self.rescaled(self.tree(velocity))))
            for symbol, velocity in self.system.equations.items()
        }

    @cached_property
    def angles(self) -> frozenset[str]:
        """Coordinates of which whole turns don't count."""
        return frozenset(symbol.name for symbol in self.system.angles)

    @cached_property
    def positive(self) -> frozenset[str]:
        """States that are magnitudes, or the square of one, and what is known to be above 0."""
        form = self.system.closed_form
        squares = form.states[:1] if form is not None and form.coordinates == "invariants" else ()
        found = (*self.system.states, *(s for s in self.system.parameters if s.name in self.constants))
        return self.known_positive | {s.name for s in found if s.is_positive or s in squares}

    @cached_property
    def orders(self) -> tuple[int, ...]:
        """Orders of each kind at which the derivation holds: small, even, composite, prime, large."""
        return tuple(order for order in KINDS_OF_ORDER if holds_at(self.system, order))

    def orders_near(self, value: float) -> Iterator[int]:
        """The two orders below a number, and the two above it, at which the derivation holds."""
        for steps in (count(floor(value), -1), count(floor(value) + 1)):
            near = islice(steps, FARTHEST_ORDER)
            yield from islice((n for n in near if n >= 2 and holds_at(self.system, n)), 2)

    def tree(self, derived: Any) -> Expression:
        """A derived expression as a tree.

        Raises
        ------
        ReductionError: one that is too large to be checked.
        """
        tree = from_symbolic(derived)
        parts, levels = extent(tree)
        if parts > MOST_PARTS or levels > MOST_LEVELS:
            raise ReductionError(
                "the derived formula is too large to be checked",
                expected=f"at most {MOST_PARTS} parts and {MOST_LEVELS} levels",
                received=f"{parts} parts, {levels} levels",
            )
        return tree

    def unit(self, name: str) -> Expression:
        """The unit of a coordinate: user's value over derived value."""
        key = LOSS if self.is_energy(name) else name
        return Symbol(f"unit:{key}") if key in self.free_units else ONE

    def rescaled(self, tree: Expression) -> Expression:
        """A derived formula with each coordinate given in the user's units."""
        scaled = {
            name: Product(Symbol(name), Power(self.unit(name), -1))
            for name in (*self.coordinates, *self.parameters)
            if self.unit(name) != ONE
        }
        return substitute(tree, scaled)

    def per_time(self, tree: Expression) -> Expression:
        """A derived velocity or rate, without its magnitude's unit, in the user's unit of time."""
        scaled = times(self.own_factor, tree)
        if LOSS in self.free_units:
            scaled = times(Symbol(f"unit:{LOSS}"), scaled)
        return Product(scaled, Power(Symbol(f"unit:{TIME}"), -1)) if TIME in self.free_units else scaled

    @property
    def units(self) -> tuple[str, ...]:
        """The free units' names in the trees."""
        return tuple(f"unit:{name}" for name in self.free_units)


def along(function: Expression, velocities: Mapping[str, Expression]) -> tuple[Expression, ...]:
    """The terms whose sum is the time derivative of a function of the coordinates."""
    slopes = ((function.derivative(name), velocity) for name, velocity in velocities.items())
    return tuple(times(slope, velocity) for slope, velocity in slopes if ZERO not in (slope, velocity))


def total(terms: Iterable[Expression]) -> Expression:
    """The sum of some trees."""
    result: Expression = ZERO
    for term in terms:
        result = term if result == ZERO else Sum(result, term)
    return result


def derived_system(document: Document) -> System:
    """What the document's network obeys, or its own system.

    Raises
    ------
    ReductionError: a network that has no such derivation.
    UnknownNameError: a character or form that the derivation doesn't have.
    """
    network = document.network
    if document.system is not None:
        return document.system.system
    assert network is not None
    system = derive(network) if document.modes is None else derive(network, document.modes)
    if system.blocks is not None:
        return system
    if document.character is not None:
        system = _of_character(system, document.character)
    return system if document.form == "polar" else system.form(document.form)


def flow_of(document: Document, system: System) -> Flow:
    """The system in trees, in the document's time.

    Parameters
    ----------
    system: of `derived_system`; one whose states are no blocks.
    """
    if document.system is None:
        return Flow(system, clock_factor(document))
    constants = tuple(symbol.name for symbol in system.parameters)
    known = {*constants, *(symbol.name for symbol in system.states)}
    words = [part for condition in system.conditions for part in condition.split(",")]
    positive = {match[1] for match in map(_ABOVE_ZERO.fullmatch, words) if match is not None}
    return Flow(system, ONE, constants=constants, known_positive=frozenset(positive & known), is_own=True)


def clock_factor(document: Document) -> Expression:
    """What velocities of the derivation are multiplied by, in the document's time."""
    network = document.network
    if network is None or not document.own_time:
        return ONE
    return own_factor(network, network.loss, network.logit_scale)


def _of_character(system: System, character: str) -> System:
    for template in system.templates:
        if character in template.characters:
            return template.system
    known = [name for template in system.templates for name in template.characters]
    raise UnknownNameError("character", character, known)


def own_factor(network: Network, loss: str, logit_scale: float) -> Expression:
    """From the time of the summed loss at logit scale 1 to that of the network's at this loss and scale."""
    scale: Expression = Number(Fraction(repr(logit_scale)))
    if loss == "sum":
        return scale
    group = network.group
    order = Symbol(group.symbol) if isinstance(group, CyclicFamily) else Number(Fraction(group.order))
    return Product(scale, Power(order, -network.task.summands))
