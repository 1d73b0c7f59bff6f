"""Results from made-up records: one tidy table, labelled arrays, and a summary with intervals and regions."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from odekit.errors import FileError
from odekit.outcomes import ExitCode
from odekit.sweeps import Cell, Counts, Plan, summary_tables
from odekit.sweeps.results import Results, gathered
from odekit.sweeps.store import Store

From = Callable[..., Plan]
Gather = Callable[..., Results]

COMPARE = 'sweep.task = "compare"\nsweep.seeds = 2\n[grid]\ngroup = ["Z5", "S3"]\nscale = [0.1, 0.2]\n'
PREDICT = 'sweep.task = "predict"\nsweep.seeds = 2\n[grid]\ngroup = ["Z5", "S3"]\nneurons = [4, 8]\n'
TEXTS = [
    "plain", "a,b", "two\nlines", "a\rb", "a\r\nb", 'say "so"', "=1+1", "@cmd", "+7", " blank ", "ψ🙂", "",
]  # fmt: skip


def judged(cell: Cell) -> list[dict[str, Any]]:
    """Confirmed at scale 0.1; at 0.2 refuted on Z5, and on S3 inconclusive at one of two seeds."""
    outcome = "confirmed"
    if cell.settings["scale"] == 0.2:
        outcome = (
            "refuted" if cell.settings["group"] == "Z5" else ("confirmed", "inconclusive")[cell.replicate]
        )
    return [{"outcome": outcome, "gap": cell.settings["scale"] / 2, "reason": TEXTS[cell.replicate]}]


def numbered(cell: Cell) -> list[dict[str, Any]]:
    return [{"winner": "1", "winners": cell.replicate, "first_blow_up": None if cell.replicate else 2.5}]


def read_csv(results: Results) -> list[dict[str, str]]:
    with open(results.table, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_is_tidy_and_in_the_order_of_the_plan(plan_from: From, results_of: Gather) -> None:
    plan = plan_from(COMPARE)
    results = results_of(plan, judged)
    rows = list(results)
    columns = ["cell", "group", "scale", "replicate", "seed", "outcome", "gap", "reason"]
    assert [*results.rows.columns] == columns
    assert [list(row) for row in rows] == [columns] * 8
    for row, cell in zip(rows, plan, strict=True):
        assert cell.key.startswith(row["cell"])
        assert (row["group"], row["scale"]) == (cell.settings["group"], cell.settings["scale"])
        assert (row["replicate"], row["seed"]) == (cell.replicate, cell.seed)
    assert [{name: str(value) for name, value in row.items()} for row in rows] == read_csv(results)


def test_a_cell_may_have_several_rows(plan_from: From, results_of: Gather) -> None:
    plan = plan_from('sweep.task = "population"\ngrid = {group = "Z7", neurons = [4, 8]}')
    modes = [{"mode": "1", "won": 3}, {"mode": "2", "won": 1}]
    rows = list(results_of(plan, lambda cell: modes))
    assert [(row["neurons"], row["mode"]) for row in rows] == [(4, "1"), (4, "2"), (8, "1"), (8, "2")]
    assert rows[0]["cell"] == rows[1]["cell"] != rows[2]["cell"]


def test_a_failed_cell_has_a_row_with_its_error(plan_from: From, results_of: Gather) -> None:
    came = lambda cell: "no, really\nnot" if cell.replicate else numbered(cell)  # noqa: E731
    results = results_of(plan_from(PREDICT), came)
    rows = read_csv(results)
    assert [row["outcome"] for row in rows] == ["", "failed"] * 4
    assert rows[1]["reason"] == "no, really\nnot"
    assert rows[1]["winner"] == ""
    assert results.summary.exit_code == ExitCode.OPEN
    titles = [table.columns[0] for table in summary_tables(results.summary)]
    assert titles == ["of", "column"], "what was computed is told, too"


def test_a_result_that_is_called_as_a_setting_keeps_apart(plan_from: From, results_of: Gather) -> None:
    plan = plan_from('sweep.task = "solve"\ngrid = {system = "ode.toml", t = [1, 2], start.x = 0}')
    results = results_of(plan, lambda cell: [{"t": 0.5, "seed": "s", "x": 1.0}])
    names = ["cell", "system", "t", "start.x", "replicate", "seed", "t_found", "seed_found", "x"]
    assert [*results.rows.columns] == names
    assert [(row["t"], row["t_found"]) for row in results] == [(1.0, 0.5), (2.0, 0.5)]


def test_a_setting_of_the_list_is_a_column_with_its_default_elsewhere(
    plan_from: From, results_of: Gather
) -> None:
    text = 'cells = [{group = "Z5"}, {group = "Z5", neurons = 8}, {group = "S3", scale = 0.1}]\n'
    results = results_of(plan_from(f'{text}sweep.task = "predict"'), numbered)
    assert [(row["group"], row["neurons"], row["scale"]) for row in results] == [
        ("Z5", 512, 0.02),
        ("Z5", 8, 0.02),
        ("S3", 512, 0.1),
    ]
    assert results.summary.settings == ("group", "neurons", "scale")


def test_a_zero_of_the_list_is_a_column_and_an_empty_file_is_none(
    plan_from: From, results_of: Gather
) -> None:
    plan = plan_from('cells = [{system = "ode.toml", t = 1, start.x = 0}]\nsweep.task = "solve"')
    assert "start.x" in results_of(plan, lambda cell: [{"x": 1.0}]).rows.columns
    claims = results_of(plan_from('sweep.claims = ["rank-one"]'), lambda cell: [{"outcome": "refuted"}], "b")
    assert [*claims.rows.columns] == ["cell", "claim", "replicate", "seed", "outcome"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_text_comes_back_as_it_was(plan_from: From, results_of: Gather, kind: str) -> None:
    count = len(TEXTS)
    plan = plan_from(f'sweep = {{task = "predict", seeds = {count}, table = "{kind}"}}\ngrid.group = "Z5"')
    results = results_of(plan, lambda cell: [{"reason": TEXTS[cell.replicate], "n": 1}])
    if kind == "csv":
        assert [row["reason"] for row in read_csv(results)] == TEXTS
    else:
        parquet = pytest.importorskip("pyarrow.parquet")
        assert parquet.read_table(results.table)["reason"].to_pylist() == TEXTS


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_half_a_character_of_a_foreign_path_is_written_out(
    plan_from: From, results_of: Gather, kind: str
) -> None:
    plan = plan_from(f'sweep = {{task = "predict", table = "{kind}"}}\ngrid.group = "Z5"')
    results = results_of(plan, lambda cell: "no file caf\udce9")
    assert next(iter(results))["reason"] == r"no file caf\udce9"
    assert results.table.stat().st_size > 0


def test_csv_and_parquet_agree_and_are_the_same_bytes_when_made_again(
    plan_from: From, results_of: Gather
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for text, came in ((COMPARE, judged), (PREDICT, numbered)):
        plain = results_of(plan_from(text), came, "csv")
        packed_plan = plan_from(text.replace("seeds = 2", 'seeds = 2\nsweep.table = "parquet"'))
        packed = results_of(packed_plan, came, "parquet")
        table = parquet.read_table(packed.table)
        assert table.to_pylist() == list(plain)
        assert [
            {name: "" if value is None else str(value) for name, value in row.items()}
            for row in table.to_pylist()
        ] == read_csv(plain)
        again = results_of(packed_plan, came, "again")
        assert again.table.read_bytes() == packed.table.read_bytes()
        assert results_of(plan_from(text), came, "csv again").table.read_bytes() == plain.table.read_bytes()
        assert str(table.schema.field("seed").type) == "int64"


def test_columns_of_mixed_kinds_become_the_wider_one(plan_from: From, results_of: Gather) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    mixed = [[{"a": 1, "b": 1, "c": True, "d": None}], [{"a": 0.5, "b": "x", "c": False, "d": None}]]
    plan = plan_from('sweep = {task = "predict", seeds = 2, table = "parquet"}\ngrid.group = "Z5"')
    table = parquet.read_table(results_of(plan, lambda cell: mixed[cell.replicate]).table)
    found = {name: table[name].to_pylist() for name in "abcd"}
    assert found == {"a": [1.0, 0.5], "b": ["1", "x"], "c": [True, False], "d": [None, None]}


def test_a_table_that_cannot_be_written_leaves_the_old_one(plan_from: From, results_of: Gather) -> None:
    results = results_of(plan_from(PREDICT), numbered)
    before = results.table.read_bytes()
    results.table.unlink()
    results.table.mkdir()
    with pytest.raises(FileError, match="can't write"):
        results_of(plan_from(PREDICT), numbered)
    results.table.rmdir()
    assert results_of(plan_from(PREDICT), numbered).table.read_bytes() == before


def test_a_grid_has_labelled_arrays_over_its_settings(plan_from: From, results_of: Gather) -> None:
    pytest.importorskip("xarray")
    results = results_of(plan_from(COMPARE), judged)
    found = results.to_xarray()
    assert found.sizes == {"group": 2, "scale": 2, "replicate": 2}
    for row in results:
        place = {name: row[name] for name in ("group", "scale", "replicate")}
        assert found["outcome"].sel(place).item() == row["outcome"]
        assert found["gap"].sel(place).item() == row["gap"]
        assert found["seed"].sel(place).item() == row["seed"]
    assert found.attrs["plan"] == "plan.toml"
    missing = results_of(plan_from(PREDICT), numbered, "b").to_xarray()
    assert np.isnan(missing["first_blow_up"].sel(replicate=1)).all()
    assert missing["neurons"].dtype == np.int64


def test_rows_that_fill_no_grid_are_a_dimension(plan_from: From, results_of: Gather) -> None:
    pytest.importorskip("xarray")
    listed = 'cells = [{group = "Z5"}, {group = "S3", neurons = 8}]\nsweep.task = "predict"'
    found = results_of(plan_from(listed), numbered).to_xarray()
    assert found.sizes == {"row": 2}
    assert found["group"].values.tolist() == ["Z5", "S3"]
    population = plan_from('sweep.task = "population"\ngrid.group = "Z7"')
    several = results_of(population, lambda cell: [{"mode": "1"}, {"mode": "2"}], "b").to_xarray()
    assert several.sizes == {"row": 2}


def test_labelled_arrays_go_to_netcdf_and_come_back(
    plan_from: From, results_of: Gather, tmp_path: Any
) -> None:
    xarray = pytest.importorskip("xarray")
    results = results_of(plan_from(COMPARE), judged)
    with xarray.open_dataset(results.to_netcdf(tmp_path / "sweep.nc"), engine="scipy") as found:
        assert {*found["seed"].values.ravel().astype(int)} == {row["seed"] for row in results}
        assert found["outcome"].sel(scale=0.1).values.astype(str).tolist() == [["confirmed"] * 2] * 2


def test_outcomes_are_counted_by_setting_with_regions(plan_from: From, results_of: Gather) -> None:
    summary = results_of(plan_from(COMPARE), judged).summary
    assert summary.subjects == ("compare",)
    assert summary.settings == ("group", "scale")
    assert summary.counts("compare").by_outcome == {"confirmed": 5, "refuted": 2, "inconclusive": 1}
    assert summary.counts("compare", scale=0.2, group="Z5").by_outcome == {"refuted": 2}
    assert str(summary.counts("compare", group="S3")) == "3 confirmed, 1 inconclusive"
    assert summary.regions("compare") == {
        "mixed": {"group": ["Z5", "S3"], "scale": [0.2]},
        "confirmed": {"scale": [0.1]},
    }
    assert summary.exit_code == ExitCode.REFUTED


def test_shares_have_the_intervals_of_the_exact_test() -> None:
    counts = Counts({"confirmed": 7, "refuted": 2, "inconclusive": 1, "not_applicable": 50, "failed": 3})
    expected = binomtest(7, 10).proportion_ci(0.95, method="exact")
    assert counts.share("confirmed") == pytest.approx((0.7, expected.low, expected.high), rel=1e-9)
    assert (counts.total, counts.judged, counts.verdict) == (63, 10, "mixed")
    nothing = Counts({"not_applicable": 2})
    assert np.isnan(nothing.share("confirmed")[0])
    assert (nothing.verdict, Counts({"failed": 1, "not_applicable": 1}).verdict) == (
        "not_applicable",
        "failed",
    )


MIXES = {
    ("confirmed",): ExitCode.CONFIRMED,
    ("confirmed", "not_applicable"): ExitCode.CONFIRMED,
    ("confirmed", "inconclusive"): ExitCode.OPEN,
    ("confirmed", "failed"): ExitCode.OPEN,
    ("not_applicable",): ExitCode.OPEN,
    ("not_applicable", "failed"): ExitCode.OPEN,
    ("failed",): ExitCode.OPEN,
    ("refuted", "confirmed"): ExitCode.REFUTED,
    ("refuted", "failed"): ExitCode.REFUTED,
    ("refuted", "inconclusive", "not_applicable"): ExitCode.REFUTED,
}


@pytest.mark.parametrize("mix", MIXES, ids="-".join)
def test_the_exit_code_of_each_mix_of_outcomes(
    plan_from: From, results_of: Gather, mix: tuple[str, ...]
) -> None:
    def came(cell: Cell) -> Any:
        outcome = mix[cell.replicate]
        return "broken" if outcome == "failed" else [{"outcome": outcome}]

    plan = plan_from(f'sweep = {{task = "compare", seeds = {len(mix)}}}\ngrid.group = "Z5"')
    assert results_of(plan, came).summary.exit_code == MIXES[mix]


def test_a_sweep_without_verdicts_that_is_computed_is_a_success(plan_from: From, results_of: Gather) -> None:
    summary = results_of(plan_from(PREDICT), numbered).summary
    assert summary.exit_code == ExitCode.CONFIRMED
    assert summary.subjects == ()
    assert summary.numbers == {"winners": (8, 0.0, 0.5, 1.0), "first_blow_up": (4, 2.5, 2.5, 2.5)}
    (table,) = summary_tables(summary)
    assert table.rows[1] == ("first_blow_up", 4, 2.5, 2.5, 2.5)


def test_claims_are_counted_apart_and_their_files_make_no_region(plan_from: From, results_of: Gather) -> None:
    head = 'import odekit\n@odekit.claim("mine", "It is 1.", prediction=1.0)\n'
    mine = f"{head}def mine(settings):\n    return 1\n"
    text = 'sweep.claims = ["rank-one", "mine.py"]\n[grid]\ngroup = ["S3", "Q8"]'
    plan = plan_from(text, **{"mine.py": mine})
    outcomes = {"rank-one": "confirmed", "mine": "refuted"}
    summary = results_of(plan, lambda cell: [{"outcome": outcomes[str(cell.settings["claim"])]}]).summary
    assert summary.settings == ("group",)
    assert summary.regions("rank-one") == {"confirmed": {"group": ["S3", "Q8"]}}
    assert summary.regions("mine") == {"refuted": {"group": ["S3", "Q8"]}}
    (table,) = summary_tables(summary)
    assert [row[:3] for row in table.rows] == [
        ("rank-one", "all", 2), ("", "group = S3", 1), ("", "group = Q8", 1),
        ("mine", "all", 0), ("", "group = S3", 0), ("", "group = Q8", 0),
    ]  # fmt: skip
    assert table.columns[2:4] == ("confirmed", "refuted")


def test_the_summary_lies_in_the_folder_as_json(plan_from: From, results_of: Gather) -> None:
    results = results_of(plan_from(COMPARE), judged)
    written = json.loads((results.table.parent / "summary.json").read_text())
    assert written["subjects"]["compare"]["counts"] == {"confirmed": 5, "refuted": 2, "inconclusive": 1}
    assert written["subjects"]["compare"]["shares"]["confirmed"]["share"] == 5 / 8
    assert written["plan"]["grid"] == {"group": ["Z5", "S3"], "scale": [0.1, 0.2]}
    assert written["numbers"]["gap"]["count"] == 8
    assert json.loads(json.dumps(results.summary.to_json())).items() <= written.items()


def test_a_cell_that_is_missing_is_told_and_no_table_is_written_without_it(
    plan_from: From, results_of: Gather, tmp_path: Path
) -> None:
    plan = plan_from('sweep.task = "predict"\nsweep.seeds = 3\ngrid.group = "Z5"')
    results_of(plan, numbered)
    before = (tmp_path / "sweep" / "table.csv").read_bytes()
    store = Store(tmp_path / "sweep")
    store.path(plan.cell(1).key).unlink()
    with pytest.raises(FileError, match=rf"{plan.cell(1).key}\.json can't be read"):
        gathered(plan, store)
    assert (tmp_path / "sweep" / "table.csv").read_bytes() == before


def test_a_state_that_is_called_outcome_is_no_outcome(plan_from: From, results_of: Gather) -> None:
    plan = plan_from('sweep.task = "solve"\ngrid.system = "ode.toml"\ngrid.t = 1.0\ngrid."start.x" = [1, 2]')
    summary = results_of(plan, lambda cell: [{"outcome_found": 0.5, "claim": 2.0}]).summary
    assert summary.subjects == ()
    assert summary.numbers["outcome_found"][:2] == (2, 0.5)
    assert summary.exit_code == ExitCode.CONFIRMED
