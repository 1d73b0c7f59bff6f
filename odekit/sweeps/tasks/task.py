"""What a task is: the settings that it takes, and the rows that it makes of them and a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

__all__ = ["Row", "Settings", "Task", "Value"]

Value: TypeAlias = str | float | int | bool | None
Row: TypeAlias = Mapping[str, Value]


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
    families: beginnings of further settings that are numbers, such as ``"start."`` of ``start.x``.
    """

    name: str
    settings: type[Settings]
    run: Callable[[Any, int, Path], list[Row]]
    files: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
