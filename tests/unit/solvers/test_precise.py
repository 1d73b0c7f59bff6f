"""The reference integrator against closed forms and an independent Taylor method."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from odekit.errors import InputError
from odekit.solvers import Status, solve
from odekit.solvers.precise import DIGITS, follow_precisely
from odekit.solvers.problem import Solution, pose

EPS = np.finfo(np.float64).eps


def precisely(system: Any, y0: Any, t: Any, *, dps: int = DIGITS, **options: Any) -> Solution:
    """As solve with the backend mpmath, to another number of digits."""
    return follow_precisely(pose(system, y0, t, backend="mpmath", **options), dps)


def test_circles_close_to_the_last_bit(oscillator: Any) -> None:
    solution = precisely(oscillator, [1.0, 0.0], [1.0, 5.0])
    np.testing.assert_allclose(solution["x"][:, 0], np.cos([1.0, 5.0]), rtol=2 * EPS)
    assert solution.is_successful


def test_more_digits_change_nothing_that_a_float_can_see(reduced: Any) -> None:
    y0, parameters = [4e-4, -0.01, 0.012], {"r": 23.0}
    coarse = precisely(reduced, y0, 1.0, parameters=parameters, dps=25)
    fine = precisely(reduced, y0, 1.0, parameters=parameters, dps=40)
    np.testing.assert_array_equal(coarse.y, fine.y)


def test_taylor_series_of_mpmath_give_the_same(reduced: Any) -> None:
    solution = precisely(reduced, [1.0, 0.5, 0.5], 0.2, parameters={"r": 1.0}, dps=30)
    with mpmath.workdps(20):
        taylor = mpmath.odefun(
            lambda t, y: [4 * y[0] * y[1], y[0] + 4 * y[2] ** 2, -4 * y[1] * y[2]], 0, [1, 0.5, 0.5]
        )
        expected = [float(value) for value in taylor(0.2)]
    np.testing.assert_allclose(solution.y[0, :, 0], expected, rtol=4 * EPS)


def test_the_batch_integrator_stays_within_its_tolerance_of_the_reference(reduced: Any) -> None:
    y0 = np.array([[4e-4, 4e-4], [-0.01, 0.01], [0.012, 0.02]])
    arguments = {"y0": y0, "t": [0.3, 0.8], "parameters": {"r": 23.0}}
    exact = precisely(reduced, **arguments, dps=25)
    for rtol in (1e-6, 1e-9):
        error = np.abs(solve(reduced, **arguments, rtol=rtol).y / exact.y - 1).max()
        # Some ten steps, amplified towards the blow-up.
        assert error < 100 * rtol


def test_failures_are_statuses(explosion: Any) -> None:
    solution = precisely(explosion, [[1.0, np.nan, 0.1]], [0.5, 1.5], dps=20, max_steps=60)
    assert solution.status.tolist() == [Status.max_steps, Status.not_finite, Status.success]
    np.testing.assert_allclose(solution["x"][0], [2.0, np.nan, 1 / 9.5], rtol=4 * EPS)
    assert np.isnan(solution["x"][1, 0])


def test_a_state_at_rest_stays(explosion: Any) -> None:
    assert precisely(explosion, [0.0], 3.0).y[0, 0, 0] == 0.0


def test_digits_out_of_range_are_refused(explosion: Any) -> None:
    with pytest.raises(InputError, match=r"Expected: 20 to 1000\. Received: 5"):
        precisely(explosion, [1.0], 0.5, dps=5)
