"""Entries of vectors, and sums and products over ranges, are spelled out before anything is computed."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import InputError, UnknownNameError
from odekit.expressions import FORMULA, declared_names, names_in, parse

NAMES = [*(f"x{i}" for i in range(1, 13)), *(f"A{i}{j}" for i in (1, 2) for j in (1, 2)), "K"]
POINT = {name: 0.1 + 0.3 * place for place, name in enumerate(NAMES)}


def value(text: str, **indices: int) -> float:
    return float(parse(text, NAMES, FORMULA, indices).evaluate({n: np.array(v) for n, v in POINT.items()}))


def x(i: int) -> float:
    return POINT[f"x{i}"]


def A(place: str) -> float:
    return POINT["A" + place]


ALL = np.array([x(i) for i in range(1, 13)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x[n]", x(5)),
        ("x[n-1] - 2*x[2*n//2]", x(4) - 2 * x(5)),
        ("K/n*sum(sin(x[j] - x[2]) for j in 1..n)", POINT["K"] / 5 * np.sin(ALL[:5] - x(2)).sum()),
        ("product(x[j] for j in 1..n if j != 3)", x(1) * x(2) * x(4) * x(5)),
        ("sum(A[i,j]*x[j] for i in 1..2 for j in i..2)", A("11") * x(1) + (A("12") + A("22")) * x(2)),
        ("sum(i**2*x[i]**i for i in 2..4)", sum(i**2 * x(i) ** i for i in (2, 3, 4))),
        ("sum(x[j] for j in 3..2) + product(x[j] for j in 3..2)", 1.0),
        ("sum(sum(x[j] for j in 1..i) for i in 1..3)", 3 * x(1) + 2 * x(2) + x(3)),
        ("x[1 + 7 % 3]", x(2)),
    ],
)
def test_the_value_is_that_of_the_sum_written_out(text: str, expected: float) -> None:
    assert value(text, n=5) == pytest.approx(expected, rel=1e-14)


def test_a_long_sum_does_not_nest_deep() -> None:
    names = [f"u{i}" for i in range(1, 5001)]
    tree = parse("sum(u[i]*u[i+1] for i in 1..n-1)", names, FORMULA, {"n": 5000})
    assert len(names_in(tree)) == 5000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x[0]", "counts from 1"),
        ("x[1.5]", "no whole number"),
        ("x[K]", "no whole number"),
        ("x[1//0]", "no whole number"),
        ("1..3", "a range outside of a loop"),
        ("sum(x[j] for j in x)", "over no range"),
        ("sum(x[j] for j in 1..20000)", "more than 10,000 numbers"),
        ("sum(x[1] for i in 1..200 for j in 1..200)", "more than 10,000 terms"),
        ("sum(x[j] for j in 1..3 if x[j])", "compares no indices"),
        ("sum(x[j] for (i, j) in 1..3)", "without an index"),
        ("(x + 1)[2]", "counts from 1"),
        ("x[i for i in 1..2]", "is not a formula"),
        ("x[1:2]", "no whole number"),
    ],
)
def test_what_is_no_entry_or_range_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse(text, [*NAMES, "x"], FORMULA, {"n": 5})


@pytest.mark.parametrize("text", ["x[13]", "y[1]", "sum(x[j] for j in 10..13)", "sum(K)", "max(x[1])"])
def test_an_entry_or_function_that_nothing_declares_is_unknown(text: str) -> None:
    with pytest.raises(UnknownNameError):
        parse(text, NAMES, FORMULA)


def test_names_are_declared_by_ranges() -> None:
    assert declared_names("x", {}) == [("x", {})]
    assert declared_names("x[2]", {}) == [("x2", {})]
    assert [name for name, _ in declared_names("A[i,j] for i in 1..2 for j in 1..n", {"n": 2})] == [
        *("A11", "A12", "A21", "A22")
    ]
    assert declared_names("A[1, 12]", {}) == [("A1_12", {})]
    assert [indices for _, indices in declared_names("x[i+1] for i in 1..2", {})] == [{"i": 1}, {"i": 2}]


@pytest.mark.parametrize("text", ["x for i in 1..3", "x[i]", "x[i] for i in range(3)", "x y", "x[]"])
def test_what_declares_no_entries_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"Expected: a name, an entry such as x\[2\]"):
        declared_names(text, {})
