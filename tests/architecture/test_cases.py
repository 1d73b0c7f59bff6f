"""Which cases of a slow test are long, and of which tests the lines are counted."""

from __future__ import annotations

from importlib import util
from pathlib import Path
from types import SimpleNamespace

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"


class Planted:
    """As much of a collected test as is asked for."""

    def __init__(self, name: str, *marks: str) -> None:
        self.nodeid, self.marks = f"tests/test_planted.py::{name}", {*marks}

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.marks else None

    def add_marker(self, name: str) -> None:
        self.marks.add(name)


@pytest.mark.parametrize("counts", [False, True])
def test_from_the_third_on_they_are_long_and_lines_are_counted_once(counts: bool) -> None:
    spec = util.spec_from_file_location("planted_conftest", CONFTEST)
    assert spec is not None
    assert spec.loader is not None
    conftest = util.module_from_spec(spec)
    spec.loader.exec_module(conftest)
    slow = [Planted(f"test_slow[{case}]", "slow") for case in range(4)]
    quick = [Planted(f"test_quick[{case}]") for case in range(4)]
    repeat = Planted("test_repeat[0]", "long")
    config = SimpleNamespace(pluginmanager=SimpleNamespace(hasplugin=lambda name: counts))
    conftest.pytest_collection_modifyitems(config, [*slow, repeat, *quick])
    assert [item.marks - {"no_cover"} for item in slow] == [{"slow"}] * 2 + [{"slow", "long"}] * 2
    assert [item.marks - {"no_cover"} for item in quick] == [set()] * 4
    assert repeat.marks == {"long"}
    counted = [item for item in (*slow, *quick) if "no_cover" not in item.marks]
    assert counted == (quick[:1] if counts else [*slow, *quick])
