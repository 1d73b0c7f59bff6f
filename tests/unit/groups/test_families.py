"""Groups by order, by name, as products, from tables and from files."""

from __future__ import annotations

from itertools import product as pairs
from pathlib import Path

import numpy as np
import pytest

from odekit.errors import FileError, InputError, UnknownNameError
from odekit.groups import CyclicFamily, FiniteGroup, cyclic, from_table, group, load_table, product

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


@pytest.mark.parametrize("n", [1, 2, 7, 12])
def test_a_cyclic_group_adds_residues(n: int) -> None:
    G = cyclic(n)
    assert (G.name, G.order, G.identity, G.exponent) == (f"Z{n}", n, 0, n)
    assert all(G.table[i, j] == (i + j) % n for i, j in pairs(range(n), repeat=2))


def test_an_order_may_be_any_kind_of_integer() -> None:
    assert cyclic(np.int64(5)) == cyclic(5)


@pytest.mark.parametrize("n", [0, -3, 2.0, "5", None, True])
def test_an_order_that_is_not_a_positive_whole_number_is_refused(n: object) -> None:
    with pytest.raises(InputError, match="isn't a positive whole number"):
        cyclic(n)  # type: ignore[arg-type]


def test_an_order_above_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(InputError, match=r"order at most 4096.*order 10007"):
        cyclic(10007)
    with pytest.raises(InputError, match=r"order at most 4096.*order 10000"):
        product(cyclic(100), cyclic(100))
    with pytest.raises(InputError, match=r"order at most 4096.*order 4199"):
        group("Z13xZ17xZ19")


def test_a_product_is_numbered_with_the_last_factor_fastest() -> None:
    G = product(cyclic(3), from_table(S3, "S3"))
    assert (G.name, G.order, G.is_abelian, G.factors) == ("Z3xS3", 18, False, ())
    assert G.labels[8] == "(1,2)"
    for (a, b), (c, d) in pairs(pairs(range(3), range(6)), repeat=2):
        assert G.table[6 * a + b, 6 * c + d] == 6 * ((a + c) % 3) + S3[b, d]


def test_a_product_of_products_is_the_product_of_all() -> None:
    nested = product(product(cyclic(2), cyclic(2)), cyclic(3))
    assert nested == product(cyclic(2), cyclic(2), cyclic(3)) == group("Z2xZ2xZ3")
    assert nested.factors == (2, 2, 3)
    assert nested.labels[7] == "(1,0,1)"


def test_a_product_needs_finite_groups() -> None:
    with pytest.raises(InputError, match=r"a direct product needs finite groups.*none"):
        product()
    with pytest.raises(InputError, match=r"a direct product needs finite groups.*Zp"):
        product(cyclic(3), CyclicFamily("Zp", "p"))  # type: ignore[arg-type]


def test_names_are_read() -> None:
    assert group("Z23") == cyclic(23)
    assert group("Z3xZ5") == product(cyclic(3), cyclic(5))
    assert group("Zp") == CyclicFamily("Zp", "p")
    assert group("Zn") == CyclicFamily("Zn", "n")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("Z_23", "Z23"), ("z7", "Z7"), ("C5", "Z5"), ("Z3*Z5", "Z3xZ5"), ("Z3 x Z5", "Z3xZ5"), ("Zq", "Zp")],
)
def test_an_unknown_name_suggests_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match=f"unknown group.*Try: '{nearest}'"):
        group(name)


@pytest.mark.parametrize("name", ["", "S3", "monster", "Z", "Z-3", "Z9999999999"])
def test_what_no_group_bears_is_unknown(name: str) -> None:
    with pytest.raises(UnknownNameError, match="unknown group"):
        group(name)


def test_order_zero_is_refused_by_name_too() -> None:
    with pytest.raises(InputError, match="isn't a positive whole number"):
        group("Z0")


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


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 truncated", b"0 1\n1 0\n", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_no_array_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.npz").write_bytes(content)
    with pytest.raises(FileError, match="no multiplication table can be read"):
        load_table(tmp_path / "broken.npz")


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
