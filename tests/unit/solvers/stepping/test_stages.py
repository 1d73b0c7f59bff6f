"""Stage combinations against plain sums, and the order of the method."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.solvers import compile
from odekit.solvers.stepping.stages import PANEL, Stages, combine, padded
from odekit.solvers.stepping.tableau import DOP853


def test_a_combination_is_the_weighted_sum() -> None:
    rng = np.random.default_rng(1)
    rows, weights = rng.normal(size=(13, 3, 2 * PANEL)), rng.normal(size=13)
    expected = sum(weight * row for weight, row in zip(weights, rows, strict=True))
    np.testing.assert_allclose(combine(weights, rows), expected, atol=1e-14)


@pytest.mark.parametrize("states", [1, 3, 7])
def test_a_combination_does_not_depend_on_where_a_lane_stands(states: int) -> None:
    rng = np.random.default_rng(2)
    rows, weights = rng.normal(size=(13, states, 8 * PANEL)), rng.normal(size=13)
    chosen = rng.permutation(8 * PANEL)[: 3 * PANEL]
    here = combine(weights, rows)[:, chosen]
    there = combine(weights, np.ascontiguousarray(rows[:, :, chosen]))
    np.testing.assert_array_equal(here, there)


def test_padding_fills_whole_panels_with_the_first_position() -> None:
    assert len(padded(np.arange(0))) == 0
    assert len(padded(np.arange(PANEL))) == PANEL
    filled = padded(np.arange(3, PANEL + 4))
    assert len(filled) == 2 * PANEL
    assert set(filled[PANEL + 1 :]) == {3}


def fixed_steps(system: Any, y0: list[float], end: float, count: int) -> np.ndarray:
    rhs, h = compile(system).rhs, end / count
    y = np.repeat(np.array(y0)[:, None], PANEL, axis=1)
    p, f = np.empty((0, PANEL)), np.empty_like(y)
    rhs(np.zeros(PANEL), y, p, f)
    rows = np.empty((DOP853.stages + 1, *y.shape))
    window = np.full(PANEL, -np.inf), np.full(PANEL, np.inf)
    for step in range(count):
        y, f = Stages(rhs, np.full(PANEL, step * h), np.full(PANEL, h), p, *window, rows).take(y, f)
    return y[:, 0]


def slope_of_error(system: Any, y0: list[float], end: float, exact: list[float], counts: list[int]) -> float:
    errors = [np.abs(fixed_steps(system, y0, end, count) - exact).max() for count in counts]
    return float(np.polyfit(np.log(counts), np.log(errors), 1)[0])


def test_the_error_of_fixed_steps_falls_with_the_eighth_power(oscillator: Any, explosion: Any) -> None:
    # Errors from 1e-6 to 1e-12, far from rounding; a slope within .5 excludes orders 7 and 9.
    circle = slope_of_error(oscillator, [1.0, 0.0], 10.0, [np.cos(10), -np.sin(10)], [10, 14, 20, 28])
    pole = slope_of_error(explosion, [1.0], 0.8, [5.0], [8, 11, 16, 22])
    assert circle == pytest.approx(-8, abs=0.5)
    assert pole == pytest.approx(-8, abs=0.7)
