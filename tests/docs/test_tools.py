"""What the site's build adds to Sphinx: house docstrings, derived formulas, MathML, pages of rooms."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

import odekit

pytest.importorskip("sphinx", reason="the extra docs is not installed")
pytest.importorskip("latex2mathml", reason="the extra docs is not installed")

DOCS = Path(__file__).resolve().parents[2] / ".docs"


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The package `.docs/tools`, loaded for one test."""
    monkeypatch.syspath_prepend(str(DOCS))
    for name in ("docstrings", "formulas", "mathml", "rooms"):
        import_module(f"tools.{name}")
    yield sys.modules["tools"]
    for name in [n for n in sys.modules if n.partition(".")[0] in ("tools", "derivations")]:
        del sys.modules[name]


DOCSTRING = """Sum of ``|x|`` and *not* emphasis, see `solve` and `nothing_such`.

    x' = -k*x

Parameters
----------
x, y: (T,) float64,
    of one length.

Raises
------
InputError: x is |text|.

>>> 2 * 3
6
"""


def test_a_docstring_becomes_definitions_and_links(tools: Any) -> None:
    text = "\n".join(tools.docstrings.as_rst(DOCSTRING.splitlines()))
    assert "``x``, ``y``\n   (T,) float64,\n   of one length." in text
    assert ":py:obj:`InputError <odekit.errors.InputError>`\n   x is \\|text\\|." in text
    assert ":py:obj:`solve <odekit.solve>`" in text
    assert "``nothing_such``" in text
    assert r"\*not\*" in text
    assert "::\n\n    x' = -k*x" in text
    assert text.endswith(">>> 2 * 3\n6")


def test_every_derived_formula_stands_on_one_page_and_links_to_public_names(tools: Any) -> None:
    pages = {path: path.read_text() for path in (DOCS / "pages" / "theory").glob("*.md")}
    used = [label for text in pages.values() for label in re.findall(r"```\{formula\} (\S+)\n", text)]
    assert sorted(used) == sorted(tools.formulas.formulas())
    public = set(sys.modules["tools.names"].public_names().values())
    for formula in tools.formulas.formulas().values():
        for name in formula.by:
            owner, _, method = name.rpartition(".")
            assert name in public or (owner in public and method in dir(odekit.System))


def test_no_displayed_formula_of_the_theory_is_typed_in() -> None:
    for path in (DOCS / "pages" / "theory").glob("*.md"):
        assert "$$" not in path.read_text()
        assert "{math}" not in path.read_text()


def test_a_formula_is_what_is_derived(tools: Any) -> None:
    flow = tools.formulas.formulas()["polynomial-flow"]
    assert r"\dot{Y} &= - 4 X Y p" in flow.derive()
    assert flow.code.startswith("def polynomial_flow")


def test_aligned_lines_become_rows_and_functions_are_set_apart(tools: Any) -> None:
    root = fromstring(tools.mathml.mathml(r"\begin{aligned} a &= p \cos(D) \\ b &= \hat c \end{aligned}"))
    space = {"m": "http://www.w3.org/1998/Math/MathML"}
    assert len(root.findall(".//m:mtr", space)) == 2
    assert [e.text for e in root.iter() if e.text in ("cos", "\u2061")] == ["cos", "\u2061"]
    assert root.find(".//m:mspace", space) is not None
    assert "\u02c6" in "".join(root.itertext())


def test_every_public_name_of_odekit_is_on_a_rooms_page(tools: Any) -> None:
    text = "\n".join(tools.rooms.room_pages().values())
    for name in set(odekit.__all__) - {"__version__"}:
        assert re.search(rf"^\.\. auto(class|function):: odekit\.{name}$", text, re.MULTILINE), name
