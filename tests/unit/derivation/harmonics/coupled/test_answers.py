"""Neurons of one frequency and any activation at cumulants 2 and 3: equations, certificate, refusals."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from odekit import Network, derive, solve
from odekit.derivation import holds_at
from odekit.derivation.harmonics.answers import HarmonicAnswers
from odekit.derivation.harmonics.coupled import CoupledHarmonicAnswers, harmonic_coupling
from odekit.derivation.harmonics.coupled.certificate import certify_coupled
from odekit.derivation.harmonics.coupled.field import CoupledHarmonic
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.systems import System

FloatArray = NDArray[np.float64]
# alpha, phi, beta, psi of three neurons
NEURONS = np.array([[0.9, 0.5, 0.7], [0.3, -1.1, 2.0], [0.6, 0.8, 0.4], [1.0, 2.5, -0.7]])
SCALE = 1.7


@cache
def relu() -> System:
    return derive(Network("Zp", activation="relu"), order=2)


@cache
def exponential() -> System:
    return derive(Network("Z31", activation="exp(z)"), order=2)


def summed_gradient(network: Network, neurons: FloatArray, turn: float) -> FloatArray:
    """alpha', phi', beta', psi' of neurons by the loss up to cumulant 2, all tuples and outputs at once.

    All phases are shifted by ``turn``, those of xi twice. Softmax is ``1/n + (f - mean f)/n``.
    """
    n = network.finite_group.order
    wave = np.exp(2j * np.pi * np.arange(n) / n)
    alpha, phi, beta, psi = neurons
    u, v = alpha * np.exp(1j * (phi + turn)), beta * np.exp(1j * (psi + 2 * turn))
    theta, xi = (u[:, None] * wave).real, (v[:, None] * wave).real
    z = theta[:, :, None] + theta[:, None, :]
    act = network.activation.evaluate({"z": z})
    slope = network.activation.derivative("z").evaluate({"z": z})
    f = SCALE * np.einsum("mxy,mh->xyh", act, xi)
    miss = -(1 + f - f.mean(axis=-1, keepdims=True)) / n
    rows, columns = np.indices((n, n))
    miss[rows, columns, (rows + columns) % n] += 1
    force = slope * np.einsum("xyh,mh->mxy", miss, xi)
    du = 2 / n * (force.sum(axis=1) + force.sum(axis=2)) @ wave.conj() * np.exp(-1j * (phi + turn))
    dv = 2 / n * np.einsum("xyh,mxy->mh", miss, act) @ wave.conj() * np.exp(-1j * (psi + 2 * turn))
    return np.stack([du.real, du.imag / alpha, dv.real, dv.imag / beta])


def sums(system: System, neurons: FloatArray) -> dict[str, float]:
    """The order parameters of neurons, of the system's own definitions."""
    names = ("alpha", "phi", "beta", "psi")
    functions = {sp.Symbol(k, real=True): sp.sympify(v) for k, v in system.to_dict()["functions"].items()}  # type: ignore[attr-defined]
    found = {}
    for name, text in system.to_dict()["order_parameters"].items():  # type: ignore[attr-defined]
        formula = sp.sympify(text, locals={"beta": sp.Symbol("beta")})
        formula = formula.subs({sp.Symbol(k.name): value for k, value in functions.items()})
        total = SCALE * np.sum(sp.lambdify(names, formula, ["scipy", "numpy"])(*neurons))
        found |= {f"{name}_re": total.real, f"{name}_im": total.imag}
    return found


@pytest.mark.slow
def test_exp_is_the_gradient_of_the_loss_up_to_the_second_cumulant() -> None:
    found = exponential().function()(0.0, NEURONS, sums(exponential(), NEURONS))
    measured = summed_gradient(Network("Z31", activation="exp(z)"), NEURONS, 0.0)
    size = np.abs(measured).max()
    # what is left out, which the certificate bounds alike; smooth activations need no average over phases
    assert np.abs(found - measured).max() < 1e-3 * size
    doubled = exponential().function()(
        0.0, NEURONS, {name: 2 * value for name, value in sums(exponential(), NEURONS).items()}
    )
    assert np.abs(doubled - measured).max() > 0.1 * size


@pytest.mark.slow
def test_relu_is_that_gradient_averaged_over_a_common_phase() -> None:
    network = Network("Z23", activation="relu")
    system = derive(network, order=2)
    turns = 2 * np.pi / 23 * (np.arange(40) + 0.5) / 40
    measured = np.mean([summed_gradient(network, NEURONS, turn) for turn in turns], axis=0)
    found = system.function()(0.0, NEURONS, sums(system, NEURONS))
    # what is left out, and a step of 1/(40 n) across the kinks
    assert np.abs(found - measured).max() < 3e-3 * np.abs(measured).max()


def test_the_square_is_what_its_polynomial_gives() -> None:
    ours, known = derive(Network("Zp", activation="abs(z)**2"), order=2), derive(Network("Zp"), order=2)
    alpha, phi, beta, psi = NEURONS
    u, v = alpha * np.exp(1j * phi), beta * np.exp(1j * psi)
    found = ours.function()(0.0, NEURONS, {"p": 11, **sums(ours, NEURONS)})
    totals = {"S1": u**2 * v, "S2": v * np.conj(u) ** 2, "S3": u * np.conj(u) * v}
    values = {"p": 11.0}
    for name, total in ((name, SCALE * total.sum()) for name, total in totals.items()):
        values |= {f"{name}_re": total.real, f"{name}_im": total.imag}
    du_re, du_im, dv_re, dv_im = known.function()(0.0, [u.real, u.imag, v.real, v.imag], values)
    du, dv = (du_re + 1j * du_im) * np.exp(-1j * phi), (dv_re + 1j * dv_im) * np.exp(-1j * psi)
    expected = np.stack([du.real, du.imag / alpha, dv.real, dv.imag / beta])
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_it_is_the_gradient_flow_of_its_energy() -> None:
    values = {symbol: 0.2 + 0.1 * i for i, symbol in enumerate((*relu().states, *relu().parameters))}
    assert relu().energy is not None
    spelled = relu().energy.xreplace(dict(relu().definitions))
    for state, metric in zip(relu().states, relu().metric, strict=True):
        ascent, velocity = (
            expression.xreplace(values) for expression in (spelled.diff(state) / metric, relu().rhs[state])
        )
        assert float(ascent) == pytest.approx(float(velocity), rel=1e-12)


def test_without_other_neurons_the_first_order_is_left() -> None:
    plain = derive(Network("Zp", activation="relu"))
    quiet = dict.fromkeys(relu().parameters[1:], 0)
    for state, velocity in plain.velocities.items():
        assert sp.simplify(relu().velocities[state].subs(quiet) - velocity) == 0


@pytest.mark.slow
def test_an_odd_activation_moves_by_the_second_cumulant_alone() -> None:
    system = derive(Network("Z7", activation="tanh(z)"), order=2)
    assert "E = 0" in system.report().split("\n\n")[2]
    assert any(system.vector_field)
    assert "3k" in system.leaks["theta"]
    assert "coefficients other than c1_0, c2_1, c3_2 are left out" in " ".join(system.conditions)


@pytest.mark.slow
def test_the_error_falls_with_the_square_of_the_order() -> None:
    first = HarmonicAnswers(Network("Zp", activation="relu"))
    formulas = CoupledHarmonic(first, harmonic_coupling("relu", share=1e-5))
    system = CoupledHarmonicAnswers(formulas, 2).system
    small, large = (certify_coupled(formulas, system, order).residual for order in (9, 27))
    # 1/n^2, but for what is still left out
    assert small / large == pytest.approx(9, rel=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["x+y", "x-y"])
def test_the_certificate_notices_a_wrong_factor(task: str) -> None:
    network = Network("Z23", activation="relu", task=task, rates={"theta": 0.5, "xi": 2.0})
    first = HarmonicAnswers(network)
    coupling = harmonic_coupling("relu", 23)
    right = CoupledHarmonicAnswers(CoupledHarmonic(first, coupling), 2)
    assert right.certify(right.system, None).passed
    off = {pair: weight * sp.Rational(51, 50) for pair, weight in coupling.weights.items()}
    wrong = CoupledHarmonicAnswers(CoupledHarmonic(first, replace(coupling, weights=off)), 2)
    assert not right.certify(wrong.system, None).passed
    with pytest.raises(ReductionError, match="disagree with the gradient"):
        _ = wrong.verified


def test_the_third_cumulant_adds_nothing_but_on_three_elements() -> None:
    second, third = (derive(Network("Z7", activation="abs(z)**2"), order=order) for order in (2, 3))
    assert third.velocities == second.velocities
    assert any("adds nothing to the equations of the second" in line for line in third.conditions)
    assert not any("adds nothing" in line for line in second.conditions)
    anywhere = derive(Network("Zn", activation="abs(z)**2"), order=3)
    assert [n for n in range(2, 6) if holds_at(anywhere, n)] == [4, 5]
    assert any("there are no neurons of frequencies l, m" in line for line in third.conditions)
    with pytest.raises(ReductionError, match="not derived where 3k is 0"):
        derive(Network("Z3", activation="relu"), order=3)


@pytest.mark.slow
def test_the_certificate_of_the_third_cumulant_sums_it() -> None:
    """On three elements it adds what the equations lack; up to cumulant 2 they hold there."""
    formulas = CoupledHarmonic(
        HarmonicAnswers(Network("Z3", activation="exp(z)")), harmonic_coupling("exp(z)", 3)
    )
    system = CoupledHarmonicAnswers(formulas, 2).system
    assert certify_coupled(formulas, system, None, 2).passed
    assert not certify_coupled(formulas, system, None, 3).passed
    anywhere = derive(Network("Zn", activation="exp(z)"), order=3)
    assert anywhere.certify(5).passed
    with pytest.raises(ReductionError, match="three of k and -k add up to 0"):
        anywhere.certify(3)
    with pytest.raises(ReductionError, match="no certificate of one harmonic at this order"):
        derive(Network("Z7", activation="exp(z)"), order=3).certify(5)


def test_the_report_names_order_parameters_and_what_is_left_out() -> None:
    text = relu().report(relu().certify(11))
    assert "S4 is the logit scale times the sum of alpha*beta*exp(I*(psi - 2*phi)) over neurons" in text
    assert "W4 = conjugate(S4)*exp(I*(psi - 2*phi))" in text
    assert "charges r beyond 6 are left out, at most 3.9e-04 of the variance" in text
    assert "neurons of another frequency l do not enter" in text
    assert "alpha' = (2*beta*p)*(4*cos(D)/(3*pi**2) - re(W1)/pi**2 + " in text
    assert "c1_0 = besseli(0, alpha)*besseli(1, alpha)" in exponential().report()


def test_latex_is_in_few_letters() -> None:
    text = relu().latex()
    assert r"\dot{\alpha} &= 2 \beta p \left(\frac{4 \cos{\left(D \right)}}{3 \pi^{2}}" in text
    assert r"W_{4} &= \overline{S_{4}} e^{i \left(\psi - 2 \phi\right)}" in text
    assert r"\frac{- \operatorname{Re} W_{2} - \operatorname{Re} W_{3}}{16}" in text
    assert "% not closed, leaks: theta at 0, 2k, 3k" in text
    assert r"c'_{1,0}" in exponential().latex()


def test_plain_data_holds_sums_and_functions() -> None:
    data: dict[str, Any] = relu().to_dict()
    assert data["cumulants"] == 2
    assert data["order_parameters"]["S1"] == "alpha*beta*exp(I*psi)"
    assert data["functions"] == {}
    assert 0 < data["left_out"] < 1e-3


def test_it_is_integrated_at_given_sums() -> None:
    start = [0.1, 0.2, 0.1, -0.1]
    values = {"p": 11, **{symbol.name: 0.0 for symbol in relu().parameters[1:]}}
    found = solve(relu(), start, 0.1, parameters=values)
    expected = solve(derive(Network("Zp", activation="relu")), start, 0.1, parameters={"p": 11})
    assert found.y[..., -1] == pytest.approx(expected.y[..., -1], rel=1e-7)


def test_nothing_is_said_to_be_conserved_and_other_forms_are_refused() -> None:
    assert relu().first_integrals().status == "not tried"
    assert relu().form("polar") is relu()
    with pytest.raises(UnknownNameError):
        relu().form("cartesian")
    with pytest.raises(ReductionError, match="move with all neurons"):
        relu().modified("eta")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"activation": "sign(z)"}, "the activation jumps"),
        ({"activation": "tanh(20*z)"}, "too many order parameters"),
        ({"constraint": "sphere"}, "no constraint"),
        ({"group": "S3"}, "a cyclic group"),
        ({"embedding": "unshared"}, "a shared embedding"),
    ],
)
def test_other_networks_are_refused(options: dict[str, str], reason: str) -> None:
    with pytest.raises(ReductionError, match=reason):
        derive(Network(**{"group": "Zp", "activation": "relu", **options}), order=2)  # type: ignore[arg-type]


def test_modes_are_refused() -> None:
    with pytest.raises(InputError, match="is no polynomial"):
        derive(Network("Zp", activation="relu"), "k,2k", order=2)
