"""Trajectories from files: archives, tables with and without runs, and what is told of others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from odekit.comparison import Trajectory, load_trajectory
from odekit.errors import FileError, InputError

TABLE = "t,x,y\n0,1,2\n1,0.5,3\n2.5,0.25,4\n"
RUNS = "run,t,x\na,0,1\na,1,2\na,2,3\nb,0,4\nb,1,5\nb,2,6\n"


def test_an_archive_comes_back_with_its_meta(tmp_path: Path) -> None:
    meta = {"learning_rate": 0.1, "noise": {"x": 0.01}, "parameters": {"k": np.arange(2.0)}}
    saved = Trajectory([0, 1, 2], {"x": np.arange(6.0).reshape(3, 2)}, meta)
    again = load_trajectory(saved.save(tmp_path / "run.npz"))
    assert np.array_equal(again["x"], saved["x"])
    assert again.meta == {"learning_rate": 0.1, "noise": {"x": 0.01}, "parameters": {"k": [0.0, 1.0]}}
    assert again.file == str(tmp_path / "run.npz")


def test_an_archive_needs_no_meta_and_a_given_one_wins(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", t=np.arange(3), x=np.arange(3))
    assert load_trajectory(tmp_path / "run.npz", {"noise": 0.5}).meta == {"noise": 0.5}


@pytest.mark.parametrize("text", [TABLE, TABLE.replace("\n", "\r\n"), "\ufeff" + TABLE, TABLE + "\n"])
def test_a_table_has_a_column_for_each_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.csv").write_bytes(text.encode())
    found = load_trajectory(tmp_path / "run.csv")
    assert found.t.tolist() == [0.0, 1.0, 2.5]
    assert found["y"].tolist() == [[2.0], [3.0], [4.0]]


def test_runs_of_a_table_become_a_batch(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text(RUNS)
    assert load_trajectory(tmp_path / "run.csv")["x"].tolist() == [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "t is missing"),
        ("x,y\n1,2\n", "t is missing.*x, y"),
        ("t,x\n0,1\n1\n", "line 3 doesn't fit"),
        ("t,x\n0,1\n1,one\n2,3\n", "'one' in line 3"),
        ("t,x\n0,1\n1,\n2,3\n", "x has a gap"),
        ("t,x,x\n0,1,1\n", "twice"),
        ('t,x\n0,"' + "1" * 200_000 + '"\n', "no table in CSV.*larger than field limit"),
        ("t,run,x\n", "needs more times"),
        (RUNS.replace("b,2,6", "b,3,6"), "different times"),
        (RUNS.replace("b,2,6\n", ""), "different times.*a: 3 rows, b: 2 rows"),
    ],
)
def test_a_table_that_is_no_trajectory_is_told_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "run.csv").write_text(text)
    with pytest.raises(FileError, match=told) as caught:
        load_trajectory(tmp_path / "run.csv")
    assert "run.csv" in str(caught.value)


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", t=np.arange(3), x=np.array([1, None, "x"], dtype=object))
    with pytest.raises(FileError, match="pickled"):
        load_trajectory(tmp_path / "run.npz")


@pytest.mark.parametrize("name", ["none.npz", "none.csv", "none.parquet"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match=name):
        load_trajectory(tmp_path / name)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"Expected: \.npz, \.csv, \.parquet"):
        load_trajectory(tmp_path / "run.pkl")


def test_a_weight_run_of_the_groups_is_no_trajectory(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", t=np.arange(3), theta=np.zeros((3, 2, 5)))
    with pytest.raises(InputError, match="theta doesn't fit"):
        load_trajectory(tmp_path / "run.npz")


def test_a_parquet_file_holds_the_same_table(tmp_path: Path) -> None:
    parquet, arrow = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("pyarrow")
    columns = {"run": ["a"] * 3 + ["b"] * 3, "t": [0.0, 1.0, 2.0] * 2, "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}
    parquet.write_table(arrow.table(columns), tmp_path / "run.parquet")
    assert load_trajectory(tmp_path / "run.parquet")["x"].tolist() == [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
    (tmp_path / "no.parquet").write_text("no")
    with pytest.raises(FileError, match="no Parquet file"):
        load_trajectory(tmp_path / "no.parquet")


def test_runs_by_the_thousand_take_no_longer_than_their_rows(tmp_path: Path) -> None:
    rows = [f"{t},{'a' * 1000}{run},{run}" for t in range(3) for run in range(3000)]
    (tmp_path / "run.csv").write_text("t,run,x\n" + "\n".join(rows))
    assert load_trajectory(tmp_path / "run.csv")["x"].shape == (3, 3000)


@pytest.mark.parametrize("ends", ["\r", "\r\n"])
def test_lines_end_as_any_system_ends_them(tmp_path: Path, ends: str) -> None:
    (tmp_path / "run.csv").write_bytes(TABLE.replace("\n", ends).encode())
    assert load_trajectory(tmp_path / "run.csv")["x"].tolist() == [[1.0], [0.5], [0.25]]


def test_a_parquet_file_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    parquet, arrow = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("pyarrow")
    path, t, none = tmp_path / "run.parquet", [0.0, 1.0, 2.0], arrow.array([], arrow.float64())
    zeros = arrow.array(np.zeros(2**24 + 1))
    refused = {
        "GB unpacked": {"t": zeros, "x": zeros},
        "x is not made of real numbers.*string": {"t": t, "x": ["a", "b", "c"]},
        "x is not made of real numbers.*list": {"t": t, "x": [[1.0]] * 3},
        "x is not made of real numbers.*dictionary": {
            "t": t,
            "x": arrow.array(["a"] * 3).dictionary_encode(),
        },
        "needs more times": {"t": none, "run": none, "x": none},
    }
    for told, columns in refused.items():
        parquet.write_table(arrow.table(columns), path)
        with pytest.raises(FileError, match=told):
            load_trajectory(path)
    parquet.write_table(arrow.table([t, t, t], names=["t", "x", "x"]), path)
    with pytest.raises(FileError, match=r"no Parquet file.*x"):
        load_trajectory(path)
    parquet.write_table(arrow.table({"t": t, "x": t, "run": [7, 7, 7]}), path)
    assert load_trajectory(path)["x"].shape == (3, 1)


def test_a_meta_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text(TABLE)
    with pytest.raises(InputError, match="meta must be a mapping"):
        load_trajectory(tmp_path / "run.csv", 3)  # type: ignore[arg-type]


def test_a_quantity_called_meta_is_not_lost_on_writing(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="a quantity called meta"):
        Trajectory([0, 1, 2], {"meta": [1, 2, 3]}).save(tmp_path / "run.npz")
    assert not [*tmp_path.iterdir()]


def test_a_zero_byte_makes_no_path() -> None:
    with pytest.raises(InputError, match="is no path"):
        load_trajectory("run\0.csv")
