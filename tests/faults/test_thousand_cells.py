"""Drill: a thousand comparisons of trainings with their reduced ODEs, killed three times on the way."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

import pytest

PLAN = """
[sweep]
task = "compare"
seed = 13
seeds = 10

[grid]
group = [
    "Z5", "Z6", "Z7", "Z8", "Z11", "Z12", "Z16", "Z17", "Z23", "Z24", "Z31", "Z36", "Z45", "Z60", "Z61",
    "S3", "D4", "Q8", "A4", "F21",
]
scale = [0.01, 0.02, 0.03, 0.05, 0.1]
neurons = 64
"""
CELLS = 1000


@pytest.mark.long
def test_a_thousand_cells_killed_three_times_are_computed_once(drill: Any) -> None:
    drill.plan.write_text(PLAN)
    for moment in (200, 450, 700):
        before = drill.files()
        process = drill.start()
        assert drill.waited(process, moment, look=1.0)
        drill.killed(process)
        assert before.items() <= drill.files().items()
    before = drill.files()
    process = drill.start()
    _, err = process.communicate()
    assert process.returncode in (0, 3), err
    assert before.items() <= drill.files().items()
    assert len(drill.files()) == CELLS
    drill.check_whole()
    with open(drill.out / "table.csv", newline="") as file:
        outcomes = Counter(row["outcome"] for row in csv.DictReader(file))
    assert sum(outcomes.values()) == CELLS
    assert outcomes.keys() <= {"confirmed", "inconclusive"}
