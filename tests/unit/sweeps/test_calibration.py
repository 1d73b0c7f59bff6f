"""Calibration: errors of verdicts counted from made-up rows, their limits, and what they come to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest

from odekit.errors import InputError, UnknownNameError
from odekit.outcomes import ExitCode
from odekit.sweeps import Calibration, Cell, Errors, Plan, State, calibrate, calibration_table
from odekit.sweeps.calibration import counted_errors
from odekit.sweeps.results import Results

From = Callable[..., Plan]
Gather = Callable[..., Results]


def of(*errors: Errors) -> Calibration:
    return Calibration(errors, 0, 0.0, State(0), None)  # type: ignore[arg-type]


def test_limits_are_one_sided_at_95_percent() -> None:
    none, one = Errors("a", 300, 0, 0, 0), Errors("a", 300, 1, 0, 1)
    for errors, count in ((none, 0), (one, 1)):
        exact = binomtest(count, 300, alternative="less").proportion_ci(0.95, method="exact")
        assert errors.refuted_limit == pytest.approx(exact.high, rel=1e-9)
        assert errors.control_limit == pytest.approx(1 - exact.high, rel=1e-9)
    assert (none.is_met, none.is_missed) == (True, False)
    assert (one.is_met, one.is_missed) == (False, False)


def test_more_than_one_in_a_hundred_is_a_miss_and_few_runs_tell_nothing() -> None:
    assert Errors("a", 300, 4, 0, 0).is_missed
    assert Errors("a", 300, 0, 0, 4).is_missed
    assert not Errors("a", 300, 3, 0, 3).is_missed
    assert not Errors("a", 300, 0, 300, 0).is_missed
    few = Errors("a", 10, 0, 0, 0)
    assert (few.is_met, few.is_missed) == (False, False)
    never = Errors("a", 0, 0, 0, 0)
    assert (never.refuted_limit, never.control_limit, never.is_met, never.is_missed) == (
        1.0,
        0.0,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (Errors("b", 300, 0, 9, 0), ExitCode.CONFIRMED),
        (Errors("b", 300, 1, 0, 0), ExitCode.OPEN),
        (Errors("b", 0, 0, 0, 0), ExitCode.OPEN),
        (Errors("b", 300, 4, 0, 0), ExitCode.REFUTED),
        (Errors("b", 20, 0, 0, 20), ExitCode.REFUTED),
    ],
)
def test_one_claim_that_errs_spoils_all(second: Errors, code: ExitCode) -> None:
    assert of(Errors("a", 300, 0, 0, 0), second).exit_code == code


def test_errors_are_counted_from_rows(plan_from: From, results_of: Gather) -> None:
    rows: list[Any] = [
        {"outcome": "confirmed", "control": "refuted"},
        {"outcome": "refuted", "control": "refuted"},
        {"outcome": "inconclusive", "control": "refuted"},
        {"outcome": "inconclusive", "control": "confirmed"},
        {"outcome": "inconclusive", "control": None},
        {"outcome": "not_applicable", "control": None},
        "it broke",
    ]

    def came(cell: Cell) -> Any:
        found = rows[cell.replicate] if cell.settings["claim"] == "rank-one" else rows[5]
        return found if isinstance(found, str) else [found]

    plan = plan_from(f'sweep = {{claims = ["rank-one", "decoupling"], seeds = {len(rows)}}}')
    assert counted_errors(results_of(plan, came)) == [
        Errors("rank-one", runs=6, refuted=1, inconclusive=4, surviving=3),
        Errors("decoupling", runs=0, refuted=0, inconclusive=0, surviving=0),
    ]


def test_the_table_and_json_tell_counts_and_limits() -> None:
    errors = [Errors("alignment-rate", 300, 0, 2, 1)]
    table = calibration_table(errors)
    assert table.rows == (("alignment-rate", 300, 0, 0.994, 2, 299, 98.428),)
    written = json.loads(json.dumps(of(*errors).to_json()))
    assert written["confidence"] == 0.95
    (claim,) = written["claims"]
    assert (claim["runs"], claim["inconclusive"], claim["surviving"], claim["met"]) == (300, 2, 1, False)
    assert claim["refuted_limit"] == pytest.approx(1 - 0.05 ** (1 / 300))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"claims": 5}, "names no claims"),
        ({"claims": []}, "names no claims"),
        ({"claims": "none-such"}, "unknown claim 'none-such'"),
        ({"seeds": 0}, "seeds must be a whole number from 1"),
        ({"seeds": 1.5}, "seeds must be a whole number"),
        ({"seeds": 10**9}, "seeds of calibrate is not what it may be"),
        ({"seed": -1}, "the seed must be a whole number from 0"),
        ({"seed": 2**60}, "seed of calibrate is not what it may be"),
        ({"workers": 0}, "the number of workers must be"),
        ({"scheduler": 5}, "the scheduler is no address"),
    ],
)
def test_bad_arguments_are_told_before_anything_is_written(
    arguments: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises((InputError, UnknownNameError), match=message):
        calibrate(**{"claims": ["rank-one"], "out": tmp_path / "out", "seeds": 1, **arguments})
    assert not (tmp_path / "out").exists()
