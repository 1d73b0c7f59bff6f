"""What a solution says of itself."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from odekit.errors import InputError, UnknownNameError
from odekit.solvers import Solution, Status, solve


@pytest.fixture
def mixed(explosion: Any) -> Solution:
    return solve(explosion, [[0.1, 1.0, np.nan, 2.0]], [0.5, 3.0])


def test_every_status_is_a_sentence_with_a_remedy() -> None:
    assert all(status.sentence.endswith(".") for status in Status)
    assert [status.is_failure for status in Status] == [False, False, True, True, True, True]


def test_the_summary_counts_ends_and_names_the_first_failure(mixed: Solution) -> None:
    lines = mixed.summary().splitlines()
    assert lines[0] == "4 trajectories: 1 success, 2 step_too_small, 1 not_finite"
    assert lines[1].startswith("step_too_small, first at index 1, t = 1: The steps shrank")
    assert lines[2].startswith("not_finite, first at index 2, t = 0: ")
    assert not mixed.is_successful
    assert repr(mixed) == f"Solution(2 times, x; {lines[0]})"


def test_shapes_are_time_state_batch(kepler: Any) -> None:
    solution = solve(kepler, np.ones((4, 3)), [0.1, 0.2], events=[])
    assert solution.t.shape == (2, 3)
    assert solution.y.shape == (2, 4, 3)
    assert solution.status.dtype == np.int8
    assert solution.batch == 3
    assert solution.event_t.shape == (0, 3)
    np.testing.assert_array_equal(solution["vx"], solution.y[:, 2])


def test_an_unknown_state_is_refused(mixed: Solution) -> None:
    with pytest.raises(UnknownNameError, match="unknown state 'X'"):
        mixed["X"]


def test_arrays_are_read_only(mixed: Solution) -> None:
    for array in (mixed.t, mixed.y, mixed.status, mixed.error_estimate, mixed["x"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_labelled_array_holds_the_same_numbers(mixed: Solution) -> None:
    pytest.importorskip("xarray")
    labelled = mixed.to_xarray()
    np.testing.assert_array_equal(labelled["x"], mixed["x"])
    np.testing.assert_array_equal(labelled["status"], mixed.status)
    assert labelled["x"].dims == ("time", "trajectory")
    assert float(labelled["t"][1, 0]) == 3.0


def test_a_missing_xarray_names_the_extra(mixed: Solution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(InputError, match=r"extra 'labels'\..*Try: pip install"):
        mixed.to_xarray()
