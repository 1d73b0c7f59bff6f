"""The store: what is read is what was written, or damage is told; and the folder is a sweep's alone."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest

from odekit.errors import FileError, InputError
from odekit.sweeps import Plan, estimated, sweep
from odekit.sweeps.store import DamagedError, Record, Store, read_index
from odekit.sweeps.store import folder as folder_module
from odekit.sweeps.store.record import decoded_record

From = Callable[..., Plan]

ROWS = [{"outcome": "confirmed", "gap": 0.1, "reason": 'naïve, "ψ"\n🙂 \udcff', "winners": 3, "ended": None}]
TWO_CELLS = 'sweep.task = "predict"\nsweep.seeds = 2\ngrid.group = "Z5"'


@pytest.fixture
def plan(plan_from: From) -> Plan:
    return plan_from(TWO_CELLS)


@pytest.fixture
def store(tmp_path: Path, plan: Plan) -> Store:
    made = Store(tmp_path / "sweep")
    made.describe(plan)
    return made


@pytest.fixture
def record(plan: Plan) -> Record:
    return Record.of(plan.cell(0), rows=ROWS, seconds=0.25, made_with={"odekit": "1"})


def everything_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def sealed(content: dict[str, object]) -> bytes:
    line = json.dumps(content).encode()
    return line + b"\n" + hashlib.sha256(line).hexdigest().encode() + b"\n"


def test_a_record_comes_back_as_it_was(store: Store, record: Record) -> None:
    assert not store.has(record.key)
    store.write([record])
    assert store.has(record.key)
    assert store.read(record.key) == record
    assert store.keys() == {record.key}
    assert not record.is_failed


def test_a_failed_one_does_too_with_its_error(store: Store, plan: Plan) -> None:
    failed = Record.of(plan.cell(1), rows=[], error="no\nroom for ψ")
    store.write([failed])
    assert store.read(failed.key) == failed
    assert store.read(failed.key).is_failed


def test_the_same_record_makes_the_same_bytes(store: Store, record: Record) -> None:
    store.write([record])
    first = store.path(record.key).read_bytes()
    store.write([store.read(record.key)])
    assert store.path(record.key).read_bytes() == first
    assert first.isascii()


def test_what_is_not_finite_is_null(store: Store, plan: Plan) -> None:
    store.write([Record.of(plan.cell(0), rows=[{"gap": float("nan"), "t": float("inf")}])])
    assert store.read(plan.cell(0).key).rows == [{"gap": None, "t": None}]


def test_nothing_but_whole_files_is_left(store: Store, record: Record, plan: Plan) -> None:
    store.write([record, Record.of(plan.cell(1), rows=ROWS)])
    store.write_index()
    names = {path.relative_to(store.folder).as_posix() for path in everything_in(store.folder)}
    keys = [cell.key for cell in plan]
    assert names == {"sweep.json", "index.jsonl", *(f"cells/{key[:2]}/{key}.json" for key in keys)}


def test_a_record_that_cannot_be_written_leaves_the_old_one_and_no_rest(store: Store, record: Record) -> None:
    store.write([record])
    hindered = Record.of(SimpleNamespace(key=record.key, identity={}), rows=[{"gap": 1j}])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="complex"):
        store.write([hindered])
    assert store.read(record.key) == record
    assert not [path for path in everything_in(store.folder) if path.suffix == ".tmp"]


def test_a_flipped_bit_is_found_wherever_it_is(record: Record) -> None:
    whole = record.encoded()
    assert decoded_record(whole, record.key) == record
    for place, bit in product(range(len(whole)), range(8)):
        flipped = whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :]
        with pytest.raises(DamagedError, match=f"the cell {record.key[:12]} is damaged"):
            decoded_record(flipped, record.key)


def test_truncated_or_lengthened_content_is_found(record: Record) -> None:
    whole = record.encoded()
    for content in (*(whole[:length] for length in range(len(whole))), whole + b"\n", whole + whole):
        with pytest.raises(DamagedError, match="damaged"):
            decoded_record(content, record.key)


def test_an_empty_file_or_a_huge_one_is_damaged(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write([record])
    monkeypatch.setattr(folder_module, "LARGEST_RECORD", 100)
    with pytest.raises(DamagedError, match="too many bytes"):
        store.read(record.key)
    store.path(record.key).write_bytes(b"")
    with pytest.raises(DamagedError, match="checksum"):
        store.read(record.key)


def test_a_file_under_another_cells_name_is_found(store: Store, record: Record, plan: Plan) -> None:
    store.write([record])
    other = plan.cell(1).key
    store.path(other).parent.mkdir(exist_ok=True)
    os.replace(store.path(record.key), store.path(other))
    with pytest.raises(DamagedError, match=f"it is the cell {record.key[:12]}"):
        store.read(other)


@pytest.mark.parametrize(
    "content", [{}, [], {"schema": 1}, {"schema": 1, "key": 5}, 5, {"schema": "2"}, {"schema": True}]
)
def test_a_sealed_file_that_is_no_record_is_damaged(store: Store, record: Record, content: object) -> None:
    store.write([record])
    store.path(record.key).write_bytes(sealed(content))  # type: ignore[arg-type]
    with pytest.raises(DamagedError, match="damaged"):
        store.read(record.key)


def test_a_nest_of_brackets_is_damaged(store: Store, record: Record) -> None:
    store.write([record])
    line = b"[" * 100_000
    path = store.path(record.key)
    path.write_bytes(line + b"\n" + hashlib.sha256(line).hexdigest().encode() + b"\n")
    with pytest.raises(DamagedError, match="damaged"):
        store.read(record.key)


@pytest.mark.parametrize(
    "rows",
    [
        *(
            5,
            [5],
            [{"gap": [1]}],
            {"gap": 1},
            [{"outcome": {}}],
            [{"outcome": "splendid"}],
            [{"outcome": 0.5}],
        ),
        *([{"gap": 10**400}], [{"gap": float("nan")}], [{"gap": float("inf")}], [{"\ud800": 1}]),
    ],
)
def test_rows_that_are_none_are_damage(store: Store, record: Record, rows: object) -> None:
    store.write([record])
    content = json.loads(store.path(record.key).read_bytes().splitlines()[0])
    store.path(record.key).write_bytes(sealed({**content, "rows": rows}))
    with pytest.raises(DamagedError, match="damaged"):
        store.read(record.key)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), 10**400, "long"])
def test_seconds_that_are_none_are_damage(store: Store, record: Record, seconds: object) -> None:
    content = {**json.loads(record.encoded().partition(b"\n")[0]), "seconds": seconds}
    with pytest.raises(DamagedError):
        decoded_record(sealed(content), record.key)


def test_a_cell_that_says_it_was_determined_by_something_else_is_damaged(record: Record, plan: Plan) -> None:
    content = json.loads(record.encoded().partition(b"\n")[0])
    assert decoded_record(sealed(content), record.key) == record
    for other in (dict(plan.cell(1).identity), {}, [], None, {"seed": float("nan")}):
        with pytest.raises(DamagedError):
            decoded_record(sealed({**content, "cell": other}), record.key)


def test_a_newer_schema_is_refused_and_not_taken_for_damage(store: Store, record: Record) -> None:
    store.write([record])
    store.path(record.key).write_bytes(sealed({"schema": 2, "key": record.key}))
    with pytest.raises(FileError, match=r"newer odekit.*schema 1.*schema 2") as caught:
        store.read(record.key)
    assert not isinstance(caught.value, DamagedError)


def test_a_missing_file_or_a_folder_in_its_place_is_told(store: Store, record: Record) -> None:
    with pytest.raises(FileError, match="No such file"):
        store.read(record.key)
    store.path(record.key).mkdir(parents=True)
    with pytest.raises(FileError, match="directory"):
        store.read(record.key)
    with pytest.raises(FileError, match="can't write"):
        store.write([record])


def test_strange_files_among_the_cells_are_no_cells(store: Store, record: Record, plan: Plan) -> None:
    store.write([record])
    other = plan.cell(1).key
    shard = store.path(record.key).parent
    (store.folder / "cells" / "README").write_text("?")
    (store.folder / "cells" / "no-shard").mkdir()
    for path in (
        shard / f".{record.key}.json.7-7.tmp",
        shard / f"{record.key}.jsonx",
        shard / f"{record.key}.txt",
        store.folder / "cells" / "no-shard" / f"{other}.json",
    ):
        path.write_text("?")
    assert store.keys() == {record.key}


def test_the_folder_is_made_when_something_is_written(tmp_path: Path, plan: Plan, record: Record) -> None:
    store = Store(tmp_path / "a" / "b")
    assert store.keys() == set()
    assert not (tmp_path / "a").exists()
    store.write([record])
    assert Store(tmp_path / "a" / "b").keys() == {record.key}


def test_a_foreign_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(FileError, match=r"holds something else.*thesis.tex.*another folder"):
        Store(tmp_path)
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "blood.png").write_text("mine")
    with pytest.raises(FileError, match="holds something else"):
        Store(tmp_path)
    with pytest.raises(FileError, match="is no folder"):
        Store(tmp_path / "thesis.tex")
    with pytest.raises(InputError, match="no path"):
        Store(5)  # type: ignore[arg-type]
    assert {path.name for path in tmp_path.rglob("*")} == {"thesis.tex", "cells", "blood.png"}


@pytest.mark.parametrize("kind", ["link", "loop", "pipe"])
@pytest.mark.parametrize(
    "name", ["table.csv", "summary.json", "sweep.json", ".lock", "figures", "cells", "cells/ab", "cells/ab/x"]
)
def test_a_folder_that_leads_elsewhere_is_refused_and_nothing_is_written(
    store: Store, plan: Plan, tmp_path: Path, name: str, kind: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = store.folder / name
    if place.is_dir():
        place.rmdir()
    place.unlink(missing_ok=True)
    place.parent.mkdir(exist_ok=True)
    if kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(elsewhere if kind == "link" else place.name)
    with pytest.raises(FileError, match=r"link, a pipe or a device.*another folder|holds something else"):
        sweep(plan, store.folder)
    assert list(elsewhere.iterdir()) == []


def test_a_link_to_the_folder_itself_is_the_users_own(store: Store, tmp_path: Path) -> None:
    (tmp_path / "scratch").symlink_to(store.folder)
    assert Store(tmp_path / "scratch").keys() == set()


def test_what_a_start_that_was_killed_at_once_leaves_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "cells").mkdir()
    (tmp_path / ".sweep.json.12-34.tmp").write_text('{"sche')
    Store(tmp_path)


def test_what_killed_starts_had_begun_goes_after_an_hour(store: Store, record: Record) -> None:
    store.write([record])
    begun = [store.folder / ".table.csv.1.tmp", store.path(record.key).with_name(".x.json.2.tmp")]
    others = [store.folder / "notes.tmp", store.path(record.key)]
    for file in (*begun, others[0]):
        file.write_text("begun")
    with store.shared():
        assert all(file.exists() for file in begun)
    for file in (*begun, *others):
        os.utime(file, (0, 0))
    with store.shared():
        assert [file.exists() for file in (*begun, *others)] == [False, False, True, True]


def test_a_folder_of_a_newer_odekit_is_refused(store: Store) -> None:
    (store.folder / "sweep.json").write_text('{"schema": 2}')
    with pytest.raises(FileError, match=r"newer odekit.*schema 1.*schema 2"):
        Store(store.folder)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"schema": "x"}', "[" * 100_000, '{"schema": null}', '{"schema": 1e999}'],
)
def test_a_broken_description_is_told_and_the_cells_stay_without_it(
    store: Store, record: Record, content: str
) -> None:
    store.write([record])
    store.write_index()
    about = store.folder / "sweep.json"
    about.write_text(content)
    with pytest.raises(FileError, match=r"not what odekit wrote.*remove sweep.json"):
        Store(store.folder)
    about.unlink()
    assert Store(store.folder).read(record.key) == record


def test_the_index_can_be_made_again_from_the_files(store: Store, record: Record, plan: Plan) -> None:
    failed = Record.of(plan.cell(1), rows=[], error="no", seconds=2.0)
    store.write([record, failed])
    store.write_index()
    index = store.folder / "index.jsonl"
    first = index.read_bytes()
    expected = {record.key: {"failed": False, "seconds": 0.25}, failed.key: {"failed": True, "seconds": 2.0}}
    assert read_index(store.folder) == expected
    index.unlink()
    assert read_index(store.folder) == {}
    store.write_index()
    assert index.read_bytes() == first
    too_large = f'{{"key": "a", "failed": false, "seconds": 1{"0" * 400}}}\n'.encode()
    index.write_bytes(b'{"key": \nx\n\xff\n[]\n{"key": []}\n' + too_large + first)
    assert read_index(store.folder) == expected
    seconds = b"NaN", b"-1", b"1" + b"0" * 400, b"Infinity", b"null"
    lies = (b'{"key": "%s", "failed": false, "seconds": %s}\n' % (record.key.encode(), s) for s in seconds)
    index.write_bytes(first + b"".join(lies))
    assert read_index(store.folder) == expected


def test_a_damaged_cell_is_left_out_of_the_index(store: Store, record: Record, plan: Plan) -> None:
    store.write([record, Record.of(plan.cell(1), rows=ROWS)])
    store.path(record.key).write_bytes(b"")
    store.write_index()
    assert [*read_index(store.folder)] == [plan.cell(1).key]


def test_an_estimate_counts_the_files_with_or_without_an_index(
    store: Store, record: Record, plan_from: From
) -> None:
    plan = plan_from(TWO_CELLS)
    store.write([record, Record.of(plan.cell(1), rows=[], error="no", seconds=9.0)])
    for _ in range(2):
        found = estimated(plan, store.folder)
        assert (found.total, found.finished, found.failed) == (2, 2, 1)
        assert (found.seconds, found.measured) == (0.25, 1)
        assert found.hours(3) == 0
        store.write_index()
    store.path(record.key).write_bytes(b"damaged")
    (store.folder / "index.jsonl").unlink()
    assert estimated(plan, store.folder).finished == 1


def test_an_estimate_without_a_folder_tries_a_few_and_writes_nothing(plan_from: From, tmp_path: Path) -> None:
    plan = plan_from('sweep.task = "predict"\nsweep.seeds = 1000\ngrid = {group = "Z5", neurons = 4}')
    before = {*tmp_path.rglob("*")}
    found = estimated(plan, tmp_path / "sweep")
    assert (found.total, found.finished, found.failed, found.measured, found.error) == (1000, 0, 0, 4, "")
    assert found.hours(2) == pytest.approx(1000 * found.seconds / 2 / 3600)
    assert {*tmp_path.rglob("*")} == before
    broken = plan_from('sweep.task = "predict"\ngrid = {group = "Z5", activation = "relu"}')
    assert "no closed form" in estimated(broken, tmp_path / "sweep").error


def test_the_second_of_two_knows_that_it_shares_the_folder(store: Store) -> None:
    with store.shared() as first, Store(store.folder).shared() as second:
        assert (first, second) == (False, True)
    with Store(store.folder).shared() as again:
        assert again is False
