"""The report says in words what a reader has to know."""

from __future__ import annotations

from typing import Any

import pytest

from odekit.derivation import derive
from odekit.networks import Network


def report(group: str, modes: Any = None, **options: Any) -> str:
    system = derive(Network(group, **options), modes)
    return system.report(system.certify())


@pytest.mark.parametrize(
    "line",
    [
        "group Zp, task x*y, activation quadratic, shared embedding, no constraint",
        "xi = beta Re(e^(i psi) chi_k)",
        "chi_k(j) = e^(2 pi i k j/p)",
        "D = 2*phi - psi",
        "D' = -p*(alpha**2 + 4*beta**2)*sin(D)/beta",
        "energy E = alpha**2*beta*p**2*cos(D)/2",
        "metric (p/2) dalpha^2 + (alpha**2*p/2) dphi^2 + (p/2) dbeta^2 + (beta**2*p/2) dpsi^2",
        "t is the flow time of the summed loss at logit scale 1",
        "t = 1/p**2 * time of the network's own flow (loss mean, logit scale 1)",
        "closed: the full gradient stays in these modes",
        "p does not divide 2k",
        "c = alpha**2 - 2*beta**2",
        "K = alpha**2*beta*sin(D)",
        "D = 0 attracts; rate of D: p*(alpha**2 + 4*beta**2)/beta",
        "D = pi repels; rate of D: -p*(alpha**2 + 4*beta**2)/beta",
        "(s')**2 = 4*p**2*(-K**2 + s*(c + 2*s)**2) with s = beta**2, an elliptic curve",
        "blow-up at T* = (1/(2*p)) F if s' >= 0 at the start, else at T* = (1/(2*p)) (2 Z - F)",
        "agrees with the weight-space gradient exactly, over the cyclotomic field, order 7 (k = 1)",
    ],
)
def test_the_quadratic_network(line: str) -> None:
    assert f"  {line}\n" in report("Zp") + "\n"


def test_subtraction_with_a_shared_embedding_can_not_be_learned() -> None:
    lines = report("Zn", task="x-y")
    assert "a shared embedding computes a symmetric function of its inputs" in lines
    assert "(n+1)/(2n) for odd n, (n+2)/(2n) for even n" in lines
    assert "cannot learn" not in report("Zn", task="x-y", embedding="unshared")
    assert "cannot learn" not in report("Zn")


def test_an_energy_that_vanishes_is_named() -> None:
    assert "the energy vanishes on these modes: nothing moves at this order" in report("Zp", activation="z")
    leaking = report("Zp", "k", task="2*x+2*y")
    assert "the energy vanishes on these modes: none of them moves at this order" in leaking
    assert "xi leaks into k/2" in leaking


def test_leaks_are_named() -> None:
    lines = report("Zp", activation="z**4")
    assert "not closed: the full gradient leaves these modes" in lines
    assert "theta leaks into 2k, 3k" in lines
    assert "xi leaks into 2k" in lines


def test_rates_and_time_of_the_network_are_named() -> None:
    lines = report("Z11", rates={"theta": 0.5}, loss="sum", logit_scale=0.25)
    assert "learning rates: theta 0.5, xi 1" in lines
    assert "t = 0.25 * time of the network's own flow (loss sum, logit scale 0.25)" in lines


def test_the_stated_time_factor_is_the_network_s() -> None:
    network = Network("Z11", logit_scale=0.25)
    assert "t = 0.25/11**2 * time" in report("Z11", logit_scale=0.25)
    assert network.flow_rate() == 0.25 / 11**2


def test_kinds_of_mode_are_listed_at_a_concrete_order() -> None:
    lines = report("Z12")
    assert "characters 1, 2, 3, 4, 5" in lines
    assert "characters 6\n    u' = 48*u*v\n    v' = 24*u**2\n" in lines


def test_several_first_integrals_of_a_kind_are_numbered_and_resting_phases_stand_alone() -> None:
    assert "c_2 = alpha_l**2 - 2*beta_l**2" in report("Zn", "k,l")
    assert "\n  phi\n  K = beta*sin(D)\n" in report("Zn", task="x-y")


def test_sections_without_content_are_left_out() -> None:
    assert "Certificate" not in derive(Network("Zp")).report()
    assert "Exact solution" not in report("Zp", activation="z**4")


@pytest.mark.slow
def test_a_part_of_a_derived_system_is_told_with_its_network() -> None:
    told = derive(Network("Zp")).restrict(("alpha", "beta", "D")).report()
    assert "group Zp, task x*y" in told
    assert "psi'" not in told
