"""The elliptic form's constants turn the derived flow into u' = 2 r V conj(u), V' = r u^2."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from odekit.derivation import complex_equations, derive
from odekit.networks import Network


@pytest.mark.parametrize(
    ("group", "options"),
    [
        ("Zp", {}),
        ("Z12", {}),
        ("Z3xZ5", {}),
        ("Zp", {"rates": {"theta": 0.5}}),
        ("Zp", {"rates": {"theta": 0.25, "xi": 4.0}}),
        ("Zp", {"activation": "-z**2/3"}),
        ("Zp", {"activation": "3*z**2 + z + 1"}),
    ],
)
def test_the_rescaled_flow_is_canonical(group: str, options: dict[str, Any]) -> None:
    system = derive(Network(group, **options))
    form = system.closed_form
    assert form is not None
    assert form.coordinates == "polar"
    u, v = sp.symbols("u v")
    field = {s.name: e for s, e in complex_equations(system).items()}
    scaled = v * form.readout_scale
    canonical = {"u": 2 * form.rate * v * sp.conjugate(u), "v": form.rate * u**2 * form.readout_scale}
    for name, expected in canonical.items():
        given = field[name].subs(v, scaled)
        assert sp.simplify(sp.expand(given - expected)) == 0


@pytest.mark.parametrize("options", [{}, {"rates": {"theta": 0.5}}, {"activation": "-z**2"}])
def test_the_signed_flow_is_canonical(options: dict[str, Any]) -> None:
    system = derive(Network("Z2", **options))
    form = system.closed_form
    assert form is not None
    assert form.coordinates == "signed"
    u, v = system.states
    field = dict(zip(system.states, system.vector_field, strict=True))
    assert sp.simplify(field[u].subs(v, v * form.readout_scale) - 2 * form.rate * u * v) == 0
    assert sp.simplify(field[v] / form.readout_scale - form.rate * u**2) == 0


def test_rates_are_positive_and_the_sign_is_in_the_scale() -> None:
    form = derive(Network("Zp", activation="-2*z**2")).closed_form
    assert (form.rate, form.readout_scale) == (2 * sp.Symbol("p", integer=True, positive=True), -1)


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "z**3"},
        {"task": "x-y"},
        {"task": "x+y+z", "activation": "z**3"},
        {"embedding": "unshared"},
        {"activation": "z"},
    ],
)
def test_other_energies_have_no_elliptic_form(options: dict[str, Any]) -> None:
    assert derive(Network("Zp", **options)).closed_form is None
