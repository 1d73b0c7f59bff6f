"""Groups from tables and from files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from odekit.errors import FileError, InputError
from odekit.groups import FiniteGroup, from_table, group, load_table

S3 = np.array(
    [
        [0, 1, 2, 3, 4, 5],
        [1, 2, 0, 4, 5, 3],
        [2, 0, 1, 5, 3, 4],
        [3, 5, 4, 0, 2, 1],
        [4, 3, 5, 1, 0, 2],
        [5, 4, 3, 2, 1, 0],
    ]
)


def test_a_group_comes_from_rows_of_integers() -> None:
    G = from_table([[1, 0], [0, 1]], labels=("swap", "stay"))
    assert (G.name, G.identity, G.labels) == ("custom", 1, ("swap", "stay"))


@pytest.mark.parametrize("key", ["table", "mult_table"])
def test_a_table_is_read_from_an_archive(tmp_path: Path, key: str) -> None:
    np.savez(tmp_path / "S3.npz", elements=np.arange(6), **{key: S3.astype(np.int16)})
    assert load_table(tmp_path / "S3.npz") == FiniteGroup("S3", S3)


def test_a_table_is_read_from_a_single_array(tmp_path: Path) -> None:
    np.save(tmp_path / "S3.npy", S3)
    assert load_table(str(tmp_path / "S3.npy")) == FiniteGroup("S3", S3)


def test_a_file_without_a_table_is_refused_with_what_it_has(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", theta=np.zeros(3), xi=np.zeros(3))
    with pytest.raises(FileError, match=r"no multiplication table.*table or mult_table.*theta, xi"):
        load_table(tmp_path / "run.npz")


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "pickled.npy", np.array([[{}]], dtype=object), allow_pickle=True)
    with pytest.raises(FileError, match="no multiplication table can be read"):
        load_table(tmp_path / "pickled.npy")
    np.savez(tmp_path / "pickled.npz", table=np.array([[{}]], dtype=object))
    with pytest.raises(FileError, match="no multiplication table can be read"):
        load_table(tmp_path / "pickled.npz")


def declared(shape: str, descr: str = "<i8") -> bytes:
    """An array's file that ends with its header."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


BROKEN = [
    *(b"", b"PK\x03\x04 truncated", b"0 1\n1 a\n", b"\x93NUMPY\x01\x00", declared("(2, 2"), declared("'''")),
    *(declared("(1000000000, 1000000000)"), declared("(0x" + "f" * 40 + ",)")),
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_is_no_array_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.npz").write_bytes(content)
    with pytest.raises(FileError, match="no multiplication table can be read"):
        load_table(tmp_path / "broken.npz")


@pytest.mark.parametrize("name", ["table", "table.npy"])
def test_an_array_in_an_archive_that_says_too_much_is_refused_unread(tmp_path: Path, name: str) -> None:
    place = tmp_path / "packed.npz"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, declared("(1000000000, 1000000000)"))
    with pytest.raises(FileError, match="no multiplication table can be read"):
        load_table(place)


def test_an_array_in_an_archive_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    place = tmp_path / "packed.npz"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("table.npy", declared("(4100, 4100)") + bytes(8 * 4100**2))
    with pytest.raises(FileError, match=r"too large for a multiplication table.*order 4096"):
        load_table(place)


def test_an_array_in_a_file_of_its_own_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "large.npy").open("wb") as file:
        file.write(declared("(5000, 5000)"))
        file.truncate(200_000_000)
    with pytest.raises(FileError, match="too large for a multiplication table"):
        load_table(tmp_path / "large.npy")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"no multiplication table can be read.*No such file"):
        load_table(tmp_path / "missing.npz")


def test_a_file_with_a_broken_table_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "broken.npy", np.zeros((2, 2), int))
    with pytest.raises(InputError, match=r"row 0 .* has an entry twice"):
        load_table(tmp_path / "broken.npy")


@pytest.mark.reference
@pytest.mark.parametrize(("name", "orders"), [("S3", [1, 2, 3]), ("A4", [1, 2, 3]), ("F21", [1, 3, 7])])
def test_published_tables_are_those_of_their_groups(reference: Path, name: str, orders: list[int]) -> None:
    G = load_table(reference / f"{name}_irreps.npz")
    assert not G.is_abelian
    assert sorted(set(G.element_orders.tolist())) == orders


@pytest.mark.reference
@pytest.mark.parametrize("name", ["Z3xZ5", "Z12"])
def test_published_abelian_tables_are_numbered_as_here(reference: Path, name: str) -> None:
    named = group(name)
    assert isinstance(named, FiniteGroup)
    assert np.array_equal(load_table(reference / f"{name}_sphere_shared.npz").table, named.table)


@pytest.mark.reference
@pytest.mark.parametrize("name", ["S3", "A4", "F21"])
def test_published_tables_number_their_elements_as_the_named_groups_do(reference: Path, name: str) -> None:
    named = group(name)
    assert isinstance(named, FiniteGroup)
    assert np.array_equal(load_table(reference / f"{name}_irreps.npz").table, named.table)


@pytest.mark.parametrize(
    "text",
    [
        "0,1,2\n1,2,0\n2,0,1\n",
        "\ufeff0;1;2\r\n1;2;0\r\n2;0;1",
        "0 1 2\n\n1 2 0\n2 0 1",
        "0\t1\t2\n1\t2\t0\n2\t0\t1",
    ],
)
def test_a_table_in_plain_text_is_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8", newline="")
    found = load_table(path)
    assert (found.name, found.table.tolist()) == ("mine", [[0, 1, 2], [1, 2, 0], [2, 0, 1]])


@pytest.mark.parametrize("text", ["0,1\n1", "e,a\na,e", "0,1.5\n1,0", "", "{}"])
def test_text_that_is_no_table_is_refused_in_words_of_tables(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(FileError, match=r"no multiplication table.*whole numbers") as refused:
        load_table(path)
    assert "pickle" not in str(refused.value)


def test_text_whose_rows_are_no_group_is_refused_as_a_table_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("0,1\n0,1")
    with pytest.raises(InputError):
        load_table(path)
