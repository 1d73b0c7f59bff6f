"""``odekit sweep``: a dry run writes nothing, a run says what came of it, and exit codes speak for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from odekit.sweeps import read_plan
from odekit.sweeps.store import Store
from odekit.sweeps.tasks import TASKS

Invoke = Callable[..., Result]

PREDICT = 'sweep = {task = "predict", seeds = 2}\ngrid = {group = "Z5", neurons = [4, 8]}'
MIXED = 'sweep.task = "simulate"\ngrid = {group = "Z5", neurons = 4, t_end = 1, method = ["flow", "sgd"]}'
CLAIM = """
import odekit

@odekit.claim("mine", "It is k.", prediction=1.0, control=("it is 2", 2.0), takes={"k": float})
def mine(settings):
    return odekit.Measurement(settings.value("k", 1.0), 1e-9)
"""
BROAD = 80


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A plan in the folder that the program runs in, by its text."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(CLAIM)

    def written(text: str) -> str:
        (tmp_path / "plan.toml").write_text(text)
        return "plan.toml"

    return written


def names_in(folder: Path) -> set[str]:
    paths = (path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in paths}


def is_one_paragraph(result: Result) -> bool:
    lines = [line for line in result.stderr.strip().splitlines() if not line[:1].isdigit()]
    return result.exit_code == 2 and len(lines) == 1 and "Traceback" not in result.output


def test_help_names_every_task_and_the_exit_codes(invoke: Invoke) -> None:
    told = " ".join(invoke("sweep", "--help").stdout.split())
    assert all(name in told for name in TASKS)
    for word in ("[sweep]", "[grid]", "[[cells]]", '"parquet"', "--scheduler", "--workers", "--retry-failed"):
        assert word in told
    assert "Exits with 0 if all is confirmed or computed, 1 if" in told


def test_the_settings_that_help_names_exist(invoke: Invoke, tmp_path: Path) -> None:
    told = invoke("sweep", "--help").stdout
    (tmp_path / "ode.toml").write_text('[equations]\nx = "-r*x"\n[parameters]\nr = 1.0\n')
    plans = {
        "compare": {"group": "Z5", "neurons": 8, "activation": "quadratic", "scale": 0.1, "tolerance": 0.1},
        "solve": {"system": "ode.toml", "t": 1, "start.x": 1, "parameters.r": 1},
    }
    for task, settings in plans.items():
        assert all(name in told for name in settings)
        grid = "\n".join(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in settings.items())
        (tmp_path / "plan.toml").write_text(f'sweep.task = "{task}"\n[grid]\n{grid}')
        assert len(read_plan(tmp_path / "plan.toml")) == 1


def test_a_dry_run_counts_and_writes_nothing(invoke: Invoke, tmp_path: Path, plan: Any, inline: Any) -> None:
    path = plan(PREDICT)
    before = names_in(tmp_path)
    result = invoke("sweep", path, "--dry-run", "--workers", 3)
    assert result.exit_code == 0, result.stderr
    assert "4 cells, 0 finished, 0 of them failed" in result.stdout
    assert "s a cell, as 4 of them took:" in result.stdout
    assert "on 3 processors" in result.stdout
    assert names_in(tmp_path) == before
    assert inline.sent == []


def test_a_dry_run_tells_a_program_too(invoke: Invoke, plan: Any) -> None:
    found = json.loads(invoke("sweep", plan(PREDICT), "--dry-run", "--json", "-").stdout)
    assert (found["total"], found["finished"], found["failed"], found["error"]) == (4, 0, 0, "")
    assert 0 < found["hours"] < 1


def test_a_dry_run_tells_what_fails_and_what_is_finished(
    invoke: Invoke, tmp_path: Path, plan: Any, inline: Any
) -> None:
    result = invoke("sweep", plan(MIXED), "--dry-run")
    assert "One that was tried failed: t_end is not an option of method 'sgd'" in result.stderr
    assert invoke("sweep", "plan.toml").exit_code == 3
    assert "2 cells, 2 finished, 1 of them failed" in invoke("sweep", "plan.toml", "--dry-run").stdout
    (tmp_path / "plan-sweep" / "index.jsonl").unlink()
    assert "2 cells, 2 finished, 1 of them failed" in invoke("sweep", "plan.toml", "--dry-run").stdout


def test_the_folder_is_named_after_the_plan_and_a_second_start_goes_on(
    invoke: Invoke, tmp_path: Path, plan: Any, inline: Any
) -> None:
    result = invoke("sweep", plan(PREDICT))
    assert result.exit_code == 0, result.stderr
    assert "4 cells computed, 0 kept: plan-sweep/table.csv" in result.stdout
    assert {"sweep.json", "table.csv", "summary.json", "index.jsonl"} <= names_in(tmp_path / "plan-sweep")
    again = invoke("sweep", "plan.toml", "--out", "plan-sweep")
    assert "0 cells computed, 4 kept" in again.stdout
    assert len(inline.sent) == 4


def test_json_alone_goes_to_standard_output(invoke: Invoke, tmp_path: Path, plan: Any, inline: Any) -> None:
    result = invoke("sweep", plan(PREDICT), "--json", "-")
    found = json.loads(result.stdout)
    assert found["numbers"]["winners"]["count"] == 4
    assert "4 cells computed" in result.stderr
    invoke("sweep", "plan.toml", "--json", "summary.json")
    assert json.loads((tmp_path / "summary.json").read_text()) == found


@pytest.mark.parametrize(
    ("values", "code", "words"), [([1], 0, "confirmed"), ([1, 3], 1, "refuted"), ([2.5], 1, "refuted")]
)
def test_the_exit_code_speaks_for_the_claims(
    invoke: Invoke, plan: Any, inline: Any, values: list[float], code: int, words: str
) -> None:
    result = invoke("sweep", plan(f'sweep.claims = "mine.py"\ngrid.k = {values}'))
    assert result.exit_code == code, result.stderr
    assert words in result.stdout


def test_failed_cells_leave_it_open_and_are_tried_again(invoke: Invoke, plan: Any, inline: Any) -> None:
    result = invoke("sweep", plan(MIXED))
    assert result.exit_code == 3
    assert "2 cells computed, 0 kept, 1 failed (--retry-failed tries again)" in result.stdout
    assert "1 of them: t_end is not an option of method 'sgd'" in result.stdout
    assert "loss_at_start" in result.stdout, "the numbers of the others are told, too"
    again = invoke("sweep", "plan.toml", "--retry-failed")
    assert "1 cells computed, 1 kept, 1 failed" in again.stdout


def test_the_most_frequent_reasons_are_told_in_short_and_visibly(
    invoke: Invoke, tmp_path: Path, plan: Any, inline: Any
) -> None:
    path = plan('sweep.claims = ["mine.py"]\ngrid.k = [1, 2, 3, 4, 5]')
    (tmp_path / "mine.py").write_text(
        CLAIM.replace("    return", "    raise SystemExit(chr(27) * 999)\n    return")
    )
    result = invoke("sweep", path)
    assert result.exit_code == 3, result.output
    assert "5 of them: SystemExit:" in result.stdout
    assert "\x1b" not in result.stdout
    assert len(result.stdout) < 3000


def test_damage_is_told(invoke: Invoke, tmp_path: Path, plan: Any, inline: Any) -> None:
    invoke("sweep", plan(PREDICT))
    store = Store(tmp_path / "plan-sweep")
    key = min(store.keys())
    store.path(key).write_text("x")
    result = invoke("sweep", "plan.toml")
    assert f"Damaged files were found, and their cells computed again: {key[:12]}." in result.stderr
    assert "1 cells computed, 3 kept" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "0"), "the number of workers must be a whole number from 1"),
        (("--workers", "-1", "--dry-run"), "the number of workers must be a whole number from 1"),
        (("--workers", "5000"), "from 1 to 1024"),
        (("--scheduler", "carrier-pigeon://x"), "no Dask scheduler answers at carrier-pigeon://x"),
        (("--scheduler", ""), "no Dask scheduler answers"),
        (("--out", "plan.toml"), "plan.toml is no folder"),
        (("--out", "."), "holds something else"),
        (("--out", ".", "--dry-run"), "holds something else"),
        (("--json", "none/summary.json"), "can't write none/summary.json"),
    ],
)
def test_bad_options_are_one_paragraph(
    invoke: Invoke, tmp_path: Path, plan: Any, options: tuple[str, ...], message: str
) -> None:
    result = invoke("sweep", plan(PREDICT), *options)
    assert is_one_paragraph(result), result.output
    assert message in result.stderr


def test_a_bad_plan_or_none_is_one_paragraph(invoke: Invoke, plan: Any) -> None:
    result = invoke("sweep", plan(PREDICT.replace("neurons", "nurons")))
    assert is_one_paragraph(result)
    assert "unknown key of [grid] of plan.toml: 'nurons'" in result.stderr
    assert is_one_paragraph(invoke("sweep", "none.toml"))
    assert invoke("sweep", "plan.toml", "--workers", "x").exit_code == 2
    assert invoke("sweep").exit_code == 2


def test_tables_fit_a_screen_of_eighty_columns(
    invoke: Invoke, plan: Any, inline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(BROAD))
    for text in (PREDICT, 'sweep.claims = ["mine.py"]\ngrid.k = [1, 2, 3]'):
        lines = invoke("sweep", plan(text), "--out", f"out{len(text)}").stdout.splitlines()
        assert max(map(len, lines)) <= BROAD
