"""The lifted flow in words: radial terms, decoupling, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from odekit.derivation import derive, lifted_of
from odekit.derivation.blocks.flow import lift, lifted_energy
from odekit.derivation.spheres.radial import radial_coefficients, spheres_of
from odekit.errors import InputError, ReductionError
from odekit.networks import Network


def equations(**options: Any) -> dict[str, str]:
    return dict(lifted_of(derive(Network("S3", **options))).equations)


def test_the_order_of_the_adjoints() -> None:
    assert equations(embedding="unshared") == {
        "theta1": "2 xi theta2^*",
        "theta2": "2 theta1^* xi",
        "xi": "2 theta1 theta2",
    }


def test_three_spheres_take_the_energy_away_once_and_a_joint_one_twice() -> None:
    assert equations(embedding="unshared", constraint="sphere")["theta2"] == "2 theta1^* xi - E theta2"
    joint = equations(embedding="unshared", constraint="joint_sphere")
    assert (joint["theta1"], joint["xi"]) == ("2 xi theta2^* - 2 E theta1", "2 theta1 theta2 - E xi")


def test_a_shared_embedding_at_half_rate() -> None:
    found = equations(constraint="sphere", rates={"theta": 0.5})
    assert found == {"theta": "xi theta^* + theta^* xi - E theta", "xi": "2 theta theta - E xi"}


def test_a_quadratic_with_lower_terms_has_the_same_flow() -> None:
    plain = lift(Network("S3", embedding="unshared")).free_field
    assert lift(Network("S3", embedding="unshared", activation="z**2 + 3*z - 1")).free_field == plain
    halved = lift(Network("S3", embedding="unshared", activation="z**2/2")).free_field
    assert all(halved[name][word] * 2 == value for name in plain for word, value in plain[name].items())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"embedding": "unshared", "constraint": "sphere"}, True),
        ({"embedding": "unshared", "constraint": "sphere", "rates": {"xi": 2.0}}, False),
        ({"embedding": "unshared", "constraint": "joint_sphere"}, False),
        ({"constraint": "sphere"}, False),
        ({"constraint": "sphere", "rates": {"theta": 0.5}}, True),
    ],
)
def test_irreps_decouple_where_all_radial_coefficients_agree(options: Any, expected: bool) -> None:
    network = Network("S3", **options)
    assert lift(network).decouples is expected
    # The coefficients of the words and those of the activation's terms are found apart.
    assert dict(lift(network).radial) == dict(radial_coefficients(network))


def test_three_inputs_have_a_word_of_four_letters() -> None:
    energy = lifted_energy({3: Fraction(1)}, ("theta1", "theta2", "theta3"))
    assert [(len(word), value) for word, value in energy.items()] == [(4, Fraction(6))]


@pytest.mark.parametrize("activation", ["z**3", "z**4", "z**2 + z**3"])
def test_a_degree_above_two_needs_clebsch_gordan_coefficients(activation: str) -> None:
    with pytest.raises(ReductionError, match="Clebsch-Gordan coefficients on a non-Abelian group"):
        derive(Network("S3", activation=activation))


def test_relu_has_no_finite_reduction_on_any_group() -> None:
    with pytest.raises(ReductionError, match="no finite reduction"):
        derive(Network("S3", activation="relu"))
    with pytest.raises(ReductionError, match="no lifted flow for this network"):
        lift(Network("S3", activation="relu"))


def test_modes_are_for_abelian_groups() -> None:
    with pytest.raises(InputError, match="has irreps instead of modes"):
        derive(Network("S3"), "1")


def test_a_joint_sphere_moves_at_one_rate() -> None:
    network = Network("S3", embedding="unshared", constraint="joint_sphere", rates={"theta1": 0.5})
    with pytest.raises(ReductionError, match="weights on one joint sphere must move at one rate"):
        spheres_of(network)


def test_a_sphere_needs_an_energy_of_one_degree() -> None:
    network = Network("Zp", activation="quartic", embedding="unshared", constraint="sphere")
    with pytest.raises(ReductionError, match="the energy is not homogeneous in theta1"):
        radial_coefficients(network)
    joint = Network("Zp", activation="quartic", embedding="unshared", constraint="joint_sphere")
    assert radial_coefficients(joint)["theta1"] == 4
