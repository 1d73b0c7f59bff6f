"""The answers of modes on unit spheres: magnitudes lose their radial part, phases move as without.

E is a parameter, because all modes of the neuron share in it, or a definition where all of them are states.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import sympy as sp

from odekit.derivation.blocks import abelian_maxima, lift
from odekit.derivation.modes import frequencies_decouple, mean_matters
from odekit.derivation.polar.answers import FourierAnswers
from odekit.derivation.spheres import (
    CriticalPoint,
    SphereReport,
    find_sphere_form,
    radial_coefficients,
    sphere_solutions,
    spheres_of,
    time_change,
)
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup
from odekit.systems import EllipticForm, EquivalentForm, FixedPoint, Search, SphereForm, System
from odekit.systems.blocks import ENERGY
from odekit.systems.integrals import grade

__all__ = ["SphereAnswers"]


@dataclass(frozen=True)
class SphereAnswers(FourierAnswers):
    """Answers for a reduction in Fourier modes on spheres."""

    @cached_property
    def radial(self) -> Mapping[str, Fraction]:
        """The factor of ``-E w`` in the velocity of each weight group."""
        return radial_coefficients(self.network)

    @property
    def decouples(self) -> bool:
        """Whether the energy is a sum over frequencies."""
        return frequencies_decouple(self.network)

    @cached_property
    def polar(self) -> System:
        """The system in magnitudes and phases."""
        system = super().polar
        if not self._has_all_modes:
            return system
        definitions = {**system.definitions, ENERGY: system.energy}
        return replace(system, parameters=(), definitions=definitions)

    @property
    def _spheres(self) -> tuple[tuple[tuple[str, ...], ...], Mapping[str, Fraction]]:
        return spheres_of(self.network), self.radial

    def cheapest_form(self, system: System) -> EquivalentForm[System] | None:
        """None: what the spheres take away couples every mode to the energy of all."""
        return None

    def sphere_form(self, system: System) -> SphereForm | None:
        """Exact solutions of aligned starts and of one pair alone, where all modes are states."""
        if not self._has_all_modes or not self._is_polar(system):
            return None
        return find_sphere_form(self.reduction, self.polar, ENERGY)

    def closed_form(self, system: System) -> EllipticForm | None:
        """None: the elliptic solution is that of the scaled flow, see `sphere_report`."""
        return None

    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]:
        """Time derivative of every complex amplitude, in the amplitudes and their conjugates."""
        free = super().complex_equations()
        return {
            names.value: free[names.value] - _rational(self.radial[mode.weights]) * ENERGY * names.value
            for mode, names in zip(self.reduction.modes, self.reduction.names, strict=True)
        }

    def first_integrals(self, system: System) -> Search[sp.Expr]:
        """Phases that rest, then ratios of quantities that decay alike."""
        if not self._is_polar(system):
            return super().first_integrals(system)
        resting, _ = self._integrals
        return Search((*resting, *_ratios(self._laws)), "partial", "phases that rest, and ratios of laws")

    def fixed_points(self, system: System) -> Search[FixedPoint]:
        """Fixed phase differences; with the rates at the magnitudes where one mode is left over."""
        values, found = self.final_magnitudes, super().fixed_points(system)
        items = tuple(
            replace(point, rates={s: sp.simplify(rate.subs(values)) for s, rate in point.rates.items()})
            for point in found
        )
        return replace(found, items=items)

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
    def _laws(self) -> list[tuple[sp.Expr, Fraction]]:
        """Quantities P with ``P' = -cofactor * E * P``, with their cofactors in order."""
        laws = [
            (self._printed(polynomial), grade(self._grading, next(iter(polynomial))))
            for polynomial in self._integrals[1]
        ]
        return sorted(laws, key=lambda law: law[1])

    @cached_property
    def _sphere_report(self) -> SphereReport:
        return SphereReport(
            energy=self._energy_text(),
            trivial=self._trivial_text(),
            laws=tuple((str(law), cofactor) for law, cofactor in self._laws),
            maxima=self._maxima(),
            time_change=time_change(set(self.radial.values()), self.network.task.summands)
            if self.decouples
            else (),
            solutions=sphere_solutions(self),
            **({} if self.decouples else {"coupling": "the energy holds products of several of them"}),
        )

    def _energy_text(self) -> tuple[str, ...]:
        if self._has_all_modes:
            return ("E is the energy, a definition here because all modes are states",)
        share = self.polar.energy
        whole = "E is the energy of all modes, which couples them; that of these modes alone is"
        if self.decouples:
            whole = "E is the sum over all nontrivial modes of their energies; this mode's is"
        return (
            f"{whole} {share}",
            "E is a parameter of these equations because the other modes move it, too",
        )

    def _trivial_text(self) -> tuple[str, ...]:
        if any(mode.is_mean for mode in self.reduction.modes):
            return ()
        means = [f"theta{name.removeprefix('theta')}_0" for name in self.network.embeddings]
        return tuple(
            f"{mean}' = {-_rational(self.radial[name]) * ENERGY * sp.Symbol(mean)}"
            for name, mean in zip((*self.network.embeddings, "xi"), (*means, "xi_0"), strict=True)
            if not mean_matters(self.network, name)
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
        means = {mode.weights for mode in self.reduction.modes if mode.is_mean}
        needed = {name for name in self.network.embeddings if mean_matters(self.network, name)}
        return held == (group.order - 1) * (len(self.network.embeddings) + 1) and needed <= means

    @property
    def _grading(self) -> tuple[Fraction, ...]:
        grading = [Fraction(0)] * self.reduction.rules.modes.letters
        for mode in self.reduction.modes:
            grading[mode.letter] = grading[mode.conjugate] = self.radial[mode.weights]
        return tuple(grading)

    @property
    def _parameters(self) -> tuple[sp.Symbol, ...]:
        return (*super()._parameters, ENERGY)

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


def _ratios(laws: list[tuple[sp.Expr, Fraction]]) -> list[sp.Expr]:
    """First integrals: each law over the first one, to powers that make the cofactors equal."""
    if not laws or not laws[0][1]:
        return []
    (first, unit), *others = laws
    quotients = [(law, unit / cofactor) for law, cofactor in others]
    return [law**q.numerator / first**q.denominator for law, q in quotients]


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)
