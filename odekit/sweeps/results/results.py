"""What a finished sweep gives: rows, a summary, labelled arrays, and the files that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from odekit._version import __version__
from odekit.files import write_text
from odekit.json_text import strict_json
from odekit.sweeps.plan import Plan
from odekit.sweeps.results.figures import draw_outcomes
from odekit.sweeps.results.rows import TidyRows
from odekit.sweeps.results.summary import Summary, summarised
from odekit.sweeps.results.table import write_table
from odekit.sweeps.store import Store
from odekit.sweeps.tasks import Row
from odekit.views import Labelled, labelled

if TYPE_CHECKING:
    import xarray

__all__ = ["Results", "gathered"]

SUMMARY = "summary.json"
LARGEST_WHOLE = 2**31  # of netCDF; a seed of 53 bits is exact as a float, too


@dataclass(frozen=True, eq=False)
class Results(Labelled):
    """The results of a sweep.

    Parameters
    ----------
    rows: of the tidy table, read from the folder.
    summary: outcomes by claim and setting, and quantiles of numbers.
    table: the table's file.
    """

    rows: TidyRows
    summary: Summary
    table: Path

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays of every column.

        Where each cell has one row, and the plan is a grid, dimensions are the settings with several values,
        the claim, and the replicate; else there is one, the row. Numbers that are missing are NaN.

        Raises
        ------
        MissingExtraError: xarray is not installed.
        """
        rows = list(self.rows)
        attributes = {"odekit": __version__, "plan": self.rows.plan.name, "seed": self.rows.plan.seed}
        names = [name for name in self.rows.columns if name != "cell"]
        grid = self._grid(rows)
        if grid is None:
            return labelled(
                {name: ("row", _array([r.get(name) for r in rows])) for name in names}, {}, attributes
            )
        shape = [len(values) for values in grid.values()]
        order = {name: {value: n for n, value in enumerate(values)} for name, values in grid.items()}
        places = [tuple(order[name][row[name]] for name in grid) for row in rows]
        arrays: dict[str, Any] = {}
        for name in names:
            if name not in grid:
                cube = np.full(shape, None, dtype=object)
                for place, row in zip(places, rows, strict=True):
                    cube[place] = row.get(name)
                arrays[name] = (tuple(grid), _array(cube.ravel().tolist()).reshape(shape))
        return labelled(arrays, {name: _array(values) for name, values in grid.items()}, attributes)

    def _grid(self, rows: list[Row]) -> dict[str, list[Any]] | None:
        """Values by dimension, or None where the rows don't fill a grid."""
        varied = self.summary.settings
        names = [name for name in ("claim", *varied, "replicate") if rows and name in rows[0]]
        grid = {name: list(dict.fromkeys(row[name] for row in rows)) for name in names}
        places = {tuple(row[name] for name in names) for row in rows}
        size = np.prod([len(values) for values in grid.values()])
        return grid if len(places) == len(rows) == size else None


def gathered(plan: Plan, store: Store) -> Results:
    """The results of a plan whose cells are in a folder, and from them its table, summary, index and figures.

    Raises
    ------
    FileError: the folder can't be written, or a cell in it is damaged or missing.
    """
    rows = TidyRows(plan, lambda cell: store.read(cell.key))
    table = write_table(rows, store.folder)
    summary = summarised(rows)
    about = {"version": __version__, "seed": plan.seed, "plan": plan.to_json()}
    write_text(store.folder / SUMMARY, strict_json({**about, **summary.to_json()}))
    store.write_index()
    draw_outcomes(summary, store.folder)
    return Results(rows, summary, table)


def _array(values: list[Any]) -> Any:
    """Numbers as floats, but small whole ones and truth values as such where none is missing; else text."""
    types = {type(value) for value in values if value is not None}
    is_whole = types == {int} and all(value is not None and abs(value) < LARGEST_WHOLE for value in values)
    if is_whole or (types == {bool} and None not in values):
        return np.array(values)
    if types <= {int, float}:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.array(["" if value is None else str(value) for value in values])
