"""Certificates of lifted flows, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from odekit.derivation import Lifted, derive, lifted_system
from odekit.derivation.blocks.certificate import (
    BlockCertificate,
    certify_lifted,
    characters_are_complete,
    energy_is_exact,
)
from odekit.derivation.blocks.flow import LiftedFlow
from odekit.derivation.blocks.words import Words
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup, group
from odekit.networks import Network

MONOMIAL = ("S3", "D4", "Q8", "A4", "F21", "S4", "Q8xS3", "Z12")


def system_of(name: str, embedding: str = "unshared", constraint: str = "none") -> Lifted:
    return Lifted.of(Network(name, embedding=embedding, constraint=constraint))


def certified(lifted: Lifted, order: int | None = None) -> BlockCertificate:
    return certify_lifted(lifted.flow, lifted.network, order)


def with_energy(system: Lifted, energy: Words) -> Lifted:
    return replace(system, flow=replace(system.flow, energy=energy))


@pytest.mark.parametrize("name", MONOMIAL)
@pytest.mark.parametrize("embedding", ["unshared", "shared"])
def test_monomial_groups_are_certified_exactly(name: str, embedding: str) -> None:
    certificate = lifted_system(Network(name, embedding=embedding)).certify()
    assert certificate.passed
    assert certificate.exact
    assert certificate.residual == 0.0


def test_other_groups_have_an_exact_energy_and_numeric_equations() -> None:
    certificate = certified(system_of("A5"))
    assert certificate.passed
    assert certificate.energy_agrees
    assert not certificate.exact
    # Sums of n^2 products in double precision.
    assert certificate.residual < 1e-12
    assert "at random weights" in str(certificate)


@pytest.mark.parametrize("name", ["S3", "A4", "F21", "A5"])
def test_a_wrong_factor_is_refused(name: str) -> None:
    system = system_of(name)
    ((word, _),) = system.flow.energy.items()
    certificate = certified(with_energy(system, {word: Fraction(3)}))
    assert not certificate.passed
    assert not certificate.energy_agrees
    assert certificate.residual > 0.1
    assert "DISAGREE" in str(certificate)


@pytest.mark.parametrize("name", ["S3", "A4", "F21", "A5"])
def test_a_wrong_order_of_factors_or_adjoints_is_refused(name: str) -> None:
    system = system_of(name)
    ((word, value),) = system.flow.energy.items()
    xi, first, second = word
    for wrong in ((xi, second, first), (xi.adjoint, first, second), (xi, first.adjoint, second)):
        certificate = certified(with_energy(system, {wrong: value}))
        assert not certificate.energy_agrees
        assert certificate.residual > 0.1


def test_an_abelian_group_does_not_see_the_order_of_factors() -> None:
    system = system_of("Z12")
    ((word, value),) = system.flow.energy.items()
    assert certified(with_energy(system, {(word[0], word[2], word[1]): value})).passed


def test_a_wrong_rate_is_refused() -> None:
    class Doubled(LiftedFlow):
        """Every block at twice its velocity."""

        @property
        def free_field(self) -> dict[str, Words]:
            return {n: {w: 2 * c for w, c in words.items()} for n, words in super().free_field.items()}

    system = system_of("S3")
    flow = system.flow
    doubled = Doubled(flow.energy, flow.spheres, flow.rates, flow.letters)
    certificate = certified(replace(system, flow=doubled))
    assert certificate.energy_agrees
    assert not certificate.passed


@pytest.mark.parametrize("name", ["Z7", "S3", "Q8", "F21", "A5"])
def test_characters_of_every_group_are_complete(name: str) -> None:
    assert characters_are_complete(named(name))


def named(name: str) -> FiniteGroup:
    found = group(name)
    assert isinstance(found, FiniteGroup)
    return found


def test_a_missing_irrep_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from odekit.derivation.blocks import certificate as block_certificate

    real = block_certificate.eigenvalue_multiplicities
    monkeypatch.setattr(
        block_certificate, "eigenvalue_multiplicities", lambda G: (real(G)[0], real(G)[0], *real(G)[2:])
    )
    assert not characters_are_complete(named("S3"))


def test_an_energy_without_words_is_exact_where_the_activation_has_no_square() -> None:
    linear = Network("S3", activation="z", embedding="unshared")
    assert certified(Lifted.of(linear)).passed
    assert not energy_is_exact(Lifted.of(linear).flow, Network("S3", embedding="unshared"))


def test_another_order_is_refused() -> None:
    with pytest.raises(ReductionError, match="Expected: order 6"):
        derive(Network("S3")).certify(7)


@pytest.mark.parametrize("name", ["S3", "A4", "A5", "Z12"])
@pytest.mark.parametrize("constraint", ["sphere", "joint_sphere"])
@pytest.mark.parametrize("factor", [-1, 2, 1 + Fraction(1, 10**9)])
def test_a_wrong_radial_part_is_refused(name: str, constraint: str, factor: Fraction) -> None:
    system = system_of(name, constraint=constraint)
    right = certified(system)
    assert right.passed
    assert "radial parts agree" in str(right)
    flow = replace(system.flow)
    flow.__dict__["radial"] = {**system.flow.radial, "theta1": factor * system.flow.radial["theta1"]}
    wrong = certify_lifted(flow, system.network)
    assert not wrong.passed
    assert "radial parts DISAGREE" in str(wrong)
