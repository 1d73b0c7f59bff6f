"""The answers of a reduction in Fourier modes, and its system in each of its forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, product
from typing import Any

import sympy as sp

from odekit.arguments import chosen
from odekit.derivation.answers import PolarAnswers, disagreement
from odekit.derivation.certificates import TOLERANCE, certify, spot_check
from odekit.derivation.modes import FourierReduction, Mode, Names
from odekit.derivation.polar.closed_form import find_elliptic_form
from odekit.derivation.polar.elliptic_curve import eliminate
from odekit.derivation.polar.equivalent_form import cartesian_form, giving, rotating_form
from odekit.derivation.polar.first_integrals import find_first_integrals
from odekit.derivation.polar.fixed_points import find_fixed_points
from odekit.derivation.polar.polar import (
    PhaseCombinations,
    cartesian_field,
    polar_energy,
    polar_expression,
    polar_field,
)
from odekit.derivation.polar.polynomial_form import polynomial_field
from odekit.derivation.printers import network_data, network_latex, network_report
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.systems import (
    Certificate,
    EllipticCurve,
    EllipticForm,
    EquivalentForm,
    FixedPoint,
    Search,
    System,
)
from odekit.systems.algebra import Poly, to_sympy

__all__ = ["FORMS", "FourierAnswers"]

FORMS = ("polar", "cartesian", "polynomial")
MOST_FREQUENCIES = 1000  # choices of which one has to meet the conditions at a concrete order


@dataclass(frozen=True)
class FourierAnswers(PolarAnswers):
    """Answers for a reduction in Fourier modes."""

    reduction: FourierReduction

    @property
    def network(self) -> Network:
        """The network that the system was derived from."""
        return self.reduction.network

    def holds_at(self, order: int) -> bool:
        """Whether some frequencies meet the conditions at an order; looked for among the first few only."""
        conditions, symbols = self.reduction.conditions, self.reduction.rules.modes.frequencies.symbols
        if not super().holds_at(order):
            return False
        tried = islice(product(range(1, order // 2 + 1), repeat=len(symbols)), MOST_FREQUENCIES)
        return any(
            all(each.holds(order, dict(zip(symbols, values, strict=True))) for each in conditions)
            for values in tried
        )

    def ansatz(self, system: System) -> tuple[str, ...]:
        """Each weight group as a sum over its modes, with the characters chi that occur."""
        reduction = self.reduction
        lines = []
        for weights in (*self.network.embeddings, "xi"):
            terms = [
                _term(mode, names)
                for mode, names in zip(reduction.modes, reduction.names, strict=True)
                if mode.weights == weights
            ]
            lines.append(f"{weights} = {' + '.join(terms) or '0'}")
        return tuple(lines)

    @cached_property
    def combinations(self) -> PhaseCombinations:
        """The phase combinations of the energy."""
        return PhaseCombinations(self.reduction)

    @cached_property
    def polar(self) -> System:
        """The system in magnitudes and phases."""
        field = self._constrained(polar_field(self.reduction, self.combinations))
        metric = self._polar_metric()
        return self._system(
            field, tuple(metric[state] for state in field), self.combinations.definitions, self._energy()
        )

    @property
    def verified(self) -> System:
        """The system in magnitudes and phases, unless sums over all tuples of inputs say otherwise.

        Raises
        ------
        ReductionError: they do, at a random point.
        """
        residual = spot_check(self.reduction, self.polar, *self._spheres)
        if residual > TOLERANCE:
            raise disagreement(self.network, residual)
        return self.polar

    @property
    def _spheres(self) -> tuple[tuple[tuple[str, ...], ...], Mapping[str, Fraction]]:
        """The weight groups of each sphere, and the coefficients of ``-E w``; none without spheres."""
        return (), {}

    def first_integrals(self, system: System) -> Search[sp.Expr]:
        """Phases that rest, then the polynomial integrals in polar form; in other states as of any ODE."""
        if not self._is_polar(system):
            return super().first_integrals(system)
        resting, polynomials = self._integrals
        items = (*resting, *(self._printed(polynomial) for polynomial in polynomials))
        if len(items) == len(system.states) - 1:
            return Search(items, "complete", "no more can be independent")
        return Search(items, "partial", "phases that rest, and polynomials in the amplitudes")

    @cached_property
    def _integrals(self) -> tuple[tuple[sp.Symbol, ...], tuple[Poly, ...]]:
        """Phases that rest, and the polynomials that the flow without spheres conserves."""
        reduction = self.reduction
        field = dict(zip(self.polar.states, self.polar.vector_field, strict=True))
        resting = [
            (index, names.phase)
            for index, (mode, names) in enumerate(zip(reduction.modes, reduction.names, strict=True))
            if names.phase is not None and field[names.phase] == 0
        ]
        pairs = [(reduction.modes[index].letter, reduction.modes[index].conjugate) for index, _ in resting]
        found = find_first_integrals(
            reduction.rules.modes, reduction.energy, reduction.letter_field, pairs, self._grading
        )
        return tuple(phase for _, phase in resting if phase is not None), found

    def fixed_points(self, system: System) -> Search[FixedPoint]:
        """Fixed phase differences in polar form; in other states points of rest, as of any ODE."""
        if not self._is_polar(system):
            return super().fixed_points(system)
        return find_fixed_points(self.reduction, self.combinations, self.polar.equations)

    def _is_polar(self, system: System) -> bool:
        return system.states == self.polar.states

    def form(self, system: System, name: str) -> System:
        """The same flow in other states.

        Raises
        ------
        UnknownNameError: no such form.
        ReductionError: the symmetry-reduced polynomial form needs a single phase combination.
        """
        chosen("form", name, FORMS)
        if name == "polar":
            return self.polar
        if name == "cartesian":
            return self._system(self._constrained(cartesian_field(self.reduction)))
        field = polynomial_field(self.reduction, self.combinations, self.polar.equations)
        if field is None:
            raise ReductionError(
                "no symmetry-reduced polynomial form",
                expected="one mode of theta and one of xi with a single phase combination",
                received=f"states {', '.join(s.name for s in self.polar.states)}",
                hint='form("cartesian"), which is polynomial too',
            )
        return self._system(field)

    def cheapest_form(self, system: System) -> EquivalentForm[System] | None:
        """The polynomial form with the fewest states that gives back those asked for; None without one."""
        fitting = (giving(form, system.states, self._parameters) for form in self._polynomial_forms)
        return next((form for form in fitting if form is not None), None)

    @cached_property
    def _polynomial_forms(self) -> tuple[EquivalentForm[System], ...]:
        """The polynomial forms that there are, the cheapest first."""
        rotating = rotating_form(self.reduction, self.combinations, self.polar.equations)
        cartesian = cartesian_form(self.reduction, self.combinations)
        return (cartesian,) if rotating is None else (rotating, cartesian)

    def closed_form(self, system: System) -> EllipticForm | None:
        """The elliptic solution, where the reduction has one and the states hold it."""
        return find_elliptic_form(self.reduction, self.combinations, system.states)

    def elliptic_curve(self) -> EllipticCurve | None:
        """The curve of the elliptic solution, by elimination with the first integrals."""
        if self.closed_form(self.polar) is None:
            return None
        theta, xi = (names.magnitude for names in self.reduction.names)
        angle = next(iter(self.combinations.definitions), None)
        return eliminate(self.polar.equations, (theta, xi), angle, self.polar.first_integrals())

    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]:
        """Time derivative of every complex amplitude, in the amplitudes and their conjugates."""
        reduction = self.reduction
        letters: list[sp.Expr] = [sp.S.Zero] * reduction.rules.modes.letters
        for mode, names in zip(reduction.modes, reduction.names, strict=True):
            letters[mode.conjugate] = sp.conjugate(names.value)
            letters[mode.letter] = names.value
        return {
            names.value: sp.factor_terms(reduction.factor * to_sympy(polynomial, letters))
            for names, polynomial in zip(reduction.names, reduction.field, strict=True)
        }

    @property
    def _grading(self) -> tuple[Fraction, ...]:
        """A degree for every letter in which each integral is homogeneous; empty for none."""
        return ()

    @property
    def _parameters(self) -> tuple[sp.Symbol, ...]:
        order = self.reduction.order
        return (order,) if isinstance(order, sp.Symbol) else ()

    def _constrained(self, field: Mapping[sp.Symbol, sp.Expr]) -> Mapping[sp.Symbol, sp.Expr]:
        """The field with what the constraint takes away."""
        return field

    def certify(self, system: System, order: int | None) -> Certificate:
        """Certificate at a concrete order, of the equations too where they are in magnitudes and phases."""
        return certify(self.reduction, order, system if self._is_polar(system) else None, *self._spheres)

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, its equations of motion, where they hold, and what follows from them."""
        return network_report(system, self, certificate, extra={"Weight decay": self._decay_lines(system)})

    def to_dict(self, system: System, certificate: Certificate | None) -> dict[str, object]:
        """Everything that is known, as plain data."""
        return network_data(system, self, certificate)

    def latex(self, system: System, *, comments: bool) -> str:
        """The system as an aligned block, below comments that say where it holds and what leaks."""
        return network_latex(system, comments=comments)

    def _decay_lines(self, system: System) -> list[str]:
        """What weight decay does; nothing without it."""
        return []

    def _energy(self) -> sp.Expr:
        return polar_energy(self.reduction, self.combinations)

    def _polar_metric(self) -> dict[sp.Symbol, sp.Expr]:
        """Diagonal of Plancherel's metric, divided by the rate of the weight group."""
        metric: dict[sp.Symbol, sp.Expr] = {}
        for mode, names in zip(self.reduction.modes, self.reduction.names, strict=True):
            scale = mode.metric / self.reduction.rate(mode)
            length = sp.Rational(scale.numerator, scale.denominator) * self.reduction.order
            metric[names.magnitude] = length
            if names.phase is not None:
                metric[names.phase] = length * names.magnitude**2
        return metric

    def _printed(self, polynomial: Poly) -> sp.Expr:
        expression = polar_expression(self.reduction, self.combinations, polynomial)
        return sp.factor_terms(expression.primitive()[1])

    def _system(
        self,
        field: Mapping[sp.Symbol, sp.Expr],
        metric: tuple[sp.Expr, ...] = (),
        definitions: Mapping[sp.Symbol, sp.Expr] | None = None,
        energy: sp.Expr | None = None,
    ) -> System:
        order = self.reduction.order
        phases = [names.phase for names in self.reduction.names if names.phase in field]
        return System(
            field,
            self,
            parameters=self._parameters,
            metric=metric,
            energy=energy,
            definitions=definitions or {},
            conditions=tuple(condition.text(str(order)) for condition in self.reduction.conditions),
            leaks=self.reduction.leaks,
            angles=frozenset(phases) | frozenset(definitions or ()),
        )


def _term(mode: Mode[Any], names: Names) -> str:
    """What a mode contributes to its weights."""
    if mode.is_mean:
        return str(names.value)
    if names.phase is None:
        return f"{names.value} chi_{mode.label}"
    return f"{names.magnitude} Re(e^(i {names.phase}) chi_{mode.label})"
