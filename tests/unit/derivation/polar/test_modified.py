"""The modified equation of a derived system is that of descent of the weights, in whatever states."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import derive, with_decay
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.systems import System
from odekit.systems.equations import spelled_out

NETWORKS = {
    "quadratic": Network("Zp"),
    "quartic": Network("Zp", activation="z**4"),
    "unshared": Network("Zp", embedding="unshared", rates={"theta1": 0.5, "theta2": 2.0, "xi": 1.0}),
    "real modes": Network("Z2xZ2"),
}


def at_random(system: System) -> dict[sp.Symbol, float]:
    """A value for every state and parameter."""
    generator = np.random.default_rng(5)
    return {symbol: float(generator.uniform(0.2, 1.2)) for symbol in (*system.states, *system.parameters)}


def agree(polar: System, cartesian: System) -> bool:
    """Whether the polar velocities are those of the Cartesian states, at a random point."""
    point = at_random(polar)
    magnitudes = [s for s in polar.states if s.name.startswith("alpha") or s.name.startswith("beta")]
    phase_of = {m: polar[m.name.replace("alpha", "phi").replace("beta", "psi")] for m in magnitudes}
    states: dict[sp.Symbol, sp.Expr] = {}
    for m, phase in phase_of.items():
        name = m.name.replace("alpha", "u").replace("beta", "v")
        states[cartesian[f"{name}_re"]] = m * sp.cos(phase)
        states[cartesian[f"{name}_im"]] = m * sp.sin(phase)
    states |= {s: s for s in cartesian.states if s not in states}
    velocities = spelled_out(polar.velocities, polar.definitions)
    for state, meaning in states.items():
        moved = sum(meaning.diff(s) * velocity for s, velocity in velocities.items())
        own = cartesian.velocities[state].xreplace(states)
        values = [complex(each.xreplace(point)) for each in (moved, own)]
        if not np.isclose(*values, rtol=1e-10):
            return False
    return True


@pytest.mark.parametrize(
    ("name", "order"),
    [
        *((name, 2) for name in NETWORKS),
        ("quadratic", 3),
        pytest.param("unshared", 3, marks=pytest.mark.slow),
    ],
)
def test_magnitudes_and_phases_move_as_real_and_imaginary_parts_do(name: str, order: int) -> None:
    system = derive(NETWORKS[name])
    assert agree(system.modified("eta", order), system.form("cartesian").modified("eta", order))


def test_with_decay_and_momentum_they_do_too() -> None:
    system = with_decay(derive(NETWORKS["quadratic"]))
    assert agree(system.modified("eta", 2, "mu"), system.form("cartesian").modified("eta", 2, "mu"))


def test_a_step_along_magnitudes_and_phases_would_be_another_one() -> None:
    system = derive(NETWORKS["quadratic"])
    straight = System(dict(system.rhs), system.form("cartesian").modified("eta").answers, system.parameters)
    assert not agree(straight.modified("eta"), system.form("cartesian").modified("eta"))


def test_the_four_variable_system_keeps_its_shape() -> None:
    alpha, beta, D, p = (derive(NETWORKS["quadratic"])[name] for name in ("alpha", "beta", "D", "p"))
    found = derive(NETWORKS["quadratic"]).modified("eta")
    eta = found["eta"]
    flow = 2 * alpha * beta * p * sp.cos(D)
    assert sp.expand(found.equations["alpha"] - flow + alpha * eta * p**2 * (alpha**2 + 2 * beta**2)) == 0
    assert found.equations["D"] == derive(NETWORKS["quadratic"]).equations["D"]
    assert found.conditions[-1].endswith("of descent with such steps of the weights")
    assert found.angles == derive(NETWORKS["quadratic"]).angles


def test_a_closed_part_is_that_of_the_whole() -> None:
    system, names = derive(NETWORKS["quadratic"]), ("alpha", "beta", "D")
    part, whole = system.restrict(names).modified("eta", 3), system.modified("eta", 3)
    assert [state.name for state in part.states] == list(names)
    assert all(part.equations[name] == whole.equations[name] for name in names)


def test_harmonics_of_other_activations_are_modes_of_the_weights_too() -> None:
    system = derive(Network("Zp", activation="relu"))
    found = system.modified("eta")
    D, eta = found["D"], found["eta"]
    # At D = 0 the slopes alpha' = c beta and beta' = c alpha of a matrix whose square is c^2.
    rate = (system.equations["alpha"] / system["beta"]).subs(D, 0)
    correction = sp.expand(found.equations["alpha"].subs(D, 0)).coeff(eta)
    assert sp.simplify(correction + rate**2 * system["alpha"] / 2) == 0
    assert found.leaks == system.leaks


def test_where_steps_are_not_straight_it_is_refused() -> None:
    with pytest.raises(ReductionError, match=r"not straight in these states.*Try: form\(\"cartesian\"\)"):
        derive(NETWORKS["quadratic"]).form("polynomial").modified("eta")
    with pytest.raises(ReductionError, match=r"spheres takes no straight steps.*constraint 'sphere'"):
        derive(Network("Zp", embedding="unshared", constraint="sphere")).modified("eta")


def test_blocks_are_refused() -> None:
    with pytest.raises(ReductionError, match=r"in blocks.*Received: matrices theta, xi"):
        derive(Network("S3")).modified("eta")
    with pytest.raises(ReductionError, match="spheres"):
        derive(Network("S3", embedding="unshared", constraint="sphere")).modified("eta")
