"""Systems of an order above 1: what they state, print, and refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit import Network, derive, limit
from odekit.derivation import complex_equations, holds_at
from odekit.derivation.orders import CoupledFlow, OrderAnswers
from odekit.errors import InputError, LimitError, ReductionError, UnknownNameError

SECOND = derive(Network("Zp"), order=2)
THIRD = derive(Network("Zp"), order=3)


def test_order_one_is_the_default() -> None:
    assert derive(Network("Zp"), order=1).equations == derive(Network("Zp")).equations


def test_order_parameters_are_parameters_that_conditions_define() -> None:
    assert [symbol.name for symbol in SECOND.states] == ["u_re", "u_im", "v_re", "v_im"]
    assert [symbol.name for symbol in SECOND.parameters] == [
        "p", *(f"S{i}_{part}" for i in (1, 2, 3) for part in ("re", "im"))
    ]  # fmt: skip
    assert "S1 is the logit scale times the sum of u**2*v over neurons" in SECOND.conditions
    assert "p does not divide 6k" in SECOND.conditions
    assert "no neurons have another xi mode l with k+l or k-l equal to 0" in SECOND.conditions
    assert "all neurons have these modes" in THIRD.conditions
    assert SECOND.leaks == {"theta": ("3k",), "xi": ()}
    assert not SECOND.closed


def test_without_other_neurons_the_first_order_is_left() -> None:
    plain = derive(Network("Zp")).form("cartesian")
    quiet = dict.fromkeys(SECOND.parameters[1:], 0)
    for state, velocity in plain.velocities.items():
        assert sp.expand(SECOND.velocities[state].subs(quiet) - velocity) == 0


def test_a_neuron_s_equations_are_the_gradient_with_the_sums_put_in(oracle: Any) -> None:
    """Of three neurons on Z11, in real and imaginary parts, the logit scale being 0.8."""
    network, k = Network("Z11", logit_scale=0.8, loss="sum"), 2
    system = derive(network, order=2)
    rng = np.random.default_rng(1)
    u, v = rng.normal(size=(2, 3, 2)) @ [1, 1j]
    wave = np.exp(2j * np.pi * k * np.arange(11) / 11)
    weights = {"theta": (u[:, None] * wave).real, "xi": (v[:, None] * wave).real}
    gradient = oracle(network, weights, 2)
    sums = {"S1": u**2 * v, "S2": v * np.conj(u) ** 2, "S3": u * np.conj(u) * v}
    parameters = {}
    for name, summed in sums.items():
        total = 0.8 * summed.sum()
        parameters |= {f"{name}_re": total.real, f"{name}_im": total.imag}
    found = system.function()(0.0, [u.real, u.imag, v.real, v.imag], parameters)
    du, dv = (2 / 11 * gradient[name] @ np.conj(wave) for name in ("theta", "xi"))
    assert found == pytest.approx(np.array([du.real, du.imag, dv.real, dv.imag]), rel=1e-11, abs=1e-11)


@pytest.mark.parametrize(
    ("group", "order"),
    [
        *((group, 2) for group in ("Z5", "Z8", "Z9", "Z12", "Z2xZ6")),
        *(pytest.param(group, 3, marks=pytest.mark.slow) for group in ("Z5", "Z8", "Z12", "Z2xZ6")),
        ("Z9", 3),
    ],
)
def test_every_kind_of_mode_is_certified(group: str, order: int) -> None:
    system = derive(Network(group), order=order)
    certificate = system.certify()
    assert certificate.passed
    assert certificate.exact
    assert certificate.modulus is not None
    assert "exactly, modulo 2147483" in str(certificate)


@pytest.mark.parametrize("modes", ["k,2k", "k,l"])
def test_chosen_modes_are_certified(modes: str) -> None:
    system = derive(Network("Zp"), modes, order=2)
    assert system.certify().passed
    assert "all neurons have these modes" in system.conditions


class Wrong(CoupledFlow):
    """Velocities that are too fast."""

    def field(self, kind: int) -> Any:
        return tuple({key: 2 * value for key, value in one.items()} for one in super().field(kind))


def test_wrong_equations_are_not_certified_nor_shown() -> None:
    right = THIRD.answers
    assert isinstance(right, OrderAnswers)
    wrong = OrderAnswers(Wrong(right.flow.kinds, right.flow.grades, 3))
    assert not wrong.certify(wrong.system, 11).passed
    with pytest.raises(ReductionError, match="disagree with the gradient"):
        _ = wrong.verified


def test_where_it_holds_and_how_far_sums_reach() -> None:
    assert [n for n in range(2, 14) if holds_at(SECOND, n)] == [5, 7, 11, 13]
    with pytest.raises(ReductionError, match="no frequency of order 4 meets"):
        SECOND.certify(4)
    with pytest.raises(ReductionError, match="too many tuples"):
        SECOND.certify(211)
    with pytest.raises(ReductionError, match="another order"):
        derive(Network("Z7"), order=2).certify(11)


@pytest.mark.slow
def test_the_report_names_sums_leaks_and_their_sizes() -> None:
    text = SECOND.report(SECOND.certify())
    assert "cross-entropy up to cumulant 2" in text
    assert "u_3k' = -p*u*(S1*conjugate(v) + v*conjugate(S2))/4" in text
    assert "theta leaks into 3k at relative order |f|^1 = kappa^3, and acts back at |f|^2 = kappa^6" in text
    assert "neurons of another frequency l make it leak, xi into l" in text
    assert "v_2k'" in THIRD.report()
    assert (
        "leaks into 2k at uniform softmax already"
        in derive(Network("Zp", activation="z**3"), order=2).report()
    )


def test_plain_data_holds_sums_and_leaks() -> None:
    data = SECOND.to_dict()
    assert data["cumulants"] == 2
    assert data["order_parameters"] == {"S1": "u**2*v", "S2": "v*conjugate(u)**2", "S3": "u*v*conjugate(u)"}
    (leak,) = data["responses"]  # type: ignore[misc]
    assert (leak["weights"], leak["frequency"], leak["relative_order"]) == ("theta", "3k", 1)  # type: ignore[index]


def test_latex_is_in_amplitudes() -> None:
    text = SECOND.latex()
    assert r"\dot{u} &= p \left(- \frac{3 S_{1} \overline{u} \overline{v}}{4}" in text
    assert "% S1 is the logit scale times" in text
    assert list(complex_equations(SECOND)) == list(sp.symbols("u v"))


def test_it_is_integrated_at_given_sums() -> None:
    values = {"p": 11, **{symbol.name: 0.0 for symbol in SECOND.parameters[1:]}}
    found = odekit.solve(SECOND, [0.1, 0.2, 0.1, -0.1], 0.1, parameters=values)
    plain = derive(Network("Zp")).form("cartesian")
    expected = odekit.solve(plain, [0.1, 0.2, 0.1, -0.1], 0.1, parameters={"p": 11})
    assert found.y[..., -1] == pytest.approx(expected.y[..., -1], rel=1e-7)


def test_nothing_is_said_to_be_conserved() -> None:
    for search in (SECOND.first_integrals(), SECOND.fixed_points(), SECOND.scaling_symmetries()):
        assert search.status == "not tried"
    assert SECOND.form("cartesian") is SECOND
    with pytest.raises(UnknownNameError):
        SECOND.form("polar")


def test_a_neuron_among_others_has_no_modified_equation() -> None:
    with pytest.raises(ReductionError, match="move with all neurons"):
        SECOND.modified("eta")


@pytest.mark.parametrize("order", [0, 4, "2", None, 2.0, True])
def test_other_orders_are_refused(order: Any) -> None:
    with pytest.raises(InputError, match="whole number from 1 to 3"):
        derive(Network("Zp"), order=order)


def test_spheres_are_refused() -> None:
    with pytest.raises(ReductionError, match="no order above 1 on spheres"):
        derive(Network("Zp", constraint="sphere"), order=2)


def test_what_takes_too_long_to_write_out_is_pointed_to_arrays() -> None:
    arrays = r'reduced_population\(network, "all", 3\)'
    with limit(seconds=0.1), pytest.raises(LimitError, match=arrays):
        derive(Network("Z7"), "all", order=3)
