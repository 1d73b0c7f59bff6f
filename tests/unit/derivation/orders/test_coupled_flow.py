"""The flow of coupled neurons: charges, order parameters, leaks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from odekit.derivation.certificates import assignments
from odekit.derivation.modes import CharacterFrequencies, SymbolicFrequencies, default_reduction
from odekit.derivation.orders import CoupledFlow, coupled_flow
from odekit.derivation.orders.certificate import CoupledBruteForce
from odekit.derivation.orders.conditions import coupling_conditions
from odekit.derivation.orders.formulas import Formulas
from odekit.groups import cyclic, dual_group
from odekit.networks import Network

N = sp.Symbol("n", integer=True, positive=True)


def kinds(network: Network, *bases: tuple[int, ...]) -> list[Any]:
    frequencies = SymbolicFrequencies(("k", "l")[: len(bases[0])])
    return [default_reduction(network, frequencies, tuple(map(Fraction, base)), N) for base in bases]


QUADRATIC = kinds(Network("Zn"), (1,))


@pytest.mark.parametrize("activation", ["quadratic", "z**3", "z**4 - z"])
@pytest.mark.parametrize("embedding", ["shared", "unshared"])
def test_the_first_order_is_the_flow_at_uniform_softmax(activation: str, embedding: str) -> None:
    (kind,) = kinds(Network("Zn", activation=activation, embedding=embedding), (1,))
    flow = coupled_flow([kind], 1)
    assert flow.field(0) == kind.field
    assert flow.parameters.all == ()


def test_the_second_order_is_what_a_calculation_by_hand_gives() -> None:
    formulas = Formulas(coupled_flow(QUADRATIC, 2))
    u, v = (names.value for names in formulas.names)
    names = {formula: symbol for symbol, formula in formulas.definitions.items()}
    U, V = sp.conjugate(u), sp.conjugate(v)
    assert set(names) == {v * U**2, v * u**2, v * u * U}
    A, B, C = names[v * U**2], names[v * u**2], names[v * u * U]
    Abar, Cbar = sp.conjugate(A), sp.conjugate(C)
    by_hand = {
        u: 2 * v * U
        - sp.Rational(3, 4) * (v * U * Abar + V * U * B)
        - sp.Rational(3, 2) * u * (v * Cbar + V * C),
        v: u**2 - sp.Rational(3, 8) * (A * u**2 + B * U**2) - sp.Rational(3, 2) * C * u * U,
    }
    squares = [symbol * sp.conjugate(symbol) for symbol in (A, B, C)]
    variance = sp.Rational(3, 16) * (squares[0] + squares[1]) + sp.Rational(3, 4) * squares[2]
    assert sp.expand(formulas.interaction - N**2 * variance / 2) == 0
    for state, velocity in by_hand.items():
        assert sp.expand(formulas.velocities[state] - N * velocity) == 0


def test_theta_leaks_into_three_times_its_frequency_at_the_second_order() -> None:
    (response,) = coupled_flow(QUADRATIC, 2).responses(0)
    assert (response.mode.weights, response.mode.label, response.grade) == ("theta", "3k", 1)
    third = coupled_flow(QUADRATIC, 3)
    assert [mode.label for mode in third.kinds[0].modes] == ["k", "k", "3k"]
    assert {(one.mode.weights, one.mode.label, one.grade) for one in third.responses(0)} == {
        ("theta", "5k", 2),
        ("xi", "2k", 2),
        ("xi", "3k", 2),
    }


def test_three_times_the_frequency_acts_back_at_the_third_order_first() -> None:
    flow = coupled_flow(QUADRATIC, 3)
    letters = [mode.letter for mode in flow.kinds[0].modes if mode.label == "3k"]
    grades = [
        sum(power * grade for power, grade in zip(exponents, flow.all_grades(0), strict=True))
        for velocity in flow.field(0)[:2]
        for exponents in velocity
        if any(exponents[letter] for letter in letters)
    ]
    assert set(grades) == {2}


OPTIONS: list[dict[str, Any]] = [
    {"task": "x-y"},
    {"embedding": "unshared"},
    {"task": "x-y", "embedding": "unshared", "rates": {"theta1": 0.5, "xi": 3.0}},
    {"activation": "z**3 - 2*z"},
    {"activation": "z**2 + z**3/3"},
]


@pytest.mark.parametrize("order", [2, pytest.param(3, marks=pytest.mark.long)])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_brute_force_agrees_where_the_conditions_hold(options: dict[str, Any], order: int) -> None:
    flow = coupled_flow(kinds(Network("Zn", **options), (1,)), order)
    conditions = coupling_conditions(flow)
    tried = 0
    for n in range(5, 14):
        for choice in assignments(flow.frequencies, conditions, n):
            tried += 1
            assert CoupledBruteForce(flow, cyclic(n), choice).residual() == 0.0
    assert tried >= 2


@pytest.mark.parametrize("order", [2, 3])
def test_brute_force_agrees_at_every_small_order(order: int) -> None:
    flow = coupled_flow(QUADRATIC, order)
    conditions = coupling_conditions(flow)
    met = {n: list(assignments(flow.frequencies, conditions, n)) for n in range(5, 14)}
    assert {n for n, choices in met.items() if choices} >= {7, 9, 11, 13}
    for n, choices in met.items():
        for choice in choices:
            assert CoupledBruteForce(flow, cyclic(n), choice).residual() == 0.0


def test_brute_force_disagrees_where_a_condition_fails() -> None:
    flow = coupled_flow(QUADRATIC, 2)
    assert [condition.text("n") for condition in coupling_conditions(flow)] == [
        "n does not divide 4k",
        "n does not divide 6k",
    ]
    for n in (3, 4, 6):
        assert CoupledBruteForce(flow, cyclic(n), {"k": 1}).residual() == 1.0


def concrete(n: int, *characters: int) -> list[Any]:
    frequencies = CharacterFrequencies(dual_group(cyclic(n)))
    return [default_reduction(Network(cyclic(n)), frequencies, each, sp.Integer(n)) for each in characters]


@pytest.mark.parametrize(
    "n", [5, 8, 13, *(pytest.param(n, marks=pytest.mark.long) for n in (6, 7, 9, 10, 11, 12))]
)
@pytest.mark.parametrize("order", [2, 3])
def test_brute_force_agrees_for_two_kinds_at_every_small_order(order: int, n: int) -> None:
    flow = coupled_flow(concrete(n, 1, 2), order)
    assert CoupledBruteForce(flow, cyclic(n), {}).residual() == 0.0


@pytest.mark.parametrize("order", [2, 3])
def test_resonant_kinds_meet_at_the_third_order(order: int) -> None:
    """The frequencies 1, 3 and 4 = 1 + 3, whose neurons meet in products of two logits."""
    flow = coupled_flow(concrete(13, 1, 3, 4), order)
    assert CoupledBruteForce(flow, cyclic(13), {}).residual() == 0.0
    letters = flow.neurons[0].rules.modes.letters
    places = [
        {letters + one.letter, letters + one.conjugate}
        for kind in (1, 2)
        for one in flow.parameters.all
        if one.kind == kind and one.grade == 1
    ]
    both = [
        exponents
        for velocity in flow.field(0)[:2]
        for exponents in velocity
        if sum(any(exponents[place] for place in pair) for pair in places) == 2
    ]
    assert bool(both) == (order == 3)


def test_generic_kinds_have_conditions_of_their_own() -> None:
    flow = coupled_flow(kinds(Network("Zn"), (1, 0), (0, 1), (1, 1)), 2)
    conditions = coupling_conditions(flow)
    assert any("l" in condition.text("n") for condition in conditions)
    choice = next(assignments(flow.frequencies, conditions, 7))
    assert CoupledBruteForce(flow, cyclic(7), choice).residual() == 0.0


class Wrong(CoupledFlow):
    """One coefficient of one velocity is off by a thousandth."""

    def field(self, kind: int) -> Any:
        first, *others = map(dict, super().field(kind))
        key = max(first, key=lambda exponents: sum(exponents[4:]))
        return ({**first, key: first[key] * Fraction(1001, 1000)}, *others)


class Mute(CoupledFlow):
    """One leak is not told."""

    def responses(self, kind: int) -> Any:
        return super().responses(kind)[1:]


@pytest.mark.parametrize("kind", [Wrong, Mute])
@pytest.mark.parametrize("order", [2, 3])
def test_a_wrong_constant_or_a_missing_leak_is_found(kind: type[CoupledFlow], order: int) -> None:
    right = coupled_flow(QUADRATIC, order)
    wrong = kind(right.kinds, right.grades, order)
    assert CoupledBruteForce(right, cyclic(11), {"k": 2}).residual() == 0.0
    assert CoupledBruteForce(wrong, cyclic(11), {"k": 2}).residual() == 1.0
