"""``odekit verify FILE``: claims of one's own from the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Invoke = Callable[..., Result]

TOML = """
[equations]
x = "-k*x"
[parameters]
k = 2.0
[claims.decay]
kind = "rate"
of = "x"
formula = "k{factor}"
start = {{x = [0.5, 1.0]}}
end = {end}
"""
PYTHON = """
import pathlib

import odekit

with open(pathlib.Path(__file__).with_name("runs"), "a") as log:
    log.write("run ")

@odekit.claim("half", "A half of 1 is 0.5.", prediction=0.5, control=("a third is", 1 / 3))
def half(settings):
    return odekit.Measurement(1 / 2, 1e-15)
"""


def toml(folder: Path, factor: str = "", end: float = 12.0) -> Path:
    path = folder / "mine.toml"
    path.write_text(TOML.format(factor=factor, end=end))
    return path


@pytest.mark.parametrize(("factor", "end", "code"), [("", 12.0, 0), ("*1.1", 12.0, 1), ("", 0.5, 3)])
def test_the_exit_code_speaks_for_own_claims(
    invoke: Invoke, tmp_path: Path, factor: str, end: float, code: int
) -> None:
    assert invoke("verify", toml(tmp_path, factor, end)).exit_code == code


@pytest.mark.slow
def test_own_claims_are_reported_as_built_in_ones(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PYTHON)
    out = tmp_path / "out"
    files = toml(tmp_path), tmp_path / "mine.py"
    result = invoke("verify", *files, "--out", out, "--json", tmp_path / "v.json", "--seed", 3)
    assert result.exit_code == 0, result.stderr
    assert "decay: refuted: at the rate 1.05*(k)" in result.stdout
    assert "2 claims: 2 confirmed in" in result.stdout
    written = json.loads((tmp_path / "v.json").read_text())
    assert written == json.loads((out / "report.json").read_text())
    assert written["seed"] == 3
    assert [verdict["id"] for verdict in written["verdicts"]] == ["decay", "half"]
    assert all(verdict["control"]["outcome"] == "refuted" for verdict in written["verdicts"])
    assert (out / "figures" / "decay.pdf").exists()
    assert (tmp_path / "runs").read_text() == "run ", "a file is run once"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mine.py", "import none_such\n", "ModuleNotFoundError: No module named 'none_such' (line 1)"),
        ("mine.py", "x = 1\n", "mine.py holds no claim"),
        ("mine.toml", '[equations]\nx = "-x"\n', "mine.toml holds no claim"),
        ("mine.toml", '[equations]\nx = "-x"\n[claims.a]\nkind = "rat"\n', "Try: 'rate'"),
        ("none.toml", None, "none.toml can't be read"),
    ],
)
def test_bad_input_is_one_paragraph(
    invoke: Invoke, tmp_path: Path, name: str, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    result = invoke("verify", tmp_path / name)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_debug_shows_where_a_file_breaks(
    invoke: Invoke, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text("def broken():\n    return 1 / 0\nbroken()\n")
    result = invoke("verify", tmp_path / "mine.py", "--debug")
    assert result.exit_code == 2
    assert "in broken" in result.stderr + capfd.readouterr().err


def test_what_a_program_of_claims_prints_is_kept_out_of_the_json(invoke: Invoke, tmp_path: Path) -> None:
    loud = PYTHON.replace("import odekit", "import odekit\nprint('loud')").replace(
        "    return", "    print('loud again')\n    return"
    )
    (tmp_path / "loud.py").write_text(loud)
    result = invoke("verify", tmp_path / "loud.py", "--json", "-")
    assert json.loads(result.stdout)["verdicts"][0]["outcome"] == "confirmed"
    assert "loud\n" in result.stderr
    assert "loud again\n" in result.stderr
    assert "loud\n" in invoke("verify", tmp_path / "loud.py").stdout
