"""The flow of one neuron among others of its frequency: a gradient flow at constant order parameters.

With ``W = conj(S) e^(i (psi - r phi))`` for each order parameter S of charge r, a neuron ascends

    E - (n^2/2) sum g_ij beta F_i(alpha) Re W_j,      E = n^2 beta cos(D) h(alpha),

because the loss up to a constant is ``-s sum E + V``, ``V = (n^2/4) sum g_ij Re(conj(S_i) S_j)``, s being the
logit scale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from odekit.derivation.harmonics.answers import HarmonicAnswers
from odekit.derivation.harmonics.coupled.coupling import Channel, Coupling
from odekit.derivation.harmonics.profile import ALPHA
from odekit.derivation.modes import real_symbols

__all__ = ["CoupledHarmonic", "Terms", "pull_terms"]


Terms = list[tuple[Any, int]]


def pull_terms(
    coupling: Coupling, weights: Mapping[tuple[int, int], Any], values: Sequence[Any], slopes: Sequence[Any]
) -> tuple[Terms, Terms, Terms, Terms]:
    """Derivative of ``-(1/2) sum g_ij F_i Re W_j`` by alpha, phi, log beta and psi, in numbers or symbols.

    Parameters
    ----------
    coupling: whose channels they are.
    weights: g, in numbers or symbols.
    values, slopes: F and F' of each channel.

    Returns
    -------
    terms: what multiplies W_j, with j; by alpha and beta its real part, by phi and psi its imaginary one.
    """
    found: tuple[Terms, Terms, Terms, Terms] = ([], [], [], [])
    for (i, j), weight in weights.items():
        half, charge = weight / 2, coupling.channels[i].charge
        found[0].append((-half * slopes[i], j))
        found[1].append((-half * charge * values[i], j))
        found[2].append((-half * values[i], j))
        found[3].append((half * values[i], j))
    return found


@dataclass(frozen=True, eq=False)
class CoupledHarmonic:
    """The flow in formulas.

    Parameters
    ----------
    first: the flow at uniform softmax.
    coupling: what the second cumulant adds.
    """

    first: HarmonicAnswers
    coupling: Coupling

    @property
    def states(self) -> tuple[sp.Symbol, ...]:
        """alpha, phi, beta, psi."""
        return self.first.polar.states

    @cached_property
    def parameter_names(self) -> tuple[sp.Symbol, ...]:
        """S1, S2, ...: the order parameters."""
        return tuple(sp.Symbol(f"S{i}") for i, _ in enumerate(self.coupling.channels, start=1))

    @cached_property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Their real and imaginary parts."""
        return tuple(part for name in self.parameter_names for part in real_symbols(name, is_real=False))

    def angle(self, channel: Channel) -> sp.Expr:
        """psi - r phi."""
        _, phi, _, psi = self.states
        return psi - channel.charge * phi

    @cached_property
    def _spelled_waves(self) -> Sequence[tuple[sp.Expr, sp.Expr]]:
        """Both parts of each W, in the states and the parts of the order parameters."""
        found = []
        for name, channel in zip(self.parameter_names, self.coupling.channels, strict=True):
            (real, imaginary), angle = real_symbols(name, is_real=False), self.angle(channel)
            cosine, sine = sp.cos(angle), sp.sin(angle)
            found.append((real * cosine + imaginary * sine, real * sine - imaginary * cosine))
        return found

    @cached_property
    def velocities(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Time derivative of every state, in states and parameters alone."""
        values = [channel.profile.expression for channel in self.coupling.channels]
        slopes = [slope.expression for slope in self.coupling.slopes]
        profile, waves = self.first.profile, self._spelled_waves
        parts = self.parts((profile.expression, profile.derivative().expression), values, slopes)
        return {
            state: front * (alone + sp.Add(*(value * waves[j][place % 2] for value, j in added)))
            for place, (state, (front, alone, added)) in enumerate(parts.items())
        }

    @cached_property
    def energy(self) -> sp.Expr:
        """What the neuron ascends at constant order parameters, in states and parameters alone."""
        values = [channel.profile.expression for channel in self.coupling.channels]
        terms = (w * values[i] * self._spelled_waves[j][0] for (i, j), w in self.coupling.weights.items())
        _, _, beta, _ = self.states
        cosine = sp.cos(self.first.polar["D"])
        return self.first.order**2 * beta * (self.first.profile.expression * cosine - sp.Add(*terms) / 2)

    def parts(
        self, h: tuple[sp.Expr, sp.Expr], values: Sequence[sp.Expr], slopes: Sequence[sp.Expr]
    ) -> Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr, Terms]]:
        """Of every state's velocity the factor in front, the part of E, and the terms of `pull_terms`.

        In whatever stands for h and h', the F and the F'.
        """
        polar, turns = self.first.polar, self.first.turns
        _, _, beta, _ = self.states
        cosine, sine = sp.cos(polar["D"]), sp.sin(polar["D"])
        uniform = (h[1] * cosine, -turns * h[0] * sine, h[0] * cosine, h[0] * sine)
        terms = pull_terms(self.coupling, self.coupling.weights, values, slopes)
        fronts = (beta, beta, sp.S.One, beta)
        rows = zip(self.states, polar.metric, fronts, uniform, terms, strict=True)
        return {
            state: (self.first.order**2 * front / metric, alone, added)
            for state, metric, front, alone, added in rows
        }

    def function(self, channel: Channel) -> tuple[sp.Expr, sp.Expr]:
        """F and F' as they are written: a power of alpha, or names such as c1_0 and dc1_0."""
        if channel.pair is None:
            return channel.profile.expression, channel.profile.expression.diff(ALPHA)
        name = "c{}_{}".format(*channel.pair)
        return sp.Symbol(name, real=True), sp.Symbol(f"d{name}", real=True)
