"""On a screen of 80 columns, and where no screen tells its own, no line of any command is longer."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from odekit.cli.output import say_report, tell
from odekit.networks import Network
from odekit.simulation import Run, simulate

Invoke = Callable[..., Result]

WIDTH = 80
HERE = Path(__file__).parent
# A derivation may write terms that are longer than a line; nothing but these may be.
TERM = re.compile(r"\s*\S+\Z")
DERIVATIONS = (
    (),
    ("--group", "Z12", "--task", "x-y", "--embedding", "unshared"),
    ("--activation", "z**4", "--modes", "k,3k"),
    ("--group", "S3", "--embedding", "unshared", "--constraint", "sphere"),
    ("--constraint", "sphere", "--embedding", "unshared"),
)


def too_long(text: str) -> list[str]:
    return [line for line in text.splitlines() if len(line) > WIDTH]


def narrow(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    else:
        monkeypatch.delenv("COLUMNS")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, run: Run) -> list[Path]:
    """Runs with every kind of outcome, one of whose names is long."""
    folder = tmp_path_factory.mktemp("wide")
    blocks = simulate(Network("S3", neurons=12, embedding="unshared"), scale=0.01, t_end=90.0, snapshots=12)
    sphere = simulate(Network("S3", neurons=12, embedding="unshared", constraint="sphere"), t_end=9.0)
    blocks.save(folder / "blocks-of-the-symmetric-group-of-three-letters.npz")
    sphere.save(folder / "sphere.npz")
    run.save(folder / "run.npz")
    return sorted(folder.iterdir())


@pytest.mark.slow
def test_every_table_and_text_fits(
    invoke: Invoke, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, "80")
    monkeypatch.chdir(files[0].parent)
    out = ("--neurons", "3", "--t-end", "1", "--out")
    calls = (
        ("compare", *(file.name for file in files)),
        *(("predict", file.name) for file in files),
        ("check", HERE / "blog.toml"),
        ("claims",),
        ("verify", "phase-alignment"),
        ("simulate", "--group", "Z2xZ3", "--activation", "z**3+z*tanh(z)", *out, "a.npz"),
        ("simulate", "--group", "S3", *out, "b.npz"),
    )
    for call in calls:
        result = invoke(*call)
        assert result.exit_code in (0, 1, 3), result.stderr
        assert len(result.stdout.splitlines()) > 2
        assert too_long(result.stdout + result.stderr) == [], call


def test_what_is_read_from_elsewhere_than_a_screen_fits_too(
    invoke: Invoke, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, "")
    for call in (("claims",), ("predict", run_file), ("check", HERE / "blog.toml")):
        result = invoke(*call)
        assert max(map(len, result.stdout.splitlines())) <= WIDTH
        assert len(result.stdout.splitlines()) > 2


def test_the_footnote_of_a_comparison_is_folded_and_whole(
    invoke: Invoke, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    footnote = "what lies beyond it is not judged."
    wide = invoke("compare", run_file).stdout
    assert any(len(line) > WIDTH and line.endswith(footnote) for line in wide.splitlines())
    narrow(monkeypatch, "80")
    assert footnote in " ".join(invoke("compare", run_file).stdout.split())


@pytest.mark.parametrize("options", DERIVATIONS)
def test_a_derivation_is_folded_between_its_terms(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    whole = invoke("derive", *options).stdout
    narrow(monkeypatch, "80")
    folded = invoke("derive", *options).stdout
    assert [line for line in too_long(folded) if not TERM.match(line)] == []
    assert folded.split() == whole.split()
    assert len(folded.splitlines()) > len(whole.splitlines())


def test_a_program_that_reads_a_derivation_gets_whole_lines(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = DERIVATIONS[1]
    wide = invoke("derive", *options).stdout
    narrow(monkeypatch, "")
    assert not sys.stdout.isatty()
    assert invoke("derive", *options).stdout == wide


@pytest.mark.parametrize("form", ["latex", "python", "json"])
def test_what_a_program_reads_is_never_folded(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    options = ("derive", *DERIVATIONS[1], "--format", form)
    wide = invoke(*options).stdout
    narrow(monkeypatch, "40")
    assert invoke(*options).stdout == wide


def test_folding_keeps_indents_columns_hyphens_and_long_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow(monkeypatch, "20")
    tell("  a  b   a-long-hyphenated-word\n\nshort")
    say_report("x' = a*b*c*d - a*b*c + 1")
    tell("to standard error", err=True)
    captured = capsys.readouterr()
    assert captured.out == "  a  b\n    a-long-hyphenated-word\n\nshort\nx' = a*b*c*d - a*b*c\n  + 1\n"
    assert captured.err == "to standard error\n"
