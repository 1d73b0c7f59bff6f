"""Progress bars: on a terminal, in a notebook, and nowhere else."""

from __future__ import annotations

import io
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from odekit.simulation.progress import bar_html, progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal_tells_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar("flow", 1.0, True) as advance:
        advance(0.5)
        advance(1.0)
    assert "flow" in screen.getvalue()
    assert "0:00:0" in screen.getvalue()


@pytest.mark.parametrize("shown", [True, False])
def test_nothing_is_shown_elsewhere(shown: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("flow", 1.0, shown) as advance:
        advance(0.5)
    assert capsys.readouterr() == ("", "")


def test_a_bar_of_a_notebook_is_text_and_a_share() -> None:
    assert "&lt;b&gt;" in bar_html("<b>", 2.0, 1.0)
    assert 'value="1"' in bar_html("flow", 2.0, 1.0)
    assert "left" not in bar_html("flow", 0.0, 1.0)


CELL = """
import warnings
warnings.simplefilter("error")
import odekit
run = odekit.simulate(odekit.Network("Z5", neurons=2), t_end=0.1, snapshots=3, progress=True)
"""


@pytest.mark.slow
def test_a_bar_in_a_notebook_warns_of_nothing_and_is_gone_at_the_end() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    assert [output.output_type for output in outputs] == ["display_data"]
    assert outputs[0].data["text/html"] == ""
