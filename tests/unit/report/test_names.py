"""The room's names load on first use."""

from __future__ import annotations

import subprocess
import sys

import pytest

import odekit.report


def test_every_public_name_is_there() -> None:
    for name in odekit.report.__all__:
        assert callable(getattr(odekit.report, name)), name


def test_a_table_does_not_load_matplotlib() -> None:
    script = (
        "import sys; from odekit.report import Table, markdown_table\n"
        "print(sorted({'matplotlib', 'rich', 'scipy', 'sympy'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'odekit.report' has no attribute 'tables_'"):
        _ = odekit.report.tables_
