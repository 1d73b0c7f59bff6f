"""The equations as they are printed, at random points, against the gradient along the spheres.

What a sphere takes away from the gradient g is its part <w, g> w along the radius: where all modes are states
their weights get unit length, and this is computed. Where E is a parameter it stands for modes that are left
out, and it is the claimed multiple of E. At random weights in *all* modes <w, g> has to be that multiple.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
import sympy as sp

from odekit.arrays import ComplexArray, FloatArray
from odekit.derivation.certificates.numeric_transform import NumericTransform
from odekit.systems import System

__all__ = ["SystemTransform", "value_of"]

# What the parameters other than the order stand for, where the gradient does not say.
DECAY_VALUE = 0.3


@dataclass(frozen=True)
class SystemTransform(NumericTransform):
    """The states of the modes, their printed velocities, and those of the weights.

    Parameters
    ----------
    system: in the magnitudes and phases of the reduction's modes.
    spheres: the weight groups of each sphere.
    radial: coefficient of ``-E w`` in the velocity of each weight group; empty without spheres.
    """

    system: System
    spheres: tuple[tuple[str, ...], ...] = ()
    radial: Mapping[str, Fraction] = field(default_factory=dict)

    def residual(self) -> float:
        """Largest difference of velocities, or of what the spheres take away, relative to the largest."""
        return float(max(self._printed(), self._radial()))

    @property
    def _is_whole(self) -> bool:
        """Whether E is no parameter."""
        return not any(symbol.name == "E" for symbol in self.system.parameters)

    @cached_property
    def _values(self) -> ComplexArray:
        """The modes' coefficients, scaled to unit length on every sphere where all are there."""
        values = super()._values.copy()
        names = np.array([mode.weights for _, mode in self._modes])
        metric = np.array([float(mode.metric) for _, mode in self._modes])
        for sphere in self.spheres if self._is_whole else ():
            own = np.isin(names, sphere)
            length = math.sqrt(self.group.order * float(metric[own] @ np.abs(values[own]) ** 2))
            values[own] /= length or 1.0
        return values

    def _printed(self) -> float:
        """Of the states' velocities."""
        weights = {name: self._weights(name) for name in self._names}
        flow = self._along_spheres(weights, self._gradients)
        known = self._known_values()
        worst, size = 0.0, 0.0
        for value, (index, mode) in zip(self._values, self._modes, strict=True):
            names = self.reduction.names[index]
            wave = np.exp(-2j * np.pi / self._root * self._exponents[self._index(mode.frequency)])
            factor = float(self.reduction.rate(mode)) / float(mode.metric) / self.group.order
            slope = complex(wave @ flow[mode.weights]) * factor - self._decay(mode.weights) * value
            stated = [value_of(self.system.velocities[s], known) for s in (names.magnitude, names.phase) if s]
            if names.phase is None:
                measured = [slope.real]
            else:
                turned = slope * value.conjugate() / abs(value)
                measured, stated = [turned.real, turned.imag], [stated[0], stated[1] * abs(value)]
            worst = max(worst, *(abs(a - b) for a, b in zip(measured, stated, strict=True)))
            size = max(size, abs(slope), self._size * factor)
        return worst / (size or 1.0)

    def _decay(self, weights: str) -> float:
        has_decay = any(symbol.name == "decay" for symbol in self.system.parameters)
        return DECAY_VALUE * self.reduction.network.rates[weights] if has_decay else 0.0

    def _known_values(self) -> dict[sp.Symbol, float]:
        """Of states, parameters and definitions."""
        known: dict[sp.Symbol, float] = {}
        for value, names in zip(self._values.tolist(), self.reduction.names, strict=True):
            known[names.magnitude] = value.real if names.phase is None else abs(value)
            if names.phase is not None:
                known[names.phase] = math.atan2(value.imag, value.real)
        given = {"E": self._energy(self._weights("xi"), self._summands[0]), "decay": DECAY_VALUE}
        known |= {s: given.get(s.name, float(self.group.order)) for s in self.system.parameters}
        for symbol, meaning in self.system.definitions.items():
            known[symbol] = value_of(meaning, known)
        return known

    def _radial(self) -> float:
        """At weights in all modes, the radial part of the gradient less the multiple of E, on each sphere."""
        if not self.spheres:
            return 0.0
        rng = np.random.default_rng(2606)
        weights = {name: rng.normal(size=self.group.order) for name in self._names}
        value, force = self._at(weights)
        gradients = self._collect(value, force)
        energy = self._energy(weights["xi"], value)
        scale = float(np.abs(value).sum() + np.abs(force).sum())
        worst = 0.0
        for sphere in self.spheres:
            measured = sum(float(weights[name] @ gradients[name]) for name in sphere)
            worst = max(worst, *(abs(measured - self._degree(name) * energy) for name in sphere))
        return worst / (scale or 1.0)

    def _along_spheres(
        self, weights: Mapping[str, FloatArray], gradients: Mapping[str, FloatArray]
    ) -> Mapping[str, FloatArray]:
        along = dict(gradients)
        energy = self._energy(weights["xi"], self._summands[0])
        for sphere in self.spheres:
            radius = sum(float(weights[name] @ gradients[name]) for name in sphere)
            for name in sphere:
                taken = radius if self._is_whole else self._degree(name) * energy
                along[name] = gradients[name] - taken * weights[name]
        return along

    def _degree(self, weights: str) -> float:
        """The multiple of E that is claimed to be the gradient's radial part."""
        return float(self.radial[weights]) / self.reduction.network.rates[weights]

    def _energy(self, readout: FloatArray, value: FloatArray) -> float:
        return float(value @ (readout - readout.mean())[self._answers])

    @property
    def _names(self) -> tuple[str, ...]:
        return (*self.reduction.network.embeddings, "xi")


def value_of(expression: sp.Expr, values: Mapping[sp.Symbol, float]) -> float:
    """A sum of products of powers, sines and cosines as a number.

    >>> a = sp.Symbol("a")
    >>> value_of(2 * a**2 * sp.cos(a) + 1, {a: 0.0})
    1.0
    """
    if expression.is_Symbol:
        return values[expression]
    if expression.is_Number:
        return float(expression)
    parts = [value_of(part, values) for part in expression.args]
    if expression.is_Add:
        return math.fsum(parts)
    if expression.is_Mul:
        return math.prod(parts)
    if expression.is_Pow:
        return float(parts[0] ** parts[1])
    return float(getattr(math, expression.func.__name__)(*parts))
