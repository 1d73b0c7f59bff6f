"""Formulas of one shape, read as the first in other symbols, against each read for itself."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
import sympy as sp

import odekit
from odekit.expressions import FORMULA, parse
from odekit.systems.algebra import Families, families, to_symbolic

NAMES = ["x10", "x2", "b", "x1", "a9", "a10", "k"]
KNOWN = {name: sp.Symbol(name, real=True) for name in NAMES}

# Each with x, y, z in all orders: SymPy sorts its parts by the names of their symbols.
SHAPES = [
    "k*(x - 2*y + z) - sin(y)",
    "sin(x - y) + cos(y - z)",
    "x*y*z - (x + y)**2 + sqrt(x**2)",
    "exp(-x)*(y - z)**3/(1 + x**2)",
    "abs(x - y) + step(z - x) - x*y**-2",
    "x + 2*x - 3*x + y - y",
]


def texts(shape: str) -> list[str]:
    """The shape with every choice of symbols for x, y, z, equal ones among them."""
    symbols = [name for name in NAMES if name != "k"]
    pattern = re.sub(r"\b([xyz])\b", r"{\1}", shape)
    return [pattern.format(x=x, y=y, z=z) for x, y, z in product(symbols, repeat=3)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_formula_is_what_it_is_alone(shape: str) -> None:
    reader = Families(KNOWN)
    for text in texts(shape):
        tree = parse(text, KNOWN, FORMULA)
        assert reader.read(tree) == to_symbolic(tree, KNOWN), text


def test_symbols_of_which_other_things_are_assumed_are_another_shape() -> None:
    known = {"x": sp.Symbol("x", real=True), "p": sp.Symbol("p", positive=True)}
    reader = Families(known)
    read = [reader.read(parse(f"sqrt({name}**2)", known, FORMULA)) for name in ("x", "p")]
    assert read == [sp.Abs(known["x"]), known["p"]]


def test_a_formula_by_name_keeps_its_symbols() -> None:
    x, y = KNOWN["x1"], KNOWN["x2"]
    known = {**KNOWN, "r": x**2 + y**2}
    reader = Families(known)
    read = [reader.read(parse(f"r*{name}", known, FORMULA)) for name in ("x1", "x2")]
    assert read == [x * (x**2 + y**2), y * (x**2 + y**2)]


def test_each_shape_is_worked_out_once(monkeypatch: Any) -> None:
    calls = []

    def counted(*arguments: Any) -> Any:
        calls.append(arguments)
        return to_symbolic(*arguments)

    monkeypatch.setattr(families, "to_symbolic", counted)
    chain = odekit.system("x[i]' = x[i+1] - x[i] for i in 1..49; x[50]' = -x[50]")
    assert len(chain.states) == 50
    assert len(calls) == 2


def test_numbers_belong_to_the_shape() -> None:
    grown = odekit.system("x[i]' = i*x[i] for i in 1..5")
    assert [velocity.as_coeff_Mul()[0] for velocity in grown.vector_field] == [1, 2, 3, 4, 5]
