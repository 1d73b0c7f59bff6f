"""Files that the safetensors library wrote are read as runs; whatever else bears the name is refused."""

from __future__ import annotations

import json
import struct
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.comparison import compare, predict
from odekit.comparison.accuracy import stored_roundoff
from odekit.errors import FileError
from odekit.networks import Network
from odekit.simulation import Run, load_run, load_weights, simulate
from odekit.simulation.runs.safetensors_file import MOST_NAMES, opened_safetensors

numpy_files = pytest.importorskip("safetensors.numpy")
ml_dtypes = pytest.importorskip("ml_dtypes")

RNG = np.random.default_rng(0)
THETA, XI = RNG.normal(size=(2, 3, 5))


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(Network("Z5", neurons=3), seed=1, t_end=20.0, snapshots=5)


def write(path: Path, arrays: dict[str, Any], meta: str | None = None) -> Path:
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    numpy_files.save_file(contiguous, path, metadata=None if meta is None else {"meta": meta})
    return path


def raw(path: Path, header: Any, data: bytes = b"", length: int | None = None) -> Path:
    """A file of any header, followed by any bytes."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


def tensor(dtype: str = "F64", shape: Any = (1,), begin: int = 0, end: int = 8) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


def test_a_run_in_safetensors_is_the_run_in_npz(run: Run, tmp_path: Path) -> None:
    ours = load_run(run.save(tmp_path / "run.npz"))
    arrays = {**run.records, **run.weights, "t": run.t}
    theirs = load_run(write(tmp_path / "run.safetensors", arrays, json.dumps(run.file_meta())))
    for name, weights in ours.weights.items():
        np.testing.assert_array_equal(theirs.weights[name], weights)
    np.testing.assert_array_equal(theirs.t, ours.t)
    assert dict(theirs.meta) == dict(ours.meta)
    assert theirs.records.keys() == ours.records.keys()
    assert predict(theirs).to_json() == predict(ours).to_json()
    assert compare(theirs).outcome == compare(ours).outcome == "confirmed"


def test_a_table_as_a_tensor_is_the_group(tmp_path: Path, small_meta: str) -> None:
    table = np.bitwise_xor.outer(np.arange(4), np.arange(4))
    weights = {"theta": THETA[:, :4], "xi": XI[:, :4], "table": table}
    run = load_weights(write(tmp_path / "klein.safetensors", weights))
    np.testing.assert_array_equal(run.network.finite_group.table, table)


@pytest.mark.parametrize(
    ("dtype", "roundoff"), [(np.float64, 53), (np.float32, 24), (np.float16, 11), (ml_dtypes.bfloat16, 8)]
)
def test_lower_precision_becomes_float64_and_is_seen_in_the_budget(
    tmp_path: Path, dtype: Any, roundoff: int
) -> None:
    arrays = {"theta": THETA.astype(dtype), "xi": XI.astype(dtype)}
    run = load_weights(write(tmp_path / "w.safetensors", arrays), "Z5")
    assert run.weights["theta"].dtype == np.float64
    np.testing.assert_array_equal(run.weights["theta"][0], arrays["theta"].astype(np.float64))
    assert stored_roundoff(run) == 2.0**-roundoff


def test_layers_of_another_network_are_taken_by_name(tmp_path: Path) -> None:
    arrays = {"embed.weight": THETA.T, "readout.weight": XI.T, "readout.bias": np.ones(5)}
    path = write(tmp_path / "net.safetensors", arrays)
    run = load_weights(path, "Z5", {"theta": "embed.weight.T", "xi": "readout.weight.T"})
    np.testing.assert_array_equal(run.weights["theta"][0], THETA)
    np.testing.assert_array_equal(run.weights["xi"][0], XI)


def test_a_file_is_read_as_what_it_is_whatever_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "w.safetensors", {"theta": THETA, "xi": XI})
    np.testing.assert_array_equal(
        load_weights(path.rename(tmp_path / "w.npz"), "Z5").weights["theta"][0], THETA
    )
    np.savez(tmp_path / "archive.npz", theta=THETA, xi=XI)
    renamed = (tmp_path / "archive.npz").rename(tmp_path / "archive.safetensors")
    np.testing.assert_array_equal(load_weights(renamed, "Z5").weights["xi"][0], XI)


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    spare = np.zeros((2000, 500))
    path = write(tmp_path / "w.safetensors", {"theta": THETA, "xi": XI, "spare": spare})
    load_weights(path, "Z5")
    tracemalloc.start()
    load_weights(path, "Z5")
    assert tracemalloc.get_traced_memory()[1] < 1e6 < spare.nbytes
    tracemalloc.stop()


@pytest.mark.parametrize("loads", [load_run, load_weights])
@pytest.mark.parametrize(
    ("header", "data", "length"),
    [
        ({"theta": tensor(shape=(10**9, 10))}, bytes(8), None),
        ({"theta": tensor(shape=(2**40, 2**40))}, bytes(8), None),
        ({"theta": tensor(shape=(2**63,))}, bytes(8), None),
        ({"theta": tensor(shape=(-1,))}, bytes(8), None),
        ({"theta": tensor(dtype="F99")}, bytes(8), None),
        ({"theta": tensor(end=16)}, bytes(8), None),
        ({"theta": tensor()}, bytes(4), None),
        ({"theta": tensor()}, bytes(12), None),
        ({"theta": tensor(), "xi": tensor()}, bytes(8), None),
        ({"theta": tensor(), "__metadata__": {"meta": 1}}, bytes(8), None),
        ({"theta": tensor()}, bytes(8), 10**15),
        ({"theta": tensor()}, bytes(8), 1000),
        ({"theta": tensor()}, bytes(8), 3),
        (b"{" * 100_000, b"", None),
        (b"[1]", b"", None),
        (b"{", b"", None),
    ],
)
def test_a_header_that_does_not_fit_what_follows_is_refused(
    tmp_path: Path, header: Any, data: bytes, length: int | None, loads: Any
) -> None:
    path = raw(tmp_path / "w.safetensors", header, data, length)
    with pytest.raises(FileError, match=r"w\.safetensors is damaged.*Expected: a complete .*Received: "):
        loads(path)


@pytest.mark.parametrize("content", [b"", b"abc", b"hello, this is no file of tensors", bytes(100)])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(FileError, match=r"w\.safetensors is damaged.*Expected: a complete \.safetensors"):
        load_run(path)


def test_a_long_header_is_refused_before_it_is_read(tmp_path: Path) -> None:
    names = {f"k{i}": tensor(shape=(0,), end=0) for i in range(20_000)}
    path = raw(tmp_path / "w.safetensors", names)
    assert path.stat().st_size > MOST_NAMES
    with pytest.raises(FileError, match=r"has a header of .* bytes.*Expected: at most 1048576 bytes"):
        load_run(path)


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"theta": THETA}, r"xi is missing.*Received: theta \(3, 5\)"),
        ({"xi": XI}, "theta is missing"),
        ({}, "xi is missing.*Received: no arrays"),
        ({"theta": THETA, "xi": np.full((3, 5), np.nan)}, "xi is not finite.*nan"),
        ({"theta": THETA, "xi": np.full((3, 5), np.inf, dtype=np.float16)}, "xi is not finite.*inf"),
        ({"theta": THETA, "xi": XI > 0}, "xi is not made of real numbers.*bool"),
        ({"theta": THETA, "xi": XI.astype(np.complex64)}, "xi is not made of real numbers.*complex"),
        ({"theta": THETA, "xi": XI[:, :4]}, r"xi doesn't fit the run|theta doesn't fit the run"),
        ({"theta": THETA, "xi": np.zeros((0, 0, 5))}, "neurons must be a whole number"),
    ],
)
def test_tensors_that_are_no_weights_are_refused_as_in_npz(
    tmp_path: Path, arrays: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(FileError, match=rf"w\.safetensors: {complaint}"):
        load_weights(write(tmp_path / "w.safetensors", arrays), "Z5")


@pytest.mark.parametrize(
    ("meta", "complaint"),
    [
        (None, "meta is missing"),
        ("{not json", "meta is not JSON"),
        ("[" * 100_000, "meta is not JSON"),
        ("[1]", "meta is not a JSON object"),
        ('{"group": "Z5"}', "meta lacks 'activation'"),
    ],
)
def test_meta_is_read_as_in_npz(tmp_path: Path, meta: str | None, complaint: str) -> None:
    arrays = {"theta": THETA[None], "xi": XI[None], "t": np.zeros(1)}
    with pytest.raises(FileError, match=complaint):
        load_run(write(tmp_path / "w.safetensors", arrays, meta))


def test_meta_as_a_tensor_is_not_text(tmp_path: Path) -> None:
    arrays = {"theta": THETA[None], "xi": XI[None], "t": np.zeros(1), "meta": np.ones(3)}
    with pytest.raises(FileError, match="meta is not text"):
        load_run(write(tmp_path / "w.safetensors", arrays))


@pytest.mark.parametrize(("dtype", "count"), [("F8_E4M3", 15), ("F4", 30)])
def test_types_that_numpy_lacks_are_refused_where_they_are_needed(
    tmp_path: Path, dtype: str, count: int, small_meta: str
) -> None:
    shape = (count // 5, 5)
    header = {"theta": tensor(dtype, shape, 0, 15), "xi": tensor("F64", shape, 15, 15 + 8 * count)}
    path = raw(tmp_path / "w.safetensors", header, bytes(15 + 8 * count))
    with pytest.raises(FileError, match=rf"'theta' in a type that odekit doesn't read.*Received: {dtype}"):
        load_weights(path, "Z5")


def test_more_axes_than_numpy_has_are_refused(tmp_path: Path) -> None:
    path = raw(tmp_path / "w.safetensors", {"spare": tensor(shape=(1,) * 70)}, bytes(8))
    with opened_safetensors(path) as tensors:
        assert (list(tensors), len(tensors)) == (["spare"], 1)
        with pytest.raises(FileError, match=r"is damaged.*'spare': .*64"):
            tensors["spare"]


def test_axes_beyond_all_memory_without_elements_take_none(tmp_path: Path) -> None:
    header = {name: tensor(shape=(10**9, 10**9, 0), end=0) for name in ("theta", "xi")}
    with pytest.raises(FileError, match=r"xi has the wrong shape|doesn't fit the run"):
        load_weights(raw(tmp_path / "w.safetensors", header), "Z5")


def test_a_file_with_a_flipped_byte_or_cut_is_refused_or_loads_but_never_fails_otherwise(
    run: Run, tmp_path: Path
) -> None:
    arrays = {**run.weights, "t": run.t}
    content = write(tmp_path / "w.safetensors", arrays, json.dumps(run.file_meta())).read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    path, refused = tmp_path / "damaged.safetensors", 0
    flips = [
        content[:place] + bytes([content[place] ^ 1 << place % 7]) + content[place + 1 :]
        for place in range(0, header, 3)
    ]
    for damaged in [*flips, *(content[:cut] for cut in range(0, len(content), 101))]:
        path.write_bytes(damaged)
        try:
            load_run(path)
        except FileError:
            refused += 1
    assert refused > 100


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"can't read .*nothing\.safetensors.*No such file"):
        load_run(tmp_path / "nothing.safetensors")
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(FileError, match=r"can't read .*directory"):
        load_run(tmp_path / "folder.safetensors")


@pytest.mark.parametrize("package", ["safetensors", "ml_dtypes"])
def test_a_missing_package_is_named_with_its_extra(
    tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "w.safetensors", {"theta": THETA, "xi": XI})
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(FileError, match=rf"need {package}.*pip install 'odekit\[checkpoints\]'"):
        load_weights(path, "Z5")
