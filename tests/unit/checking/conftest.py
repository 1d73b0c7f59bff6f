"""An oracle that shares no code with checking or derivation: the gradient in weight space, in NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Values = dict[str, float]

SCOPE = {name: getattr(np, name) for name in ("sin", "cos", "tan", "sqrt", "exp", "log", "pi")}
SCOPE |= {"atan": np.arctan, "__builtins__": {}}


def evaluate(text: str, values: Mapping[str, Any]) -> float:
    """A formula of the tests' own, as Python evaluates it."""
    with np.errstate(all="ignore"):
        return float(eval(text, dict(SCOPE), dict(values)))


@dataclass
class BruteForceFlow:
    """The energy's gradient on Z_n summed over all inputs, in the coordinates of some modes.

    Parameters
    ----------
    n: order, odd unless the mode is n/2.
    degree: of the activation z**degree.
    task: coefficients of the inputs.
    shared: whether all inputs have one embedding.
    spheres: weight groups that share a unit sphere; a mean fills each up to length 1.
    form: polar, cartesian, polynomial or signed (at n/2).
    has_mean: whether the mean theta0 is a state.
    """

    n: int = 7
    degree: int = 2
    task: tuple[int, ...] = (1, 1)
    shared: bool = True
    spheres: tuple[tuple[str, ...], ...] = ()
    form: str = "polar"
    has_mean: bool = False
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    @property
    def embeddings(self) -> list[str]:
        return [""] if self.shared else [str(i + 1) for i in range(len(self.task))]

    @property
    def angle(self) -> FloatArray:
        k = self.n // 2 if self.form == "signed" else 1
        return 2 * np.pi * k * np.arange(self.n) / self.n

    def draw(self) -> Values:
        """A random point of the polar (or signed) coordinates."""
        if self.form == "signed":
            return {"u": float(self.rng.normal()), "v": float(self.rng.normal())}
        values: Values = {}
        top = 0.9 * math.sqrt(2 / self.n) if self.spheres else 1.6
        for e in self.embeddings:
            values[f"alpha{e}"] = float(self.rng.uniform(0.3, 1) * top)
            values[f"phi{e}"] = float(self.rng.uniform(-3, 3))
        if self.has_mean:
            values["theta0"] = float(self.rng.normal())
        return {
            **values,
            "beta": float(self.rng.uniform(0.3, 1) * top),
            "psi": float(self.rng.uniform(-3, 3)),
        }

    def weights(self, values: Values) -> dict[str, FloatArray]:
        """theta (or theta1, ...) and xi, with the means that fill the spheres."""
        found = {}
        for e in self.embeddings:
            found[f"theta{e}"] = self.wave(values, f"alpha{e}", f"phi{e}", "u") + values.get("theta0", 0.0)
        found["xi"] = self.wave(values, "beta", "psi", "v")
        for sphere in self.spheres:
            missing = 1 - sum(float(found[name] @ found[name]) for name in sphere)
            for name in sphere:
                found[name] = found[name] + math.sqrt(max(missing, 0) / len(sphere) / self.n)
        return found

    def wave(self, values: Values, size: str, phase: str, signed: str) -> FloatArray:
        if self.form == "signed":
            return values[signed] * np.cos(self.angle)
        return values[size] * np.cos(self.angle + values[phase])

    def gradient(self, weights: Mapping[str, FloatArray]) -> tuple[float, dict[str, FloatArray]]:
        """E = sum (xi[label] - mean xi) act(z), and its gradient with the spheres' normals taken out."""
        names = [f"theta{self.embeddings[0 if self.shared else i]}" for i in range(len(self.task))]
        inputs = np.indices((self.n,) * len(names)).reshape(len(names), -1)
        labels = np.array(self.task) @ inputs % self.n
        z = sum(weights[name][row] for name, row in zip(names, inputs, strict=True))
        act, slope = z**self.degree, self.degree * z ** (self.degree - 1)
        margin = (weights["xi"] - weights["xi"].mean())[labels]
        found = {name: np.zeros(self.n) for name in weights}
        np.add.at(found["xi"], labels, act)
        found["xi"] -= act.sum() / self.n
        for name, row in zip(names, inputs, strict=True):
            np.add.at(found[name], row, margin * slope)
        for sphere in self.spheres:
            along = sum(float(found[name] @ weights[name]) for name in sphere)
            for name in sphere:
                found[name] = found[name] - along * weights[name]
        return float(margin @ act), found

    def polar_velocity(self, values: Values) -> Values:
        """Time derivative of every polar (or signed) coordinate, and of D."""
        _, gradient = self.gradient(self.weights(values))
        if self.form == "signed":
            wave = np.cos(self.angle)
            return {"u": float(gradient["theta"] @ wave) / self.n, "v": float(gradient["xi"] @ wave) / self.n}
        found: Values = {}
        for group, size, phase in self.modes():
            turned = 2 * np.mean(gradient[group] * np.exp(-1j * (self.angle + values[phase])))
            found[size], found[phase] = float(turned.real), float(turned.imag / values[size])
        if self.has_mean:
            found["theta0"] = float(gradient["theta"].mean())
        return found

    def modes(self) -> list[tuple[str, str, str]]:
        return [*((f"theta{e}", f"alpha{e}", f"phi{e}") for e in self.embeddings), ("xi", "beta", "psi")]

    def difference(self, values: Mapping[str, float]) -> float:
        """D, or its time derivative from velocities: the phase in the energy."""
        if self.shared:
            return sum(self.task) * values["phi"] - values["psi"]
        return sum(values[f"phi{e}"] for e in self.embeddings) - values["psi"]

    def names(self, values: Values) -> Values:
        """Every name that a formula may hold."""
        found = {**values, "p": self.n, "n": self.n}
        if self.form == "signed":
            return found
        found["D"] = self.difference(values)
        found["E"] = self.gradient(self.weights(values))[0]
        for size, phase, name in (("alpha", "phi", "u"), ("beta", "psi", "v")):
            if size in values:
                found[f"{name}_re"] = values[size] * math.cos(values[phase])
                found[f"{name}_im"] = values[size] * math.sin(values[phase])
        found["X"], found["Y"] = (values["beta"] * f(found["D"]) for f in (math.cos, math.sin))
        found["x"] = values.get("alpha", 0.0) ** 2
        return found

    def rate_of_change(self, quantity: Callable[[Values], float], values: Values, h: float = 1e-6) -> float:
        """Derivative of a function of the coordinates along the flow, by central differences."""
        velocity = self.polar_velocity(values)
        scale = h / max(1.0, *map(abs, velocity.values()))
        ahead, behind = (
            quantity({name: values[name] + sign * scale * velocity[name] for name in values})
            for sign in (1, -1)
        )
        return (ahead - behind) / (2 * scale)

    def flow(self, values: Values, t: float, steps: int = 60) -> Values:
        """The point at time t, by the classical fourth-order method."""
        h, names = t / steps, list(values)
        y = np.array([values[name] for name in names])

        def f(y: FloatArray) -> FloatArray:
            velocity = self.polar_velocity(dict(zip(names, y.tolist(), strict=True)))
            return np.array([velocity[name] for name in names])

        for _ in range(steps):
            k1 = f(y)
            k2 = f(y + h / 2 * k1)
            k3 = f(y + h / 2 * k2)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + f(y + h * k3))
        return dict(zip(names, y.tolist(), strict=True))


@pytest.fixture(scope="session")
def brute_force_flow() -> type[BruteForceFlow]:
    """The oracle's class."""
    return BruteForceFlow


@pytest.fixture(scope="session")
def python_value() -> Callable[[str, Mapping[str, Any]], float]:
    """Evaluate a formula as Python does."""
    return evaluate
