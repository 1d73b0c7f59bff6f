"""Random networks on Abelian groups: energy and equations as printed against sums over all tuples.

The oracle knows the definition of the energy and of the ansatz, and differentiates numerically; it shares no
code with the derivation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from odekit.derivation import derive
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.systems import System

Array = NDArray[Any]

STEP = 1e-5
# Rounding over the step of a central difference, relative to the largest velocity.
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Oracle:
    """The polynomial ``sum_d coefficients[d] z^d`` on a product of cyclic groups, and a linear task."""

    factors: tuple[int, ...]
    task: tuple[int, ...]
    coefficients: tuple[int, ...]
    shared: bool
    constraint: str

    @cached_property
    def elements(self) -> Array:
        return np.array(list(np.ndindex(*self.factors)))

    @cached_property
    def labels(self) -> Array:
        """Index of the label of each tuple of inputs, an axis for each input."""
        grids = np.ix_(*[np.arange(len(self.elements))] * len(self.task))
        digits = sum(c * self.elements[grid] for c, grid in zip(self.task, grids, strict=True))
        return np.ravel_multi_index(np.moveaxis(digits % np.array(self.factors), -1, 0), self.factors)

    def network(self) -> Network:
        return Network(
            "x".join(f"Z{f}" for f in self.factors),
            task=" + ".join(f"({c})*{name}" for c, name in zip(self.task, "xyz", strict=False)),
            activation=" + ".join(f"{a}*z**{d}" for d, a in enumerate(self.coefficients)),
            embedding="shared" if self.shared else "unshared",
            constraint=self.constraint,
        )

    def names(self) -> list[str]:
        return ["theta" if self.shared else f"theta{i + 1}" for i in range(len(self.task))]

    def spheres(self) -> list[list[str]]:
        thetas = list(dict.fromkeys(self.names()))
        return [thetas, ["xi"]] if self.constraint == "joint_sphere" else [[n] for n in (*thetas, "xi")]

    def energy(self, weights: Mapping[str, Array]) -> float:
        grids = np.ix_(*[np.arange(len(self.elements))] * len(self.task))
        z = sum(weights[name][grid] for name, grid in zip(self.names(), grids, strict=True))
        act = sum(a * z**d for d, a in enumerate(self.coefficients)) + np.zeros_like(z)
        xi = weights["xi"]
        return float(((xi[self.labels] - xi.mean()) * act).sum())

    def velocity(self, weights: Mapping[str, Array]) -> dict[str, Array]:
        """Gradient of the energy by central differences, without its part along the radius of each sphere."""
        gradient = {name: np.zeros_like(values) for name, values in weights.items()}
        for name, values in weights.items():
            for place in range(len(values)):
                change = np.zeros_like(values)
                change[place] = STEP
                above, below = (self.energy({**weights, name: values + s * change}) for s in (1, -1))
                gradient[name][place] = (above - below) / (2 * STEP)
        for sphere in self.spheres() if self.constraint != "none" else []:
            radial = sum(weights[name] @ gradient[name] for name in sphere)
            gradient.update({name: gradient[name] - radial * weights[name] for name in sphere})
        return gradient

    def character(self, label: str, base: Sequence[int]) -> Array:
        """Values of the character that a label such as 2k, k+5 or k+(0,1) names, k being ``base``."""
        total = np.zeros(len(self.factors), dtype=int)
        for part in re.findall(r"\([^)]*\)|\d*k|\d+", label):
            if part.startswith("("):
                total += [int(number) for number in part.strip("()").split(",")]
            elif part.endswith("k"):
                total += int(part[:-1] or 1) * np.array(base)
            else:
                total += int(part)
        return np.exp(2j * np.pi * (self.elements * total / np.array(self.factors)).sum(axis=1))


@dataclass(frozen=True)
class Term:
    """One term of an ansatz: the states that it holds, and its character."""

    weights: str
    states: tuple[str, ...]
    character: Array

    def value(self, point: Mapping[str, float]) -> Array:
        size = point[self.states[0]]
        phase = np.exp(1j * point[self.states[1]]) if len(self.states) > 1 else 1.0
        return (size * phase * self.character).real

    def velocities(self, flow: Array, point: Mapping[str, float]) -> dict[str, float]:
        """Of the states, from the velocity of the weights."""
        part = np.mean(flow * self.character.conj())
        if len(self.states) == 1:
            return {self.states[0]: float(part.real)}
        size, phase = self.states
        turned = 2 * part * np.exp(-1j * point[phase])
        return {size: float(turned.real), phase: float(turned.imag) / point[size]}


def terms_of(oracle: Oracle, system: System, base: Sequence[int]) -> list[Term]:
    """The ansatz as it is printed."""
    found = []
    for line in system.ansatz():
        weights, text = line.split(" = ")
        for term in text.split(" + ") if text != "0" else []:
            pair = re.fullmatch(r"(\w+) Re\(e\^\(i (\w+)\) chi_(.+)\)", term)
            single = re.fullmatch(r"(\w+) chi_(.+)", term)
            if pair:
                states, label = pair.groups()[:2], pair.group(3)
            else:
                states, label = ((single.group(1),), single.group(2)) if single else ((term,), "0")
            found.append(Term(weights, states, oracle.character(label, base)))
    return found


def worst_difference(oracle: Oracle, system: System, base: Sequence[int], rng: np.random.Generator) -> float:
    """Of the energy and of all velocities, relative to the largest of its kind, at a random point."""
    terms = terms_of(oracle, system, base)
    point = {name: rng.uniform(0.5, 1.5) for term in terms for name in term.states}
    if oracle.constraint != "none":
        for sphere in oracle.spheres():
            own = [term for term in terms if term.weights in sphere]
            length = np.sqrt(sum(np.sum(w**2) for w in weights_of(oracle, own, point).values()))
            point.update({term.states[0]: point[term.states[0]] / length for term in own})
    weights = weights_of(oracle, terms, point)
    velocity, energy = oracle.velocity(weights), oracle.energy(weights)
    values = {system[name]: value for name, value in point.items()}
    values |= {symbol: energy for symbol in system.parameters if symbol.name == "E"}
    stated_energy = float(system.energy.subs(dict(system.definitions)).subs(values))
    worst = abs(stated_energy - energy) / (abs(energy) + 1e-3)
    stated = {s.name: float(f.subs(values)) for s, f in system.rhs.items()}
    measured = {}
    for term in terms:
        measured |= term.velocities(velocity[term.weights], point)
    assert set(measured) == set(stated)
    size = max(*map(abs, measured.values()), *(float(np.abs(v).max()) for v in velocity.values()))
    return max(worst, *(abs(stated[name] - measured[name]) / (size + 1e-3) for name in stated))


def weights_of(oracle: Oracle, terms: Sequence[Term], point: Mapping[str, float]) -> dict[str, Array]:
    weights = {name: np.zeros(len(oracle.elements)) for name in (*dict.fromkeys(oracle.names()), "xi")}
    for term in terms:
        weights[term.weights] = weights[term.weights] + term.value(point)
    return weights


def base_of(oracle: Oracle, label: str) -> list[int]:
    return [int(number) for number in label.strip("()").split(",")]


def derived(oracle: Oracle) -> System | None:
    """None where an energy of mixed degrees on a sphere is refused, and there alone."""
    try:
        return derive(oracle.network())
    except ReductionError:
        return None


coefficients = st.integers(-3, 4).filter(bool)
oracles = st.builds(
    Oracle,
    st.lists(st.integers(2, 6), min_size=1, max_size=2).map(tuple).filter(lambda f: np.prod(f) <= 15)
    | st.integers(2, 12).map(lambda n: (n,)),
    st.lists(coefficients, min_size=2, max_size=2).map(tuple),
    st.sampled_from([(0, 0, 1), (0, 0, 0, 1), (0, 1, 0, 1), (1, 0, 2, 0, 1), (0, 0, 0, 0, 1), (0, 1, -1)]),
    st.booleans(),
    st.sampled_from(["none", "none", "sphere", "joint_sphere"]),
).filter(lambda oracle: not (oracle.shared and oracle.constraint == "joint_sphere"))


@pytest.mark.slow
@given(oracles, st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_every_kind_of_mode_is_what_sums_over_all_tuples_give(oracle: Oracle, seed: int) -> None:
    system = derived(oracle)
    assert system is not None or oracle.constraint != "none"
    assume(system is not None)
    rng = np.random.default_rng(seed)
    for template in system.templates if system is not None else ():
        for label in template.characters:
            assert worst_difference(oracle, template.system, base_of(oracle, label), rng) < TOLERANCE


@pytest.mark.parametrize(
    ("oracle", "modes"),
    [
        (Oracle((3,), (1, 1, -1), (0, 0, 1, 1), True, "none"), None),
        (Oracle((4,), (2, 1, 1), (0, 0, 0, 1), False, "joint_sphere"), None),
        (Oracle((5,), (1, 2), (0, 0, 1), False, "sphere"), "all"),
        (Oracle((4,), (2, 1), (0, 0, 1), False, "joint_sphere"), "all"),
        (Oracle((6,), (2, 3), (0, 0, 1), True, "sphere"), "all"),
        (Oracle((2, 3), (1, -2), (0, 0, 1), True, "none"), "all"),
    ],
)
def test_three_inputs_and_all_modes_too(oracle: Oracle, modes: str | None) -> None:
    system = derive(oracle.network(), modes)
    rng = np.random.default_rng(7)
    kinds = [(t.system, t.characters[0]) for t in system.templates] or [(system, "0")]
    for kind, label in kinds:
        assert worst_difference(oracle, kind, base_of(oracle, label), rng) < TOLERANCE


def test_the_oracle_notices_a_conjugate_character() -> None:
    oracle = Oracle((3, 5), (1, 2), (0, 0, 1), True, "none")
    system = derive(oracle.network()).templates[0].system
    D = system["D"]
    wrong = {D: system.definitions[D].subs(system["phi_2k"], -system["phi_2k"])}
    rng = np.random.default_rng(7)
    assert worst_difference(oracle, replace(system, definitions=wrong), [1, 1], rng) > 1e-3
