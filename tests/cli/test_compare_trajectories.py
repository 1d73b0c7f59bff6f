"""``odekit compare RUN --system FILE.toml``: a record of one's own against one's own ODE."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from odekit.comparison import Trajectory

Invoke = Callable[..., Result]

ODE = '[equations]\nx = "r*x*(1 - x)"\n[parameters]\nr = 1\n'
T = np.linspace(0.0, 5.0, 30)
X = 1 / (1 + 9 * np.exp(-T))


@pytest.fixture
def ode(tmp_path: Path) -> Path:
    (tmp_path / "ode.toml").write_text(ODE)
    return tmp_path / "ode.toml"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return Trajectory(T, {"x": X, "u": X**2}).save(tmp_path / "mine.npz")


def test_a_right_ode_is_confirmed_with_exit_code_0(invoke: Invoke, ode: Path, record: Path) -> None:
    result = invoke("compare", record, "--system", ode, "--observe", "u=x**2")
    assert result.exit_code == 0, result.output
    assert "mine.npz" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines() if line.endswith("confirmed")]
    assert [row[-5] for row in rows] == ["x", "u"]
    assert "confirmed: the record stays within its budget" in result.stdout
    assert result.stderr == f"compared {record}\n"


@pytest.mark.slow
def test_a_wrong_parameter_is_refuted_with_exit_code_1(invoke: Invoke, ode: Path, record: Path) -> None:
    result = invoke("compare", record, "--system", ode, "--parameter", "r=1.05")
    assert result.exit_code == 1
    assert "it is confirmed with t times 0.952381" in result.stdout


def test_what_stays_open_has_exit_code_3(invoke: Invoke, ode: Path, record: Path) -> None:
    result = invoke("compare", record, "--system", ode, "--noise", "0.1")
    assert result.exit_code == 3
    assert "less noise, or a larger tolerance" in result.stdout


def test_a_table_takes_its_learning_rate_and_noise_from_the_options(
    invoke: Invoke, ode: Path, tmp_path: Path
) -> None:
    x, h, records = 0.1, 0.005, []
    for step in range(1001):
        records.append((h * step, x))
        x += h * x * (1 - x)
    noisy = np.array(records[::25])
    noisy[:, 1] += 1e-5 * np.random.default_rng(0).normal(size=41)
    np.savetxt(tmp_path / "mine.csv", noisy, delimiter=",", header="t,x", comments="")
    asked = ("compare", tmp_path / "mine.csv", "--system", ode)
    assert invoke(*asked).exit_code == 1
    assert invoke(*asked, "--learning-rate", "0.005", "--noise", "x=1e-5").exit_code == 0


def test_a_state_that_was_not_recorded_is_started(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ode.toml").write_text('[equations]\nx = "v"\nv = "-x"\n')
    path = Trajectory(T, {"x": np.sin(T)}).save(tmp_path / "mine.npz")
    asked = ("compare", path, "--system", tmp_path / "ode.toml")
    assert "where v begins is not known" in invoke(*asked).stderr
    assert invoke(*asked, "--start", "v=1").exit_code == 0


def test_json_goes_alone_to_standard_output(invoke: Invoke, ode: Path, record: Path) -> None:
    result = invoke("compare", record, record, "--system", ode, "--json", "-")
    runs = json.loads(result.stdout)["runs"]
    assert [run["outcome"] for run in runs] == ["confirmed", "confirmed"]
    assert runs[0]["quantities"]["x"]["outcome"] == "confirmed"
    assert len(runs[0]["quantities"]["x"]["budget"]) == len(runs[0]["times"])
    assert "confirmed" in result.stderr


@pytest.mark.slow
def test_nothing_is_wider_than_80_columns(
    invoke: Invoke, ode: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    long = Trajectory(T, {"x": X}).save(tmp_path / "a-record-of-my-own-model-with-a-long-name.npz")
    for more in ((), ("--parameter", "r=1.05"), ("--noise", "0.1")):
        result = invoke("compare", long, "--system", ode, *more)
        assert not [line for line in result.stdout.splitlines() if len(line) > 80 and "/" not in line]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--observe", "u"), "NAME=FORMULA"),
        (("--observe", "u=x", "--observe", "u=x**2"), "u is given twice"),
        (("--observe", "w=x"), "unknown quantity in observe"),
        (("--parameter", "r=fast"), "'fast' is no number"),
        (("--parameter", "q=1"), "the file declares its parameters"),
        (("--noise", "much"), "'much' is no number"),
        (("--noise", "y=1"), "unknown quantity in meta's noise"),
        (("--learning-rate", "-1"), "learning_rate"),
        (("--horizon-level", "0.1"), "without --system"),
        (("--stored-as", "theta=w"), "without --system; use --observe"),
    ],
)
def test_wrong_options_are_told_with_exit_code_2(
    invoke: Invoke, ode: Path, record: Path, options: tuple[str, ...], told: str
) -> None:
    result = invoke("compare", record, "--system", ode, *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "options", [("--observe", "u=x"), ("--parameter", "r=1"), ("--start", "x=1"), ("--noise", "1")]
)
def test_options_of_ones_own_ode_need_one(invoke: Invoke, record: Path, options: tuple[str, ...]) -> None:
    result = invoke("compare", record, *options)
    assert result.exit_code == 2
    assert f"{options[0]} is for runs that are compared with --system" in result.stderr


def test_files_that_are_not_there_are_told(invoke: Invoke, ode: Path, record: Path) -> None:
    assert "none.csv" in invoke("compare", "none.csv", "--system", ode).stderr
    assert "none.toml" in invoke("compare", record, "--system", "none.toml").stderr
