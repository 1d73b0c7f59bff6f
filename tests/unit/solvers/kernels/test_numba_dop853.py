"""The text of a kernel: complete, deterministic, one per system."""

from __future__ import annotations

import ast
import builtins
from typing import Any

import pytest

from odekit.solvers.codegen import formulas_of
from odekit.solvers.codegen.scalar import scalar_code
from odekit.solvers.kernels.numba_dop853 import ScalarCode, kernel_source
from odekit.solvers.kernels.numba_text.layout import LANES

DECAY = ScalarCode((), ("-y0",), 0)


@pytest.fixture
def source(reduced: Any) -> str:
    return kernel_source(scalar_code(formulas_of(reduced)))


def test_the_text_is_the_same_each_time(reduced: Any, source: str) -> None:
    assert kernel_source(scalar_code(formulas_of(reduced))) == source


def test_another_vector_field_is_another_text(source: str, oscillator: Any) -> None:
    assert kernel_source(scalar_code(formulas_of(oscillator))) != source


def test_every_name_is_defined(source: str) -> None:
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert used - bound - set(dir(builtins)) == {"math", "np"}


@pytest.mark.parametrize("code", [DECAY, ScalarCode((), ("p0", "p1 * y0", "t"), 2)])
def test_no_two_rows_of_the_lanes_overlap(code: ScalarCode) -> None:
    scope: dict[str, Any] = {}
    exec(kernel_source(code), scope)
    rows = [f"{letter}{j}" for letter in ("Y", "F", "Y_OLD") for j in range(code.states)]
    rows += [f"K{s}_{j}" for s in range(13) for j in range(code.states)]
    rows += [f"C{c}_{j}" for c in range(7) for j in range(code.states)]
    rows += [f"P{j}" for j in range(code.parameters)]
    rows += ["T", "H", "END", "DUE", "RTOL", "ATOL", "REJECTED", "ERROR", "STEPS", "FATE", "T_OLD", "H_USED"]
    rows += ["MAX_STEP", "GOAL", "LOW", "HIGH"]
    places = [scope[row] for row in rows]
    assert sorted(places) == list(range(0, len(rows) * LANES, LANES))
    assert scope["ROWS"] == len(rows)
