"""``odekit compare``."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from odekit.comparison import Comparison, compare
from odekit.networks import Network
from odekit.simulation import Run, simulate

Invoke = Callable[..., Result]


def strict(text: str) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    parsed: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return parsed


def test_a_run_of_ours_is_confirmed(invoke: Invoke, run_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run_file.parent)
    monkeypatch.setenv("COLUMNS", "120")
    result = invoke("compare", run_file.name)
    assert result.exit_code == 0
    assert "confirmed" in result.stdout
    assert "Z5, 8 neurons" in result.stdout
    assert "stay within their budget" in result.stdout
    assert result.stderr == f"compared {run_file.name}\n"


def test_json_has_the_errors_by_time(invoke: Invoke, run: Run, run_file: Path) -> None:
    result = invoke("compare", run_file, "--json", "-")
    (entry,) = strict(result.stdout)["runs"]
    assert entry["file"] == str(run_file)
    assert entry["times"] == run.t.tolist()
    assert set(entry["errors"]) == {"alpha", "beta", "phi", "psi"}
    assert len(entry["errors"]["alpha"]["median"]) == len(run)
    assert "confirmed" in result.stderr


def test_errors_past_a_blow_up_are_null(invoke: Invoke, tmp_path: Path) -> None:
    long = simulate(Network("Z5", neurons=8), seed=3, scale=0.1, t_end=80.0, snapshots=17)
    place = long.save(tmp_path / "long.npz")
    result = invoke("compare", place, "--order", "1", "--json", tmp_path / "out.json")
    (entry,) = strict((tmp_path / "out.json").read_text())["runs"]
    assert entry["errors"]["alpha"]["max"][-1] is None
    assert entry["horizon"] in entry["times"]
    assert "inf" in result.stdout


@pytest.mark.slow
def test_a_run_that_starts_past_its_horizon_stays_open(invoke: Invoke, tmp_path: Path) -> None:
    late = simulate(Network("Z5", neurons=8), seed=3, scale=2.0, t_end=10.0, snapshots=3)
    result = invoke("compare", late.save(tmp_path / "late.npz"))
    assert result.exit_code == 3
    assert "the softmax is not uniform at the start" in result.stdout


def test_a_network_without_reduction_is_not_applicable(
    invoke: Invoke, tmp_path: Path, run_file: Path
) -> None:
    relu = simulate(Network("Z5", neurons=2, activation="relu"), t_end=1.0, snapshots=2)
    place = relu.save(tmp_path / "relu.npz")
    result = invoke("compare", place)
    assert result.exit_code == 3
    assert "not applicable" in result.stdout
    assert "Relative errors" not in result.stdout, "there are none"
    assert invoke("compare", place, run_file).exit_code == 0, "not applicable is neutral"


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (("confirmed", "confirmed"), 0),
        (("confirmed", "not_applicable"), 0),
        (("confirmed", "inconclusive"), 3),
        (("inconclusive", "refuted"), 1),
        (("not_applicable", "not_applicable"), 3),
    ],
)
def test_the_exit_code_speaks_for_all_runs(
    invoke: Invoke, run_file: Path, monkeypatch: pytest.MonkeyPatch, outcomes: tuple[str, ...], code: int
) -> None:
    made = compare(run_file)
    waiting = list(outcomes)

    def fake(source: Run, **options: float) -> Comparison:
        return replace(made, run=source, outcome=waiting.pop(0))

    monkeypatch.setattr("odekit.comparison.compare", fake)
    assert invoke("compare", run_file, run_file).exit_code == code


def test_tolerance_and_level_reach_the_comparison(invoke: Invoke, run_file: Path) -> None:
    assert invoke("compare", run_file, "--tolerance", "1e-12").exit_code == 3
    strictly = ("--horizon-level", "1e-5", "--order", "1")
    entry = strict(invoke("compare", run_file, *strictly, "--json", "-").stdout)["runs"][0]
    assert entry["horizon"] is not None


def test_an_order_that_is_asked_for_is_the_only_one(invoke: Invoke, run_file: Path) -> None:
    result = invoke("compare", run_file, "--order", "2", "--json", "-")
    (entry,) = strict(result.stdout)["runs"]
    assert result.exit_code == 0
    assert entry["order"] == 2
    assert [tried["order"] for tried in entry["orders"]] == [2]
    assert "reaches" not in result.stderr


@pytest.mark.slow
def test_a_run_beyond_order_1_tells_how_far_each_order_reaches(invoke: Invoke, tmp_path: Path) -> None:
    run = simulate(Network("Z5", neurons=8), seed=3, scale=0.1, t_end=40.0, snapshots=17)
    place = run.save(tmp_path / "run.npz")
    result = invoke("compare", place, "--json", tmp_path / "out.json", "--out", tmp_path / "report")
    told = " ".join(result.stdout.split())
    (entry,) = strict((tmp_path / "out.json").read_text())["runs"]
    assert [tried["order"] for tried in entry["orders"]] == [1, 2, 3]
    assert f"order 1 reaches t = {entry['orders'][0]['horizon']:.4g}, order 2 reaches" in told
    page = (tmp_path / "report" / "report.html").read_text()
    assert f"order 1 reaches t = {entry['orders'][0]['horizon']:.4g}, order 2 reaches" in page
    assert "reaches" not in invoke("compare", place, "--order", "1").stdout


@pytest.mark.parametrize("order", ["0", "4", "two", "1.5"])
def test_an_order_out_of_range_is_refused(invoke: Invoke, run_file: Path, order: str) -> None:
    result = invoke("compare", run_file, "--order", order)
    assert result.exit_code == 2
    assert "--order" in result.stderr


def test_an_order_is_refused_with_a_system(invoke: Invoke, run_file: Path) -> None:
    result = invoke("compare", run_file, "--system", "ode.toml", "--order", "2")
    assert result.exit_code == 2
    assert "without --system" in " ".join(result.stderr.split())


def test_a_run_of_other_names_in_safetensors_is_the_same_run(
    invoke: Invoke, run: Run, run_file: Path, tmp_path: Path
) -> None:
    numpy_files = pytest.importorskip("safetensors.numpy")
    layers = {"embed": run.weights["theta"].swapaxes(1, 2), "xi": run.weights["xi"], "time": run.t}
    tensors = {name: np.ascontiguousarray(array) for name, array in {**run.records, **layers}.items()}
    path = tmp_path / "run.safetensors"
    numpy_files.save_file(tensors, path, metadata={"meta": json.dumps(run.file_meta())})
    theirs = invoke("compare", path, "--stored-as", "theta=embed.T", "--stored-as", "t=time", "--json", "-")
    ours = invoke("compare", run_file, "--json", "-")
    assert theirs.exit_code == ours.exit_code == 0
    assert strict(theirs.stdout)["runs"][0]["errors"] == strict(ours.stdout)["runs"][0]["errors"]


def test_a_bad_run_among_good_ones_is_refused_before_anything_is_compared(
    invoke: Invoke, run_file: Path, tmp_path: Path
) -> None:
    result = invoke("compare", run_file, tmp_path / "none.npz", "--json", tmp_path / "out.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "compared" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.reference
@pytest.mark.long
def test_a_published_run_has_the_errors_of_an_independent_program(invoke: Invoke, reference: Path) -> None:
    name = "Z23_quadratic_singlefreq_sgd"
    result = invoke("compare", reference / f"{name}.npz", "--order", "1", "--json", "-")
    assert result.exit_code == 0
    (entry,) = strict(result.stdout)["runs"]
    assert 5000 <= entry["horizon_step"] <= 7171
    with open(reference / f"{name}_ode_error.csv", newline="") as file:
        rows = {int(float(row["step"])): row for row in csv.DictReader(file)}
    steps = [step for step in rows if 200 <= step <= 6000]
    assert len(steps) > 10
    for step in steps:
        place = entry["steps"].index(step)
        for kind in ("median", "max"):
            limit = 1.2 * float(rows[step][f"alpha_rel_{kind}"])
            assert np.asarray(entry["errors"]["alpha"][kind])[place] <= limit, (step, kind)


def test_a_misspelt_key_of_meta_is_told_once_on_standard_error(
    invoke: Invoke, run: Run, tmp_path: Path
) -> None:
    misspelt = replace(run, meta={**run.meta, "learningrate": 0.1, "colour": "blue"})
    result = invoke("compare", misspelt.save(tmp_path / "run.npz"))
    assert result.exit_code == 0
    told = " ".join(result.stderr.split())
    assert told.count("'learningrate' is not used, did you mean 'learning_rate'?") == 1
    assert "colour" not in result.stderr
