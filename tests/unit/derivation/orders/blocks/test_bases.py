"""Bases of the functions on each irrep: orthogonal waves, and the same functions modulo a prime."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation.orders import modular_bases, real_bases
from odekit.derivation.orders.brute_force import prime_with_root
from odekit.groups import group


@pytest.mark.parametrize("name", ["S3", "D4", "Q8", "A4", "F21", "Z6", "A5"])
def test_waves_are_orthogonal_and_span_the_functions_of_their_irrep(name: str) -> None:
    G = group(name)
    bases = real_bases(G)
    assert [len(basis.names) for basis in bases.values()] == [s.kappa * s.m**2 for s in G.real_irreps]
    waves = np.concatenate([basis.analysis for basis in bases.values()])
    back = np.concatenate([basis.synthesis for basis in bases.values()])
    assert waves @ back.T == pytest.approx(np.eye(G.order), abs=1e-12)
    for irrep, basis in zip(G.real_irreps, bases.values(), strict=True):
        dimension = irrep.unitary.shape[1]
        character = irrep.character[G.table[:, G.inverse]] * dimension / G.order
        projector = character / (2 if irrep.type == "H" else 1)
        assert projector @ basis.analysis.T == pytest.approx(basis.analysis.T, abs=1e-12)


@pytest.mark.parametrize("name", ["S3", "Q8", "A4", "F21"])
def test_modulo_a_prime_the_entries_invert_exactly(name: str) -> None:
    G = group(name)
    prime = prime_with_root(G.exponent, 2**24)
    bases = modular_bases(G, prime)
    assert bases is not None
    analysis = np.concatenate([basis.analysis for basis in bases.values()])
    synthesis = np.concatenate([basis.synthesis for basis in bases.values()])
    assert (analysis @ synthesis.T % prime == np.eye(G.order, dtype=np.int64)).all()


def test_a_group_without_monomial_irreps_has_no_residues() -> None:
    assert modular_bases(group("A5"), prime_with_root(30, 2**24)) is None
