"""A lifted system answers what every derived system is asked."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation import derive, lifted_of, lifted_system, sphere_report
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.networks import Network
from odekit.systems import System


def system_of(name: str = "A4", constraint: str = "sphere") -> System:
    return derive(Network(name, embedding="unshared", constraint=constraint))


def test_abelian_groups_are_derived_in_phases_and_lift_on_demand() -> None:
    network = Network("Z5", embedding="unshared", constraint="sphere")
    assert derive(network).blocks is None
    assert len(lifted_system(network).states) == 15


def test_states_have_the_names_of_their_irreps() -> None:
    names = [symbol.name for symbol in system_of().states]
    assert names[:4] == ["theta1[1]_re_00", "theta1[1a]_re_00", "theta1[1a]_im_00", "theta1[3]_re_00"]
    assert system_of()["xi[3]_re_22"].name == "xi[3]_re_22"
    with pytest.raises(UnknownNameError, match="unknown state 'alpha'"):
        system_of()["alpha"]


def test_rates_are_those_at_the_maxima() -> None:
    rates = system_of().rates()
    assert rates["3"] == pytest.approx((4.0, 8.0))
    assert rates["1a"] == pytest.approx((np.sqrt(24), 3 * np.sqrt(24)))
    assert system_of(constraint="none").rates() == {}


def test_it_is_closed_and_has_no_templates_phases_or_parameters() -> None:
    system = system_of()
    assert system.closed
    assert not any(system.leaks.values())
    assert (system.templates, system.fixed_points().items, system.parameters) == ((), (), ())
    assert system.fixed_points().status == "not tried"
    assert system.closed_form is None


def test_first_integrals_are_the_laws_without_a_factor() -> None:
    assert len(system_of(constraint="none").first_integrals()) == 4
    assert system_of().first_integrals().items == ()


def test_the_sphere_report() -> None:
    report = sphere_report(system_of())
    assert report is not None
    assert report.trivial == ("theta1' = -E theta1", "theta2' = -E theta2", "xi' = -E xi")
    assert [point.irrep for point in report.maxima] == ["1a", "3"]
    assert report.time_change
    assert sphere_report(system_of(constraint="none")) is None


def test_it_cannot_be_restricted() -> None:
    with pytest.raises(ReductionError, match="do not form a system of their own"):
        system_of().restrict(["xi[1]_re_00"])


def test_a_symbolic_order_has_no_blocks() -> None:
    with pytest.raises(InputError, match="the order of Zp is a symbol"):
        lifted_system(Network("Zp", embedding="unshared"))


def test_it_prints_its_equations() -> None:
    assert lifted_of(system_of()).equations["theta1"] == "2 xi theta2^* - E theta1"
    assert str(system_of()).splitlines()[2] == "xi' = -E*xi + 2*theta1*theta2"
    assert repr(system_of()) == "System(theta1, theta2, xi; )"
    assert r"\hat\theta_{1}" in system_of()._repr_latex_()
    assert r"\hat\xi^\dagger" in system_of().latex()
