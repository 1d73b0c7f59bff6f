"""What do neurons of another frequency do to a neuron? Derived with two symbolic frequencies, k and l."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import sympy as sp

from odekit.derivation.modes import SymbolicFrequencies, combination_text, default_reduction
from odekit.derivation.orders.coupled_flow import CoupledFlow, coupled_flow
from odekit.groups import CyclicFamily
from odekit.networks import Network
from odekit.systems.algebra import Poly

__all__ = ["OtherKinds", "other_kinds"]


@dataclass(frozen=True)
class OtherKinds:
    """How neurons of a generic other frequency l enter the flow of those of frequency k at cumulant 2.

    Parameters
    ----------
    enter: whether they enter the velocities of a neuron's own modes.
    leaks: the modes, such as ``"xi into l"``, that a neuron gets by them.
    """

    enter: bool
    leaks: tuple[str, ...]

    def conditions(self, order: int) -> Iterator[str]:
        """In words, which other neurons there must not be for a system of one kind to hold."""
        if self.enter or (order > 2 and self.leaks):
            yield "all neurons have these modes"
        else:
            yield f"no neurons have another xi mode l with {_vanishing_sums(order)} equal to 0"

    def lines(self) -> Iterator[str]:
        """In words, what neurons of another frequency do."""
        if self.leaks:
            yield f"neurons of another frequency l make it leak, {', '.join(self.leaks)},"
            yield "at relative order |f|^1, which acts back at |f|^2 or higher:"
            yield "reduced_population couples several frequencies"


def other_kinds(network: Network) -> OtherKinds:
    """What neurons of another frequency do to those of one frequency, at cumulant 2."""
    order = sp.Symbol("n", integer=True, positive=True)
    generic = network.replaced(group=CyclicFamily("Zn", "n"))
    frequencies = SymbolicFrequencies(("k", "l"))
    bases = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    flow = coupled_flow([default_reduction(generic, frequencies, base, order) for base in bases], 2)
    return OtherKinds(
        any(_holds_others(flow, velocity) for velocity in flow.field(0)),
        tuple(
            f"{one.mode.weights} into {one.mode.label}"
            for one in flow.responses(0)
            if one.grade and _holds_others(flow, one.velocity)
        ),
    )


def _holds_others(flow: CoupledFlow, velocity: Poly) -> bool:
    """Whether a velocity of the first kind holds order parameters of the second."""
    first = flow.neurons[0].rules.modes.letters
    foreign = [
        first + place for one in flow.parameters.all if one.kind == 1 for place in (one.letter, one.conjugate)
    ]
    return any(exponents[place] for exponents in velocity for place in foreign)


def _vanishing_sums(order: int) -> str:
    """Sums of frequencies at the output, of k and of up to so many others.

    >>> _vanishing_sums(2)
    'k+l or k-l'
    """
    symbols = ("k", "l", "m")[:order]
    sums = [
        combination_text(symbols, (1, *signs, *(0,) * (order - 1 - count)))
        for count in range(1, order)
        for signs in product((1, -1), repeat=count)
    ]
    return f"{', '.join(sums[:-1])} or {sums[-1]}"
