from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from odekit.errors import FileError
from odekit.simulation import load_run, load_weights
from odekit.simulation.runs.archive import ALWAYS_ALLOWED, opened_archive, read_archive

META = {
    "group": "Z11",
    "activation": "quadratic",
    "embedding": "shared",
    "constraint": "none",
    "loss": "mean",
    "logit_scale": 1.0,
}
SHAPE = (31, 16, 11)


def header(shape: str, descr: str = "<f8", version: int = 1) -> bytes:
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2 if version == 1 else 4, "little") + text


def npy(array: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array))
    return file.getvalue()


def run_file(folder: Path, theta: bytes) -> Path:
    """A run of shape `SHAPE` whose theta is any bytes, packed."""
    parts = {
        "t": npy(np.arange(31.0)),
        "xi": npy(np.ones(SHAPE)),
        "meta": npy(json.dumps(META)),
        "theta": theta,
    }
    path = folder / "run.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"{name}.npy", content)
    return path


@pytest.mark.parametrize("loads", [load_run, load_weights])
@pytest.mark.parametrize(
    "theta",
    [
        header("(31, 16, 1100000000)"),
        header("(1000000, 1000000, 1000000)"),
        header("(0, 1000000000000000000000, 11)"),
        header("(0, 4611686018427387904, 4)"),
        header("(-1, -1)") + bytes(8),
        header("(31, 16, 11)"),
        header("(31, 16, 11)") + bytes(31 * 16 * 11 * 8 + 1),
        header("(31, 16, 11)", "<U100000000"),
        header("(31, 16, 11)", "nonsense"),
        header("(31, 16, 11)", "<f8", version=3),
        header("(" * 5000 + ")" * 5000),
        header("-" * 5000 + "1"),
        header("(9223372036854775808,)", "|V0"),
        b"\x93NUMPY\x01\x00\xff\xff",
        b"no array",
        b"",
    ],
)
def test_a_header_that_what_follows_does_not_bear_out_is_refused(
    tmp_path: Path, theta: bytes, loads: object
) -> None:
    path = run_file(tmp_path, theta)
    with pytest.raises(FileError, match=r"run\.npz is damaged(.|\n)*Expected: (.|\n)*Received: "):
        loads(path)  # type: ignore[operator]


@pytest.mark.parametrize("loads", [load_run, load_weights])
def test_a_shape_that_does_not_fit_the_group_is_refused_before_it_is_unpacked(
    tmp_path: Path, loads: object
) -> None:
    zeros = header("(31, 16, 20000)") + bytes(31 * 16 * 20000 * 8)
    path = run_file(tmp_path, zeros)
    tracemalloc.start()
    with pytest.raises(FileError, match=r"theta doesn't fit the run.*16, 11\).*20000\)"):
        loads(path)  # type: ignore[operator]
    assert tracemalloc.get_traced_memory()[1] < 5e6 < len(zeros)
    tracemalloc.stop()


@pytest.mark.slow
def test_what_is_packed_beyond_reason_is_refused_whatever_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    zeros = bytes(2**20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("spare.npy", "w") as file:
        file.write(header(f"({ALWAYS_ALLOWED // 8 + 2**17},)"))
        for _ in range(ALWAYS_ALLOWED // 2**20 + 1):
            file.write(zeros)
    with pytest.raises(
        FileError, match=r"GB unpacked.*Expected: at most 100 times.*Received: .*bytes.*Try: "
    ):
        read_archive(path)


def test_a_declared_size_that_is_a_lie_takes_no_memory(tmp_path: Path) -> None:
    path = run_file(tmp_path, header("(31, 16, 11)") + bytes(31 * 16 * 11 * 8))
    content = path.read_bytes()
    true = (31 * 16 * 11 * 8 + len(header("(31, 16, 11)"))).to_bytes(4, "little")
    path.write_bytes(content.replace(true, (2**32 - 2).to_bytes(4, "little")))
    with pytest.raises(FileError, match="GB unpacked"):
        load_run(path)


def test_true_headers_of_either_version_and_order_are_read(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(3, 4))
    path = tmp_path / "two.npz"
    fortran = io.BytesIO()
    np.lib.format.write_array(fortran, np.asfortranarray(values), version=(2, 0))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("fortran.npy", fortran.getvalue())
        archive.writestr("empty.npy", npy(np.zeros((0, 5))))
        archive.writestr("bare", npy(3.0))
    found = read_archive(path)
    np.testing.assert_array_equal(found["fortran"], values)
    assert (found["empty"].shape, float(found["bare"])) == ((0, 5), 3.0)
    with opened_archive(path) as archive:
        assert archive.shapes == {"fortran": (3, 4), "empty": (0, 5), "bare": ()}


def test_a_table_beyond_the_largest_order_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    weights = np.ones((2, 5))
    path = tmp_path / "run.npz"
    np.savez_compressed(path, theta=weights, xi=weights, table=np.zeros((5000, 5000), dtype=np.int8))
    with pytest.raises(FileError, match=r"table is too large.*4096.*\(5000, 5000\)"):
        load_weights(path)


@pytest.mark.parametrize("kind", ["archive", "pickle"])
def test_a_checkpoint_of_pytorch_is_called_that_with_what_converts_it(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    if kind == "archive":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("model/data.pkl", b"\x80\x02}q\x00.")
            archive.writestr("model/data/0", bytes(40))
    else:
        path.write_bytes(bytes.fromhex("80028a0a6cfc9c46f9206aa850192e80024de9032e"))
    with pytest.raises(FileError, match=r"checkpoint of PyTorch(.|\n)*torch\.load(.|\n)*np\.savez"):
        read_archive(path)


@pytest.mark.parametrize(("descr", "width"), [("|u1", 1), ("<f2", 2)])
def test_numbers_count_as_the_floats_that_they_become(tmp_path: Path, descr: str, width: int) -> None:
    path, count = tmp_path / "run.npz", ALWAYS_ALLOWED // 8 + 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as file:
        file.write(header(f"({count},)", descr))
        file.write(bytes(width * count))
    with pytest.raises(FileError, match="GB unpacked"):
        read_archive(path)


def test_more_arrays_than_any_run_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for place in range(10_001):
            archive.writestr(f"a{place}", b"")
    with pytest.raises(FileError, match=r"too many arrays.*10000.*10001"):
        read_archive(path)
