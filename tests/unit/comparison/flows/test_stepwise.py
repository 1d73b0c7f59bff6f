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
ONE = np.ones(1)
START = np.array([[0.2, 0.5, 1.0]])


def exact(times: FloatArray) -> FloatArray:
    return START / (1 - START * times[:, None])


def test_the_flow_is_the_exact_one_up_to_each_blow_up_and_nan_behind_it() -> None:
    times = np.array([0.0, 0.3, 0.9, 1.2, 1.9, 2.5, 4.9])
    y = follow_stepwise(COMPILED, START, times, 1e-10, ONE)[0][:, 0]
    alive = times[:, None] < 1 / START
    assert np.array_equal(np.isfinite(y), alive)
    assert y[alive] == pytest.approx(exact(times)[alive], rel=1e-7)


def test_no_number_depends_on_what_is_asked_later() -> None:
    times = np.array([0.0, 0.3, 0.9, 1.2, 1.9, 2.5, 4.9])
    whole = follow_stepwise(COMPILED, START, times, 1e-8, ONE)[0]
    for count in range(2, len(times)):
        part = follow_stepwise(COMPILED, START, times[:count], 1e-8, ONE)[0]
        assert np.array_equal(part, whole[:count], equal_nan=True)


def test_steps_end_behind_the_last_time_and_where_a_trajectory_has_blown_up() -> None:
    largest = 0.0

    def watched(t: FloatArray, y: FloatArray, p: FloatArray, out: FloatArray) -> None:
        nonlocal largest
        largest = max(largest, float(np.abs(y).max()))
        np.multiply(y, y, out=out)

    compiled = replace(COMPILED, rhs=watched)
    follow_stepwise(compiled, START, np.array([0.0, 0.3, 0.65]), 1e-9, ONE)
    # The steps aim at 1.2, behind the blow-up at 1; the one that passes 0.65 leaves half of what is left.
    assert 1 / 0.35 <= largest < 2 / 0.35
    follow_stepwise(compiled, START, np.array([0.0, 0.3, 1.1]), 1e-9, ONE)
    assert 1e6 <= largest < 1e8
    solve(compiled, START, 1.1, rtol=1e-9)
    assert largest > 1e12


def test_a_state_that_grows_while_its_partner_rests_is_followed() -> None:
    # The metric is theta^2 + xi^2/e, of theta' = theta xi and xi' = e theta^2: xi rests, theta grows by e^15.
    slow = 1e-14
    compiled = compile(odekit.system({"theta": "theta*xi", "xi": f"{slow}*theta**2"}))
    start, times = np.ones((2, 1)), np.array([0.0, 15.0])
    lengths = np.array([1.0, slow**-0.5])
    assert follow_stepwise(compiled, start, times, 1e-9, lengths)[0][-1, 0] == pytest.approx(
        np.exp(15), rel=0.1
    )
    assert np.isnan(follow_stepwise(compiled, start, times, 1e-9, np.ones(2))[0][-1]).all()
