"""A table of meanings is whole, or is none."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from odekit.expressions import FORMULA, FUNCTION_NAMES, Meanings, parse


def texts(functions: tuple[str, ...]) -> Meanings[str]:
    return Meanings(
        number=str,
        constant=str,
        add=lambda a, b: f"({a} + {b})",
        multiply=lambda a, b: f"({a} {b})",
        power=lambda base, exponent: f"{base}^{exponent}",
        root=lambda base, degree: f"{base}^1/{degree}",
        functions={name: lambda argument, name=name: f"{name} {argument}" for name in functions},  # type: ignore[misc]
    )


def test_a_fold_reads_every_kind_of_part() -> None:
    tree = parse("x**2 + x**(1/3)*sin(pi) - 1/2", ("x",), FORMULA)
    assert tree.fold(texts(FUNCTION_NAMES), str.upper) == "((X^2 + (X^1/3 sin pi)) + (-1 (1 1/2)))"


def test_a_table_without_a_function_is_refused_when_it_is_made() -> None:
    with pytest.raises(TypeError, match="no meaning is given for erf, step"):
        texts(tuple(name for name in FUNCTION_NAMES if name not in ("erf", "step")))


def test_a_part_that_occurs_twice_is_read_once() -> None:
    read: list[str] = []
    half = parse("sin(x)", ("x",))
    twice = type(parse("x + x", ("x",)))(half, half)  # type: ignore[call-arg]
    twice.fold(texts(FUNCTION_NAMES), lambda name: read.append(name) or name)  # type: ignore[func-returns-value]
    assert read == ["x"]


def test_a_tree_that_has_been_evaluated_can_be_sent_to_another_process() -> None:
    tree, x = parse("x**2 + sin(x)", ("x",)), np.array([0.5, 1.5])
    before = tree.evaluate({"x": x})
    after = pickle.loads(pickle.dumps(tree))
    assert after == tree
    np.testing.assert_array_equal(after.evaluate({"x": x}), before)
