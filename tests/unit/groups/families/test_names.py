"""Names of groups, read; and what no group bears."""

from __future__ import annotations

import pytest

from odekit.errors import InputError, UnknownNameError
from odekit.groups import (
    CyclicFamily,
    FiniteGroup,
    alternating,
    cyclic,
    dicyclic,
    dihedral,
    frobenius,
    group,
    product,
    semidirect,
    symmetric,
)


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


@pytest.mark.parametrize("name", ["", "monster", "Z", "Z-3", "Q8x", "xS3", "S3xZp", "Z9:Z3()", "Dic", "d4"])
def test_what_no_group_bears_is_unknown(name: str) -> None:
    with pytest.raises(UnknownNameError, match="unknown group"):
        group(name)


@pytest.mark.parametrize("name", ["Z9999999999", "Z" + "9" * 300, "S3xD12345678901"])
def test_an_order_of_more_digits_than_any_has_is_too_large_and_no_other_name_is_meant(name: str) -> None:
    with pytest.raises(InputError, match=r"order is too large.*at most 4096.*Try: 'Zp'"):
        group(name)


def test_order_zero_is_refused_by_name_too() -> None:
    with pytest.raises(InputError, match="must be a whole number from 1"):
        group("Z0")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("D4", dihedral(4)),
        ("Q8", dicyclic(2)),
        ("Q16", dicyclic(4)),
        ("Dic2", dicyclic(2)),
        ("Dic3", dicyclic(3)),
        ("S4", symmetric(4)),
        ("A5", alternating(5)),
        ("F21", frobenius(7, 3)),
        ("F20", frobenius(5, 4)),
        ("F42", frobenius(7, 6)),
        ("F6", frobenius(3, 2)),
        ("Z9:Z3(4)", semidirect(9, 3, 4)),
        ("Z9:Z3(7)", semidirect(9, 3, 7)),
        ("Z9:Z3", semidirect(9, 3, 4)),
        ("Z7:Z3", semidirect(7, 3, 2)),
        ("Q8xS3", product(dicyclic(2), symmetric(3))),
        ("Z2xA4xZ3", product(cyclic(2), alternating(4), cyclic(3))),
    ],
    ids=str,
)
def test_a_name_gives_what_its_family_makes(name: str, made: FiniteGroup) -> None:
    assert group(name) == made


@pytest.mark.parametrize(
    "name", ["Z6", "D5", "Q8", "Q32", "Dic5", "S4", "A4", "F21", "Z9:Z3(4)", "Q8xS3", "Z9:Z3(4)xD3"]
)
def test_a_group_bears_the_name_it_was_read_from(name: str) -> None:
    assert group(name).name == name


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("q8", "Q8"), ("S_4", "S4"), ("Q8 x S3", "Q8xS3"), ("Q8*S3", "Q8xS3"), ("dic3", "Dic3")],
)
def test_a_misspelt_name_suggests_its_reading(name: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match=f"unknown group.*Try: '{nearest}'"):
        group(name)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("Z13xZ17xZ19", "order at most 4096.*order 4199"),
        ("S7", "order at most 4096.*order 5040"),
        ("S999999999", "order at most 4096"),
        ("A8", "order at most 4096.*order 20160"),
        ("x".join(["Z2"] * 20_000), "order at most 4096.*hundreds of digits"),
        ("D2049", "order at most 4096.*order 4098"),
        ("S5xS5", "order at most 4096.*order 14400"),
        ("F999999999", "order at most 4096"),
        ("Q12", "no generalised quaternion group of order 12.*Try: 'Dic3'"),
        ("Q4", "no generalised quaternion group of order 4"),
        ("Q0", "no generalised quaternion group of order 0"),
        ("F12", "no Frobenius group Z_p : Z_q of order 12"),
        ("F7", "no Frobenius group Z_p : Z_q of order 7"),
        ("F0", "no Frobenius group Z_p : Z_q of order 0"),
        ("Z5:Z3", "no automorphism of Z5 has order 3"),
        ("Z9:Z3(2)", r"2 gives no action of Z3 on Z9.*for example 4.*2\^3 = 8"),
        ("D0", "must be a whole number from 1"),
        ("Dic0", "must be a whole number from 1"),
        ("S0", "must be a whole number from 1"),
        ("Z0:Z3(1)", "must be a whole number from 1"),
    ],
)
def test_a_name_that_asks_for_too_much_says_why(name: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        group(name)
