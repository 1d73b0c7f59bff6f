"""Where a user's system came from: it builds the flow of an energy, and answers what a system asks.

What enters is an energy with metric and constraints, read and checked; what leaves is a `ReducedSystem` whose
`source` this is. Nothing here reads text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NoReturn

import sympy as sp

from odekit.derivation.polar.fixed_points import FixedPoint
from odekit.errors import ReductionError
from odekit.systems.energies.constraint import Constraint
from odekit.systems.energies.projection import projected
from odekit.systems.energies.variables import TIME
from odekit.systems.energies.vocabulary import Vocabulary
from odekit.systems.integrals.field_polynomials import expanded_size
from odekit.systems.integrals.polynomial_integrals import polynomial_integrals
from odekit.systems.rest_points.rest_points import find_rest_points
from odekit.systems.system import ReducedSystem

__all__ = ["GradientSource"]

SHORT = 100
FEW_TERMS = 200


@dataclass(frozen=True, eq=False)
class GradientSource:
    """Answers for the gradient flow of an energy that a user wrote.

    Parameters
    ----------
    vocabulary: the declared names.
    energy: E, decay included.
    matrix: the metric over the states.
    constrained: the constraints.
    direction: ``"descent"`` or ``"ascent"``.
    """

    vocabulary: Vocabulary
    energy: sp.Expr
    matrix: sp.ImmutableMatrix
    constrained: tuple[Constraint, ...]
    direction: str

    @cached_property
    def system(self) -> ReducedSystem:
        """The flow."""
        field = self._field()
        in_time = any(entry.has(TIME) for entry in field)
        return ReducedSystem(
            states=self.vocabulary.states,
            vector_field=field,
            parameters=self.vocabulary.parameters,
            metric=tuple(self.matrix.diagonal()) if self.matrix.is_diagonal() else (),
            energy=self.energy,
            direction=self.direction,
            constraints={name: f for one in self.constrained for name, f in one.functions.items()},
            time=TIME if in_time else None,
            source=self,
        )

    def solved_by(self, solution: Mapping[sp.Symbol, sp.Expr]) -> ReducedSystem:
        """The flow with its solution."""
        return replace(self.system, solution=solution)

    def _field(self) -> tuple[sp.Expr, ...]:
        states = self.vocabulary.states
        real = {s: sp.Dummy(s.name, real=True) for s in states if not s.is_real}
        named = {dummy: symbol for symbol, dummy in real.items()}
        energy = self.energy.xreplace(real)
        slopes = [energy.diff(real.get(s, s)).xreplace(named) for s in states]
        gradient = sp.Matrix([slope.replace(sp.DiracDelta, lambda *_: sp.S.Zero) for slope in slopes])
        inverse = _inverse(self.matrix)
        sign = -1 if self.direction == "descent" else 1
        velocity = projected(sign * inverse * gradient, inverse, self.constrained, states)
        return tuple(_shortest(entry) for entry in velocity)

    @cached_property
    def _integrals(self) -> tuple[sp.Expr, ...]:
        return polynomial_integrals(self.system)

    def first_integrals(self) -> tuple[sp.Expr, ...]:
        """Polynomials in the states that are conserved, beyond the constraint's functions."""
        return self._integrals

    @cached_property
    def _rest_points(self) -> tuple[FixedPoint, ...]:
        return find_rest_points(self.system, self._integrals)

    def fixed_points(self) -> tuple[FixedPoint, ...]:
        """Points of rest with their stability."""
        return self._rest_points

    @property
    def network(self) -> NoReturn:
        """None: nobody derived this from a network."""
        raise _no("network")

    def ansatz(self) -> tuple[str, ...]:
        """None: the states are the variables themselves."""
        return ()

    def form(self, name: str) -> ReducedSystem:
        """None but the one it has."""
        raise _no(f"form {name!r}")

    def cheapest_form(self, states: tuple[sp.Symbol, ...]) -> None:
        """None: the flow has one form."""
        return None

    def sphere_form(self) -> None:
        """None: exact solutions on spheres belong to quadratic networks."""
        return None

    def closed_form(self) -> None:
        """None: elliptic forms belong to Fourier modes."""
        return None

    def elliptic_curve(self) -> None:
        """None, see `closed_form`."""
        return None

    def complex_equations(self) -> NoReturn:
        """None: complex variables are written in real and imaginary parts."""
        raise _no("complex amplitudes")

    def sphere_report(self) -> None:
        """None: what it reports belongs to networks."""
        return None

    def certify(self, order: int | None) -> NoReturn:
        """None: there is no weight space to compare with."""
        raise _no("certificate")


def _no(what: str) -> ReductionError:
    return ReductionError(
        f"the gradient flow of a given energy has no {what}",
        expected="a system made by odekit.derive",
    )


def _inverse(matrix: sp.ImmutableMatrix) -> sp.Matrix:
    if matrix.is_diagonal():
        return sp.diag(*(1 / entry for entry in matrix.diagonal()))
    return sp.Matrix(matrix).inv()


def _shortest(expression: sp.Expr) -> sp.Expr:
    """The shortest of the expression as it is, factored, and expanded; a long one stays as it is."""
    if expression.count_ops() > SHORT or expanded_size(expression) > FEW_TERMS:
        return expression
    return min(
        (sp.factor_terms(expression), sp.factor(expression), sp.expand(expression)),
        key=lambda form: (form.count_ops(), str(form)),
    )
