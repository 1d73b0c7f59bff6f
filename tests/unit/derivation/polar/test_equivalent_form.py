"""Equivalent polynomial forms: that they are the same flow, by the chain rule at random points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.networks import Network
from odekit.systems import ANY, System

CASES = {
    "quadratic": (Network("Zp"), None),
    "unshared": (Network("Zp", embedding="unshared"), None),
    "difference": (Network("Zp", embedding="unshared", task="x-y"), None),
    "three summands": (Network("Zp", activation="z**3", task="x+y+z"), None),
    "fourth power": (Network("Zp", activation="z**4"), None),
    "two frequencies": (Network("Zp"), "k,2k"),
    "all modes at even order": (Network("Z6"), "all"),
}


def point(system: System, seed: int) -> dict[sp.Symbol, sp.Float]:
    """Random states from .3 to 1, which is a place in every chart, and 5 for every parameter."""
    values = np.random.default_rng(seed).uniform(0.3, 1.0, len(system.states))
    states = {state: sp.Float(value, 30) for state, value in zip(system.states, values, strict=True)}
    return {**states, **dict.fromkeys(system.parameters, sp.Integer(5))}


def velocity_gap(system: System, form: Any, seed: int = 0) -> float:
    """Largest difference between the form's field and the original one, pushed through the entries."""
    at = point(system, seed)
    original = {
        s: v.subs(system.definitions).subs(at)
        for s, v in zip(system.states, system.vector_field, strict=True)
    }
    gaps = []
    for state, field in zip(form.system.states, form.system.vector_field, strict=True):
        pushed = sum(form.entries[state].diff(s).subs(at) * v for s, v in original.items())
        gaps.append(abs(sp.N(field.subs(form.entries).subs(at) - pushed, 30)))
    return float(max(gaps))


@pytest.fixture(scope="module", params=CASES)
def system(request: pytest.FixtureRequest) -> System:
    network, modes = CASES[request.param]
    return derive(network, modes) if modes else derive(network)


def test_the_form_is_polynomial_and_the_same_flow(system: System) -> None:
    form = system.cheapest_form()
    assert form is not None
    assert all(field.is_polynomial(*form.system.states) for field in form.system.vector_field)
    assert velocity_gap(system, form) < 1e-25  # 30 digits


def test_the_exits_undo_the_entries(system: System) -> None:
    form = system.cheapest_form()
    assert form is not None
    at = point(system, 1)
    for state in system.states:
        back = sp.N(form.exits[state].subs(form.entries).subs(at), 30)
        turns = (back - at[state]) / (2 * sp.pi) if state in form.phases else (back - at[state])
        rest = turns - (round(float(turns)) if state in form.phases else 0)
        assert abs(float(rest)) < 1e-25


def test_a_field_with_one_sign_flipped_is_refused() -> None:
    system = derive(Network("Zp"))
    form = system.cheapest_form()
    assert form is not None
    alpha = system["alpha"]
    flipped = {**system.velocities, alpha: -system.velocities[alpha]}
    assert velocity_gap(replace(system, velocities=flipped, metric=()), form) > 1e-3


def test_one_pair_needs_alpha_squared_and_the_rotating_readout_only() -> None:
    small = derive(Network("Zp")).restrict(("alpha", "beta", "D")).cheapest_form()
    whole = derive(Network("Zp")).cheapest_form()
    assert small is not None
    assert whole is not None
    assert [state.name for state in small.system.states] == ["x", "X", "Y"]
    assert [state.name for state in whole.system.states] == ["x", "X", "Y", "phi"]


def test_several_phase_combinations_take_real_and_imaginary_parts() -> None:
    form = derive(Network("Zp"), "k,2k").cheapest_form()
    assert form is not None
    assert form.system.states[0].name == "u_k_re"


def test_what_is_polynomial_already_or_has_no_derivation_has_no_other_form() -> None:
    system = derive(Network("Zp"))
    assert system.form("cartesian").cheapest_form() is None
    assert system.form("polynomial").cheapest_form() is None
    bare = replace(system, answers=ANY)
    assert bare.cheapest_form() is None


def test_spheres_have_none() -> None:
    assert derive(Network("Z7", constraint="sphere", embedding="unshared")).cheapest_form() is None
