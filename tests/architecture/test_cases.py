"""Which cases of a slow test are long, and of which tests the lines are counted."""

from __future__ import annotations

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
    conftest.pytest_collection_modifyitems(config, [*slow, repeat, *quick])
    assert [item.marks - {"no_cover"} for item in slow] == [{"slow"}] + [{"slow", "long"}] * 3
    assert [item.marks - {"no_cover"} for item in quick] == [set()] * 4
    assert repeat.marks == {"long"}
    counted = [item for item in (*slow, *quick) if "no_cover" not in item.marks]
    assert counted == (quick[:1] if counts else [*slow, *quick])


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
