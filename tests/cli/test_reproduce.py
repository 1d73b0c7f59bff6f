"""``odekit reproduce``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from odekit.report import select_figures

Invoke = Callable[..., Result]


def test_without_arguments_every_figure_has_a_line(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = invoke("reproduce")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    for figure in select_figures():
        assert sum(line.split()[:1] == [figure.id] and line.endswith(figure.title) for line in lines) == 1


def test_the_list_for_a_program(invoke: Invoke) -> None:
    listed = json.loads(invoke("reproduce", "--json", "-").stdout)["figures"]
    assert [entry["id"] for entry in listed] == [figure.id for figure in select_figures()]
    assert all(entry["paper"] and entry["title"] for entry in listed)


@pytest.mark.slow
def test_a_figure_is_drawn_and_told(invoke: Invoke, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = invoke("reproduce", "lottery-map", "--out", out, "--seed", 2, "--json", "-")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["folder"], told["seed"]) == (str(out), 2)
    assert [figure["id"] for figure in told["figures"]] == ["lottery-map"]
    assert told["figures"][0]["caption"] == (out / "lottery-map.txt").read_text()
    assert "lottery-map: drawn in" in result.stderr


def test_an_unknown_figure_ends_in_one_paragraph_with_the_nearest(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("reproduce", "grocking", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "'grokking'" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_empty_is_refused(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = invoke("reproduce", "all", "--out", tmp_path)
    assert result.exit_code == 2
    assert "not empty" in result.stderr


def test_a_negative_seed_is_refused(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("reproduce", "lottery-map", "--out", tmp_path / "out", "--seed", "-1")
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())
