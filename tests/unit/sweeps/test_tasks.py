"""Tasks: pure functions of settings and a seed, with the values of the calls that they stand for."""

from __future__ import annotations

import importlib
import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import odekit
from odekit.sweeps import Cell, Plan, read_plan
from odekit.sweeps.tasks import Row, task_named

From = Callable[..., Plan]

NETWORK = odekit.Network("Z5", neurons=8)
MINE = """
system = "free.toml"
[claims.decay]
kind = "rate"
of = "x"
formula = "r"
start = {x = [1, 2]}
parameters = {r = 0.5}
end = 40
starts = 2
"""
PROGRAM = """
import odekit

@odekit.claim(
    "double", "It is 2 k.", prediction=lambda settings: 2 * settings.value("k", 1.0),
    control=("it is 3 k", lambda settings: 3 * settings.value("k", 1.0)), takes={"k": float},
)
def double(settings):
    noise = settings.generator("double").normal() * 1e-6
    return odekit.Measurement(2 * settings.value("k", 1.0) + noise, 1e-5)
"""
PLANS = {
    "compare": 'sweep.task = "compare"\ngrid = {group = "Z5", neurons = 8, scale = 0.05}',
    "predict": 'sweep.task = "predict"\nsweep.seeds = 2\ngrid = {group = "Z5", neurons = 8, scale = 0.05}',
    "population": 'sweep.task = "population"\ngrid = {group = "Z7", neurons = 8}',
    "simulate": 'sweep.task = "simulate"\ngrid = {group = "Z5", neurons = 8, t_end = 20, snapshots = 5}',
    "solve": 'sweep.task = "solve"\ngrid = {system = "ode.toml", t = 2, start.x = 3, parameters.r = [1, 2]}',
    "toml": 'sweep.claims = "mine.toml"\ngrid.r = [0.5, 2]',
    "python": 'sweep.claims = "mine.py"\ngrid.k = [3, 4]',
}
FREE = '[equations]\nx = "-r*x"\n[parameters]\nr = ""\n'
FILES = {"mine.toml": MINE, "mine.py": PROGRAM, "free.toml": FREE}
OTHER_PROCESS = """
import json, sys
from odekit.sweeps import read_plan
from odekit.sweeps.tasks import task_named

def rows(cell, folder):
    task = task_named(cell.task)
    settings = task.settings.model_validate(dict(cell.settings))
    return [dict(row) for row in task.run(settings, cell.seed, folder)]

plans = map(read_plan, sys.argv[1:])
print(json.dumps([[rows(cell, plan.folder) for cell in plan] for plan in plans]))
"""


def rows_of(cell: Cell, folder: Path) -> list[Row]:
    task = task_named(cell.task)
    return task.run(task.settings.model_validate(dict(cell.settings)), cell.seed, folder)


def rows_by(plan: Plan) -> list[list[Row]]:
    return [rows_of(cell, plan.folder) for cell in plan]


def run_of(cell: Cell, **named: object) -> odekit.Run:
    return odekit.simulate(NETWORK, seed=cell.seed, scale=cell.settings.get("scale", 0.02), **named)


@pytest.mark.parametrize("name", PLANS)
def test_a_cell_gives_the_same_rows_bit_for_bit_again(plan_from: From, name: str) -> None:
    plan = plan_from(PLANS[name], **FILES)
    assert repr(rows_by(plan)) == repr(rows_by(plan))


@pytest.mark.slow
def test_a_cell_gives_the_same_rows_bit_for_bit_in_another_process(plan_from: From, tmp_path: Path) -> None:
    plans = [plan_from(text, f"{name}.plan.toml", **FILES) for name, text in PLANS.items()]
    first = json.loads(json.dumps([rows_by(plan) for plan in plans]))
    command = [sys.executable, "-c", OTHER_PROCESS, *(str(plan.folder / plan.name) for plan in plans)]
    there = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path.parent)
    assert json.loads(there.stdout) == first


def test_the_two_seeds_of_a_combination_give_different_rows(plan_from: From) -> None:
    one, other = rows_by(plan_from(PLANS["predict"]))
    assert one != other


def test_compare_is_that_of_a_training_up_to_the_first_blow_up_that_is_predicted(plan_from: From) -> None:
    plan = plan_from(PLANS["compare"])
    (row,) = rows_of(plan.cell(0), plan.folder)
    start = run_of(plan.cell(0), t_end=1e-9, snapshots=2)
    run = run_of(plan.cell(0), t_end=float(odekit.predict(start).blow_up_time.min()))
    found = odekit.compare(run, order=1)
    assert found.gap is not None
    assert row["outcome"] == found.outcome == "confirmed"
    assert (row["t_end"], row["horizon"], row["reason"]) == (run.t[-1], found.horizon, found.reason)
    assert row["control"] == "refuted"
    before = found.gap[run.t < found.horizon]
    assert (row["gap_median"], row["gap_max"]) == (np.median(before[-1]), before[-1].max())
    assert found.winners is not None
    assert row["winner_agreement"] == found.winners.agreement


def test_a_comparison_asks_once_who_will_win(plan_from: From, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[odekit.Run] = []

    def counted(run: odekit.Run) -> object:
        asked.append(run)
        return odekit.predict(run)

    for module in ("odekit.sweeps.tasks.predict", "odekit.comparison.parts"):
        monkeypatch.setattr(importlib.import_module(module), "predict", counted)
    plan = plan_from(PLANS["compare"])
    rows_of(plan.cell(0), plan.folder)
    assert len(asked) == 1


def test_compare_takes_an_end_and_a_tolerance(plan_from: From) -> None:
    plan = plan_from(PLANS["compare"].replace("}", ", t_end = 20, tolerance = 1e-9}"))
    (row,) = rows_of(plan.cell(0), plan.folder)
    found = odekit.compare(run_of(plan.cell(0), t_end=20.0), tolerance=1e-9, order=1)
    assert row["t_end"] == 20.0
    assert row["outcome"] == found.outcome == "inconclusive"


@pytest.mark.slow
def test_compare_takes_an_order(plan_from: From) -> None:
    plan = plan_from(PLANS["compare"].replace("}", ", t_end = 60, order = [1, 2]}"))
    first, second = (rows_of(cell, plan.folder)[0] for cell in plan)
    found = odekit.compare(run_of(plan.cell(1), t_end=60.0), order=2)
    assert (second["horizon"], second["reason"]) == (found.horizon, found.reason)
    assert second["reason"] != first["reason"]
    with pytest.raises(odekit.errors.InputError, match="order"):
        plan_from(PLANS["compare"].replace("}", ", order = 4}"))


def test_predict_tells_of_the_start_of_a_training_with_the_same_seed(plan_from: From) -> None:
    plan = plan_from(PLANS["predict"])
    (row,) = rows_of(plan.cell(1), plan.folder)
    found = odekit.predict(run_of(plan.cell(1), t_end=1e-9, snapshots=2))
    times = found.blow_up_time
    assert (row["first_blow_up"], row["last_blow_up"]) == (times.min(), times.max())
    assert row["median_blow_up"] == pytest.approx(np.median(times), rel=1e-15)
    won = Counter(map(str, found.winner))
    shares = np.array([*won.values()]) / 8
    assert row["winner_share"] == shares.max()
    assert row["winners"] == len(won)
    assert row["winners_effective"] == pytest.approx(np.exp(-np.sum(shares * np.log(shares))), rel=1e-12)


def test_population_has_a_row_for_each_winner_and_its_share(plan_from: From) -> None:
    plan = plan_from(PLANS["population"])
    rows = rows_of(plan.cell(0), plan.folder)
    network = odekit.Network("Z7", neurons=8)
    found = odekit.predict(odekit.simulate(network, seed=plan.cell(0).seed, t_end=1e-9, snapshots=2))
    assert {row["mode"]: row["won"] for row in rows} == Counter(
        str(found.labels[place]) for place in found.winner
    )
    assert sum(row["share"] for row in rows) == 1.0
    assert all(row["low"] < row["share"] < row["high"] for row in rows)


def test_simulate_tells_the_records_of_the_training(plan_from: From) -> None:
    plan = plan_from(PLANS["simulate"])
    (row,) = rows_of(plan.cell(0), plan.folder)
    run = run_of(plan.cell(0), t_end=20.0, snapshots=5)
    assert (row["t_end"], row["snapshots_kept"]) == (20.0, 5)
    assert (row["loss_at_start"], row["loss"]) == (run.records["loss"][0], run.records["loss"][-1])
    assert row["loss_at_start"] > row["loss"]
    assert row["ended"] is None


def test_simulate_takes_a_method_and_a_share_of_the_pairs(plan_from: From) -> None:
    text = 'sweep.task = "simulate"\n[grid]\ngroup = "Z5"\nneurons = 8\n'
    options = {"method": "sgd", "steps": 9, "learning_rate": 0.1, "frac_train": 0.5}
    plan = plan_from(text + "\n".join(f"{name} = {json.dumps(value)}" for name, value in options.items()))
    (row,) = rows_of(plan.cell(0), plan.folder)
    run = run_of(plan.cell(0), **options)
    assert row["test_acc"] == run.records["test_acc"][-1]
    assert row["train_loss"] == run.records["train_loss"][-1]


def test_solve_takes_start_and_parameters_of_a_system_in_a_file(plan_from: From, tmp_path: Path) -> None:
    plan = plan_from(PLANS["solve"])
    for cell, rate in zip(plan, (1.0, 2.0), strict=True):
        (row,) = rows_of(cell, plan.folder)
        assert row["status"] == "success"
        assert row["t_reached"] == 2.0
        assert row["x"] == pytest.approx(3 * np.exp(-2 * rate), rel=1e-6)
        solution = odekit.solve(
            odekit.system(tmp_path / "ode.toml", {"r": rate}), {"x": 3.0}, [0, 2], rtol=1e-8
        )
        assert row["x"] == solution["x"][-1, 0]


def test_solve_says_where_a_solution_ends(plan_from: From) -> None:
    files = {"ode.toml": '[equations]\nx = "x**2"\n'}
    plan = plan_from('sweep.task = "solve"\ngrid = {system = "ode.toml", t = 2, start.x = 1}', **files)
    (row,) = rows_of(plan.cell(0), plan.folder)
    assert row["status"] != "success"
    assert row["t_reached"] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.slow
def test_a_claim_is_verified_with_group_seed_and_settings(plan_from: From) -> None:
    plan = plan_from('sweep.claims = ["lottery-ticket"]\ngrid = {group = "Z7", neurons = 32}')
    cell = plan.cell(0)
    (row,) = rows_of(cell, plan.folder)
    (verdict,) = odekit.verify(
        ["lottery-ticket"], group="Z7", seed=cell.seed, values={"neurons": 32}
    ).verdicts
    assert row["outcome"] == verdict.outcome
    assert (row["gap"], row["budget"]) == (verdict.gap, sum(verdict.budget.values()))
    assert verdict.control is not None
    assert row["control"] == verdict.control.outcome
    assert row["reason"] == verdict.text


def test_a_claim_that_does_not_take_a_setting_or_group_is_not_applicable(plan_from: From) -> None:
    text = 'sweep.claims = ["rank-one", "mine.py", "lottery-ticket"]\ngrid = {group = "S3", k = 2}'
    plan = plan_from(text, **FILES)
    outcomes = [rows_of(cell, plan.folder)[0]["outcome"] for cell in plan]
    assert outcomes == ["not_applicable", "confirmed", "not_applicable"]


def test_own_claims_take_parameters_from_the_grid(plan_from: From) -> None:
    for name, rates in (("toml", (0.5, 2.0)), ("python", (6.0, 8.0))):
        plan = plan_from(PLANS[name], **FILES)
        for cell, expected in zip(plan, rates, strict=True):
            (row,) = rows_of(cell, plan.folder)
            assert (row["outcome"], row["control"]) == ("confirmed", "refuted")
            assert row["predicted"] == pytest.approx(expected, rel=1e-12)
            assert row["measured"] == pytest.approx(expected, rel=1e-3)


def test_an_own_claim_that_is_false_is_refuted(plan_from: From) -> None:
    false = MINE.replace('"r"', '"1.2*r"')
    plan = plan_from(PLANS["toml"], **{**FILES, "mine.toml": false})
    assert [rows_of(cell, plan.folder)[0]["outcome"] for cell in plan] == ["refuted", "refuted"]


def test_a_changed_file_of_claims_is_loaded_anew(plan_from: From) -> None:
    plan = plan_from(PLANS["python"], **FILES)
    before = rows_of(plan.cell(0), plan.folder)[0]["predicted"]
    other = plan_from(
        PLANS["python"], **{"mine.py": PROGRAM.replace("lambda settings: 2", "lambda settings: 5")}
    )
    (row,) = rows_of(other.cell(0), other.folder)
    assert (before, row["predicted"], row["outcome"]) == (6.0, 15.0, "refuted")


def test_a_state_that_is_called_as_a_verdicts_column_is_told_apart(plan_from: From) -> None:
    names = ("outcome", "reason", "status", "t_reached")
    equations = "\n".join(f'{name} = "-{name}"' for name in names)
    starts = ", ".join(f"{name} = 1.0" for name in names)
    plan = plan_from(
        f'sweep.task = "solve"\ngrid = {{system = "odd.toml", t = 1, start = {{{starts}}}}}',
        **{"odd.toml": f"[equations]\n{equations}\n"},
    )
    (row,) = rows_of(plan.cell(0), plan.folder)
    assert (row["status"], row["t_reached"]) == ("success", 1.0)
    assert not {"outcome", "reason"} & row.keys()
    for name in names:
        assert row[f"{name}_found"] == pytest.approx(math.exp(-1.0), rel=1e-6)


def test_a_plan_may_lie_elsewhere_than_the_program(plan_from: From, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    plan_from("sweep.task = 'predict'\ngrid.group = 'Z5'")
    (tmp_path / "sub" / "plan.toml").write_text(
        'sweep.task = "solve"\ngrid = {system = "../ode.toml", t = 1, start.x = 1}'
    )
    plan = read_plan(tmp_path / "sub" / "plan.toml")
    assert rows_of(plan.cell(0), plan.folder)[0]["status"] == "success"
