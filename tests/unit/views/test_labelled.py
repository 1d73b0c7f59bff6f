"""netCDF files hold what the labelled arrays hold, and are written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import odekit
from odekit.errors import FileError, InputError
from odekit.views import Labelled, labelled

xarray = pytest.importorskip("xarray")

META = {"parameters": {"k": 1.0}, "learning_rate": 0.1, "über": "<b>", "flag": True, "nothing": None}


@pytest.fixture
def trajectory() -> odekit.Trajectory:
    return odekit.Trajectory([0.0, 1.0, 2.0], {"x": [[1.0, 2.0], [0.4, 1.0], [0.1, 0.2]]}, META)


def results() -> list[Labelled]:
    run = odekit.simulate(odekit.Network("Z5", neurons=2), t_end=0.1, snapshots=3)
    decay = odekit.system({"x": "-k*x"}, "k")
    record = odekit.Trajectory([0.0, 1.0, 2.0], {"x": np.exp([0.0, -1.0, -2.0])}, {"parameters": {"k": 1.0}})
    solution = odekit.solve(decay, [1.0], 1.0, parameters={"k": 1.0}, events="x - 1/2")
    return [run, odekit.compare(run), odekit.compare(record, decay), solution, record]


def test_every_array_is_in_the_file(tmp_path: Path) -> None:
    for number, result in enumerate(results()):
        path = result.to_netcdf(tmp_path / f"{number}.nc")
        with xarray.open_dataset(path) as found:
            expected = result.to_xarray()
            assert set(found.variables) == set(expected.variables)
            for name, array in expected.variables.items():
                assert found[name].dims == array.dims
                assert (np.asarray(found[name]) == np.asarray(array)).all(), name


def test_a_trajectory_comes_back_with_its_meta(trajectory: odekit.Trajectory, tmp_path: Path) -> None:
    with xarray.open_dataset(trajectory.to_netcdf(tmp_path / "mine.nc")) as found:
        again = odekit.Trajectory.from_xarray(found)
        assert found.attrs["learning_rate"] == 0.1
    assert dict(again.meta) == META
    assert (again["x"] == trajectory["x"]).all()


def test_what_json_does_not_hold_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    odd = odekit.Trajectory([0.0, 1.0, 2.0], {"x": [1.0, 2.0, 3.0]}, {"what": object()})
    with pytest.raises(FileError, match="attribute can't be written as JSON"):
        odd.to_netcdf(tmp_path / "odd.nc")
    assert not list(tmp_path.iterdir())


def test_what_netcdf_does_not_hold_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    class Large(Labelled):
        def to_xarray(self) -> Any:
            return labelled({"n": ("time", np.array([2**60]))}, {}, {})

    path = tmp_path / "large.nc"
    path.write_text("old")
    with pytest.raises(FileError, match="netCDF can't hold"):
        Large().to_netcdf(path)
    assert [p.name for p in tmp_path.iterdir()] == ["large.nc"]
    assert path.read_text() == "old"


def test_a_place_that_is_none_is_refused(trajectory: odekit.Trajectory, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="can't write"):
        trajectory.to_netcdf(tmp_path / "none" / "mine.nc")
    with pytest.raises(InputError, match="is no path"):
        trajectory.to_netcdf(3)  # type: ignore[arg-type]


def test_an_array_that_bears_the_name_of_a_coordinate_is_refused() -> None:
    clash = odekit.Trajectory([0.0, 1.0, 2.0], {"time": [1.0, 2.0, 3.0]})
    with pytest.raises(InputError, match="can't be labelled"):
        clash.to_xarray()
