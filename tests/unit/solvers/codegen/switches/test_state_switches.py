"""Which switches of a field depend on its states, and what the field is at held modes."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.networks import Network
from odekit.solvers.codegen import switching_of
from odekit.systems import system

x, y, k = sp.symbols("x y k", real=True)
size = sp.Symbol("size", positive=True)


@pytest.mark.parametrize(
    ("field", "count"),
    [
        ({"x": "-x"}, 0),
        ({"x": "step(t - 5)*step(k)"}, 0),
        ({"x": "step(x - 5) + abs(5 - x) + sign(x - 5)"}, 1),
        ({"x": "step(x)*step(k - x) + relu(x)"}, 2),
        ({"x": "step(x - t)"}, 1),
        ({"x": "step(x - step(x - 1))"}, 2),
    ],
)
def test_switches_of_states_are_counted_once(field: dict[str, str], count: int) -> None:
    found = switching_of(system(field, "k"))
    assert (0 if found is None else found.count) == count


def test_what_can_not_change_sign_is_no_switch() -> None:
    assert switching_of(system({size: sp.Abs(size, evaluate=False) - sp.Max(0, size + 1)})) is None
    assert switching_of(system({x: sp.Abs(x**2 + 1) * x})) is None


@pytest.mark.parametrize(
    ("group", "activation"), [("Zp", "relu"), ("Z23", "relu"), ("Zp", "abs(z)"), ("S3", "z**2")]
)
def test_derived_systems_have_none(group: str, activation: str) -> None:
    assert switching_of(derive(Network(group, activation=activation))) is None


@pytest.mark.slow
def test_more_than_64_are_followed_as_before() -> None:
    kinks = [sp.Abs(x - i) for i in range(65)]
    assert switching_of(system({x: -sp.Add(*kinks)})) is None
    few = switching_of(system({x: -sp.Add(*kinks[:-1])}))
    assert few is not None
    assert few.count == 64


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry",
    [
        sp.Heaviside(x - y, 0) + 2 * sp.Heaviside(y - x, sp.Rational(1, 3)),
        sp.sign(x) * sp.Abs(y) + sp.Abs(sp.Abs(x) - y),
        sp.Max(x, y, k * x, 1) - 3 * sp.Min(x, -y, 2),
        sp.Piecewise((x, sp.And(x > y, sp.Or(y <= 1, sp.Ne(x, 2)))), (y, sp.Not(x >= 3)), (k, True)),
        sp.floor(x) + 10 * sp.ceiling(3 * y) + sp.frac(x * y) + sp.Mod(y, 2),
    ],
)
def test_held_at_its_own_modes_a_field_is_itself(entry: sp.Expr) -> None:
    flow = system({x: entry, y: x}, [k])
    switching = switching_of(flow)
    assert switching is not None
    rng = np.random.default_rng(0)
    states = rng.uniform(-4.0, 4.0, (2, 400))
    states[:, :100] = np.round(states[:, :100])
    p, t, out = np.full((1, 400), 0.7), np.zeros(400), np.empty((2, 400))
    switching.rhs(t, states, np.concatenate([p, switching.modes(t, states, p)]), out)
    exact = [float(entry.subs({x: sp.Float(a), y: sp.Float(b), k: sp.Float(0.7)})) for a, b in states.T]
    np.testing.assert_allclose(out[0], exact, rtol=1e-12, atol=1e-13)


def test_at_held_modes_a_field_goes_on_smoothly_and_where_it_can_not_is_itself() -> None:
    flow = system({"x": "step(x - 1) + abs(x)", "y": "sqrt(relu(y))"})
    switching = switching_of(flow)
    assert switching is not None
    t, inside, beyond = np.zeros(1), np.array([[2.0], [1.0]]), np.array([[-0.5], [-1.0]])
    modes, out = switching.modes(t, inside, np.zeros((0, 1))), np.empty((2, 1))
    with np.errstate(invalid="ignore"):
        switching.rhs(t, beyond, modes, out)
    np.testing.assert_array_equal(out[:, 0], [0.5, 0.0])
