"""One harmonic of one frequency: rates, integrals, leaks and certificate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import HarmonicHierarchy, complex_equations, derive, initial_rates
from odekit.derivation.harmonics.certificate import certify_harmonic
from odekit.derivation.harmonics.profile import harmonic
from odekit.derivation.harmonics.response import averaged_gradient
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.networks import Network
from odekit.solvers import solve
from odekit.systems import System

C = 4 / (3 * sp.pi**2)
RELU = Network("Zp", activation="relu")


def test_relu_grows_at_2Cp_and_aligns_at_10Cp() -> None:
    p = derive(RELU).parameters[0]
    assert initial_rates(derive(RELU)) == {"growth": 2 * C * p, "alignment": 10 * C * p}


def test_the_quadratic_activation_comes_out_as_its_own_reduction_does() -> None:
    nearly = derive(Network("Zp", activation="abs(z)**2"))
    exact = derive(Network("Zp"))
    assert [sp.simplify(a - b) for a, b in zip(nearly.vector_field, exact.vector_field, strict=True)] == [
        0
    ] * 4
    assert {sp.simplify(i) for i in nearly.first_integrals()} == {
        exact["alpha"] ** 2 - 2 * exact["beta"] ** 2,
        exact["alpha"] ** 2 * exact["beta"] * sp.sin(exact["D"]),
    }


@pytest.mark.parametrize("activation", ["relu", "abs(z)**3", "abs(z)**3 + 0*z"])
@pytest.mark.parametrize("task", ["x+y", "x-y"])
def test_first_integrals_are_conserved(activation: str, task: str) -> None:
    system = derive(Network("Zp", activation=activation, task=task, rates={"theta": 0.5, "xi": 2.0}))
    system_at_one = derive(Network("Zp", activation=activation, task=task))
    for chosen, integrals in (
        (system, system.first_integrals()[:1]),
        (system_at_one, system_at_one.first_integrals()),
    ):
        assert integrals
        for integral in integrals:
            change = sum(integral.diff(s) * v for s, v in chosen.equations.items() if integral.has(s))
            assert sp.simplify(change) == 0


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["relu", "exp(z)", "softplus", "gelu"])
@pytest.mark.parametrize("group", ["Zp", "Z23", "Z12", pytest.param("Z15", marks=pytest.mark.long)])
def test_the_certificate_agrees(activation: str, group: str) -> None:
    certificate = derive(Network(group, activation=activation)).certify()
    assert certificate.passed
    # Smooth activations reach the limit faster than any power of the order.
    assert certificate.residual < (1e-3 if activation == "relu" else 1e-11)


def test_a_wrong_constant_is_not_certified() -> None:
    system = derive(RELU)
    off = {state: entry * sp.Rational(101, 100) for state, entry in system.velocities.items()}
    wrong = replace(system, velocities=off)
    assert certify_harmonic(RELU, system, 23).passed
    assert not certify_harmonic(RELU, wrong, 23).passed


def test_it_says_that_it_is_truncated_and_where_it_leaks() -> None:
    system = derive(RELU)
    assert not system.closed
    assert system.leaks == {"theta": ("3k", "5k", "7k"), "xi": ("2k", "3k", "4k", "5k", "6k", "7k")}
    words = " ".join(system.conditions)
    assert "truncated to one" in words
    assert "3k 0.600 to 0.200" in words
    assert "3/((2*m - 1)*(2*m + 3))" in words


def test_the_mean_and_even_harmonics_appear_where_the_activation_has_an_odd_part() -> None:
    assert derive(Network("Zp", activation="exp(z)")).leaks["theta"] == ("0", "2k", "3k", "4k", "5k")


def test_an_odd_activation_has_no_energy_at_one_frequency() -> None:
    system = derive(Network("Z23", activation="tanh(z)"))
    assert system.energy == 0
    assert system.fixed_points().items == ()
    assert system.certify().passed


def test_a_concave_activation_is_repelled_from_zero() -> None:
    zero, half_turn = derive(Network("Zp", activation="cos(z)/9")).fixed_points()
    assert (zero.stability, half_turn.stability) == ("repels", "attracts")


def test_it_is_solved_like_any_other_system() -> None:
    system = derive(Network("Z23", activation="relu"))
    start = np.array([[1.0], [0.3], [1.0], [0.6]])
    solution = solve(system, start, np.array([0.0, 0.05]))
    growth = float(initial_rates(system)["growth"])
    np.testing.assert_allclose(solution.y[-1][[0, 2], 0], np.exp(growth * 0.05), rtol=1e-7)


@pytest.mark.parametrize("show", [System.report, System.latex, System.python])
def test_it_is_printed(show) -> None:
    assert "alpha" in show(derive(RELU))
    assert derive(RELU).to_dict()["closed"] is False


def test_modes_and_other_forms_are_refused() -> None:
    with pytest.raises(InputError, match="is no polynomial"):
        derive(RELU, "k,2k")
    with pytest.raises(UnknownNameError, match="unknown form"):
        derive(RELU).form("cartesian")
    with pytest.raises(ReductionError, match="no equations in complex amplitudes"):
        complex_equations(derive(RELU))
    with pytest.raises(ReductionError, match="no certificate of one harmonic"):
        derive(Network("Z23", activation="relu")).certify(29)


@pytest.mark.parametrize(
    "options",
    [
        {"embedding": "unshared"},
        {"constraint": "sphere"},
        {"task": "x+y+z"},
        {"task": "2*x+y"},
        {"group": "Z2xZ2"},
    ],
)
def test_other_networks_are_refused(options) -> None:
    with pytest.raises(ReductionError, match="has no finite reduction"):
        derive(Network(**{"group": "Zp", "activation": "relu", **options}))


@pytest.mark.parametrize("activation", ["log(z)", "sqrt(z)", "1/z"])
def test_an_activation_that_is_not_real_and_finite_is_refused(activation: str) -> None:
    with pytest.raises(ReductionError, match="not real and finite at z = "):
        derive(Network("Zp", activation=activation))


@pytest.mark.parametrize("activation", ["sign(z)", "step(z)", "abs(sign(z))", "1/(1 + exp(-z))", "tanh(z)"])
def test_an_activation_that_is_odd_up_to_a_constant_has_no_flow(activation: str) -> None:
    system = derive(Network("Z11", activation=activation))
    assert not any(system.vector_field)
    assert system.certify(None).passed


@pytest.mark.slow
def test_a_jump_away_from_0_is_refused() -> None:
    with pytest.raises(ReductionError, match="the activation jumps"):
        derive(Network("Zp", activation="z*step(z - 1)"))


@pytest.mark.parametrize("angle", [0.4, 1.2])
def test_for_a_difference_theta_leaks_the_same_at_every_phase_difference(angle: float) -> None:
    network = Network("Z101", activation="relu", task="x-y")
    (told,) = [line for line in derive(network).conditions if line.startswith("those of all orders")]
    assert told.endswith("(2m+1) k, 3/((2*m - 1)*(2*m + 3)) at every D")
    theta, _ = averaged_gradient(HarmonicHierarchy(network, 7), 1.0, 1.0, angle)
    # a lattice of order 101 differs from the limit by a multiple of 1/101^2
    np.testing.assert_allclose(np.abs(theta[[3, 5]] / theta[1]), [3 / 5, 3 / 21], atol=2e-3)


def test_sizes_of_all_orders_are_told_of_degree_1_alone() -> None:
    known_of = {"relu": True, "abs(z) + 1": True, "relu(z) + sin(z)": False, "z**3 + abs(z)": False}
    for activation, known in known_of.items():
        conditions = derive(Network("Zp", activation=activation)).conditions
        assert any(line.startswith("those of all orders") for line in conditions) is known


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["gelu", "softplus"])
def test_a_field_with_integrals_has_no_code_and_says_so(activation: str) -> None:
    with pytest.raises(InputError, match="holds an integral without a closed form"):
        solve(derive(Network("Z11", activation=activation)), [0.1, 0.2, 0.1, 0.0], [0.0, 1.0])


@pytest.mark.parametrize("activation", ["gelu", "exp(z)"])
def test_equations_that_numpy_can_not_write_are_refused_as_a_program(activation: str) -> None:
    with pytest.raises(ReductionError, match="no program in NumPy alone"):
        derive(Network("Zp", activation=activation)).python()


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["sinh(exp(exp(relu(z))))", "exp(exp(exp(z)))", "sqrt(abs(z) + z)"])
def test_an_activation_that_overflows_or_has_no_slope_is_refused_without_a_warning(activation: str) -> None:
    with pytest.raises(ReductionError, match="no finite value or slope"):
        derive(Network("Zp", activation=activation))


def test_whole_numbers_that_no_machine_holds_are_floats_in_a_profile() -> None:
    z = sp.Symbol("z", real=True)
    steep, plain = harmonic(sp.erf(2**200 * z**2), 2), harmonic(sp.erf(1e60 * z**2), 2)
    # at inputs of 1e-30 the two are of order 1, and 2**200 is 1.6069e60
    small = 1e-30 * np.sqrt(1e60 / 2.0**200)
    np.testing.assert_allclose(steep(small), plain(1e-30), rtol=1e-9)
