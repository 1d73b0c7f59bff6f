"""From a file to a `Trajectory`: .npz, .csv or .parquet; errors name the file."""

import csv
import io
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arguments import path_of
from odekit.comparison.trajectories.trajectory import Trajectory
from odekit.errors import FileError, InputError, shown
from odekit.extras import require_parquet
from odekit.files import decoded
from odekit.simulation.runs import check_unpacked_size, naming_file, read_archive, read_meta

__all__ = ["load_trajectory"]

Columns = Mapping[str, Sequence[Any] | NDArray[Any]]
FLOAT = 8  # bytes
# What Arrow calls the types of numbers.
NUMBERS = {
    "halffloat",
    "float",
    "double",
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
}
Content = tuple[Any, Mapping[str, Any], Mapping[str, Any]]


def load_trajectory(path: str | os.PathLike[str], meta: Mapping[str, Any] | None = None) -> Trajectory:
    """Load a trajectory of a model of one's own.

    Parameters
    ----------
    path: an ``.npz`` without pickles that holds ``t`` (T,), arrays by name, each (T,) or (T, batch), and
        optionally ``meta``, a JSON string; or a ``.csv`` in UTF-8 or a ``.parquet`` file with columns ``t``
        and names, and optionally ``run``, which tells the runs of a batch apart, all at the same times.
    meta: what the file doesn't state, as in `Trajectory`; it wins over the file's.

    Raises
    ------
    FileError: the file can't be read, or holds what makes no trajectory; it says what.
    InputError: a meta that is no mapping, or something else than a path.
    MissingExtraError: a ``.parquet`` file, and pyarrow is not installed.
    """
    path = path_of(path, "a trajectory's file")
    if not isinstance(meta, Mapping | None):
        raise InputError("meta must be a mapping", expected='{"learning_rate": 0.01}', received=shown(meta))
    kind = path.suffix.lower()
    if kind not in READERS:
        raise FileError(
            f"{path} is no file of a trajectory",
            expected=f"{', '.join(READERS)}",
            received=kind or "no suffix",
        )
    with naming_file(path):
        t, values, stated = READERS[kind](path)
        return Trajectory(t, values, {**stated, **(meta or {})}, str(path))


def _of_archive(path: Path) -> Content:
    arrays = read_archive(path)
    meta = read_meta(arrays["meta"]) if "meta" in arrays else {}
    _check_clock(arrays)
    return arrays["t"], {name: a for name, a in arrays.items() if name not in ("t", "meta")}, meta


def _of_csv(path: Path) -> Content:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"can't read {path}", received=error.strerror or str(error)) from None
    try:
        lines = [row for row in csv.reader(io.StringIO(decoded(content, path), newline="")) if row]
    except csv.Error as error:
        raise FileError(f"{path} is no table in CSV", received=str(error)) from None
    header = [name.strip() for name in lines[0]] if lines else []
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            raise InputError(
                f"line {number} doesn't fit the header",
                expected=f"{len(header)} entries: {', '.join(header)}",
                received=f"{len(line)} entries",
            )
    columns = {name: [line[place] for line in lines[1:]] for place, name in enumerate(header)}
    if len(columns) < len(header):
        raise InputError("a column stands twice in the header", received=", ".join(header))
    numbers = {name: _numbers(name, texts) if name != "run" else texts for name, texts in columns.items()}
    return _of_columns(numbers)


def _of_parquet(path: Path) -> Content:
    if not path.is_file():
        raise FileError(f"can't read {path}", received="no such file")
    reader = require_parquet()
    try:
        with reader.ParquetFile(path) as file:
            _check_declared(path, file)
            named = [name for name in file.schema_arrow.names if name == "run"]
        # Names of runs, which may be long, are kept once each.
        with reader.ParquetFile(path, read_dictionary=named) as file:
            table = file.read()
            columns = {name: table[name].to_numpy() for name in table.column_names}
    except InputError:
        raise
    except (OSError, RuntimeError, ValueError, LookupError, TypeError) as error:
        raise FileError(f"{path} is no Parquet file", received=str(error)) from None
    return _of_columns(columns)


def _check_declared(path: Path, file: Any) -> None:
    """Refuse columns that are no numbers, and more of them than a file of this size may hold.

    Raises
    ------
    InputError: a column of another type.
    FileError: too many numbers.
    """
    for column in file.schema_arrow:
        if column.name != "run" and str(column.type) not in NUMBERS:
            raise InputError(
                f"{column.name} is not made of real numbers",
                expected="a column of floating-point numbers or integers",
                received=f"{column.type}",
            )
    check_unpacked_size(path, FLOAT * file.metadata.num_rows * len(file.schema_arrow))


READERS: Mapping[str, Callable[[Path], Content]] = {
    ".npz": _of_archive,
    ".csv": _of_csv,
    ".parquet": _of_parquet,
}


def _of_columns(columns: Columns) -> Content:
    """Times and values of a table with a row for each time, or for each run and time."""
    _check_clock(columns)
    values = {name: np.asarray(column) for name, column in columns.items() if name not in ("t", "run")}
    t = np.asarray(columns["t"])
    if "run" not in columns or not len(t):
        return t, values, {}
    runs: dict[str, list[int]] = {}
    for row, name in enumerate(columns["run"]):
        runs.setdefault(str(name), []).append(row)
    rows = list(runs.values())
    if any(not np.array_equal(t[own], t[rows[0]]) for own in rows):
        raise InputError(
            "the runs have different times",
            expected="the same times t in each run, in the same order",
            received=", ".join(f"{name}: {len(own)} rows" for name, own in runs.items()),
            hint="a file for each run",
        )
    return t[rows[0]], {name: np.stack([v[own] for own in rows], axis=1) for name, v in values.items()}, {}


def _check_clock(columns: Mapping[str, Any]) -> None:
    if "t" not in columns:
        raise InputError(
            "t is missing", expected="times under the name t", received=", ".join(columns) or "nothing"
        )


def _numbers(name: str, texts: Sequence[str]) -> NDArray[np.float64]:
    numbers = np.empty(len(texts))
    for row, text in enumerate(texts):
        try:
            numbers[row] = float(text) if text.strip() else np.nan
        except ValueError:
            raise InputError(
                f"{name} holds what is no number", expected="a number", received=f"{text!r} in line {row + 2}"
            ) from None
    return numbers
