"""Dense and sparse linear systems against NumPy's solution of each."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.solvers.codegen import Linearisation
from odekit.solvers.stepping.implicit.linear_systems import factoriser, most_together


def banded(n: int) -> Linearisation:
    rows, columns = np.nonzero(np.abs(np.subtract.outer(np.arange(n), np.arange(n))) <= 1)
    return Linearisation(lambda *_: None, n, rows, columns, False)


@pytest.mark.parametrize("n", [1, 6, 64, 65, 200])
def test_solutions_are_those_of_numpy(n: int) -> None:
    known, rng = banded(n), np.random.default_rng(3)
    entries, d, b = rng.normal(size=(len(known.rows), 3)), np.array([7.0, 1e3, 1e9]), rng.normal(size=(n, 3))
    found = factoriser(known)(d, entries)(b)
    for lane in range(3):
        matrix = d[lane] * np.eye(n)
        matrix[known.rows, known.columns] -= entries[:, lane]
        np.testing.assert_allclose(found[:, lane], np.linalg.solve(matrix, b[:, lane]), rtol=1e-12)


@pytest.mark.parametrize("n", [6, 200])
@pytest.mark.parametrize("broken", ["singular", "not finite"])
def test_a_matrix_that_has_no_inverse_spoils_its_own_lane_only(n: int, broken: str) -> None:
    known = banded(n)
    entries, d = np.zeros((len(known.rows), 5)), np.full(5, 2.0)
    entries[0, 2], d[2] = (0.0, 0.0) if broken == "singular" else (np.nan, 1.0)
    found = factoriser(known)(d, entries)(np.ones((n, 5)))
    assert not np.isfinite(found[:, 2]).all()
    np.testing.assert_array_equal(np.delete(found, 2, axis=1), 0.5)


def test_the_residual_of_a_badly_scaled_matrix_is_rounding() -> None:
    known, rng = banded(8), np.random.default_rng(5)
    entries = rng.normal(size=(len(known.rows), 50)) * 10.0 ** rng.integers(-4, 8, (len(known.rows), 50))
    b = rng.normal(size=(8, 50))
    x = factoriser(known)(np.ones(50), entries)(b)
    matrices = np.tile(np.eye(8), (50, 1, 1))
    matrices[:, known.rows, known.columns] -= entries.T
    size = np.einsum("lij,jl->il", np.abs(matrices), np.abs(x)) + np.abs(b)
    residual = np.abs(np.einsum("lij,jl->il", matrices, x) - b)
    assert (residual.max(axis=0) <= 64 * np.finfo(float).eps * size.max(axis=0)).all()


def test_fewer_large_systems_step_together() -> None:
    assert [most_together(n) for n in (1, 32, 1024, 10_000)] == [4096, 4096, 4, 1]
