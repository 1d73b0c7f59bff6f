"""Drills: SIGKILL of the client, of workers and of the scheduler at random times loses nothing.

Each comes in a short form, and in one of twenty kills: ``pytest -m '' tests/faults``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

FORMS = [pytest.param(2, marks=pytest.mark.slow), pytest.param(20, marks=pytest.mark.long)]
SCHEDULERS = [pytest.param(2, marks=pytest.mark.slow), pytest.param(20, marks=pytest.mark.long)]


@pytest.mark.parametrize("kills", FORMS)
def test_killed_clients_lose_nothing(kills: int, drill: Any) -> None:
    rng, done = drill.generator(1), 0
    while done < kills:
        before = drill.files()
        # Some before the first cell, and none after the last, so that every kill meets work.
        moment = min(len(before) + int(rng.integers(0, max(2, drill.cells // kills))), drill.cells - 1)
        process = drill.start()
        running = drill.waited(process, moment, float(rng.uniform(0.0, 0.1)))
        drill.killed(process)
        assert running
        after = drill.files()
        # Nothing that was finished is computed again.
        assert before.items() <= after.items()
        done += 1
    before = drill.files()
    code, _, _ = drill.ended(drill.start())
    assert code == 0
    assert before.items() <= drill.files().items()
    assert len(drill.files()) == drill.cells
    drill.check_table()


@pytest.mark.parametrize("kills", FORMS)
def test_killed_workers_lose_nothing(kills: int, drill: Any, tmp_path: Path) -> None:
    rng, done, starts = drill.generator(2), 0, 0
    while done < kills:
        drill.out = tmp_path / f"out{starts}"
        starts += 1
        process = drill.start()
        for moment in sorted(rng.integers(0, drill.cells - 4, size=2)):
            running = drill.waited(process, int(moment), float(rng.uniform(0.0, 0.1)))
            workers = drill.workers(process)
            if running and workers and done < kills:
                workers[int(rng.integers(len(workers)))].kill()
                done += 1
        code, _, err = drill.ended(process)
        assert code == 0, err
        drill.check_table()


@pytest.mark.long
def test_a_worker_that_hangs_is_started_anew(drill: Any) -> None:
    process = drill.start()
    assert drill.waited(process, 1)
    drill.workers(process)[0].suspend()
    code, _, err = drill.ended(process, 300.0)  # by Dask's own settings it would be after ten minutes
    assert code == 0, err
    drill.check_table()


@pytest.mark.parametrize("kills", SCHEDULERS)
def test_killed_schedulers_lose_nothing(kills: int, drill: Any, tmp_path: Path) -> None:
    rng, done, starts = drill.generator(3), 0, 0
    while done < kills:
        before = drill.files()
        # One more cell at least, so that the program is connected.
        moment = len(before) + 1 + int(rng.integers(0, max(1, drill.cells // kills)))
        with drill.dask_cluster() as (address, scheduler):
            process = drill.start("--scheduler", address)
            drill.waited(process, moment, float(rng.uniform(0.0, 0.1)))
            scheduler.kill()
            code, _, err = drill.ended(process)
        assert before.items() <= drill.files().items()
        assert "Traceback" not in err
        if code == 0:  # it had ended before
            drill.check_table()
            starts += 1
            drill.out = tmp_path / f"out{starts}"
            continue
        assert code == 3, err
        assert "the same command goes on from there" in " ".join(err.split())
        done += 1
    code, _, err = drill.ended(drill.start())
    assert code == 0, err
    drill.check_table()
