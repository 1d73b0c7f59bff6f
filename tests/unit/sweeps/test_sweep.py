"""A sweep computes what is missing, once, and ends as an undisturbed one, however it came about."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

import odekit
from odekit.errors import FileError, InputError, MissingExtraError, StoppedEarly
from odekit.outcomes import ExitCode
from odekit.sweeps import Plan, State, calibrate, sweep
from odekit.sweeps.engine import cluster
from odekit.sweeps.store import Record, Store, read_index

From = Callable[..., Plan]

TEXT = 'sweep = {task = "predict", seeds = 5}\ngrid = {group = "Z5", neurons = [4, 8]}'
MIXED = 'sweep.task = "simulate"\ngrid = {group = "Z5", neurons = 4, t_end = 1, method = ["flow", "sgd"]}'
CLAIM = """
import odekit

@odekit.claim("mine", "It is 1.", prediction=1.0, control=("it is 2", 2.0))
def mine(settings):
    return odekit.Measurement({value}, 1e-9)
"""


@pytest.fixture
def plan(plan_from: From) -> Plan:
    return plan_from(TEXT)


def everything(folder: Path) -> dict[str, bytes]:
    """What a folder holds, but for the seconds that its cells took."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.name in ("table.csv", "summary.json", "sweep.json")
    }


def stop_when(condition: Callable[[State], bool]) -> dict[str, Any]:
    """What stops a sweep as soon as a condition holds of how far it is."""
    seen: list[bool] = []
    return {"on_progress": lambda state: seen.append(condition(state)), "is_stopped": lambda: any(seen)}


def test_every_cell_is_computed_once_and_a_second_start_computes_none(
    plan: Plan, tmp_path: Path, inline: Any
) -> None:
    found = sweep(plan, tmp_path / "out")
    assert sorted(inline.sent) == sorted(cell.key for cell in plan)
    assert (found.state.done, found.state.kept, found.state.failed, found.state.missing) == (10, 0, 0, 0)
    assert found.state.seconds > 0
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {
        "sweep.json", "cells", "index.jsonl", "table.csv", "summary.json",
    }  # fmt: skip
    assert read_index(tmp_path / "out").keys() == {cell.key for cell in plan}
    before = everything(tmp_path / "out")
    again = sweep(tmp_path / "plan.toml", str(tmp_path / "out"))
    assert (again.state.done, again.state.kept, len(inline.sent)) == (0, 10, 10)
    assert everything(tmp_path / "out") == before


def test_progress_tells_how_far_the_sweep_is(plan: Plan, tmp_path: Path, inline: Any) -> None:
    seen: list[State] = []
    sweep(plan, tmp_path / "out", on_progress=lambda state: seen.append(replace(state)))
    assert seen[0] == State(10)
    done = [state.done for state in seen]
    assert done == sorted(done)
    assert (seen[-1].done, seen[-1].missing, seen[-1].total) == (10, 0, 10)


def test_a_stopped_sweep_says_how_to_go_on_and_ends_as_an_undisturbed_one(
    plan: Plan, tmp_path: Path, inline: Any
) -> None:
    sweep(plan, tmp_path / "whole")
    inline.sent.clear()
    with pytest.raises(StoppedEarly, match=r"stopped\. .* of 10 cells are finished .* same command goes on"):
        sweep(plan, tmp_path / "out", **stop_when(lambda state: state.done >= 2))
    finished = Store(tmp_path / "out").keys()
    assert 2 <= len(finished) < 10
    assert not (tmp_path / "out" / "table.csv").exists()
    inline.sent.clear()
    found = sweep(plan, tmp_path / "out")
    assert (found.state.kept, found.state.done) == (len(finished), 10 - len(finished))
    assert not {*inline.sent} & finished
    assert everything(tmp_path / "out") == everything(tmp_path / "whole")


def test_one_that_is_stopped_at_once_computes_nothing(plan: Plan, tmp_path: Path, inline: Any) -> None:
    with pytest.raises(StoppedEarly, match="0 of 10 cells are finished"):
        sweep(plan, tmp_path / "out", is_stopped=lambda: True)
    assert inline.sent == []


@pytest.mark.parametrize("damage", [lambda content: content[:40], lambda content: b"", bytes.swapcase])
def test_a_damaged_cell_is_told_and_computed_again(
    plan: Plan, tmp_path: Path, inline: Any, damage: Callable[[bytes], bytes]
) -> None:
    sweep(plan, tmp_path / "out")
    before = everything(tmp_path / "out")
    key = plan.cell(3).key
    path = Store(tmp_path / "out").path(key)
    path.write_bytes(damage(path.read_bytes()))
    inline.sent.clear()
    found = sweep(plan, tmp_path / "out")
    assert found.state.damaged == [key] == inline.sent
    assert (found.state.done, found.state.kept) == (1, 9)
    assert everything(tmp_path / "out") == before
    assert sweep(plan, tmp_path / "out").state.damaged == []


def test_damage_is_told_also_where_the_sweep_is_stopped(plan: Plan, tmp_path: Path, inline: Any) -> None:
    store = Store(sweep(plan, tmp_path / "out").folder)
    for place in (2, 5):
        store.path(plan.cell(place).key).write_bytes(b"")
    with pytest.raises(StoppedEarly, match=r"9 of 10 cells are finished.*; 2 files were damaged"):
        sweep(plan, tmp_path / "out", **stop_when(lambda state: state.done > 0))


def test_failed_cells_are_kept_with_their_error_until_they_are_asked_for(
    plan_from: From, tmp_path: Path, inline: Any
) -> None:
    plan = plan_from(MIXED)
    found = sweep(plan, tmp_path / "out")
    assert (found.state.done, found.state.failed) == (2, 1)
    assert found.results.summary.exit_code == ExitCode.OPEN
    kept = sweep(plan, tmp_path / "out")
    assert (kept.state.kept, kept.state.failed, len(inline.sent)) == (2, 1, 2)
    again = sweep(plan, tmp_path / "out", retry_failed=True)
    assert (again.state.kept, again.state.done, again.state.failed) == (1, 1, 1)
    assert inline.sent[2:] == [plan.cell(1).key]


def test_a_retried_cell_that_comes_right_replaces_its_error(plan: Plan, tmp_path: Path, inline: Any) -> None:
    sweep(plan, tmp_path / "whole")
    store = Store(tmp_path / "out")
    store.describe(plan)
    store.write([Record.of(cell, error="the weather") for cell in plan])
    assert sweep(plan, tmp_path / "out").state.failed == 10
    assert sweep(plan, tmp_path / "out", retry_failed=True).state.failed == 0
    assert everything(tmp_path / "out") == everything(tmp_path / "whole")


def test_a_changed_plan_keeps_what_is_still_valid(
    plan: Plan, plan_from: From, tmp_path: Path, inline: Any
) -> None:
    sweep(plan, tmp_path / "out")
    inline.sent.clear()
    other = plan_from(TEXT.replace("[4, 8]", "[8, 6]"))
    found = sweep(other, tmp_path / "out")
    assert (found.state.kept, found.state.done) == (5, 5)
    assert {*inline.sent} == {cell.key for cell in other if cell.settings["neurons"] == 6}
    assert [row["neurons"] for row in found.results] == [8] * 5 + [6] * 5
    assert sweep(plan_from(TEXT), tmp_path / "out").state.kept == 10


def test_a_second_process_begins_at_the_other_end_and_leaves_out_what_the_first_has_done(
    plan: Plan, tmp_path: Path, inline: Any
) -> None:
    store = Store(tmp_path / "out")
    store.describe(plan)
    first = plan.cell(0)

    def meanwhile(state: State) -> None:
        store.write([Record.of(first, rows=[{"winner": "of the first"}])])

    with store.shared():
        found = sweep(plan, tmp_path / "out", on_progress=meanwhile)
    assert inline.sent == [cell.key for cell in reversed([*plan])][:-1]
    assert (found.state.done, found.state.kept) == (9, 1)
    assert next(iter(found.results))["winner"] == "of the first"


def test_a_disk_that_is_full_ends_the_sweep_with_what_is_kept(
    plan: Plan, tmp_path: Path, inline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(store: Store, records: object) -> None:
        raise FileError("no space left")

    monkeypatch.setattr(Store, "write", write)
    with pytest.raises(FileError, match=r"no space left\. 0 of 10 cells are finished"):
        sweep(plan, tmp_path / "out")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"workers": 0}, "the number of workers must be a whole number from 1 to 1024"),
        ({"workers": 1.5}, "the number of workers must be a whole number"),
        ({"workers": True}, "the number of workers must be a whole number"),
        ({"scheduler": 5}, "the scheduler is no address"),
        ({"scheduler": "tcp://127.0.0.1:1", "workers": 2}, "a scheduler or a number of workers, not both"),
        ({"retry_failed": "yes"}, "retry_failed is no truth value"),
        ({"on_progress": 5}, "what to call is no function"),
        ({"is_stopped": 5}, "what to call is no function"),
        ({"plan": 5}, "a plan is no path"),
        ({"plan": "none.toml"}, "none.toml can't be read"),
        ({"out": None}, "the folder of a sweep is no path"),
    ],
)
def test_bad_arguments_are_told_before_anything_is_written(
    plan: Plan, tmp_path: Path, inline: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        sweep(**{"plan": plan, "out": tmp_path / "out", **arguments})
    assert not (tmp_path / "out").exists()


def test_without_dask_the_extra_is_named_and_a_finished_sweep_needs_none(
    plan: Plan, tmp_path: Path, inline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(plan, tmp_path / "out")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert sweep(plan, tmp_path / "out").state.kept == 10
    with pytest.raises(MissingExtraError, match=r"odekit\[sweep\]"):
        sweep(plan, tmp_path / "other")


def test_a_table_that_cannot_be_written_is_told_before_anything_is_computed(
    plan_from: From, tmp_path: Path, inline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_from(TEXT.replace("seeds", 'table = "parquet", seeds'))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match="tables"):
        sweep(plan, tmp_path / "out")
    assert inline.sent == []


def test_without_what_makes_certificates_the_extra_is_named(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MissingExtraError, match=r"cryptography.*odekit\[sweep\]"):
        sweep(plan, tmp_path / "out")


@pytest.mark.parametrize("when", ["it loads", "it starts"])
def test_a_broken_configuration_of_dask_is_told(
    plan: Plan, tmp_path: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> object:
        raise KeyError("Invalid time unit: abc")

    stub = SimpleNamespace(LocalCluster=broken, Security=SimpleNamespace(temporary=lambda: None))
    monkeypatch.setattr(cluster, "require_distributed", broken if when == "it loads" else lambda: stub)
    with pytest.raises(InputError, match=r"Dask doesn't start.*Invalid time unit: abc.*DASK_"):
        sweep(plan, tmp_path / "out")


def test_nothing_answers_at_an_address_of_nobody(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no Dask scheduler answers at carrier-pigeon://x"):
        sweep(plan, tmp_path / "out", scheduler="carrier-pigeon://x")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.0 400 Bad request\r\n\r\n" + b"x" * 99, b"\0" * 999])
def test_something_else_that_listens_at_the_address_is_told(
    plan: Plan, tmp_path: Path, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ANSWER", 0.5)

    def speak(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                spoken_to = listener.accept()[0]
                kept.append(spoken_to)
                spoken_to.sendall(answer)

    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=speak, args=(listener,))
        thread.start()
        with pytest.raises(InputError, match="no Dask scheduler answers at tcp"):
            sweep(plan, tmp_path / "out", scheduler=f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for each in kept:
        each.close()


@pytest.mark.slow
@pytest.mark.parametrize(("value", "code"), [("1.0", ExitCode.OPEN), ("2.0", ExitCode.REFUTED)])
def test_a_calibration_is_a_sweep_that_goes_on(
    plan_from: From, tmp_path: Path, inline: Any, monkeypatch: pytest.MonkeyPatch, value: str, code: ExitCode
) -> None:
    plan_from(TEXT, **{"mine.py": CLAIM.format(value=value)})
    monkeypatch.chdir(tmp_path)
    found = calibrate(["mine.py"], "out", seeds=8, seed=2)
    (errors,) = found.errors
    assert (errors.claim, errors.runs, found.exit_code) == ("mine", 8, code)
    assert errors.refuted == errors.surviving == (0 if code == ExitCode.OPEN else 8)
    written = json.loads((tmp_path / "out" / "calibration.json").read_text())
    assert (written["seed"], written["claims"][0]["runs"]) == (2, 8)
    assert calibrate(["mine.py"], "out", seeds=10, seed=2).results.summary.counts("mine").total == 10
    assert len(inline.sent) == 10
    again = calibrate(["mine.py"], "out", seeds=10, seed=2)
    assert again.results.summary.counts("mine").total == 10
    assert again.seconds > found.seconds, "what earlier starts have computed counts, too"
    store = Store(tmp_path / "out")
    store.write([replace(store.read(min(store.keys())), rows=(), error="out of memory")])
    assert calibrate(["mine.py"], "out", seeds=10, seed=2).state.failed == 1
    retried = calibrate(["mine.py"], "out", seeds=10, seed=2, retry_failed=True)
    assert (retried.state.failed, retried.state.done, retried.errors) == (0, 1, again.errors)


@pytest.mark.long
def test_a_cluster_of_this_machine_gives_what_this_process_gives(
    plan_from: From, tmp_path: Path, inline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_from(f"{MIXED}\nsweep.seeds = 12")
    sweep(plan, tmp_path / "here")
    monkeypatch.undo()
    found = odekit.sweep(plan, tmp_path / "out", workers=2)
    assert (found.state.done, found.state.failed) == (24, 12)
    assert everything(tmp_path / "out") == everything(tmp_path / "here")
