"""Plans from text, files beside them, and records made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from odekit.sweeps import Cell, Plan, read_plan
from odekit.sweeps.results import Results, gathered
from odekit.sweeps.store import Record, Store
from odekit.sweeps.tasks import Row

ODE = """
[equations]
x = "-r*x"
[parameters]
r = 0.5
"""


@pytest.fixture
def plan_from(tmp_path: Path) -> Callable[..., Plan]:
    """The plan of a text, with further files by name; ``ode.toml``, x' = -r x, is always there."""

    def made(text: str, name: str = "plan.toml", **files: str) -> Plan:
        for file, content in {"ode.toml": ODE, **files, name: text}.items():
            (tmp_path / file).write_text(content)
        return read_plan(tmp_path / name)

    return made


@pytest.fixture
def results_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Results]:
    """The results, without figures, of a plan whose cells came to made-up rows, or an error's text."""
    monkeypatch.setattr("odekit.sweeps.results.results.draw_outcomes", lambda summary, folder: [])

    def gather(plan: Plan, came: Callable[[Cell], Sequence[Row] | str], folder: str = "sweep") -> Results:
        store = Store(tmp_path / folder)
        store.describe(plan)
        found = [(cell, came(cell)) for cell in plan]
        store.write(
            [
                Record.of(cell, rows=(), error=rows) if isinstance(rows, str) else Record.of(cell, rows=rows)
                for cell, rows in found
            ]
        )
        return gathered(plan, store)

    return gather
