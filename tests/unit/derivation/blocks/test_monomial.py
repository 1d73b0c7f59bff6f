"""Exact monomial matrices, against the group's own irreps."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation.blocks.monomial import MonomialIrrep, monomial_irreps
from odekit.groups import FiniteGroup, group


def named(name: str) -> FiniteGroup:
    found = group(name)
    assert isinstance(found, FiniteGroup)
    return found


def dense(rho: MonomialIrrep) -> np.ndarray:
    matrices = np.zeros((*rho.place.shape, rho.place.shape[-1]), dtype=complex)
    rows = np.exp(2j * np.pi / rho.root * rho.exponent)
    np.put_along_axis(matrices, rho.place[..., None], rows[..., None], axis=-1)
    return matrices.swapaxes(-1, -2)


@pytest.mark.parametrize("name", ["S3", "D4", "Q8", "A4", "F21", "S4", "Q8xS3"])
def test_matrices_are_homomorphisms_with_the_groups_characters(name: str) -> None:
    G = named(name)
    found = monomial_irreps(G)
    assert found is not None
    for rho, irrep in zip(found, G.irreps, strict=True):
        assert rho.is_homomorphism(G)
        assert rho.character == pytest.approx(irrep.character, abs=1e-9)


def test_products_and_adjoints_are_those_of_dense_matrices() -> None:
    found = monomial_irreps(named("F21"))
    assert found is not None
    rho = found[-1]
    first, second = rho[[3, 5, 11]], rho[[20, 1, 4]]
    assert dense(first @ second) == pytest.approx(dense(first) @ dense(second), abs=1e-12)
    assert dense(first.adjoint) == pytest.approx(dense(first).conj().swapaxes(1, 2), abs=1e-12)


def test_a_permutation_of_the_elements_is_no_homomorphism() -> None:
    """Negative control."""
    G = named("S3")
    found = monomial_irreps(G)
    assert found is not None
    assert not found[-1][np.roll(np.arange(6), 1)].is_homomorphism(G)


def test_groups_without_or_too_large_have_none() -> None:
    assert monomial_irreps(named("A5")) is None
    assert monomial_irreps(named("Z131")) is None
