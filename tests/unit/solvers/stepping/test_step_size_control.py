"""Step sizes against the rule, and error norms against their formula."""

from __future__ import annotations

from typing import Any

import numpy as np

from odekit.solvers import compile
from odekit.solvers.stepping.stages import PANEL
from odekit.solvers.stepping.step_size_control import error_norm, initial_step, next_step, smallest_step
from odekit.solvers.stepping.tableau import DOP853


def test_the_error_norm_is_its_formula() -> None:
    rng = np.random.default_rng(0)
    increments = rng.normal(size=(12, 2, PANEL))
    y, y_new = rng.normal(size=(2, 2, PANEL))
    rtol, atol = np.full(PANEL, 1e-3), np.full(PANEL, 1e-2)
    norm = error_norm(increments, y, y_new, rtol, atol)
    scale = 1e-2 + 1e-3 * np.maximum(abs(y), abs(y_new))
    e5 = np.linalg.norm(np.einsum("s,sij->ij", DOP853.error_5, increments) / scale, axis=0) / np.sqrt(2)
    e3 = np.linalg.norm(np.einsum("s,sij->ij", DOP853.error_3, increments) / scale, axis=0) / np.sqrt(2)
    np.testing.assert_allclose(norm, e5**2 / np.hypot(e5, 0.1 * e3), rtol=1e-12)


def test_no_error_at_all_is_zero_and_not_nan() -> None:
    zeros = np.zeros((12, 1, PANEL))
    tolerance = np.ones(PANEL)
    assert not error_norm(zeros, zeros[0], zeros[0], tolerance, tolerance).any()


def test_steps_grow_tenfold_at_most_and_shrink_fivefold_at_most() -> None:
    error = np.array([1e-30, 1e30, np.inf, 0.8**8, 1e-30])
    rejected = np.array([False, False, False, False, True])
    np.testing.assert_allclose(next_step(np.ones(5), error, rejected), [10.0, 0.2, 0.2, 1.0, 1.0])


def test_the_smallest_step_still_moves_the_clock() -> None:
    t = np.array([0.0, 1.0, 1e6])
    assert (t + smallest_step(t) > t).all()


def test_the_first_step_fits_the_scale_of_the_solution(oscillator: Any) -> None:
    y = np.zeros((2, PANEL))
    y[0] = 1.0
    tolerances = np.full(PANEL, 1e-8), np.full(PANEL, 1e-11)
    slow = initial_step(
        compile(oscillator).rhs, y, np.array([y[1], -y[0]]), y[:0], *tolerances, np.full(PANEL, 9.0)
    )
    assert 1e-4 < slow[0] < 1.0


def test_the_first_step_does_not_pass_the_end(oscillator: Any) -> None:
    y = np.ones((2, PANEL))
    tolerances, end = (np.full(PANEL, 1e-8), np.full(PANEL, 1e-11)), np.full(PANEL, 1e-5)
    assert (initial_step(compile(oscillator).rhs, y, y, y[:0], *tolerances, end) <= end).all()
