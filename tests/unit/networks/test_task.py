from __future__ import annotations

import itertools

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import cyclic, product
from odekit.networks import Task
from odekit.networks.task import labels


@pytest.mark.parametrize(
    ("text", "coefficients"),
    [
        ("x+y", (1, 1)),
        ("x-y", (1, -1)),
        ("2*x + 3*y", (2, 3)),
        ("y + x + z", (1, 1, 1)),
        ("3*(x - y) - 2*x", (1, -3)),
        ("x*y", (1, 1)),
    ],
)
def test_tasks_are_read_by_their_coefficients(text: str, coefficients: tuple[int, ...]) -> None:
    task = Task.parse(text)
    assert task.coefficients == coefficients
    assert task.summands == len(coefficients)
    assert task.is_product == (text == "x*y")


@pytest.mark.parametrize(
    "text", ["x", "x+1", "x/2+y", "x*y*z", "x**2+y", "x+z", "0*x+y", "1001*x+y", "relu(x)+y", "x*y + x", "7"]
)
def test_what_is_no_task_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not one that odekit knows"):
        Task.parse(text)


@pytest.mark.parametrize(("text", "symmetric"), [("x+y", True), ("2*x+2*y", True), ("x-y", False)])
def test_a_task_is_symmetric_if_its_coefficients_are_equal(text: str, symmetric: bool) -> None:
    assert Task.parse(text).is_symmetric == symmetric


@pytest.mark.parametrize("text", ["x+y", "x-y", "2*x-3*y", "x+2*y-z"])
def test_labels_on_a_cyclic_group_are_arithmetic_modulo_n(text: str) -> None:
    task, n = Task.parse(text), 5
    found = labels(task, cyclic(n))
    for tuple_ in itertools.product(range(n), repeat=task.summands):
        assert found[tuple_] == sum(c * x for c, x in zip(task.coefficients, tuple_, strict=True)) % n


def test_labels_on_a_product_are_componentwise() -> None:
    found = labels(Task.parse("x-2*y"), product(cyclic(2), cyclic(3)))
    for x, y in itertools.product(range(6), repeat=2):
        first = (x // 3 - 2 * (y // 3)) % 2
        second = (x % 3 - 2 * (y % 3)) % 3
        assert found[x, y] == 3 * first + second


def test_the_product_on_any_group_is_its_table() -> None:
    G = cyclic(4)
    np.testing.assert_array_equal(labels(Task.parse("x*y"), G), G.table)
