"""An oracle that shares no code with the derivation: the gradient summed tuple by tuple, in plain loops."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.networks import Network

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Frequency = tuple[int, ...]

WORDS = {"_plus_": "+", "_minus_": "-", "_over_": "/"}


@dataclass
class BruteForce:
    """A network on a product of cyclic groups, and concrete values of k, l, m or of the character called k.

    ``difference`` puts random weights in the given modes, sums the gradient over all tuples, transforms it,
    and compares with equations given as text.
    """

    network: Network
    factors: tuple[int, ...]
    choice: Mapping[str, Frequency]
    seed: int = 0

    def __post_init__(self) -> None:
        self.elements = list(np.ndindex(*self.factors))
        self.order = len(self.elements)
        self.number = {element: i for i, element in enumerate(self.elements)}
        self.rng = np.random.default_rng(self.seed)

    def character(self, frequency: Frequency) -> ComplexArray:
        turns = [
            sum(k * j / f for k, j, f in zip(frequency, e, self.factors, strict=True)) for e in self.elements
        ]
        return np.exp(2j * np.pi * np.array(turns))

    def frequency(self, label: str) -> Frequency:
        """The character that a label such as 2k, k/2, k+l, 3, (0,1), k+5 or k+(0,1) stands for."""
        if "+(" in label:
            parts = label.split("+(")
            return self.reduced(
                tuple(map(sum, zip(self.frequency(parts[0]), self.frequency(f"({parts[1]}"), strict=True)))
            )
        if label.startswith("("):
            return self.reduced(tuple(int(part) for part in label.strip("()").split(",")))
        total = (0,) * len(self.factors)
        for sign, number, symbol, divisor in re.findall(r"([+-]?)(\d*)([klm]?)(?:/(\d+))?", label):
            if not number and not symbol:
                continue
            size = int(sign + (number or "1"))
            base = self.choice[symbol] if symbol else (1,) * len(self.factors)
            inverse = [pow(int(divisor or 1), -1, f) for f in self.factors]
            total = tuple(t + size * i * b for t, i, b in zip(total, inverse, base, strict=True))
        return self.reduced(total)

    def reduced(self, frequency: Frequency) -> Frequency:
        return tuple(k % f for k, f in zip(frequency, self.factors, strict=True))

    def conjugate(self, frequency: Frequency) -> Frequency:
        return self.reduced(tuple(-k for k in frequency))

    def label_of(self, inputs: tuple[int, ...]) -> int:
        """The right answer, element by element."""
        digits = [0] * len(self.factors)
        for c, i in zip(self.network.task.coefficients, inputs, strict=True):
            digits = [(d + c * e) % f for d, e, f in zip(digits, self.elements[i], self.factors, strict=True)]
        return self.number[tuple(digits)]

    def gradient(self, weights: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """dE/dtheta and dE/dxi for E = sum (xi[label] - mean xi) act(z), one tuple after another."""
        act = np.polynomial.Polynomial(self.coefficients())
        slope = act.deriv()
        names = self.names()
        result = {name: np.zeros(self.order) for name in weights}
        mean = float(np.mean(weights["xi"]))
        for inputs in product(range(self.order), repeat=len(names)):
            z = sum(weights[name][x] for name, x in zip(names, inputs, strict=True))
            answer = self.label_of(inputs)
            result["xi"][answer] += act(z)
            result["xi"] -= act(z) / self.order
            for name, x in zip(names, inputs, strict=True):
                result[name][x] += (weights["xi"][answer] - mean) * slope(z)
        return result

    def coefficients(self) -> list[float]:
        polynomial = self.network.activation_polynomial or {}
        return [float(polynomial.get(d, Fraction(0))) for d in range(max(polynomial, default=0) + 1)]

    def names(self) -> list[str]:
        if self.network.embedding == "shared":
            return ["theta"] * self.network.task.summands
        return [f"theta{i + 1}" for i in range(self.network.task.summands)]

    def modes(self, states: list[str]) -> list[tuple[str, str, Frequency, tuple[str, ...]]]:
        """Weight group, kind, frequency and state names of every mode, read from the names of the states."""
        found = []
        for state in states:
            match = re.fullmatch(r"(theta|alpha|u|beta|v)(\d*?)(?:_?(0)|_(.+))?", state)
            if match is None:
                continue
            head, number, zero, tail = match.groups()
            group = "xi" if head in ("beta", "v") else f"theta{number}"
            if head == "theta":
                assert zero == "0"
                found.append((group, "real", (0,) * len(self.factors), (state,)))
                continue
            frequency = self.frequency(self.label(tail))
            phase = state.replace("alpha", "phi").replace("beta", "psi")
            real = head in ("u", "v")
            found.append((group, "real" if real else "pair", frequency, (state,) if real else (state, phase)))
        return found

    def label(self, tail: str | None) -> str:
        if tail is None:
            return "k"
        for word, sign in WORDS.items():
            tail = tail.replace(word, sign)
        return f"({tail.replace('_', ',')})" if re.fullmatch(r"\d+(_\d+)+", tail) else tail

    def difference(self, data: Mapping[str, Any]) -> tuple[float, dict[str, set[Frequency]]]:
        """Largest relative difference over all equations, and the true leaks, one of each conjugate pair."""
        states = [name for name in data["states"] if name not in data["definitions"]]
        modes = self.modes(states)
        values = {name: self.draw(name) for name in states}
        weights = {name: np.zeros(self.order) for name in {*self.names(), "xi"}}
        for group, kind, frequency, names in modes:
            value = values[names[0]] * (np.exp(1j * values[names[1]]) if kind == "pair" else 1)
            weights[group] += (value * self.character(frequency)).real
        gradient = self.gradient(weights)
        measured = self.velocities(modes, values, gradient)
        stated = self.evaluate(data, values)
        assert set(measured) == set(states)
        scale = max(*map(abs, measured.values()), *(abs(g).mean() for g in gradient.values()))
        worst = max(abs(measured[name] - stated[name]) for name in states) / scale
        return worst, self.leaks(modes, gradient)

    def draw(self, name: str) -> float:
        if name.startswith(("alpha", "beta")):
            return float(self.rng.uniform(0.5, 1.5))
        return float(self.rng.uniform(-3, 3) if name.startswith(("phi", "psi")) else self.rng.normal())

    def evaluate(self, data: Mapping[str, Any], values: Mapping[str, float]) -> dict[str, float]:
        """The equations, as Python evaluates their text."""
        scope: dict[str, Any] = {"sin": np.sin, "cos": np.cos, "sqrt": np.sqrt, "pi": np.pi, **values}
        scope |= {"n": self.order, "p": self.order}
        for name, text in data["definitions"].items():
            scope[name] = eval(text, {"__builtins__": {}}, scope)
        return {
            name: float(eval(text, {"__builtins__": {}}, scope)) for name, text in data["equations"].items()
        }

    def velocities(
        self,
        modes: list[tuple[str, str, Frequency, tuple[str, ...]]],
        values: Mapping[str, float],
        gradient: Mapping[str, FloatArray],
    ) -> dict[str, float]:
        """Time derivatives of the states, by projecting the gradient on each character."""
        result = {}
        for group, kind, frequency, names in modes:
            flow = self.network.rates[group] * gradient[group]
            coefficient = np.mean(flow * self.character(frequency).conj())
            if kind == "real":
                result[names[0]] = float(coefficient.real)
                continue
            turned = 2 * coefficient * np.exp(-1j * values[names[1]])
            result[names[0]] = float(turned.real)
            result[names[1]] = float(turned.imag / values[names[0]])
        return result

    def leaks(
        self, modes: list[tuple[str, str, Frequency, tuple[str, ...]]], gradient: Mapping[str, FloatArray]
    ) -> dict[str, set[Frequency]]:
        size = max(abs(g).sum() for g in gradient.values()) or 1.0
        found: dict[str, set[Frequency]] = {}
        for group, values in gradient.items():
            own = {f for name, _, f, _ in modes if name == group}
            own |= {self.conjugate(f) for f in own}
            found[group] = {
                min(f, self.conjugate(f))
                for f in self.elements
                if f not in own and abs(np.sum(values * self.character(f).conj())) > 1e-10 * size
            }
        return found

    def declared_leaks(self, data: Mapping[str, Any]) -> dict[str, set[Frequency]]:
        found: dict[str, set[Frequency]] = {}
        for group, labels in data["leaks"].items():
            frequencies = [self.frequency(label) for label in labels]
            found[group] = {min(f, self.conjugate(f)) for f in frequencies}
        return found


@pytest.fixture(scope="session")
def brute_force() -> type[BruteForce]:
    """The oracle's class."""
    return BruteForce
