"""Random networks: whatever polynomial, task, group and modes, derivation and brute force agree."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from odekit.derivation import derive
from odekit.derivation.certificates.numeric_transform import NumericTransform
from odekit.derivation.modes.reduction import FourierReduction
from odekit.derivation.polar.answers import FourierAnswers
from odekit.groups import cyclic
from odekit.networks import Network
from odekit.systems import System

TOLERANCE = 1e-12  # of the certificate: relative to the sum of absolute values

rationals = st.builds(Fraction, st.integers(-3, 3), st.integers(1, 3))
activations = st.lists(rationals, min_size=2, max_size=5).map(
    lambda cs: " + ".join(f"({c})*z**{d}" for d, c in enumerate(cs))
)
coefficients = st.integers(-3, 3).filter(bool)
tasks = st.builds(lambda a, b: f"{a}*x + {b}*y", coefficients, coefficients)
embeddings = st.sampled_from(["shared", "unshared"])


def reduction_of(system: System) -> FourierReduction:
    assert isinstance(system.answers, FourierAnswers)
    return system.answers.reduction


@pytest.mark.slow
@given(activations, tasks, embeddings, st.integers(2, 11))
@settings(max_examples=8, deadline=None)
def test_every_kind_of_mode_agrees_at_a_concrete_order(
    activation: str, task: str, embedding: str, order: int
) -> None:
    system = derive(Network(f"Z{order}", activation=activation, task=task, embedding=embedding))
    for template in system.templates:
        reduction = reduction_of(template.system)
        assert NumericTransform(reduction, cyclic(order), {}).residual() < TOLERANCE


@pytest.mark.slow
@given(activations, tasks, embeddings, st.integers(2, 11), st.integers(1, 10))
@settings(max_examples=8, deadline=None)
def test_a_symbolic_order_agrees_wherever_its_conditions_hold(
    activation: str, task: str, embedding: str, order: int, k: int
) -> None:
    reduction = reduction_of(derive(Network("Zn", activation=activation, task=task, embedding=embedding)))
    assume(all(condition.holds(order, {"k": k}) for condition in reduction.conditions))
    assert NumericTransform(reduction, cyclic(order), {"k": k}).residual() < TOLERANCE


@pytest.mark.slow
@given(
    activations,
    st.lists(st.sampled_from(["0", "k", "2k", "3k", "l", "k+l"]), min_size=1, max_size=3, unique=True),
)
@settings(max_examples=8, deadline=None)
def test_chosen_modes_agree_wherever_their_conditions_hold(activation: str, modes: list[str]) -> None:
    reduction = reduction_of(derive(Network("Zn", activation=activation), modes))
    symbols = reduction.rules.modes.frequencies.symbols
    values = [
        dict(zip(symbols, v, strict=True)) for v in ((1, 3), (1, 5), (2, 7)) for v in [v[: len(symbols)]]
    ]
    tried = [v for v in values if all(condition.holds(23, v) for condition in reduction.conditions)]
    for choice in tried:
        assert NumericTransform(reduction, cyclic(23), choice).residual() < TOLERANCE


@pytest.mark.slow
@given(st.lists(st.sampled_from([2, 3, 4]), min_size=1, max_size=2), activations, tasks)
@settings(max_examples=8, deadline=None)
def test_products_of_cyclic_groups_agree(factors: list[int], activation: str, task: str) -> None:
    group = "x".join(f"Z{f}" for f in factors)
    assert derive(Network(group, activation=activation, task=task)).certify().residual < TOLERANCE


@pytest.mark.slow
@given(activations, tasks, st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_energy_never_falls_and_first_integrals_never_move(activation: str, task: str, seed: int) -> None:
    system = derive(Network("Z7", activation=activation, task=task))
    definitions = dict(system.definitions)
    rng = np.random.default_rng(seed)
    point = {s: float(rng.uniform(0.5, 1.5)) for s in system.states}
    field = {
        s: float(v.subs(definitions).subs(point))
        for s, v in zip(system.states, system.vector_field, strict=True)
    }

    def change(function: sp.Expr) -> tuple[float, float]:
        terms = [float(function.subs(definitions).diff(s).subs(point)) * f for s, f in field.items()]
        return sum(terms), sum(map(abs, terms))

    assert system.energy is not None
    growth, size = change(system.energy)
    assert growth >= -1e-12 * size
    for integral in system.first_integrals():
        drift, size = change(integral)
        assert drift == pytest.approx(0, abs=1e-12 * size)
