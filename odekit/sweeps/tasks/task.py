"""What a task is: the settings that it takes, and the rows that it makes of them and a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

__all__ = ["Further", "Row", "Settings", "Task", "Value"]

Value: TypeAlias = str | float | int | bool | None
Row: TypeAlias = Mapping[str, Value]
Further: TypeAlias = Callable[[str, Any, str], Value]


class Settings(BaseModel):
    """What a cell is about; a task's own settings derive from it, with types, ranges and defaults."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Task:
    """One kind of cell.

    Parameters
    ----------
    name: as in a plan.
    settings: their names, types, ranges and defaults.
    run: a pure function of settings, seed and the plan's folder, from which paths lead; its rows have a
        column ``outcome`` where they are verdicts.
    files: names of the settings that are paths of files, whose content belongs to what determines a cell.
    said: names of the settings that ``[sweep]`` says and the grid doesn't.
    rows: gives the settings of the plan's rows by what ``claims`` and ``full`` say, and the plan's folder.
    further: makes, of the plan's rows and folder, what reads a setting that isn't among ``settings``, by its
        name, its value and the place for messages; without it such a setting is refused.
    """

    name: str
    settings: type[Settings]
    run: Callable[[Any, int, Path], list[Row]]
    files: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    rows: Callable[[str | Sequence[str], bool, Path], list[dict[str, Value]]] | None = None
    further: Callable[[Sequence[Mapping[str, Value]], Path], Further] | None = None
