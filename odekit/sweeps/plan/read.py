"""From a file to a plan: every key and every value is checked before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from odekit.arguments import path_of
from odekit.errors import InputError, UnknownNameError
from odekit.files import read_toml
from odekit.numbers import real
from odekit.sweeps import tasks
from odekit.sweeps.plan.plan import Plan
from odekit.sweeps.plan.schema import PlanFile, SweepTable, checked
from odekit.sweeps.tasks import Task, Value, digest, task_named

__all__ = ["MOST_CELLS", "make_plan", "read_plan"]

MOST_CELLS = 10_000_000
MOST_VALUES = 100_000


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
    grid = {key: _values(key, value, name) for key, value in _flat(written.grid).items()}
    lines = [_flat(line) for line in written.cells or [{}]]
    for place, line in enumerate(lines, start=1):
        _check_line(line, grid, f"[[cells]] number {place} of {name}")
    rows = _rows(written.sweep, lines, folder)
    first = {key: values[0] for key, values in grid.items()}
    where = f"[[cells]] of {name}" if written.cells else f"[grid] of {name}"
    rows = [_without(_checked_row(task, {**row, **first}, where), first) for row in rows]
    for key, values in grid.items():
        whole = [{**rows[0], **first, key: value} for value in values]
        grid[key] = [_checked_row(task, each, f"[grid] of {name}")[key] for each in whole]
    if task.name == "claims":
        _check_claims(rows, grid, folder)
    sweep = written.sweep
    sources = _sources(task, rows, grid, folder)
    plan = Plan(name, folder, task, rows, grid, sweep.seed, sweep.seeds, sweep.table, sources)
    if len(plan) > MOST_CELLS:
        raise InputError(
            f"{name} has too many cells", expected=f"at most {MOST_CELLS:,}", received=f"{len(plan):,}"
        )
    return plan


def _check_claims(
    rows: Sequence[Mapping[str, Value]], grid: Mapping[str, Sequence[Value]], folder: Path
) -> None:
    """Refuse values of further settings that no claim takes."""
    known = task_named("claims").settings.model_fields
    for name, values in [*grid.items(), *((name, [value]) for row in rows for name, value in row.items())]:
        for value in values if name not in known else ():
            tasks.check_values(rows, name, value, folder)


def _without(row: Mapping[str, Value], names: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in row.items() if name not in names}


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Settings by name, those of a table in the table as ``start.x``."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        inner = _flat(value, f"{before}{key}.") if isinstance(value, Mapping) else {f"{before}{key}": value}
        found |= inner
    return found


def _values(key: str, value: Any, name: str) -> list[Value]:
    """The values of a setting of the grid; one alone is a list of one."""
    values = value if isinstance(value, list) else [value]
    where = f"{key} in [grid] of {name}"
    if not 1 <= len(values) <= MOST_VALUES:
        raise InputError(f"{where} has {len(values)} values", expected=f"1 to {MOST_VALUES} values")
    for place, each in enumerate(values):
        _check_scalar(each, where)
        if each in values[:place] and len(values) <= 1000:
            raise InputError(f"{where} says {each!r} twice", expected="each value once")
    return values


def _check_line(line: Mapping[str, Any], grid: Mapping[str, Any], where: str) -> None:
    for key, value in line.items():
        _check_scalar(value, f"{key} of {where}")
        if key in grid:
            raise InputError(f"{where} says {key}, and so does [grid]", expected="one of them")


def _check_scalar(value: Any, where: str) -> None:
    if not isinstance(value, str | int | float | bool):
        raise InputError(
            f"{where} holds no value", expected="text, a number, true or false", received=repr(value)[:60]
        )


def _rows(sweep: SweepTable, lines: Sequence[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """The lines of the list of cells, each with every claim where claims are asked for."""
    if sweep.task != "claims":
        return list(lines)
    claims = tasks.claim_cells(sweep.claims or "all", sweep.full, folder)
    return [{**claim, **line} for line in lines for claim in claims]


def _checked_row(task: Task, row: Mapping[str, Any], where: str) -> dict[str, Value]:
    """Settings as the task has them, without the defaults of those that are not given.

    Raises
    ------
    UnknownNameError, InputError: as `read_plan`.
    """
    model = task.settings
    others = [name for name in row if name not in model.model_fields]
    if task.families:
        row = {**row, **{name: _number(task, name, row[name], where) for name in others}}
    found = checked(model, row, where)
    kept: dict[str, Value] = {**found.__dict__, **(found.model_extra or {})}
    return {name: kept[name] for name in row}


def _number(task: Task, name: str, value: Any, where: str) -> float:
    if not name.startswith(task.families):
        known = [*task.settings.model_fields, *(f"{each}NAME" for each in task.families)]
        raise UnknownNameError(f"key of {where}:", name, known)
    return real(value, f"{name} of {where}")


def _sources(
    task: Task, rows: Sequence[Mapping[str, Any]], grid: Mapping[str, Sequence[Value]], folder: Path
) -> dict[str, str]:
    """SHA-256 of each file that a setting names, and of the system that a file of claims names."""
    named = {str(row[key]) for key in task.files for row in rows if row.get(key)}
    named |= {str(value) for key in task.files for value in grid.get(key, ()) if value}
    return {path: digest(folder / path) for path in sorted(named)}
