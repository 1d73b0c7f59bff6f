"""A reduced system is complete or isn't built, and answers what it was asked."""

from __future__ import annotations

import pytest
import sympy as sp

from odekit.derivation import derive, network_of
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.networks import Network
from odekit.systems import ANY, System

x, y, n, d = sp.symbols("x y n d", real=True)


def test_a_system_from_nowhere_has_equations_for_states_and_definitions() -> None:
    system = System({x: n * y, y: -x}, ANY, (n,), definitions={d: 2 * x - y})
    assert system.equations[d] == 2 * n * y + x
    assert system.closed
    assert system.closed_form is None
    assert str(system) == "x' = n*y\ny' = -x\nd' = 2*n*y + x"


def test_a_name_for_two_things_is_refused() -> None:
    with pytest.raises(InputError, match=r"two things.*distinct names"):
        System({x: x}, ANY, parameters=(x,))


def test_an_undeclared_symbol_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"nothing declares.*Received: n"):
        System({x: n * x}, ANY)


def test_what_a_system_holds_can_not_be_changed() -> None:
    system = derive(Network("Zp"))
    with pytest.raises(TypeError, match="item assignment"):
        system.leaks["theta"] = ("2k",)  # type: ignore[index]
    with pytest.raises(AttributeError, match="cannot assign"):
        system.parameters = ()  # type: ignore[misc]


def test_what_was_given_can_be_changed_without_changing_the_system() -> None:
    leaks: dict[str, tuple[str, ...]] = {"theta": ()}
    system = System({x: x}, ANY, leaks=leaks)
    leaks["theta"] = ("2k",)
    assert system.closed


def test_restriction_keeps_what_forms_a_system_of_its_own() -> None:
    small = derive(Network("Zp")).restrict(("alpha", "beta", "D"))
    assert [s.name for s in small.states] == ["alpha", "beta", "D"]
    assert small.vector_field == tuple(derive(Network("Zp")).equations[s] for s in small.states)


def test_restriction_to_what_needs_other_states_is_refused() -> None:
    with pytest.raises(ReductionError, match=r"system of their own.*which need D"):
        derive(Network("Zp")).restrict(("alpha", "beta"))
    with pytest.raises(UnknownNameError, match=r"unknown state 'alfa'.*'alpha'"):
        derive(Network("Zp")).restrict(("alfa",))


@pytest.mark.slow
def test_a_part_of_a_derived_system_answers_as_any_ode_does() -> None:
    small = derive(Network("Zp")).restrict(("D", "beta", "alpha"))
    alpha, beta, D = (small[name] for name in ("alpha", "beta", "D"))
    assert alpha**2 - 2 * beta**2 in small.first_integrals()
    # Without alpha nothing moves once D is 0 or pi, whatever beta is.
    families = [(dict(p.values), p.family, p.stability) for p in small.fixed_points()]
    assert families == [({alpha: 0, beta: beta, D: turn * sp.pi}, 1, "saddle") for turn in (0, 1)]


def test_a_system_that_was_not_derived_has_no_network_and_no_certificate() -> None:
    bare = System({x: x}, ANY)
    with pytest.raises(ReductionError, match="was not derived from a network"):
        network_of(bare)
    with pytest.raises(ReductionError, match="has no certificate"):
        bare.certify()
    assert bare.ansatz() == ()


def test_it_shows_as_mathematics_in_a_notebook() -> None:
    shown = derive(Network("Zp"))._repr_latex_()
    assert shown.startswith("$$\n\\begin{aligned}")
    assert "\\end{aligned}\n$$\n\n" in shown
    assert shown.endswith("t = 1/p**2 * time of the network's own flow (loss mean, logit scale 1)")


def test_the_ansatz_names_what_each_weight_is_made_of() -> None:
    assert derive(Network("Zp", activation="z**3")).ansatz() == (
        "theta = theta0 + alpha Re(e^(i phi) chi_k)",
        "xi = beta Re(e^(i psi) chi_k)",
    )
    assert derive(Network("Z2")).ansatz() == ("theta = u chi_k", "xi = v chi_k")


def test_states_carry_their_frequency_where_there_are_several() -> None:
    names = [s.name for s in derive(Network("Zn", task="2*x+2*y")).states]
    assert names == ["alpha_2k", "phi_2k", "beta_k", "psi_k"]
