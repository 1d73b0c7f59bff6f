"""From a file to a plan: every key and every value is checked before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from odekit.arguments import path_of
from odekit.errors import InputError, shown
from odekit.files import read_toml
from odekit.sweeps.plan.plan import Plan, canonical, completed, settings_text
from odekit.sweeps.plan.schema import PlanFile, SweepTable, checked
from odekit.sweeps.tasks import Task, Value, digest, task_named

__all__ = ["MOST_CELLS", "make_plan", "read_plan"]

MOST_CELLS = 10_000_000
SWEEP = ("seed", "seeds", "claims")  # keys of [sweep] that somebody may look for in the grid
COLUMNS = ("cell", "replicate", "outcome", "reason")  # of the table, whatever the task is
MOST_VALUES = 100_000  # of a setting; likewise lines of the list of cells, with each claim
LARGEST_NUMBER = 2.0**63  # below which a column of a table holds it


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """The plan that a TOML file describes.

    ``[sweep]`` says ``claims`` (``"all"``, or a list of identifiers and of files of claims) or ``task``
    (compare, predict, population, simulate, solve), ``seed`` and how many ``seeds`` each combination has,
    ``full`` for claims, and ``table``, csv or parquet. ``[grid]`` gives lists of values by setting, every
    combination of which is a cell; ``[[cells]]`` gives settings that go together.

    Raises
    ------
    FileError: a file that can't be read, or is no TOML, the plan or one that it names.
    UnknownNameError: a key, setting or claim that doesn't exist, with the nearest.
    InputError: a value that isn't allowed, with its key and what is, a setting given twice, or more than ten
        million cells.
    """
    file = path_of(path, "a plan")
    return make_plan(read_toml(file), file.name, file.resolve().parent)


def make_plan(tables: Mapping[str, Any], name: str, folder: Path) -> Plan:
    """The plan that the tables of a file describe; parameters and errors as `read_plan`.

    Parameters
    ----------
    tables: by name.
    name: of the file, for messages.
    folder: from which paths lead.
    """
    written: PlanFile = checked(PlanFile, tables, name)
    task = task_named(written.sweep.task)
    grid = {key: _values(key, value, name) for key, value in _flat(written.grid, f"[grid] of {name}").items()}
    lines = []
    for place, table in enumerate(written.cells or [{}], start=1):
        number = f"[[cells]] number {place} of {name}"
        lines.append(_flat(table, number))
        _check_line(lines[-1], grid, number)
    _check_unsaid(task, [*grid, *(key for line in lines for key in line)], name)
    rows = _rows(task, written.sweep, lines, folder)
    if len(rows) > MOST_VALUES:
        expected = f"at most {MOST_VALUES:,} lines, each counted with every claim"
        raise InputError(f"[[cells]] of {name} is too long", expected=expected, received=f"{len(rows):,}")
    first = {key: values[0] for key, values in grid.items()}
    where = f"[[cells]] of {name}" if written.cells else f"[grid] of {name}"
    reader = _Reader(task, rows, folder)
    whole = [reader.read({**row, **first}, where) for row in rows]
    _check_distinct(task, whole, where)
    rows = [_without(row, first) for row in whole]
    for key, values in grid.items():
        each_row = ({**rows[0], **first, key: value} for value in values)
        grid[key] = [reader.read(row, f"[grid] of {name}")[key] for row in each_row]
    sweep = written.sweep
    sources = _sources(task, rows, grid, folder)
    plan = Plan(name, folder, task, rows, grid, sweep.seed, sweep.seeds, sweep.table, sources)
    if plan.count > MOST_CELLS:
        raise InputError(
            f"{name} has too many cells", expected=f"at most {MOST_CELLS:,}", received=f"{plan.count:,}"
        )
    return plan


def _without(row: Mapping[str, Value], names: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in row.items() if name not in names}


def _flat(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Settings by name, those of a table in the table as ``start.x``."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        is_table = isinstance(value, Mapping)
        inner = {f"{key}.{name}": each for name, each in value.items()} if is_table else {key: value}
        if not inner:
            raise InputError(f"{key} of {where} holds no value", expected=f"settings such as {key}.x")
        for twice in inner.keys() & found.keys():
            raise InputError(f"{where} says {twice} twice", expected="each setting once")
        found |= inner
    return found


def _values(key: str, value: Any, name: str) -> list[Value]:
    """The values of a setting of the grid; one alone is a list of one."""
    values = value if isinstance(value, list) else [value]
    where = f"{key} in [grid] of {name}"
    if not 1 <= len(values) <= MOST_VALUES:
        raise InputError(f"{where} has {len(values)} values", expected=f"1 to {MOST_VALUES} values")
    seen = set()
    for each in values:
        _check_scalar(each, where)
        if each in seen:
            raise InputError(f"{where} says {each!r} twice", expected="each value once")
        seen.add(each)
    return values


def _check_line(line: Mapping[str, Any], grid: Mapping[str, Any], where: str) -> None:
    for key, value in line.items():
        _check_scalar(value, f"{key} of {where}")
        if key in grid:
            raise InputError(f"{where} says {key}, and so does [grid]", expected="one of them")


def _check_scalar(value: Any, where: str) -> None:
    """Refuse what a table or JSON can't hold."""
    is_number = isinstance(value, int | float) and abs(value) < LARGEST_NUMBER
    if not isinstance(value, str) and not is_number:
        expected = "text, a finite number, true or false"
        raise InputError(f"{where} holds no value", expected=expected, received=shown(value))


def _check_unsaid(task: Task, names: Sequence[str], name: str) -> None:
    for each in names:
        if each in (*task.said, *SWEEP):
            raise InputError(
                f"{each} is no setting of [grid] or [[cells]] of {name}",
                expected="claims, full, seed and seeds in [sweep], and other settings there",
                received=each,
            )
        if each in COLUMNS:
            raise InputError(
                f"{each} can't be a setting of {name}, whose table has a column of results by that name",
                expected=f"none of {', '.join(COLUMNS)}",
                received=each,
            )


def _check_distinct(task: Task, rows: Sequence[Mapping[str, Value]], where: str) -> None:
    """Refuse two rows that are the same cells, be it by a default."""
    seen = set()
    for row in rows:
        content = canonical(completed(task.settings, row))
        if content in seen:
            raise InputError(
                f"{where} says a cell twice", expected="each cell once", received=settings_text(row)
            )
        seen.add(content)


def _rows(
    task: Task, sweep: SweepTable, lines: Sequence[dict[str, Any]], folder: Path
) -> list[dict[str, Any]]:
    """The lines of the list of cells, each with every claim where claims are asked for."""
    if task.rows is None:
        return list(lines)
    return [{**row, **line} for line in lines for row in task.rows(sweep.claims or "all", sweep.full, folder)]


class _Reader:
    """Reads the settings of a row as its task has them.

    Parameters
    ----------
    task: of the plan.
    rows: of the plan, as they are written.
    folder: of the plan.
    """

    def __init__(self, task: Task, rows: Sequence[Mapping[str, Any]], folder: Path) -> None:
        self._model = task.settings
        self._further = None if task.further is None else task.further(rows, folder)

    def read(self, row: Mapping[str, Any], where: str) -> dict[str, Value]:
        """Settings without the defaults of those that are not given.

        Raises
        ------
        UnknownNameError, InputError: as `read_plan`.
        """
        read = dict(row)
        if self._further is not None:
            others = [name for name in row if name not in self._model.model_fields]
            read |= {name: self._further(name, row[name], where) for name in others}
        found = checked(self._model, read, where)
        kept: dict[str, Value] = {**found.__dict__, **(found.model_extra or {})}
        return {name: kept[name] for name in row}


def _sources(
    task: Task, rows: Sequence[Mapping[str, Any]], grid: Mapping[str, Sequence[Value]], folder: Path
) -> dict[str, str]:
    """SHA-256 of each file that a setting names, and of the system that a file of claims names."""
    named = {str(row[key]) for key in task.files for row in rows if row.get(key)}
    named |= {str(value) for key in task.files for value in grid.get(key, ()) if value}
    return {path: digest(folder / path) for path in sorted(named)}
