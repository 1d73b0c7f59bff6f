"""Tables in Markdown: a pipe table that no cell can break."""

from __future__ import annotations

import re

from odekit.report.tables.markdown import escape, markdown_table
from odekit.report.tables.table import Table


def test_a_cell_can_not_end_its_column_or_its_row() -> None:
    table = Table(("a|b", "n"), (("x|y\nz", (1.0, None)),), "Caption.")
    lines = markdown_table(table).splitlines()
    assert lines == ["Caption.", "", r"| a\|b | n |", "|:---|---:|", r"| x\|y z | 1<br> |"]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines[2:]} == {3}


def test_markup_in_text_is_escaped() -> None:
    assert escape("z**4 <b> _x_ [1] `c`") == r"z\*\*4 \<b\> \_x\_ \[1\] \`c\`"
