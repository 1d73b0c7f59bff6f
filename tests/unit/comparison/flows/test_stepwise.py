"""Flows from checkpoint to checkpoint: nothing depends on what is asked later, and a blow-up has an end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import odekit
from odekit.arrays import FloatArray
from odekit.comparison.flows.stepwise import follow_stepwise
from odekit.solvers import compile, solve

# x' = x^2 from x(0) = x0 is x0 / (1 - x0 t), which blows up at 1 / x0.
COMPILED = compile(odekit.system({"x": "x**2"}))
START = np.array([[0.2, 0.5, 1.0]])


def exact(times: FloatArray) -> FloatArray:
    return START / (1 - START * times[:, None])


def test_the_flow_is_the_exact_one_up_to_each_blow_up_and_nan_behind_it() -> None:
    times = np.array([0.0, 0.3, 0.9, 1.2, 1.9, 2.5, 4.9])
    y = follow_stepwise(COMPILED, START, times, 1e-10)[0][:, 0]
    alive = times[:, None] < 1 / START
    assert np.array_equal(np.isfinite(y), alive)
    assert y[alive] == pytest.approx(exact(times)[alive], rel=1e-7)


def test_no_number_depends_on_what_is_asked_later() -> None:
    times = np.array([0.0, 0.3, 0.9, 1.2, 1.9, 2.5, 4.9])
    whole = follow_stepwise(COMPILED, START, times, 1e-8)[0]
    for count in range(2, len(times)):
        part = follow_stepwise(COMPILED, START, times[:count], 1e-8)[0]
        assert np.array_equal(part, whole[:count], equal_nan=True)


def test_steps_end_behind_the_last_time_and_where_a_trajectory_has_blown_up() -> None:
    largest = 0.0

    def watched(t: FloatArray, y: FloatArray, p: FloatArray, out: FloatArray) -> None:
        nonlocal largest
        largest = max(largest, float(np.abs(y).max()))
        np.multiply(y, y, out=out)

    compiled = replace(COMPILED, rhs=watched)
    follow_stepwise(compiled, START, np.array([0.0, 0.3, 0.55]), 1e-9)
    # A step that begins before 0.55, where it is 1 / 0.45, takes at most half of what is left.
    assert 1 / 0.45 <= largest < 1 / 0.2
    follow_stepwise(compiled, START, np.array([0.0, 0.3, 1.1]), 1e-9)
    assert 1e6 <= largest < 1e8
    solve(compiled, START, 1.1, rtol=1e-9)
    assert largest > 1e12
