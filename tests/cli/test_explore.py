"""``odekit explore``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Invoke = Callable[..., Result]

LOTKA = '[equations]\nx = "x*(1 - y)"\ny = "r*y*(x - 1)"\n[parameters]\nr = 0.5\n'


@pytest.fixture
def lotka(tmp_path: Path) -> Path:
    file = tmp_path / "lotka.toml"
    file.write_text(LOTKA)
    return file


def test_a_file_becomes_a_page(invoke: Invoke, lotka: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    options = ("--start", "x=1.5, y=0.25", "--set", "r=0.75", "--end", "12", "--title", "Prey")
    result = invoke("explore", lotka, "--out", page, *options)
    assert result.exit_code == 0
    assert str(page) in result.stdout
    text = page.read_text()
    assert "<title>Prey</title>" in text
    assert '"value":0.25' in text
    assert '"value":0.75' in text
    assert '"end":12.0' in text


def test_the_network_is_that_of_derive(invoke: Invoke, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = invoke("explore", "--group", "Z5", "--modes", "all", "--task", "x-y", "--out", page)
    assert result.exit_code == 0
    assert "<title>Z5: reduced flow of x-y</title>" in page.read_text()
    assert '"what":"frequency"' in page.read_text()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--out", "{page}", "--group", "Z5", "{lotka}"], "--group belongs to a network"),
        (["--out", "{page}", "lotka.txt"], "no .toml file"),
        (["{lotka}"], "Missing option '--out'"),
        (["{lotka}", "--out", "{page}", "--start", "x"], "'x' is no name with a number"),
        (["{lotka}", "--out", "{page}", "--start", "x=one"], "'x=one' is no name with a number"),
        (["{lotka}", "--out", "{page}", "--start", "x=1,x=2"], "'x' has two values"),
        (["{lotka}", "--out", "{lotka}"], "would take the place of the system"),
        (["{lotka}", "--out", "{page}", "--set", "q=1"], "unknown parameter 'q'"),
        (["{lotka}", "--out", "{page}", "--end", "-1"], "not positive"),
        (["{lotka}", "--out", "none/page.html"], "can't write none/page.html"),
    ],
)
def test_bad_input_ends_in_one_paragraph(
    invoke: Invoke, lotka: Path, tmp_path: Path, options: list[str], told: str
) -> None:
    page = tmp_path / "page.html"
    result = invoke("explore", *(option.format(page=page, lotka=lotka) for option in options))
    assert result.exit_code == 2
    assert told in result.stderr
    assert not page.exists()
    assert lotka.read_text() == LOTKA


def test_an_empty_title_is_the_files_name(invoke: Invoke, lotka: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert invoke("explore", lotka, "--out", page, "--title", "").exit_code == 0
    assert "<title>lotka</title>" in page.read_text()
