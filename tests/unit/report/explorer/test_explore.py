"""The page is one file, and what can't be a page is refused in a paragraph."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import odekit
from odekit.errors import FileError, InputError, OdekitError, ReductionError, UnknownNameError
from odekit.report.explorer import assembly, explore
from odekit.report.explorer.beginning import end_time, first_start
from odekit.report.explorer.opened import opened

CIRCLE = odekit.system("x' = y; y' = -k*x", "k")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def told(path: Path) -> dict[str, Any]:
    """What the page is told of its system."""
    found = re.search(r'<script type="application/json" id="model">(.*?)</script>', path.read_text())
    assert found is not None
    content: dict[str, Any] = json.loads(found[1])
    return content


def test_every_script_is_part_of_the_page(place: Path) -> None:
    folder = Path(assembly.__file__).parent / "page"
    assert {path.name for path in folder.glob("*.js")} == set(assembly.SCRIPTS)
    text = explore(CIRCLE, place).read_text()
    assert all((folder / name).read_text() in text for name in assembly.SCRIPTS)
    assert not re.search(r"https?://", text)


def test_the_same_system_makes_the_same_bytes(place: Path, tmp_path: Path) -> None:
    first = explore(CIRCLE, place).read_bytes()
    assert explore(CIRCLE, tmp_path / "again.html").read_bytes() == first


def test_what_is_given_is_where_the_page_starts(place: Path) -> None:
    content = told(explore(CIRCLE, place, start={"y": 2}, parameters={"k": 4}, t_end=3, title="A <b>"))
    assert [state["value"] for state in content["states"]] == [1.5, 2.0]
    assert content["parameters"][0]["value"] == 4.0
    assert content["end"] == 3.0
    assert content["title"] == "A <b>"
    assert "<title>A &lt;b&gt;</title>" in place.read_text()


def test_values_of_a_file_are_where_its_free_parameters_start(tmp_path: Path) -> None:
    file = tmp_path / "flow.toml"
    file.write_text(
        '[equations]\n"x[i] for i in 1..n" = "-k*x[i] + g"\n[parameters]\nk = "1/4"\nn = 2\ng = "cos(t)"\n'
    )
    system, values = opened(file)
    assert values == {"k": 0.25}
    assert [symbol.name for symbol in system.parameters] == ["k"]
    assert [symbol.name for symbol in system.states] == ["x1", "x2"]


def test_an_energy_in_a_file_has_free_parameters_too(tmp_path: Path, place: Path) -> None:
    file = tmp_path / "flow.toml"
    file.write_text('energy = "(s - a*b)**2/2"\nvariables = ["a", "b"]\nparameters = {s = 2}\n')
    assert told(explore(file, place))["parameters"][0]["value"] == 2.0


def test_frequencies_of_a_network_compete(place: Path) -> None:
    content = told(explore(odekit.derive(odekit.Network("Z7"), "all"), place))
    assert content["competitors"] == {
        "what": "frequency",
        "groups": [{"label": str(k), "state": k - 1} for k in (1, 2, 3)],
    }
    assert [state["kind"] for state in content["states"]] == [*3 * ["positive"], *3 * ["angle"]] * 2
    assert told(explore(CIRCLE, place))["competitors"] is None


def test_a_start_is_small_beside_phases_and_time_is_that_of_the_start() -> None:
    start = first_start(odekit.derive(odekit.Network("Zp")))
    assert start == {"alpha": 0.15, "phi": 0.7, "beta": 0.11, "psi": 0.4}
    assert end_time(odekit.system("x' = -100*x"), [1.0], []) == 0.1
    assert end_time(odekit.system("x' = 0"), [1.0], []) > 0.0


X = sp.Symbol("x", positive=True)
REFUSED: list[tuple[Any, dict[str, Any], type[OdekitError], str]] = [
    (odekit.system({f"x{i}": f"-x{i}" for i in range(65)}), {}, InputError, "at most 64.*Received: 65"),
    (odekit.system({X: -X}), {"start": {"x": 0.0}}, InputError, "state x starts.*positive number.*0.0"),
    (CIRCLE, {"start": {"z": 0.0}}, UnknownNameError, "unknown state 'z'"),
    (CIRCLE, {"parameters": {"q": 0.0}}, UnknownNameError, "unknown parameter 'q'"),
    (CIRCLE, {"start": {"x": float("nan")}}, InputError, "state x is no finite number"),
    (CIRCLE, {"t_end": -1.0}, InputError, "end time is not positive"),
    (CIRCLE, {"t_end": float("inf")}, InputError, "end time is no finite number"),
    (3, {}, InputError, "no system to explore.*Received: int 3"),
    ("none.toml", {}, FileError, "none.toml can't be read"),
    (odekit.system({X: sp.gamma(X)}), {}, ReductionError, "Received: gamma"),
]  # fmt: skip


@pytest.mark.parametrize(("system", "options", "error", "words"), REFUSED)
def test_what_can_not_be_a_page_is_refused_and_nothing_is_written(
    system: Any, options: dict[str, Any], error: type[OdekitError], words: str, place: Path
) -> None:
    with pytest.raises(error, match=words):
        explore(system, place, **options)
    assert not place.exists()


def test_a_page_of_too_many_bytes_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[explore.__module__], "LARGEST_PAGE", 1000)
    with pytest.raises(InputError, match=r"too long for a page.*at most 1000 bytes"):
        explore(CIRCLE, place)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="mkdir -p"):
        explore(CIRCLE, tmp_path / "none" / "page.html")


def test_a_system_whose_slopes_have_no_code_is_followed_explicitly(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odekit.report.explorer.model._LONGEST_JACOBIAN", 10)
    assert "const slopes = null;" in explore(CIRCLE, place).read_text()
