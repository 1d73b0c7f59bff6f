"""A reduced system is complete or isn't built, and answers what it was asked."""

from __future__ import annotations

import pytest
import sympy as sp

from odekit.derivation import ReducedSystem, derive
from odekit.errors import InputError, ReductionError, UnknownNameError
from odekit.networks import Network

x, y, n, d = sp.symbols("x y n d", real=True)


def test_a_system_from_nowhere_has_equations_for_states_and_definitions() -> None:
    system = ReducedSystem((x, y), (n * y, -x), (n,), definitions={d: 2 * x - y})
    assert system.equations[d] == 2 * n * y + x
    assert system.closed
    assert system.closed_form is None
    assert system.elliptic_curve() is None
    assert str(system) == "x' = n*y\ny' = -x\nd' = 2*n*y + x"


def test_fewer_expressions_than_states_are_refused() -> None:
    with pytest.raises(InputError, match=r"differ in length.*2 expressions.*Received: 1"):
        ReducedSystem((x, y), (y,))


def test_a_name_for_two_things_is_refused() -> None:
    with pytest.raises(InputError, match=r"two things.*distinct names"):
        ReducedSystem((x,), (x,), parameters=(x,))


def test_an_undeclared_symbol_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"nothing declares.*Received: n"):
        ReducedSystem((x,), (n * x,))


def test_what_a_system_holds_can_not_be_changed() -> None:
    system = derive(Network("Zp"))
    with pytest.raises(TypeError, match="item assignment"):
        system.leaks["theta"] = ("2k",)  # type: ignore[index]
    with pytest.raises(AttributeError, match="cannot assign"):
        system.states = ()  # type: ignore[misc]


def test_what_was_given_can_be_changed_without_changing_the_system() -> None:
    leaks: dict[str, tuple[str, ...]] = {"theta": ()}
    system = ReducedSystem((x,), (x,), leaks=leaks)
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


def test_a_system_without_a_derivation_says_so() -> None:
    small = derive(Network("Zp")).restrict(("alpha", "beta", "D"))
    for question in (small.first_integrals, small.fixed_points, small.certify, small.ansatz):
        with pytest.raises(ReductionError, match="carries no derivation"):
            question()


def test_it_shows_as_mathematics_in_a_notebook() -> None:
    shown = derive(Network("Zp"))._repr_latex_()
    assert shown.startswith("$$\n\\begin{aligned}")
    assert shown.endswith("\\end{aligned}\n$$")


def test_the_ansatz_names_what_each_weight_is_made_of() -> None:
    assert derive(Network("Zp", activation="z**3")).ansatz() == (
        "theta = theta0 + alpha Re(e^(i phi) chi_k)",
        "xi = beta Re(e^(i psi) chi_k)",
    )
    assert derive(Network("Z2")).ansatz() == ("theta = u chi_k", "xi = v chi_k")


def test_states_carry_their_frequency_where_there_are_several() -> None:
    names = [s.name for s in derive(Network("Zn", task="2*x+2*y")).states]
    assert names == ["alpha_2k", "phi_2k", "beta_k", "psi_k"]
