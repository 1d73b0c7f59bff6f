"""Which cases of a slow test are long, and of which tests the lines are counted."""

from __future__ import annotations

import sys
import threading
from importlib import util
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

TESTS = Path(__file__).resolve().parents[1]


class Planted:
    """As much of a collected test as is asked for."""

    def __init__(self, name: str, *marks: str, file: str = "planted", fixtures: tuple[str, ...] = ()) -> None:
        self.nodeid, self.marks = f"tests/test_{file}.py::{name}", {*marks}
        self.path, self.fixturenames = Path(f"test_{file}.py"), fixtures
        self.stash = pytest.Stash()

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.marks else None

    def add_marker(self, name: str) -> None:
        self.marks.add(name)


def loaded(path: Path) -> ModuleType:
    """A conftest as a module of its own."""
    spec = util.spec_from_file_location("planted_conftest", path)
    assert spec is not None
    assert spec.loader is not None
    conftest = util.module_from_spec(spec)
    spec.loader.exec_module(conftest)
    return conftest


@pytest.mark.parametrize("counts", [False, True])
def test_from_the_second_on_they_are_long_and_lines_are_counted_once(counts: bool) -> None:
    conftest = loaded(TESTS / "conftest.py")
    slow = [Planted(f"test_slow[{case}]", "slow") for case in range(4)]
    quick = [Planted(f"test_quick[{case}]") for case in range(4)]
    repeat = Planted("test_repeat[0]", "long")
    config = SimpleNamespace(pluginmanager=SimpleNamespace(hasplugin=lambda name: counts))
    items = [*quick, repeat, *slow]
    conftest.pytest_collection_modifyitems(config, items)
    assert items == [*slow, *quick, repeat]
    assert [item.marks for item in slow] == [{"slow"}] + [{"slow", "long"}] * 3
    assert [item.marks for item in quick] == [set()] * 4
    assert repeat.marks == {"long"}
    counted = [item for item in (*slow, *quick) if not item.stash[conftest.UNCOUNTED]]
    assert counted == (quick[:1] if counts else [*slow, *quick])


@pytest.mark.parametrize("is_uncounted", [True, False])
def test_in_an_uncounted_test_no_line_is_traced(is_uncounted: bool) -> None:
    conftest = loaded(TESTS / "conftest.py")
    item = Planted("test_one")
    item.stash[conftest.UNCOUNTED] = is_uncounted
    seen: list[object] = []

    def tracer(*_: object) -> None:
        pass

    before = sys.gettrace(), threading.gettrace()
    sys.settrace(tracer)
    threading.settrace(tracer)
    try:
        call = conftest.pytest_runtest_call(item)
        next(call)
        seen += [sys.gettrace(), threading.gettrace()]
        with pytest.raises(ValueError, match="of the test"):
            call.throw(ValueError("of the test"))
        seen += [sys.gettrace(), threading.gettrace()]
    finally:
        sys.settrace(before[0])
        threading.settrace(before[1])
    assert seen == [None if is_uncounted else tracer] * 2 + [tracer] * 2


def test_of_the_slow_mutations_of_a_claim_one_is_not_long() -> None:
    conftest = loaded(TESTS / "claims" / "conftest.py")
    items = [
        Planted("test_other", "slow", file=file, fixtures=("verdict",))
        if place == 1
        else Planted(f"test_{place}", *marks, file=file, fixtures=("anew",))
        for file in ("a", "b")
        for place, marks in enumerate([(), ("slow",), ("slow",), ("slow",)])
    ]
    conftest.pytest_collection_modifyitems(items)
    assert [item.marks for item in items] == 2 * [set(), {"slow"}, {"slow"}, {"slow", "long"}]
