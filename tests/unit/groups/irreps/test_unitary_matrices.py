"""Polishing: matrices that are nearly a homomorphism become one, quadratically."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.groups import FiniteGroup, find_irreps, from_table, group
from odekit.groups.irreps import unitary_matrices as module
from odekit.groups.irreps.unitary_matrices import homomorphism_error


def disturbed(matrices: np.ndarray, size: float) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal((2, *matrices.shape))
    return matrices + size * (noise[0] + 1j * noise[1] * bool(matrices.imag.any()))


@pytest.mark.parametrize(("name", "index"), [("S4", 3), ("F21", 3), ("Q8xS3", 14), ("A5", 4)])
def test_averaging_squares_the_error(name: str, index: int) -> None:
    G = group(name)
    assert isinstance(G, FiniteGroup)
    exact = G.irreps[index].matrices
    rough = disturbed(exact, 1e-4)
    error = homomorphism_error(G, rough)
    once = module._averaged(G, rough)
    assert error > 1e-4
    assert homomorphism_error(G, once) < 100 * error**2
    polished = module._polished(G, rough)
    assert homomorphism_error(G, polished) < 1e-13
    assert np.abs(polished @ polished.conj().transpose(0, 2, 1) - np.eye(exact.shape[1])).max() < 1e-13


def test_the_error_is_that_of_the_worst_generator() -> None:
    G = group("S4")
    assert isinstance(G, FiniteGroup)
    rho = G.irreps[2].matrices
    assert homomorphism_error(G, rho) < 1e-14
    broken = np.array(rho)
    broken[7] = -broken[7]
    assert homomorphism_error(G, broken) > 0.5


def test_irreps_from_rough_translations_are_as_good_as_others(monkeypatch: pytest.MonkeyPatch) -> None:
    named = group("F21")
    assert isinstance(named, FiniteGroup)
    translate = module._translations
    monkeypatch.setattr(module, "_translations", lambda G, basis: disturbed(translate(G, basis), 1e-6).real)
    for irrep in find_irreps(from_table(named.table, "rough F21")):
        assert homomorphism_error(named, irrep.matrices) < 1e-13


@pytest.mark.parametrize("rows", [0, 1, 7, 100])
def test_blocks_of_rows_cover_all_rows_once(rows: int) -> None:
    covered = [index for block in module.row_blocks(rows, 300_000) for index in range(rows)[block]]
    assert covered == list(range(rows))
