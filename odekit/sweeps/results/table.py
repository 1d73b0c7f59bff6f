"""The tidy table as a file, CSV or Parquet, written whole and row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from odekit.extras import require_arrow, require_parquet
from odekit.files import refusing, written
from odekit.sweeps.plan import Plan
from odekit.sweeps.results.rows import TidyRows

__all__ = ["check_table", "write_table"]

HELD = 50_000  # rows of a Parquet file that are in memory at once


def check_table(plan: Plan) -> None:
    """Refuse a plan whose table can't be written here.

    Raises
    ------
    MissingExtraError: Parquet is asked for, and pyarrow isn't installed.
    """
    if plan.table == "parquet":
        require_parquet()


def write_table(rows: TidyRows, folder: Path) -> Path:
    """Write the table into a folder, as ``table.csv`` or ``table.parquet``, whichever the plan says.

    The same records give the same bytes.

    Raises
    ------
    FileError: the place can't be written; the table that was there stays.
    MissingExtraError: Parquet was asked for, and pyarrow isn't installed.
    """
    path = folder / f"table.{rows.plan.table}"
    with refusing(path), written(path) as file:
        {"csv": _write_csv, "parquet": _write_parquet}[rows.plan.table](rows, file)
    return path


def _write_csv(rows: TidyRows, file: BinaryIO) -> None:
    table = csv.DictWriter(_Lines(file), list(rows.columns))
    table.writeheader()
    table.writerows(rows)


class _Lines:
    """Takes lines that end with both signs of an end, which are quoted in text then, and keeps the last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, line: str) -> int:
        """Write a line."""
        return self._file.write(line.removesuffix("\r\n").encode() + b"\n")


def _write_parquet(rows: TidyRows, file: BinaryIO) -> None:
    parquet, arrow = require_parquet(), require_arrow()
    schema = arrow.schema([(name, _kind(types, arrow)) for name, types in rows.columns.items()])
    with parquet.ParquetWriter(file, schema) as table:
        for held in _held(rows):
            columns = {
                field.name: [_as(row.get(field.name), field.type, arrow) for row in held] for field in schema
            }
            table.write_table(arrow.table(columns, schema))


def _held(rows: TidyRows) -> Iterator[list[Any]]:
    every = iter(rows)
    while held := list(islice(every, HELD)):
        yield held


def _kind(types: set[type], arrow: Any) -> Any:
    if types and types <= {int}:
        return arrow.int64()
    if types and types <= {int, float}:
        return arrow.float64()
    return arrow.bool_() if types == {bool} else arrow.string()


def _as(value: Any, kind: Any, arrow: Any) -> Any:
    if value is None:
        return None
    return str(value) if kind == arrow.string() else float(value) if kind == arrow.float64() else value
