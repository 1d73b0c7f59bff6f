"""The reference integrator against closed forms and an independent Taylor method."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

import odekit
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


@pytest.mark.parametrize(
    ("slope", "end", "change"),
    [
        ("1", 50.0, 50.0),
        ("step(t)*step(2 - t)", 100.0, 2.0),
        ("2*step(t - 1) - step(t - 3)", 5.0, 6.0),
        ("0", 9.0, 0.0),
    ],
)
@pytest.mark.parametrize("start", [0.0, 1.0])
def test_steps_grow_where_a_step_has_no_error_but_rounding(
    slope: str, end: float, change: float, start: float
) -> None:
    solution = solve(odekit.system({"x": slope}), [start], end, backend="mpmath", max_steps=40)
    assert solution.is_successful
    assert solution["x"][-1, 0] == pytest.approx(start + change, rel=2 * EPS)


@pytest.mark.slow
def test_hundreds_of_digits_are_reached(oscillator: Any) -> None:
    solution = precisely(oscillator, [1.0, 0.0], [0.5], dps=300, max_steps=40)
    np.testing.assert_allclose(solution["x"][:, 0], np.cos([0.5]), rtol=2 * EPS)


@pytest.mark.slow
def test_a_quicker_flow_takes_more_steps() -> None:
    slow, quick = (
        solve(odekit.system({"x": f"cos({rate}*t)"}), [0.0], 10.0, backend="mpmath") for rate in (1, 20)
    )
    assert quick.steps[0] > 2 * slow.steps[0]
