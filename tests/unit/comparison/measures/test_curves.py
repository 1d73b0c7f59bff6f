"""Error curves against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.comparison import Modes
from odekit.comparison.measures.curves import error_curves
from odekit.groups import cyclic


def modes(theta: object, xi: object) -> Modes:
    amplitudes = {"theta": np.asarray(theta, complex), "xi": np.asarray(xi, complex)}
    means = {name: np.zeros(values.shape[:-1]) for name, values in amplitudes.items()}
    return Modes(cyclic(5), amplitudes, means)


def test_errors_run_over_the_modes_that_lead_at_the_start_or_now() -> None:
    measured = modes([[[2.0, 1.0]], [[2.0, 4.0]]], [[[1.0, 1.0]], [[1.0, 1.0]]])
    predicted = modes([[[2.0, 9.0]], [[3.0, 5.0]]], [[[1.0, 1.0]], [[1.0, -1.0]]])
    errors = error_curves(measured, predicted)
    assert errors["alpha"].median.tolist() == [0.0, pytest.approx((0.5 + 0.25) / 2)]
    assert errors["alpha"].max.tolist() == [0.0, 0.5]
    assert errors["psi"].max == pytest.approx([0.0, np.pi])


def test_phases_are_compared_around_the_circle() -> None:
    measured = modes([[[np.exp(3.1j), 0.0]]], [[[1.0, 0.0]]])
    predicted = modes([[[np.exp(-3.1j), 0.0]]], [[[1.0, 0.0]]])
    assert error_curves(measured, predicted)["phi"].max == pytest.approx([2 * np.pi - 6.2])


def test_a_prediction_that_has_blown_up_makes_the_maximum_nan_and_not_the_median() -> None:
    measured = modes(np.ones((1, 3, 2)), np.ones((1, 3, 2)))
    theta = np.ones((1, 3, 2))
    theta[0, 0] = np.nan
    curve = error_curves(measured, modes(theta, theta))["alpha"]
    assert np.isnan(curve.max).all()
    assert curve.median.tolist() == [0.0]


def test_modes_that_vanish_on_both_sides_agree() -> None:
    nothing = modes(np.zeros((1, 1, 2)), np.zeros((1, 1, 2)))
    assert error_curves(nothing, nothing)["alpha"].max.tolist() == [0.0]
