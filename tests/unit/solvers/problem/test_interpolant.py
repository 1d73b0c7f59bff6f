"""The interpolant against exact solutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.solvers import compile, solve
from odekit.solvers.problem import Interpolant
from odekit.solvers.stepping.stages import PANEL, Stages, interpolate
from odekit.solvers.stepping.tableau import DOP853


def interpolation_error(oscillator: Any, h: float) -> float:
    rhs = compile(oscillator).rhs
    y, f = np.zeros((2, PANEL)), np.zeros((2, PANEL))
    y[0], f[1] = 1.0, -1.0
    rows = np.empty((DOP853.stages + 1, 2, PANEL))
    window = np.full(PANEL, -np.inf), np.full(PANEL, np.inf)
    stages = Stages(rhs, np.zeros(PANEL), np.full(PANEL, h), np.empty((0, PANEL)), *window, rows)
    y_new, f_new = stages.take(y, f)
    inside = interpolate(stages.extended(np.arange(PANEL), f_new), y_new)
    t = np.linspace(0, h, PANEL)
    return float(np.abs(inside(t) - [np.cos(t), -np.sin(t)]).max())


def test_the_error_inside_a_step_falls_with_the_eighth_power_of_its_length(oscillator: Any) -> None:
    # Order 7 globally: h**8 within one step; errors from 1e-5 to 1e-10.
    steps = np.array([0.5, 0.7, 1.0, 1.4])
    errors = [interpolation_error(oscillator, h) for h in steps]
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(8, abs=0.5)


def test_the_interpolant_agrees_with_the_exact_solution_between_steps(oscillator: Any) -> None:
    solution = solve(oscillator, [[1.0, 0.0], [0.0, 1.0]], 20.0, rtol=1e-10, dense=True)
    t = np.random.default_rng(0).uniform(0, 20, 200)
    found = solution.at(t)
    np.testing.assert_allclose(found[:, :, 0], np.stack([np.cos(t), -np.sin(t)], axis=1), atol=1e-8)
    np.testing.assert_allclose(found[:, :, 1], np.stack([np.sin(t), np.cos(t)], axis=1), atol=1e-8)


def test_the_interpolant_meets_requested_times_and_start(oscillator: Any) -> None:
    t = np.linspace(0.0, 5.0, 11)
    solution = solve(oscillator, [1.0, 0.0], t, dense=True)
    # The same polynomial, or its end, where rounding differs.
    np.testing.assert_allclose(solution.at(t), solution.y, atol=1e-14)
    np.testing.assert_array_equal(solution.at(0.0)[0, :, 0], [1.0, 0.0])


def test_times_of_its_own_for_each_trajectory(oscillator: Any) -> None:
    solution = solve(oscillator, [[1.0, 1.0], [0.0, 0.0]], [[2.0, 4.0]], dense=True, rtol=1e-10)
    np.testing.assert_allclose(solution.at([[1.0, 3.0]])[0, 0], np.cos([1.0, 3.0]), atol=1e-8)
    assert np.isnan(solution.at([[3.0, 3.0]])[0, 0]).tolist() == [True, False]


def test_beyond_what_was_reached_the_interpolant_is_nan(explosion: Any) -> None:
    solution = solve(explosion, [[1.0, np.nan]], 2.0, dense=True)
    values = solution.at([-0.1, 0.5, 1.5])[:, 0]
    np.testing.assert_array_equal(np.isnan(values), [[True, True], [False, True], [True, True]])
    assert values[1, 0] == pytest.approx(2.0, rel=1e-6)


def test_without_dense_there_is_no_interpolant(oscillator: Any) -> None:
    with pytest.raises(InputError, match=r"no interpolant. Try: solve\(..., dense=True\)"):
        solve(oscillator, [1.0, 0.0], 1.0).at(0.5)


def test_chosen_lanes_move_as_among_all_and_all_of_them_are_no_copy() -> None:
    generator = np.random.default_rng(5)
    begin, h = generator.uniform(size=9), generator.uniform(0.1, 1.0, 9)
    inside = Interpolant(begin, h, generator.standard_normal((3, 9)), generator.standard_normal((7, 3, 9)))
    few = np.array([7, 2, 8])
    t = begin + 0.3 * h
    np.testing.assert_array_equal(inside.only(few)(t[few]), inside(t)[:, few])
    np.testing.assert_array_equal(inside.only(slice(4))(t[:4]), inside(t)[:, :4])
    assert inside.only(np.arange(9)) is inside
