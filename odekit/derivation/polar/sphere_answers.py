"""The source of systems in phases on unit spheres: magnitudes lose their radial part, phases move as without.

What enters is a reduction in Fourier modes of a network with a constraint; what leaves are systems in which E
is a parameter, because all modes of the neuron share in it, or a definition where all of them are states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import sympy as sp

from odekit.derivation.blocks.flow import lift
from odekit.derivation.blocks.landscape import CriticalPoint, abelian_maxima
from odekit.derivation.polar.answers import FourierSource
from odekit.derivation.polar.closed_form import EllipticForm
from odekit.derivation.polar.equivalent_form import EquivalentForm
from odekit.derivation.polar.first_integrals import grade
from odekit.derivation.polar.fixed_points import FixedPoint
from odekit.derivation.spheres.form import SphereForm, find_sphere_form
from odekit.derivation.spheres.radial import radial_coefficients
from odekit.derivation.spheres.report import SphereReport
from odekit.derivation.spheres.solutions import sphere_solutions, time_change
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup
from odekit.systems.system import ReducedSystem

__all__ = ["ENERGY", "SphereSource"]

ENERGY = sp.Symbol("E", real=True)


@dataclass(frozen=True)
class SphereSource(FourierSource):
    """Answers for a reduction in Fourier modes on spheres."""

    @cached_property
    def radial(self) -> Mapping[str, Fraction]:
        """The factor of ``-E w`` in the velocity of each weight group."""
        return radial_coefficients(self.network)

    @cached_property
    def polar(self) -> ReducedSystem:
        """The system in magnitudes and phases."""
        system = super().polar
        if not self._has_all_modes:
            return system
        definitions = {**system.definitions, ENERGY: system.energy}
        return replace(system, parameters=(), definitions=definitions)

    def cheapest_form(self, states: tuple[sp.Symbol, ...]) -> EquivalentForm | None:
        """None: what the spheres take away couples every mode to the energy of all."""
        return None

    def sphere_form(self) -> SphereForm | None:
        """Exact solutions of aligned starts and of one pair alone, where all modes are states."""
        return find_sphere_form(self.reduction, self.polar, ENERGY) if self._has_all_modes else None

    def closed_form(self) -> EllipticForm | None:
        """None: the elliptic solution is that of the scaled flow, see `sphere_report`."""
        return None

    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]:
        """Time derivative of every complex amplitude, in the amplitudes and their conjugates."""
        free = super().complex_equations()
        return {
            names.value: free[names.value] - _rational(self.radial[mode.weights]) * ENERGY * names.value
            for mode, names in zip(self.reduction.modes, self.reduction.names, strict=True)
        }

    def first_integrals(self) -> tuple[sp.Expr, ...]:
        """Phases that rest, then ratios of quantities that decay alike."""
        resting, _ = self._integrals
        return (*resting, *(sp.sympify(ratio, locals=self._locals) for ratio in self.sphere_report().ratios))

    def fixed_points(self) -> tuple[FixedPoint, ...]:
        """Fixed phase differences; with the rates at the magnitudes where one mode is left over."""
        values = self.final_magnitudes
        return tuple(
            replace(point, rates={s: sp.simplify(rate.subs(values)) for s, rate in point.rates.items()})
            for point in super().fixed_points()
        )

    @cached_property
    def final_magnitudes(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Magnitudes at the maximum of the energy on one mode; empty where a weight group has several.

        The energy of degree d in a weight group and D in all of its sphere is largest where the group has the
        part d/D of the sphere's squared length.
        """
        reduction = self.reduction
        weights = [mode.weights for mode in reduction.modes]
        if len(set(weights)) < len(weights) or not reduction.energy:
            return {}
        term = next(iter(reduction.energy))
        magnitudes = {}
        for mode, names in zip(reduction.modes, reduction.names, strict=True):
            degree = term[mode.letter] + (0 if mode.is_real else term[mode.conjugate])
            share = degree * reduction.rate(mode) / self.radial[mode.weights] / mode.metric
            magnitudes[names.magnitude] = sp.sqrt(_rational(share) / reduction.order)
        return magnitudes

    def sphere_report(self) -> SphereReport:
        """What spheres add."""
        return self._sphere_report

    @cached_property
    def _sphere_report(self) -> SphereReport:
        laws = [
            (str(self._printed(polynomial)), grade(self._grading, next(iter(polynomial))))
            for polynomial in self._integrals[1]
        ]
        laws.sort(key=lambda law: law[1])
        return SphereReport(
            energy=self._energy_text(),
            trivial=self._trivial_text(),
            laws=tuple(laws),
            maxima=self._maxima(),
            time_change=time_change(set(self.radial.values())),
            solutions=sphere_solutions(self),
        )

    def _energy_text(self) -> tuple[str, ...]:
        if self._has_all_modes:
            return ("E is the energy, a definition here because all modes are states",)
        share = self.polar.energy
        return (
            f"E is the sum over all nontrivial modes of their energies; this mode's is {share}",
            "E is a parameter of these equations because the other modes move it, too",
        )

    def _trivial_text(self) -> tuple[str, ...]:
        if any(mode.is_mean for mode in self.reduction.modes):
            return ()
        means = [f"theta{name.removeprefix('theta')}_0" for name in self.network.embeddings]
        return tuple(
            f"{mean}' = {-_rational(self.radial[name]) * ENERGY * sp.Symbol(mean)}"
            for name, mean in zip((*self.network.embeddings, "xi"), (*means, "xi_0"), strict=True)
        )

    def _maxima(self) -> tuple[CriticalPoint, ...]:
        try:
            flow = lift(self.network)
        except ReductionError:
            return ()
        return abelian_maxima(flow, self.network.group)

    @property
    def _has_all_modes(self) -> bool:
        group = self.network.group
        if not isinstance(group, FiniteGroup):
            return False
        held = sum(1 if mode.is_real else 2 for mode in self.reduction.modes if not mode.is_mean)
        return held == (group.order - 1) * (len(self.network.embeddings) + 1)

    @property
    def _grading(self) -> tuple[Fraction, ...]:
        grading = [Fraction(0)] * self.reduction.rules.modes.letters
        for mode in self.reduction.modes:
            grading[mode.letter] = grading[mode.conjugate] = self.radial[mode.weights]
        return tuple(grading)

    @property
    def _parameters(self) -> tuple[sp.Symbol, ...]:
        return (*super()._parameters, ENERGY)

    @property
    def _locals(self) -> dict[str, sp.Symbol]:
        system = self.polar
        return {s.name: s for s in (*system.states, *system.definitions, *system.parameters)}

    def _constrained(self, field: Mapping[sp.Symbol, sp.Expr]) -> Mapping[sp.Symbol, sp.Expr]:
        coefficients: dict[str, Fraction] = {}
        for mode, names in zip(self.reduction.modes, self.reduction.names, strict=True):
            value = names.value.name
            symbols = (names.magnitude.name, value, f"{value}_re", f"{value}_im")
            coefficients.update(dict.fromkeys(symbols, self.radial[mode.weights]))
        return {
            state: velocity - _rational(coefficients.get(state.name, Fraction(0))) * ENERGY * state
            for state, velocity in field.items()
        }


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)
