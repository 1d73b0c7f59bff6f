"""A plan and its cells: which there are, what determines each of them, and from which seed it draws."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from odekit._version import __version__
from odekit.sweeps.tasks import Settings, Task, Value

__all__ = ["NUMERICS", "Cell", "Plan", "canonical", "completed", "is_empty", "key_of", "settings_text"]

# What is computed under another name is computed anew. The number goes up when a change of the code changes
# results within a version; the libraries are those that a result's last digits may depend on.
LIBRARIES = ("numpy", "scipy", "sympy")
NUMERICS = ", ".join(
    [f"odekit {__version__}", "numerics 4", *(f"{name} {version(name)}" for name in LIBRARIES)]
)
SEED_BITS = 53  # that a JSON number, and a column of a spreadsheet, hold exactly


@dataclass(frozen=True)
class Cell:
    """One cell of a plan: everything that determines what comes of it.

    Parameters
    ----------
    task: name of what it does.
    settings: all of its settings, defaults included.
    varied: names of those that the plan sets.
    replicate: from 0, which of the plan's seeds it draws from.
    seed: of all its randomness.
    sources: SHA-256 of each file that its settings name.
    """

    task: str
    settings: Mapping[str, Value]
    varied: tuple[str, ...]
    replicate: int
    seed: int
    sources: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """The SHA-256, in hexadecimal, of what determines the cell and of the versions of the numerics."""
        return key_of(self.identity)

    @property
    def identity(self) -> dict[str, Any]:
        """What determines the cell, as JSON values."""
        return {
            "task": self.task,
            "settings": dict(self.settings),
            "replicate": self.replicate,
            "seed": self.seed,
            "sources": dict(self.sources),
            "numerics": NUMERICS,
        }

    def __str__(self) -> str:
        return ", ".join(
            filter(None, [settings_text({n: self.settings[n] for n in self.varied}), f"seed {self.seed}"])
        )


@dataclass(frozen=True)
class Plan:
    """Cells by their settings: every row of ``rows`` with every combination of the grid, and every seed.

    Parameters
    ----------
    name: of its file.
    folder: from which the paths in its settings lead.
    task: what every cell does.
    rows: settings that go together, one mapping for each line of a list of cells.
    grid: values by name of setting; the seed changes fastest, then the last
        name, and the row of ``rows`` last.
    seed: that all cells' seeds are spawned from.
    seeds: how many each combination has.
    table: ``"csv"`` or ``"parquet"``.
    sources: SHA-256 by path of the files that the settings name.
    """

    name: str
    folder: Path
    task: Task
    rows: Sequence[Mapping[str, Value]]
    grid: Mapping[str, Sequence[Value]]
    seed: int
    seeds: int
    table: str
    sources: Mapping[str, str]

    @property
    def count(self) -> int:
        """How many cells there are, also where that is more than a length can be."""
        return len(self.rows) * math.prod(len(values) for values in self.grid.values()) * self.seeds

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Cell]:
        return map(self.cell, range(len(self)))

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the settings that the plan sets, in its order."""
        return tuple(dict.fromkeys([*(name for row in self.rows for name in row), *self.grid]))

    def values(self, name: str) -> list[Value]:
        """The values that a setting takes, its default where a row leaves it out."""
        if name in self.grid:
            return list(self.grid[name])
        field = self.task.settings.model_fields.get(name)
        default = None if field is None else field.default
        return list(dict.fromkeys(row.get(name, default) for row in self.rows))

    def cell(self, index: int) -> Cell:
        """The cell at a place, from 0 to ``len(plan) - 1``."""
        rest, replicate = divmod(index, self.seeds)
        chosen: dict[str, Value] = {}
        for name, values in reversed([*self.grid.items()]):
            rest, place = divmod(rest, len(values))
            chosen[name] = values[place]
        given = {**self.rows[rest], **{name: chosen[name] for name in self.grid}}
        settings = completed(self.task.settings, given)
        sources = {
            str(settings[name]): self.sources[str(settings[name])]
            for name in self.task.files
            if settings[name]
        }
        seed = _seed(self.seed, self.task.name, settings, replicate)
        return Cell(self.task.name, settings, tuple(given), replicate, seed, sources)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        return {
            "name": self.name,
            "task": self.task.name,
            "cells": [dict(row) for row in self.rows],
            "grid": {name: list(values) for name, values in self.grid.items()},
            "seed": self.seed,
            "seeds": self.seeds,
            "numerics": NUMERICS,
            "sources": dict(self.sources),
        }


def canonical(value: Any) -> str:
    """A value as JSON in one way: sorted keys, no spaces, plain ASCII.

    >>> canonical({"b": 1.0, "a": [None, True]})
    '{"a":[null,true],"b":1.0}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def settings_text(settings: Mapping[str, Value]) -> str:
    """Settings as a person writes them, without those that are empty.

    >>> settings_text({"claim": "rank-one", "file": "", "full": False, "start.x": 0.0})
    'claim = rank-one, start.x = 0.0'
    """
    return ", ".join(f"{name} = {value}" for name, value in settings.items() if not is_empty(value))


def is_empty(value: Value) -> bool:
    """Whether a setting says nothing: no text, or that something isn't so."""
    return value == "" or value is False


def key_of(identity: Mapping[str, Any]) -> str:
    """The key of a cell by what determines it."""
    return hashlib.sha256(canonical(identity).encode()).hexdigest()


def completed(model: type[Settings], given: Mapping[str, Value]) -> dict[str, Value]:
    """Settings with the defaults of the others; what is given was checked when the plan was read.

    Parameters
    ----------
    model: of a task's settings.
    given: values by name.
    """
    defaults = {name: field.default for name, field in model.model_fields.items() if name not in given}
    return {**defaults, **given}


def _seed(seed: int, task: str, settings: Mapping[str, Value], replicate: int) -> int:
    """A seed of the cell's own, spawned from the plan's by what the cell is about, not by where it stands."""
    digest = hashlib.sha256(canonical([task, dict(settings)]).encode()).digest()
    spawn_key = (*np.frombuffer(digest, dtype=np.uint32).tolist(), replicate)
    drawn = np.random.SeedSequence(seed, spawn_key=spawn_key).generate_state(1, np.uint64)[0]
    return int(drawn >> np.uint64(64 - SEED_BITS))
