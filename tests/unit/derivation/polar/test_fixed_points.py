"""Fixed phase differences rest, and their stability is that of the Jacobian of D'."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.networks import Network
from odekit.systems import System


def magnitudes(system: System, seed: int) -> dict[sp.Symbol, float]:
    rng = np.random.default_rng(seed)
    p = dict.fromkeys(system.parameters, 11.0)
    return {**{s: float(rng.uniform(0.3, 2)) for s in system.states}, **p}


def jacobian(system: System, values: Any, point: dict[sp.Symbol, float]) -> np.ndarray[Any, Any]:
    """Of all D' by all D, by central differences."""
    symbols, step = list(system.definitions), 1e-6
    field = [sp.lambdify(symbols, system.equations[s].subs(point)) for s in symbols]
    at = np.array([float(values[s]) for s in symbols])
    columns = []
    for i in range(len(symbols)):
        e = np.eye(len(symbols))[i] * step
        columns.append([(f(*(at + e)) - f(*(at - e))) / (2 * step) for f in field])
    return np.array(columns).T


CASES: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"task": "x-y"}, None),
    ({"embedding": "unshared"}, None),
    ({"activation": "z**4"}, None),
    ({"activation": "-z**2"}, None),
    ({"task": "x+y+z", "activation": "z**3"}, None),
    ({"task": "2*x+3*y"}, None),
    ({}, "k,l"),
    ({}, "k,2k"),
]


@pytest.mark.parametrize(("options", "modes"), CASES)
def test_stability_and_rates_are_those_of_the_jacobian(options: dict[str, Any], modes: str | None) -> None:
    system = derive(Network("Zp", **options), modes)
    points = system.fixed_points()
    assert len(points) == 2 ** len(system.definitions)
    for seed, point in enumerate(points):
        at = magnitudes(system, seed)
        linear = jacobian(system, point.values, at)
        eigenvalues = np.linalg.eigvals(linear).real
        sign = {"attracts": [-1], "repels": [1], "saddle": [-1, 1]}[point.stability]
        assert sorted(set(np.sign(eigenvalues))) == sign
        rest = [float(system.equations[s].subs(point.values).subs(at)) for s in system.definitions]
        assert np.abs(rest).max() < 1e-12 * np.abs(linear).max()
        for i, symbol in enumerate(system.definitions):
            if symbol in point.rates:
                rate = float(point.rates[symbol].subs(at))
                assert rate == pytest.approx(-linear[i, i], rel=1e-8)  # central differences


def test_aligned_phases_attract_and_opposite_ones_repel() -> None:
    points = {point.name: point for point in derive(Network("Zp")).fixed_points()}
    assert {name: point.stability for name, point in points.items()} == {
        "D = 0": "attracts",
        "D = pi": "repels",
    }
    assert str(points["D = 0"].rate) == "p*(alpha**2 + 4*beta**2)/beta"
    assert sp.expand(points["D = 0"].rate + points["D = pi"].rate) == 0


def test_a_negative_activation_turns_them_round() -> None:
    points = derive(Network("Zp", activation="-z**2")).fixed_points()
    assert [(point.name, point.stability) for point in points] == [
        ("D = 0", "repels"),
        ("D = pi", "attracts"),
    ]


def test_stability_can_depend_on_the_sign_of_the_mean() -> None:
    system = derive(Network("Zp", activation="z**3"))
    (aligned, _) = system.fixed_points()
    assert aligned.stability == "depends on signs"
    theta0 = system["theta0"]
    for sign in (1.0, -1.0):
        point = {**magnitudes(system, 3), theta0: sign}
        assert np.sign(jacobian(system, aligned.values, point)[0, 0]) == -sign


def test_dependent_combinations_can_not_be_chosen_freely() -> None:
    system = derive(Network("Zp", activation="z**2+z**3"), "k,2k")
    points = system.fixed_points()
    assert len(system.definitions) == 4
    assert len(points) == 8
    for point in points:
        turns = [int(value / sp.pi) for value in point.values.values()]
        assert (turns[0] - turns[1] - turns[2] + turns[3]) % 2 == 0
        assert point.rates == {}
        assert point.rate is None
    assert {point.stability for point in points} == {"attracts", "repels", "depends on magnitudes"}


@pytest.mark.slow
def test_what_depends_on_magnitudes_really_does() -> None:
    system = derive(Network("Zp", activation="z**2+z**3"), "k,2k")
    mixed = [point for point in system.fixed_points() if point.stability == "depends on magnitudes"]
    phases = [s for s in system.states if s.name.startswith(("phi", "psi"))]
    kinds = set()
    for point in mixed:
        for seed in range(6):
            at = magnitudes(system, seed)
            linear = jacobian(system, point.values, at)
            charges = [[int(d.coeff(x)) for x in phases] for d in system.definitions.values()]
            leading = sorted(np.linalg.eigvals(linear).real, key=abs)[-np.linalg.matrix_rank(charges) :]
            kinds.add((point.name, tuple(sorted(set(np.sign(leading))))))
    assert len(kinds) >= len(mixed)


def test_rates_name_the_attracting_difference() -> None:
    assert {name: str(rate) for name, rate in derive(Network("Zp")).rates().items()} == {
        "D = 0": "p*(alpha**2 + 4*beta**2)/beta"
    }
    assert set(derive(Network("Zp"), "k,l").rates()) == {"D_1 = 0", "D_2 = 0"}


def test_signed_modes_have_no_phase_differences() -> None:
    assert derive(Network("Z2")).fixed_points().items == ()
    assert derive(Network("Z2")).rates() == {}


def test_too_many_combinations_are_left_out() -> None:
    assert derive(Network("Z11"), "all").fixed_points().items == ()
