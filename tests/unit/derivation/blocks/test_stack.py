"""Blocks as real states: the transform, its metric, and the quaternionic basis."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation.blocks.spectrum import algebra_basis
from odekit.derivation.blocks.stack import block_stacks, quaternionic_basis
from odekit.groups import KAPPA, FiniteGroup, group


def named(name: str) -> FiniteGroup:
    found = group(name)
    assert isinstance(found, FiniteGroup)
    return found


@pytest.mark.parametrize("name", ["Z12", "S3", "Q8", "F21", "Q8xS3"])
def test_stacks_hold_every_real_irrep_once_and_n_states(name: str) -> None:
    G = named(name)
    stacks = block_stacks(G)
    assert sorted(n for s in stacks for n in s.names) == sorted(sigma.name for sigma in G.real_irreps)
    assert sum(stack.rows for stack in stacks) == G.order
    assert stacks[0].is_trivial
    assert not any(stack.is_trivial for stack in stacks[1:])


@pytest.mark.parametrize("name", ["Z12", "S3", "Q8", "F21", "Q8xS3"])
def test_transforms_are_orthogonal_up_to_the_metric(name: str) -> None:
    for stack in block_stacks(named(name)):
        assert stack.transform @ stack.transform.T * stack.metric == pytest.approx(
            np.eye(stack.rows), abs=1e-12
        )
        assert len(stack.state_names("xi")) == stack.rows


@pytest.mark.parametrize("name", ["Q8", "Dic3", "Q8xS3"])
def test_the_quaternionic_basis_is_unitary_and_gives_the_form(name: str) -> None:
    G = named(name)
    for irrep in (irrep for irrep in G.irreps if irrep.type == "H"):
        U, m = quaternionic_basis(irrep.matrices), irrep.dimension // 2
        assert pytest.approx(np.eye(2 * m), abs=1e-12) == U.conj().T @ U
        turned = U.conj().T @ irrep.matrices @ U
        assert turned[:, m:, m:] == pytest.approx(turned[:, :m, :m].conj(), abs=1e-12)
        assert turned[:, :m, m:] == pytest.approx(-turned[:, m:, :m].conj(), abs=1e-12)


def test_one_irrep_of_a_stack() -> None:
    stack = block_stacks(named("Z5"))[1]
    one = stack.one(1)
    assert (one.names, one.members, one.rows) == (("2",), ((2, 3),), 2)


@pytest.mark.parametrize("kind", ["R", "C", "H"])
def test_division_algebras_have_units_that_square_to_minus_one(kind: str) -> None:
    one, *units = algebra_basis(kind)
    assert len(units) + 1 == KAPPA[kind]
    for i, unit in enumerate(units):
        assert np.array_equal(unit @ unit, -one)
        assert np.array_equal(unit.T, -unit)
        assert all(np.array_equal(unit @ other, -other @ unit) for other in units[:i])
