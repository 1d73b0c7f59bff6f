"""A neuron on an irrep among others as an ODE: its blocks' entries, and the field of all neurons."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

import sympy as sp

from odekit.derivation.orders.blocks.flow import CoupledBlocks
from odekit.derivation.orders.blocks.mean_field import FIELD, Letter, MeanField, Polynomial, row_labels
from odekit.errors import ReductionError

__all__ = ["BlockFormulas"]

# SymPy takes seconds to build and print so many, and nobody reads them.
MOST_TERMS = 20_000
# Coefficients are quotients of small numbers where bases are monomial; what is further from one is none.
_DENOMINATOR = 100_000
_CLOSE = 1e-14


@dataclass(frozen=True, eq=False)
class BlockFormulas:
    """The mean field's polynomials as SymPy expressions.

    Parameters
    ----------
    flow: of one kind of neurons.
    """

    flow: CoupledBlocks

    @cached_property
    def field(self) -> MeanField:
        """The polynomials."""
        return MeanField(self.flow)

    @cached_property
    def _written(self) -> Mapping[Letter, Polynomial] | None:
        """Time derivative of every state; None where there are too many terms."""
        found: dict[Letter, Polynomial] = {}
        for state in self.field.states:
            found[state] = self.field.velocity(state)
            if sum(map(len, found.values())) > MOST_TERMS:
                return None
        return found

    @property
    def is_short(self) -> bool:
        """Whether there are few enough terms to write out."""
        return self._written is not None

    @property
    def polynomials(self) -> Mapping[Letter, Polynomial]:
        """Time derivative of every state.

        Raises
        ------
        ReductionError: there are too many terms to write out.
        """
        if self._written is None:
            raise ReductionError(
                "too many terms to write out",
                expected=f"at most {MOST_TERMS:,} in all equations",
                received=f"{len(self.field.states)} entries of blocks, more than {MOST_TERMS:,} terms",
                hint="odekit.derivation.reduced_population, which couples neurons in arrays",
            )
        return self._written

    @property
    def terms(self) -> int:
        """The number of terms of all equations."""
        return sum(map(len, self.polynomials.values()))

    @cached_property
    def velocities(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Time derivative of every state."""
        return {self.symbol(state): self.expression(own) for state, own in self.polynomials.items()}

    @cached_property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """The components of the field that are felt."""
        letters = {letter for own in self.polynomials.values() for key in own for letter in key}
        return tuple(self.symbol(letter) for letter in sorted(letters) if letter[0] == FIELD)

    @cached_property
    def is_rational(self) -> bool:
        """Whether all coefficients are rational numbers."""
        return all(_number(value).is_Rational for own in self.polynomials.values() for value in own.values())

    def disagreement(self) -> float:
        """Largest relative difference of the polynomials from the arrays, at random neurons."""
        exact = [
            {key: float(_number(value)) for key, value in own.items()} for own in self.polynomials.values()
        ]
        return self.field.disagreement(exact)

    def symbol(self, letter: Letter) -> sp.Symbol:
        """Of an entry of a block or a component of the field, such as theta_2re01, R_2re00_1_2im01."""
        if letter not in self._symbols:
            name, rows = letter
            labels = row_labels(self.flow)
            self._symbols[letter] = sp.Symbol("_".join([name, *(labels[row] for row in rows)]), real=True)
        return self._symbols[letter]

    @cached_property
    def _symbols(self) -> dict[Letter, sp.Symbol]:
        return {}

    def expression(self, polynomial: Polynomial) -> sp.Expr:
        """A polynomial in symbols."""
        return sp.Add(
            *(
                sp.Mul(_number(value), *(self.symbol(letter) for letter in letters))
                for letters, value in polynomial.items()
            )
        )


@lru_cache(maxsize=4096)
def _number(value: float) -> sp.Number:
    near = Fraction(float(value)).limit_denominator(_DENOMINATOR)
    if abs(value - near) <= _CLOSE * abs(value):
        return sp.Rational(near.numerator, near.denominator)
    return sp.Float(float(value))
