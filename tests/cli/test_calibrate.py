"""``odekit calibrate``: how often claims err, told in a table, as JSON and by the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Invoke = Callable[..., Result]

CLAIM = """
import odekit

@odekit.claim("mine", "It is 1.", prediction=1.0, control=("it is 2", 2.0))
def mine(settings):
    return odekit.Measurement({value}, 1e-9)
"""
TRUE, FALSE, NEITHER = "1.0", "2.0", "1.5"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A file of a claim whose experiment measures a value, in the folder that the program runs in."""
    monkeypatch.chdir(tmp_path)

    def written(value: str) -> str:
        (tmp_path / "mine.py").write_text(CLAIM.format(value=value))
        return "mine.py"

    return written


@pytest.mark.parametrize(
    ("value", "seeds", "code"),
    [pytest.param(TRUE, 299, 0, marks=pytest.mark.slow), (TRUE, 9, 3), (FALSE, 9, 1)],
)
def test_the_exit_code_tells_whether_the_rates_are_kept(
    invoke: Invoke, mine: Any, inline: Any, value: str, seeds: int, code: int
) -> None:
    result = invoke("calibrate", mine(value), "--seeds", seeds)
    assert result.exit_code == code, result.stderr
    assert len(inline.sent) == seeds


def test_counts_and_limits_are_told_and_written(
    invoke: Invoke, mine: Any, inline: Any, tmp_path: Path
) -> None:
    result = invoke("calibrate", mine(NEITHER), "--seeds", 20, "--seed", 5, "--json", "-")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    (claim,) = found["claims"]
    assert (claim["claim"], claim["runs"], claim["refuted"], claim["surviving"]) == ("mine", 20, 20, 0)
    assert claim["control_limit"] == pytest.approx(0.05 ** (1 / 20))
    assert found == json.loads((tmp_path / "calibration" / "calibration.json").read_text())
    assert found["seed"] == 5
    assert "one-sided at 95 %" in result.stderr
    assert "calibration/table.csv" in result.stderr


def test_a_second_start_adds_what_is_missing(invoke: Invoke, mine: Any, inline: Any) -> None:
    invoke("calibrate", mine(TRUE), "--seeds", 5, "--out", "mine")
    invoke("calibrate", "mine.py", "--seeds", 8, "--out", "mine")
    assert len({*inline.sent}) == len(inline.sent) == 8


def test_the_table_fits_a_screen_of_eighty_columns(
    invoke: Invoke, mine: Any, inline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = invoke("calibrate", mine(TRUE), "--seeds", 5)
    assert max(map(len, result.stdout.splitlines())) <= 80
    for word in ("claim", "runs", "falsely", "open", "controls", "mine"):
        assert word in result.stdout


def test_help_names_the_limits_and_exit_codes(invoke: Invoke) -> None:
    told = " ".join(invoke("calibrate", "--help").stdout.split())
    for words in ("300", "Clopper and Pearson", "Exits with 0", "1 if one errs", "3 if there are too few"):
        assert words in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none-such",), "unknown claim 'none-such'"),
        (("none.toml",), "none.toml can't be read"),
        (("rank-one", "--seeds", "0"), "seeds must be a whole number from 1"),
        (("rank-one", "--seeds", "2000000"), "less than or equal to 1000000"),
        (("rank-one", "--seed", "-1"), "the seed must be a whole number from 0"),
        (("rank-one", "--workers", "0"), "the number of workers must be a whole number"),
        (("rank-one", "--scheduler", "carrier-pigeon://x"), "no Dask scheduler answers"),
        (("rank-one", "--out", "."), "holds something else"),
    ],
)
def test_bad_input_is_one_paragraph(
    invoke: Invoke, mine: Any, arguments: tuple[str, ...], message: str
) -> None:
    mine(TRUE)
    result = invoke("calibrate", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
