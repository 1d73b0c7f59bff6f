"""A trajectory holds what was recorded, read-only, and refuses what can't be one."""

from __future__ import annotations

import numpy as np
import pytest
import xarray

from odekit.comparison import Trajectory
from odekit.errors import FileError, InputError, UnknownNameError

T = [0.0, 1.0, 2.0]
X = [1.0, 0.5, 0.25]


def test_values_are_kept_by_time_and_run_and_can_not_be_written() -> None:
    given = np.arange(6.0).reshape(3, 2)
    trajectory = Trajectory(T, {"x": X, "y": given}, {"learning_rate": 0.1, "seed": 3})
    assert trajectory["x"].shape == trajectory["y"].shape == (3, 2)
    assert (len(trajectory), trajectory.batch, trajectory.meta["seed"]) == (3, 2, 3)
    given[0, 0] = 7.0
    assert trajectory["y"][0, 0] == 0.0
    for array in (trajectory.t, trajectory["x"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


def test_a_name_that_was_not_recorded_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="alpha"):
        Trajectory(T, {"alpha": X})["alhpa"]


@pytest.mark.parametrize(
    ("t", "values", "told"),
    [
        ([0.0, 1.0], {"x": [1.0, 2.0]}, "at least 3"),
        ([[0.0, 1.0, 2.0]], {"x": X}, "not a list of times"),
        ([0.0, 2.0, 1.0], {"x": X}, r"don't increase.*t\[1\] = 2, t\[2\] = 1"),
        ([0.0, 1.0, 1.0], {"x": X}, "keep one of each|don't increase"),
        ([0.0, np.nan, 2.0], {"x": X}, "t has a gap.*index 1"),
        (["0", "1", "2"], {"x": X}, "t is not made of real numbers"),
        (T, {}, "values by name"),
        (T, [X], "values by name"),
        (T, {"x": [1.0, 2.0]}, r"x doesn't fit.*\(3,\)"),
        (T, {"x": np.ones((2, 3))}, "transpose"),
        (T, {"x": np.ones((3, 2, 2))}, "x doesn't fit"),
        (T, {"x": np.ones((3, 0))}, "x doesn't fit"),
        (T, {"x": np.ones((3, 2)), "y": np.ones((3, 4))}, "batch sizes disagree"),
        (T, {"x": [1.0, np.nan, 2.0]}, "x has a gap.*leave out"),
        (T, {"x": [1.0, np.inf, 2.0]}, "x has a gap"),
        (T, {"x": [1.0, None, 2.0]}, "not made of real numbers"),
        (T, {"x": [[1.0], [2.0, 3.0], [4.0]]}, "rows of different lengths"),
        (T, {"x": [1j, 2j, 3j]}, "x_re and x_im"),
        (T, {"x": [True, False, True]}, "not made of real numbers"),
        (T, {"t": X}, "can't be the name"),
        (T, {"sin": X}, "can't be the name"),
        (T, {"x 1": X}, "can't be the name"),
        (T, {3: X}, "can't be the name"),
    ],
)
def test_what_makes_no_trajectory_is_refused_in_one_paragraph(t: object, values: object, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        Trajectory(t, values)
    assert "Expected:" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        (7, "must be a mapping"),
        ({"learning_rte": 0.1}, "Received: learning_rte. Try: learning_rate"),
        ({"lr": 0.1}, "Try: learning_rate"),
        ({"learning_rate": -0.1}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"noise": -1}, "noise"),
        ({"noise": {"y": 0.1}}, "meta's noise"),
        ({"noise": {"x": "much"}}, "noise"),
        ({"parameters": [1, 2]}, "by name"),
        ({"dtype": "decimal"}, "dtype"),
    ],
)
def test_a_meta_that_says_what_can_not_be_is_refused(meta: object, told: str) -> None:
    with pytest.raises(InputError, match=told):
        Trajectory(T, {"x": X}, meta)


def test_labelled_arrays_come_back_as_they_were() -> None:
    trajectory = Trajectory(T, {"x": np.arange(6.0).reshape(3, 2)}, {"noise": 0.1, "time": "epochs"})
    again = Trajectory.from_xarray(trajectory.to_xarray())
    assert np.array_equal(again.t, trajectory.t)
    assert np.array_equal(again["x"], trajectory["x"])
    assert dict(again.meta) == dict(trajectory.meta)


def test_a_dataset_on_run_and_time_is_turned() -> None:
    values = np.arange(6.0).reshape(2, 3)
    dataset = xarray.Dataset({"x": (("run", "t"), values)}, coords={"t": T})
    assert np.array_equal(Trajectory.from_xarray(dataset)["x"], values.T)


def test_a_dataset_without_times_is_refused() -> None:
    with pytest.raises(InputError, match=r"no times.*dimensions step"):
        Trajectory.from_xarray(xarray.Dataset({"x": (("step",), X)}))


def test_a_meta_that_no_json_holds_is_not_saved(tmp_path) -> None:
    with pytest.raises(FileError, match="can't be written as JSON"):
        Trajectory(T, {"x": X}, {"model": object()}).save(tmp_path / "x.npz")
    assert not list(tmp_path.iterdir())
