"""Systems in magnitudes and phases on spheres, against the gradient in weight space."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import (
    Lifted,
    SphereAnswers,
    alignment_rate,
    complex_equations,
    derive,
    network_of,
    system_in_blocks,
)
from odekit.derivation.answers import sphere_report
from odekit.errors import ReductionError
from odekit.groups import from_modes, group, mode_basis, to_modes
from odekit.networks import Network
from odekit.solvers import aligned_competition, aligned_pair, solve
from odekit.systems import ANY, System
from odekit.systems.blocks import ENERGY

n = sp.Symbol("n", integer=True, positive=True)
p = sp.Symbol("p", integer=True, positive=True)


def system_of(name: str = "Zp", modes: Any = None, **options: Any) -> System:
    return derive(Network(name, **{"embedding": "unshared", "constraint": "sphere", **options}), modes)


def source_of(system: System) -> SphereAnswers:
    assert isinstance(system.answers, SphereAnswers)
    return system.answers


def texts(system: System) -> dict[str, str]:
    return {symbol.name: str(velocity) for symbol, velocity in system.equations.items()}


def test_magnitudes_lose_their_radial_part_and_phases_move_as_without_spheres() -> None:
    free, found = texts(system_of(constraint="none")), texts(system_of())
    assert found["alpha1"] == "-E*alpha1 + alpha2*beta*p*cos(D)"
    assert {name: free[name] for name in ("phi1", "phi2", "psi", "D")} == {
        name: found[name] for name in ("phi1", "phi2", "psi", "D")
    }
    assert ENERGY in system_of().parameters


@pytest.mark.parametrize(
    ("options", "theta", "xi"),
    [
        ({"embedding": "shared"}, "-2*E*alpha", "-E*beta"),
        ({"embedding": "shared", "rates": {"theta": 0.5}}, "-E*alpha", "-E*beta"),
        ({"constraint": "joint_sphere"}, "-2*E*alpha1", "-E*beta"),
        ({"rates": {"theta1": 0.5, "xi": 1.2}}, "-E*alpha1/2", "-6*E*beta/5"),
    ],
)
def test_the_radial_coefficients(options: Any, theta: str, xi: str) -> None:
    found = texts(system_of(**options))
    assert next(iter(found.values())).startswith(theta)
    assert found["beta"].startswith(xi)


def test_order_two_characters_are_signed() -> None:
    found = texts(system_of("Z2"))
    assert found["u1"] == "-E*u1 + 4*u2*v"
    assert found["v"] == "-E*v + 4*u1*u2"
    # The only mode is all modes, so that E is a definition with an equation of its own.
    assert set(found) == {"u1", "u2", "v", "E"}


@pytest.mark.parametrize("constraint", ["sphere", "joint_sphere"])
@pytest.mark.parametrize("name", ["Z5", "Z6", "Z2xZ3"])
def test_all_modes_at_once_move_as_the_blocks_do(name: str, constraint: str) -> None:
    """E is a definition then; the oracle is the lifted flow, itself tested in weight space."""
    system = system_of(name, "all", constraint=constraint)
    assert not system.parameters
    network = network_of(system)
    lifted, rng = Lifted.of(network), np.random.default_rng(4)
    G = network.finite_group
    weights = {letter: rng.standard_normal((3, G.order)) for letter in ("theta1", "theta2", "xi")}
    spheres = [("theta1", "theta2"), ("xi",)] if constraint == "joint_sphere" else [(w,) for w in weights]
    for sphere in spheres:
        length = np.sqrt(sum((weights[name] ** 2).sum(axis=1, keepdims=True) for name in sphere))
        weights.update({name: weights[name] / length for name in sphere})
    times = np.array([0.0, 0.1])
    y = solve(system_in_blocks(lifted), lifted.blocks.to_states(weights), times, rtol=1e-11).y
    expected = {letter: to_modes(values, G) for letter, values in lifted.blocks.to_weights(y).items()}
    start = _states(system, {letter: modes[0] for letter, modes in expected.items()})
    moved = solve(system, start, times, rtol=1e-11)
    final = _states(system, {letter: modes[-1] for letter, modes in expected.items()})
    for name_, values in final.items():
        gap = moved[name_][-1] - values
        turns = np.round(gap / (2 * np.pi)) if name_.startswith(("phi", "psi")) else 0
        assert gap - 2 * np.pi * turns == pytest.approx(np.zeros(3), abs=1e-8)


def _states(system: System, modes: dict[str, Any]) -> dict[str, Any]:
    """Magnitude, phase or signed value of every mode, by the state's name."""
    basis = mode_basis(group(network_of(system).group.name))
    source = source_of(system)
    states = {}
    for mode, names in zip(source.reduction.modes, source.reduction.names, strict=True):
        value = modes[mode.weights][:, list(basis.characters).index(mode.frequency)]
        states[names.magnitude.name] = value.real if mode.is_real else np.abs(value)
        if names.phase is not None:
            states[names.phase.name] = np.angle(value)
    return states


def test_from_modes_and_the_states_speak_of_the_same_weights() -> None:
    G = group("Z5")
    weights = np.random.default_rng(0).standard_normal((2, 5))
    assert from_modes(to_modes(weights, G), G, weights.mean(axis=1)) == pytest.approx(weights)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 3 * sp.sqrt(2 * p)),
        ({"embedding": "shared", "rates": {"theta": 0.5}}, 3 * sp.sqrt(2 * p)),
        ({"embedding": "shared"}, 5 * sp.sqrt(2 * p)),
        ({"constraint": "joint_sphere"}, sp.Rational(5, 2) * sp.sqrt(2 * p)),
        ({"rates": {"theta1": 0.5, "theta2": 0.7, "xi": 1.2}}, sp.Rational(12, 5) * sp.sqrt(2 * p)),
    ],
)
def test_the_alignment_rate_follows_the_rates(options: Any, expected: sp.Expr) -> None:
    system = system_of(**options)
    rate = alignment_rate(source_of(system))
    assert sp.simplify(rate - expected) == 0
    assert sp.simplify(system.rates()["D = 0"] - expected) == 0
    assert f"lambda = {rate}" in " ".join(source_of(system).sphere_report().solutions)


def test_the_tangent_of_half_the_angle_is_what_the_system_does() -> None:
    system = system_of("Z7")
    values = {s.name: float(value) for s, value in source_of(system).final_magnitudes.items()}
    energy = sp.sympify(system.energy).subs(dict(source_of(system).final_magnitudes))
    D = sp.Symbol("D", real=True)
    closed = system.restrict(("alpha1", "alpha2", "beta", "D"))
    alone = System({s: v.subs(ENERGY, energy) for s, v in closed.velocities.items()}, ANY)
    start = {**values, "D": np.array([0.3, -2.0, 3.0])}
    moved = solve(alone, start, 0.2, rtol=1e-11)["D"][-1]
    rate = float(alignment_rate(source_of(system)))
    assert D in closed.states
    assert moved == pytest.approx(aligned_pair(start["D"], 0.2, rate), abs=1e-9)


def test_the_aligned_competition_is_what_the_blocks_do() -> None:
    network = Network("Z15", embedding="unshared", constraint="sphere")
    system, rng = Lifted.of(network), np.random.default_rng(8)
    G = network.finite_group
    modes = rng.uniform(0.5, 1.0, (1, 7))
    trivial = 0.4
    weights = from_modes(modes, G, np.full(1, trivial))
    length = np.linalg.norm(weights)
    states = system.blocks.to_states(dict.fromkeys(("theta1", "theta2", "xi"), weights / length))
    amplitudes = np.repeat(modes[0], 2) / 2 * np.sqrt(15) / length
    first = trivial * np.sqrt(15) / length
    assert (amplitudes**2).sum() + first**2 == pytest.approx(1)
    taus = np.linspace(0, 0.8 / (2 * np.sqrt(15) * amplitudes.max()), 2001)
    grown, norms = aligned_competition(np.tile(amplitudes, (2001, 1)), np.full(2001, first), taus, 15)
    # Simpson's rule for dt = N dtau: its error is of order step^4.
    step = taus[1]
    t = step / 3 * (norms[0] + norms[-1] + 4 * norms[1:-1:2].sum() + 2 * norms[2:-1:2].sum())
    y = solve(system_in_blocks(system), states, t, rtol=1e-12).y[-1]
    final = to_modes(system.blocks.to_weights(y)["xi"], G)[0]
    assert np.abs(final) * np.sqrt(15) / 2 == pytest.approx(grown[-1][::2], rel=1e-8)


def test_the_competition_has_one_rate_only_where_coefficients_agree() -> None:
    for options in ({"constraint": "joint_sphere"}, {"embedding": "shared"}):
        solutions = source_of(system_of(**options)).sphere_report().solutions
        assert not any(line.startswith("aligned start") for line in solutions)
    assert any(line.startswith("aligned start") for line in source_of(system_of()).sphere_report().solutions)


def test_irreps_decouple_on_three_spheres_with_equal_coefficients_only() -> None:
    lines = " ".join(source_of(system_of()).sphere_report().time_change)
    assert "S = exp(int E dt)" in lines
    assert source_of(system_of(constraint="joint_sphere")).sphere_report().time_change == ()
    joint = source_of(system_of(constraint="joint_sphere")).sphere_report().solutions
    assert not any("tau*" in line for line in joint)


def test_ratios_of_the_laws_are_first_integrals() -> None:
    for options in ({}, {"embedding": "shared", "rates": {"theta": 0.5}}, {"constraint": "joint_sphere"}):
        system = system_of(**options)
        field = dict(zip(system.states, system.vector_field, strict=True))
        meaning = system.definitions
        assert system.first_integrals()
        for integral in system.first_integrals():
            plain = integral.subs(meaning)
            rate = sum(plain.diff(s) * v.subs(meaning) for s, v in field.items())
            assert sp.simplify(rate) == 0


def test_laws_decay_with_their_cofactors() -> None:
    system = system_of()
    field = dict(zip(system.states, system.vector_field, strict=True))
    names = {s.name: s for s in (*system.states, *system.definitions)}
    for text, cofactor in source_of(system).sphere_report().laws:
        law = sp.sympify(text, locals=names).subs(system.definitions)
        rate = sum(law.diff(s) * v.subs(system.definitions) for s, v in field.items())
        assert sp.simplify(rate + sp.Rational(cofactor) * ENERGY * law) == 0


def test_the_other_forms_are_on_spheres_too() -> None:
    shared = system_of(embedding="shared", rates={"theta": 0.5})
    polynomial = {s.name: str(v) for s, v in shared.form("polynomial").equations.items()}
    assert polynomial["x"] == "2*x*(-E + X*p)"
    cartesian = {s.name: v for s, v in shared.form("cartesian").equations.items()}
    assert cartesian["v_re"].coeff(ENERGY) == -sp.Symbol("v_re", real=True)
    assert shared.closed_form is None
    complex_ = {str(s): v for s, v in complex_equations(shared).items()}
    assert sp.expand(complex_["u"]).coeff(ENERGY) == -sp.Symbol("u")


def test_a_quartic_has_no_separate_spheres_with_two_embeddings() -> None:
    with pytest.raises(ReductionError, match="not homogeneous"):
        system_of(activation="quartic")
    assert "-4*E*" in texts(system_of(activation="quartic", embedding="shared"))["alpha"]


def test_symbolic_orders_have_symbolic_landscapes() -> None:
    points = source_of(system_of("Zn")).sphere_report().maxima
    assert [str(point.exact_energy) for point in points] == ["sqrt(2)*sqrt(n)", "2*sqrt(n)"]
    assert not source_of(system_of("Zn", task="x-y")).sphere_report().maxima


def test_the_time_change_has_the_degree_of_the_free_flow() -> None:
    options = {"embedding": "unshared", "constraint": "sphere"}
    told = {
        task: sphere_report(derive(Network("Z7", task=task, activation=activation, **options))).time_change[0]
        for task, activation in (("x+y", "z**2"), ("x+y+z", "z**3"))
    }
    assert "dtau = dt/S," in told["x+y"]
    assert "dtau = dt/S**2," in told["x+y+z"]


def test_modes_that_the_energy_couples_do_not_decouple() -> None:
    coupled = {"activation": "z**4", "rates": {"theta": 0.25, "xi": 1.0}, "constraint": "sphere"}
    shared = {"task": "2*x+3*y", "rates": {"theta": 0.5, "xi": 1.0}, "constraint": "sphere"}
    for options in (coupled, shared):
        report = sphere_report(derive(Network("Z7", **options)))
        assert report.time_change == ()
        assert report.coupling == "the energy holds products of several of them"
