"""The tableau against the order conditions, and against an independent copy of the published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.solvers.stepping.tableau import DOP853

EPS = np.finfo(np.float64).eps


def test_the_numbers_are_those_of_scipy() -> None:
    published = pytest.importorskip("scipy.integrate._ivp.dop853_coefficients")
    np.testing.assert_array_equal(DOP853.nodes, published.C)
    np.testing.assert_array_equal(DOP853.rows, published.A)
    np.testing.assert_array_equal(DOP853.weights, published.B)
    np.testing.assert_array_equal(DOP853.error_5, published.E5[:12])
    np.testing.assert_array_equal(DOP853.error_3, published.E3[:12])
    np.testing.assert_array_equal(DOP853.dense, published.D)


def test_each_row_adds_up_to_its_node() -> None:
    # Entries up to 43 cancel: 100 eps times that size.
    np.testing.assert_allclose(DOP853.rows.sum(axis=1), DOP853.nodes, atol=4e3 * EPS)


@pytest.mark.parametrize("power", range(8))
def test_the_weights_integrate_powers_up_to_seven_exactly(power: int) -> None:
    moment = DOP853.weights @ DOP853.nodes[:12] ** power
    assert abs(moment - 1 / (power + 1)) < 50 * EPS


def test_the_weights_do_not_integrate_the_eighth_power() -> None:
    assert abs(DOP853.weights @ DOP853.nodes[:12] ** 8 - 1 / 9) > 1e-6


def test_error_weights_vanish_on_constants() -> None:
    assert abs(DOP853.error_5.sum()) < 50 * EPS
    assert abs(DOP853.error_3.sum()) < 50 * EPS


def test_the_method_is_explicit_and_read_only() -> None:
    assert not np.triu(DOP853.rows).any()
    with pytest.raises(ValueError, match="read-only"):
        DOP853.rows[0, 0] = 1.0
