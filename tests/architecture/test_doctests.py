"""Every example in a docstring of the package runs and prints what it says."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NAMES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "odekit").rglob("*.py")
)
ROOMS = sorted({".".join(name.split(".")[:2]) for name in NAMES})


def failures(module: ModuleType) -> str:
    """What the doctests of a module report, empty if all pass."""
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for example in doctest.DocTestFinder().find(module):
        runner.run(example, out=report.append)
    return "".join(report)


@pytest.mark.parametrize("room", ROOMS)
def test_the_examples_in_docstrings_are_true(room: str) -> None:
    held = [name for name in NAMES if name == room or (name.startswith(f"{room}.") and room != "odekit")]
    reports = [failures(import_module(name)) for name in held]
    assert not any(reports), "".join(reports)


def test_a_false_example_is_noticed() -> None:
    module = ModuleType("planted", ">>> 1 + 1\n3\n")
    assert "Expected:\n    3\nGot:\n    2" in failures(module)
